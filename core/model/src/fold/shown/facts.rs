//! What the centre said about a case, and what its reporter thinks of the result.

use std::collections::BTreeMap;

use serde::Serialize;

use super::hash_at;
use super::outside::Outside;
use crate::entry::{Body, ClassRef, Payload, Relationship, RewardState};
use crate::fold::context::Context;
use crate::fold::question::QuestionKind;
use crate::fold::stage::Status;
use crate::fold::view::CaseView;
use crate::ids::{CaseId, ChangeHash, Digest, UnitId};
use crate::place::{GridRef, Position};
use crate::time::Millis;

/// A time in which the work was suspended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pause {
    /// The suspension.
    pub from: ChangeHash,
    /// The date that it names.
    pub until: Option<Millis>,
    /// The instruction that ended it; `None` while it lasts.
    pub to: Option<ChangeHash>,
}

/// How the case stands to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tie {
    /// The other case.
    pub other: CaseId,
    /// How this one stands to it.
    pub relation: Relationship,
    /// The instruction that says so.
    pub by: ChangeHash,
    /// The due time from elsewhere that it carries over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_due: Option<Millis>,
}

/// What the centre says instead of the report, beside it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Correction {
    /// The class.
    pub class: Option<ClassRef>,
    /// The filing condition.
    pub condition: Option<String>,
    /// The place.
    pub position: Option<Position>,
    /// The grid.
    pub grid: Option<GridRef>,
    /// The component.
    pub component: Option<String>,
    /// The area's grade.
    pub area_grade: Option<String>,
}

/// Packs that an instruction named.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Pinned {
    /// The policy; `None`: the root's.
    pub policy: Option<Digest>,
    /// The catalogue; `None`: the root's.
    pub catalogue: Option<Digest>,
    /// The edition; `None`: the root's.
    pub edition: Option<String>,
}

/// Whose the object is, by the centre's word.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Owners {
    /// The competent authority (主管部门).
    pub authority: Option<UnitId>,
    /// The owner (权属单位).
    pub owner: Option<UnitId>,
    /// The handling unit (处置单位).
    pub handler: Option<UnitId>,
}

/// The reporter's latest rating.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rating {
    /// The entry.
    pub entry: ChangeHash,
    /// 1 (worst) to 5 (best).
    pub score: u8,
}

/// What became of the reward.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RewardView {
    /// The instruction that says so.
    pub by: ChangeHash,
    /// What became of it.
    pub state: RewardState,
    /// By which rule.
    pub rule: String,
    /// Points.
    pub points: Option<u32>,
    /// Money in hundredths.
    pub cents: Option<u64>,
}

/// Everything that was said and moves nothing. What is empty or absent is left out in JSON.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Facts {
    /// Whether the reporter settled it and nothing has converted it since.
    pub self_handled: bool,
    /// Suspensions, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pauses: Vec<Pause>,
    /// Ties to other cases.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ties: Vec<Tie>,
    /// Corrections, put together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correction: Option<Correction>,
    /// Packs that were named since.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pinned: Option<Pinned>,
    /// Whose it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owners: Option<Owners>,
    /// Supervisions (督办), in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub supervised: Vec<ChangeHash>,
    /// Units that gave the case back, in order; one that did so twice stands twice.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub returned_by: Vec<UnitId>,
    /// Whether the open dispatch says that it has to be accepted.
    pub must_accept: bool,
    /// For whom the open dispatch is done (代处置).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub substitute_for: Option<UnitId>,
    /// The earliest due time from elsewhere that holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_due: Option<Millis>,
    /// The reporter's rating.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rating: Option<Rating>,
    /// The reward.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reward: Option<RewardView>,
}

impl Facts {
    pub(in crate::fold) fn of(context: &Context<'_>, view: &CaseView) -> Self {
        let mut facts = Self {
            self_handled: view.report.as_ref().is_some_and(|it| it.self_handled),
            ..Self::default()
        };
        let mut ties = BTreeMap::new();
        let mut outside = Outside::default();
        for position in 0..context.chain.links().len() {
            let body = super::body_at(context, position);
            let (Some(body), Some(hash)) = (body, hash_at(context, position)) else {
                continue;
            };
            facts.resume(context, position, hash);
            facts.take(context, position, hash, body);
            outside.take(body);
            if let Body::Link(it) = body {
                let tie = Tie {
                    other: it.other,
                    relation: it.relation,
                    by: hash,
                    external_due: outside.tied(it.other),
                };
                ties.insert(it.other, tie);
            }
        }
        facts.ties = ties
            .into_values()
            .filter(|tie| tie.relation != Relationship::Nothing)
            .collect();
        let open = context.questions.open().map(|open| open.kind);
        facts.must_accept &= open == Some(QuestionKind::Dispatch);
        facts.external_due = outside.due();
        facts.rating = rating(context, view);
        facts
    }

    /// Whatever sets a stage ends a pause.
    fn resume(&mut self, context: &Context<'_>, position: usize, hash: ChangeHash) {
        let moved = context.questions.stage_set(position).is_some();
        if let Some(pause) = self.pauses.last_mut().filter(|it| moved && it.to.is_none()) {
            pause.to = Some(hash);
        }
    }

    fn take(&mut self, context: &Context<'_>, position: usize, hash: ChangeHash, body: &Body) {
        match body {
            Body::Dispatch(it) => {
                self.must_accept = it.must_accept == Some(true);
                self.substitute_for.clone_from(&it.substitute_for);
            }
            Body::SendBack(_) => self
                .returned_by
                .extend(context.questions.returned_at(position).cloned()),
            Body::Suspend(it) => self.pauses.push(Pause {
                from: hash,
                until: it.until,
                to: None,
            }),
            Body::Convert(_) => self.self_handled = false,
            Body::Supervise(_) => self.supervised.push(hash),
            Body::Correct(it) => self.correct(it),
            Body::Repin(it) => {
                let pinned = self.pinned.get_or_insert_default();
                put(&mut pinned.policy, it.policy.as_ref());
                put(&mut pinned.catalogue, it.catalogue.as_ref());
                put(&mut pinned.edition, it.edition.as_ref());
            }
            Body::Ownership(it) => {
                let owners = self.owners.get_or_insert_default();
                put(&mut owners.authority, it.authority.as_ref());
                put(&mut owners.owner, it.owner.as_ref());
                put(&mut owners.handler, it.handler.as_ref());
            }
            Body::Reward(it) => {
                self.reward = Some(RewardView {
                    by: hash,
                    state: it.state,
                    rule: it.rule.clone(),
                    points: it.points,
                    cents: it.cents,
                });
            }
            _ => {}
        }
    }

    fn correct(&mut self, said: &crate::entry::Correct) {
        let known = self.correction.get_or_insert_default();
        put(&mut known.class, said.class.as_ref());
        put(&mut known.condition, said.condition.as_ref());
        put(&mut known.position, said.position.as_ref());
        put(&mut known.grid, said.grid.as_ref());
        put(&mut known.component, said.component.as_ref());
        put(&mut known.area_grade, said.area_grade.as_ref());
    }
}

impl CaseView {
    /// The unit that was given the task last and has it still, of those that do not only help.
    pub fn last_holder(&self) -> Option<&UnitId> {
        let mut live = self.nodes.iter().filter(|node| node.until.is_none());
        live.rfind(|node| !node.assist).map(|node| &node.unit)
    }

    /// The class of the case: as it was corrected last, or as it was reported.
    pub fn class(&self) -> Option<&ClassRef> {
        let corrected = self.facts.correction.as_ref();
        let corrected = corrected.and_then(|known| known.class.as_ref());
        corrected.or_else(|| self.report.as_ref().map(|report| &report.class))
    }
}

/// Takes what is said in the place of what was known.
fn put<T: Clone>(known: &mut Option<T>, said: Option<&T>) {
    if let Some(said) = said {
        *known = Some(said.clone());
    }
}

/// The last rating in causal order that is in effect.
fn rating(context: &Context<'_>, view: &CaseView) -> Option<Rating> {
    let rows = context.graph.indices().rev();
    rows.filter(|row| *view.status(*row) == Status::Effective)
        .find_map(|row| match context.graph.payload(row)? {
            Payload::Rate(rate) => Some(Rating {
                entry: context.graph.hash(row),
                score: rate.score,
            }),
            _ => None,
        })
}
