//! From when which clock runs: a list of facts for whoever computes due times. The fold knows no
//! time; every event names the change whose receipt time counts.

use std::collections::BTreeSet;

use serde::Serialize;

use super::outside::Outside;
use super::tree::limit;
use super::{Addressee, body_at, hash_at};
use crate::entry::{Body, FieldKind, Kind, Relationship};
use crate::fold::context::Context;
use crate::fold::question::{Named, Question, QuestionKind};
use crate::fold::stage::{Reason, Stage, Status};
use crate::fold::view::CaseView;
use crate::ids::{CaseId, ChangeHash, UnitId};
use crate::time::Millis;

/// What an event does to clocks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "change")]
pub enum ClockChange {
    /// The case arrived at the centre.
    Reported,
    /// A question begins to wait for an addressee, or waits for them again after a pause.
    Asked {
        /// What is asked.
        kind: QuestionKind,
        /// Of whom.
        who: Addressee,
        /// Whether they only help.
        assist: bool,
        /// The unit from which a unit has it; `None` at the top of the tree.
        above: Option<UnitId>,
        /// The limit as it was written, where one was.
        limit: Option<String>,
        /// Whether it goes on after a pause.
        resumed: bool,
    },
    /// One limit for several nodes begins.
    Bundled {
        /// The limit as it was written.
        limit: String,
    },
    /// A node got more time.
    Extended {
        /// The unit; `None`: the lead.
        unit: Option<UnitId>,
        /// How much, as it was written.
        limit: String,
    },
    /// An addressee is asked no more, though the question is open.
    Released {
        /// Who.
        who: Addressee,
    },
    /// A mark on the way: `take`, `set_out`, `arrived`, `seen`.
    Marked {
        /// The entry's kind.
        kind: &'static str,
        /// The unit for which it was made.
        unit: Option<UnitId>,
    },
    /// The answer that counts.
    Answered,
    /// Work that supports the answer that counts: an assistant's, or a further one.
    Supported {
        /// The unit for which it was done.
        unit: Option<UnitId>,
    },
    /// The case has to be over by then, as somebody elsewhere says. Of several such times the earliest
    /// holds.
    Outside {
        /// That time.
        due: Millis,
    },
    /// Somebody elsewhere wants it over less soon than was said before, because the tie that said so
    /// holds no more.
    Loosened {
        /// The earliest of the times that still hold; `None`: there is none left.
        due: Option<Millis>,
    },
    /// The unit's word on it.
    Confirmed,
    /// The work is suspended.
    Suspended {
        /// The date that was named.
        until: Option<Millis>,
    },
    /// The case is tied as a duplicate of another, in which the work is done.
    Joined,
    /// It is a duplicate no more.
    Parted,
    /// Nothing is asked any more.
    Ended,
    /// The case ended.
    Closed,
    /// It was opened again.
    Reopened,
}

/// One event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClockEvent {
    /// The change from whose receipt it counts.
    pub at: ChangeHash,
    /// The question that it is about, from 1 in the order of asking; 0: the case itself.
    pub question: usize,
    /// What it does.
    #[serde(flatten)]
    pub what: ClockChange,
}

/// Every event: those of the chain in its order, each followed by nothing else; then what people in
/// the field did, in causal order.
pub(in crate::fold) fn events(context: &Context<'_>, view: &CaseView) -> Vec<ClockEvent> {
    let mut events: Vec<ClockEvent> = view
        .report_entry
        .map(|at| ClockEvent {
            at,
            question: 0,
            what: ClockChange::Reported,
        })
        .into_iter()
        .collect();
    let mut outside = Outside::default();
    let mut joined = BTreeSet::new();
    for position in 0..context.chain.links().len() {
        let (Some(body), Some(at)) = (body_at(context, position), hash_at(context, position))
        else {
            continue;
        };
        let known = outside.due();
        outside.take(body);
        let mut here = of_link(context, position, body);
        here.extend(moved(known, outside.due()).map(|what| (0, what)));
        here.extend(joins(&mut joined, body).map(|what| (0, what)));
        events.extend(
            here.into_iter()
                .map(|(question, what)| ClockEvent { at, question, what }),
        );
    }
    let rows = context.graph.indices();
    events.extend(rows.filter_map(|row| of_entry(context, view, row)));
    events
}

fn of_link(context: &Context<'_>, position: usize, body: &Body) -> Vec<(usize, ClockChange)> {
    let mut found = Vec::new();
    let before = position
        .checked_sub(1)
        .and_then(|it| context.questions.open_at(it));
    if let Some(at) = before.filter(|at| context.questions.get(*at).ended_by == Some(position)) {
        let what = match body {
            Body::Suspend(it) => ClockChange::Suspended { until: it.until },
            _ => ClockChange::Ended,
        };
        found.push((at + 1, what));
    }
    if let Some(at) = context.questions.at_link(position) {
        let question = context.questions.get(at);
        let named = named_at(context, question, position, body);
        found.extend(named.into_iter().map(|what| (at + 1, what)));
    }
    let open = context.questions.open_at(position).map_or(0, |at| at + 1);
    let own = match body {
        Body::Dispatch(it) => it
            .bundle_limit
            .clone()
            .map(|limit| ClockChange::Bundled { limit }),
        Body::Extend(it) => Some(ClockChange::Extended {
            unit: it.unit.clone(),
            limit: it.limit.clone(),
        }),
        Body::Reopen(_) => Some(ClockChange::Reopened),
        _ => None,
    };
    found.extend(own.map(|what| (open, what)));
    if context
        .questions
        .stage_set(position)
        .is_some_and(Stage::is_final)
    {
        found.push((0, ClockChange::Closed));
    }
    found
}

/// What an instruction does to the time from elsewhere.
fn moved(known: Option<Millis>, due: Option<Millis>) -> Option<ClockChange> {
    match due {
        due if due == known => None,
        Some(due) if known.is_none_or(|known| due < known) => Some(ClockChange::Outside { due }),
        due => Some(ClockChange::Loosened { due }),
    }
}

/// Whether a tie makes the case a duplicate, or one no more; `joined` are the cases whose duplicate it is.
fn joins(joined: &mut BTreeSet<CaseId>, body: &Body) -> Option<ClockChange> {
    let Body::Link(link) = body else {
        return None;
    };
    let was = !joined.is_empty();
    match link.relation {
        Relationship::DuplicateOf => joined.insert(link.other),
        _ => joined.remove(&link.other),
    };
    match (was, !joined.is_empty()) {
        (false, true) => Some(ClockChange::Joined),
        (true, false) => Some(ClockChange::Parted),
        _ => None,
    }
}

/// Whom the instruction at `position` named in the question, and whom it released.
fn named_at(
    context: &Context<'_>,
    question: &Question,
    position: usize,
    body: &Body,
) -> Vec<ClockChange> {
    let mut found = Vec::new();
    let by = Naming {
        context,
        kind: question.kind,
        nodes: &question.nodes,
        position,
        resumed: matches!(body, Body::Resume(_)),
    };
    by.add(&question.persons, Addressee::Person, &mut found);
    by.add(&question.nodes, Addressee::Unit, &mut found);
    by.add(&question.teams, Addressee::Team, &mut found);
    found
}

/// One instruction that names or releases addressees of a question.
struct Naming<'c, 'a> {
    context: &'c Context<'a>,
    kind: QuestionKind,
    nodes: &'c [Named<UnitId>],
    position: usize,
    resumed: bool,
}

impl Naming<'_, '_> {
    fn add<T: Clone>(
        &self,
        all: &[Named<T>],
        wrap: fn(T) -> Addressee,
        found: &mut Vec<ClockChange>,
    ) {
        for named in all {
            if named.since == self.position {
                found.push(ClockChange::Asked {
                    kind: self.kind,
                    who: wrap(named.who.clone()),
                    assist: named.assist,
                    above: named
                        .parent
                        .and_then(|above| self.nodes.get(above))
                        .map(|it| it.who.clone()),
                    limit: limit(self.context, named),
                    resumed: self.resumed,
                });
            } else if named.until == Some(self.position) {
                let who = wrap(named.who.clone());
                found.push(ClockChange::Released { who });
            }
        }
    }
}

/// The unit whose clock supporting work ends: its author's, or the one that helps and gave it to a team.
fn helped(context: &Context<'_>, row: usize) -> Option<UnitId> {
    let own = context.unit(row)?;
    let above = context.answered(row).and_then(|question| {
        let mut above = question.nodes_above(own);
        above.next().map(|(_, node)| node.who.clone())
    });
    above.or_else(|| Some(own.clone()))
}

fn of_entry(context: &Context<'_>, view: &CaseView, row: usize) -> Option<ClockEvent> {
    let Some(Kind::Field(kind)) = context.graph.kind(row) else {
        return None;
    };
    let at = context.graph.hash(row);
    let heard = *view.status(row) == Status::Effective;
    let question = context.question_answered(row)? + 1;
    let what = match kind {
        FieldKind::Take | FieldKind::SetOut | FieldKind::Arrived | FieldKind::Seen => {
            ClockChange::Marked {
                kind: kind.name(),
                unit: context.unit(row).cloned(),
            }
        }
        FieldKind::Handle if view.reason(row) == Some(Reason::Supporting) => {
            let unit = helped(context, row);
            ClockChange::Supported { unit }
        }
        FieldKind::Handle if !matches!(view.reason(row), None | Some(Reason::WorkDone)) => {
            return None;
        }
        FieldKind::Handle => ClockChange::Answered,
        FieldKind::Verify | FieldKind::Check if heard && view.reason(row).is_none() => {
            ClockChange::Answered
        }
        FieldKind::Confirm if heard && view.reason(row).is_none() => ClockChange::Confirmed,
        _ => return None,
    };
    heard.then_some(ClockEvent { at, question, what })
}
