//! What a service actor has to do in a case now: the step, without clock and store.
//!
//! A service gives each instruction once in a case, and each suspension is resumed once. What people
//! decided since is theirs: a case that was dispatched by rule and comes back is not sent out by rule
//! again. While a request waits for a person, and in a duplicate, services neither file, dispatch nor
//! close.

#[cfg(test)]
mod tests;

use super::closing::stands_as_settled;
use super::relation::Whereabouts;
use super::service::{Service, ServiceRule};
use super::{Policy, variant_of};
use crate::deadline::{Calendar, Due as Reached, Limit, Pauses, Term, due};
use crate::entry::{
    Body, Close, CloseKind, Dispatch, FieldKind, File, InstructionKind, Kind, Relationship, Resume,
};
use crate::fold::{CaseView, Pause};
use crate::ids::ChangeHash;
use crate::time::Millis;

/// The role of people who enrol without a code.
const CITIZEN: &str = "citizen";

/// Everything that the step depends on beside the policy.
pub struct Moment<'a> {
    /// The case.
    pub view: &'a CaseView,
    /// Where it lies.
    pub place: &'a Whereabouts,
    /// Whether it was drawn for a spot check that nobody has made yet.
    pub drawn: bool,
    /// When the server received an entry.
    pub received: &'a dyn Fn(&ChangeHash) -> Option<Millis>,
    /// The calendar by which the policy counts, if it is known.
    pub calendar: Option<&'a Calendar>,
    /// The present.
    pub now: Millis,
}

/// An instruction that a service has to give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// Who gives it.
    pub service: Service,
    /// The instruction. A file's task number is the server's to mint.
    pub body: Body,
}

/// What services have to do in a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Due {
    /// Something now.
    Now(Box<Act>),
    /// Nothing before then.
    At(Millis),
    /// Nothing, until something else happens.
    Nothing,
}

impl Policy {
    /// What services have to do in a case now, or next. After each act the question is asked anew.
    pub fn due(&self, moment: &Moment<'_>) -> Due {
        let view = moment.view;
        let readable = view.needs_pack.is_none() && !view.needs_newer_app && view.report.is_some();
        if self.services.is_empty() || !readable {
            return Due::Nothing;
        }
        let step = Step {
            policy: self,
            moment,
        };
        let all = Service::ALL.into_iter().map(|service| step.of(service));
        all.fold(Due::Nothing, sooner)
    }
}

/// Whether a citizen reported it.
fn by_citizen(view: &CaseView) -> bool {
    let mut reports = view.entries.iter();
    let report = reports.find(|entry| entry.kind == FieldKind::Report.name());
    report.is_some_and(|entry| entry.role.as_str() == CITIZEN)
}

/// The more pressing of two; of two acts the first.
fn sooner(first: Due, second: Due) -> Due {
    match (first, second) {
        (now @ Due::Now(_), _) | (_, now @ Due::Now(_)) => now,
        (Due::At(one), Due::At(other)) => Due::At(one.min(other)),
        (at @ Due::At(_), _) | (_, at @ Due::At(_)) => at,
        (Due::Nothing, Due::Nothing) => Due::Nothing,
    }
}

struct Step<'a> {
    policy: &'a Policy,
    moment: &'a Moment<'a>,
}

impl Step<'_> {
    fn of(&self, service: Service) -> Due {
        let view = self.moment.view;
        // Nobody's case is filed and closed on the word of a citizen, whose app may be anything.
        let settled = view.facts.self_handled && !by_citizen(view);
        match service {
            Service::AutoResume => self.resume(),
            _ if !self.is_free() => Due::Nothing,
            Service::SelfHandled if settled => self.settle(),
            Service::AutoFile if !settled => {
                let open = self.acts(service, InstructionKind::File);
                self.act(service, open, file())
            }
            Service::DirectDispatch if !settled => {
                self.dispatch(self.acts(service, InstructionKind::Dispatch))
            }
            _ => Due::Nothing,
        }
    }

    /// Whether nobody has the case in hand otherwise.
    fn is_free(&self) -> bool {
        let view = self.moment.view;
        let duplicate = |relation| relation == Relationship::DuplicateOf;
        let mut ties = view.facts.ties.iter();
        view.pending_requests().next().is_none() && !ties.any(|tie| duplicate(tie.relation))
    }

    /// Whether the service can give that at the case's stage.
    fn acts(&self, service: Service, kind: InstructionKind) -> bool {
        service.acts_at(kind).contains(&self.moment.view.stage)
    }

    fn was_given(&self, kind: InstructionKind) -> bool {
        let mut given = self.moment.view.chain.iter();
        given.any(|link| link.kind == kind.name())
    }

    fn rule(&self, service: Service, body: &Body) -> Option<&ServiceRule> {
        let kind = Kind::Instruction(body.kind());
        let Moment { view, place, .. } = self.moment;
        self.policy
            .service(service, (&kind, variant_of(body)), place, view)
    }

    /// Gives an instruction that was never given in the case, if a rule says so.
    fn act(&self, service: Service, open: bool, body: Body) -> Due {
        let given = self.was_given(body.kind());
        match open && !given && self.rule(service, &body).is_some() {
            true => Due::Now(Box::new(Act { service, body })),
            false => Due::Nothing,
        }
    }

    /// What its reporter settled is filed for its number, and closed unless it was drawn.
    fn settle(&self) -> Due {
        let service = Service::SelfHandled;
        let filing = self.act(service, self.acts(service, InstructionKind::File), file());
        if filing != Due::Nothing || self.moment.drawn {
            return filing;
        }
        let stands = stands_as_settled(self.moment.view);
        let open = stands && self.acts(service, InstructionKind::Close);
        let close = Close {
            kind: CloseKind::Normal,
            note: None,
            condition: None,
        };
        self.act(service, open, Body::Close(close))
    }

    fn dispatch(&self, open: bool) -> Due {
        let service = Service::DirectDispatch;
        let blank = Body::Dispatch(Dispatch::to("".into()));
        let rule = self.rule(service, &blank);
        let Some((rule, unit)) = rule.and_then(|rule| Some((rule, rule.unit.clone()?))) else {
            return Due::Nothing;
        };
        let body = Dispatch {
            limit: rule.limit.clone(),
            rule: Some(service.name().to_owned()),
            ..Dispatch::to(unit)
        };
        self.act(service, open, Body::Dispatch(body))
    }

    fn resume(&self) -> Due {
        let view = self.moment.view;
        let service = Service::AutoResume;
        let body = Body::Resume(Resume {
            rule: Some(service.name().to_owned()),
            ..Resume::default()
        });
        let pause = view.facts.pauses.last().filter(|pause| pause.to.is_none());
        let suspended = self.acts(service, InstructionKind::Resume);
        let rule = self.rule(service, &body).filter(|_| suspended);
        let end = pause
            .zip(rule)
            .and_then(|(pause, rule)| self.end(pause, rule));
        match end {
            Some(end) if end <= self.moment.now => Due::Now(Box::new(Act { service, body })),
            Some(end) => Due::At(end),
            None => Due::Nothing,
        }
    }

    /// When a suspension ends: on its own date or, without one, when the rule's limit is used up. What
    /// the calendar does not know is not guessed.
    fn end(&self, pause: &Pause, rule: &ServiceRule) -> Option<Millis> {
        if let Some(until) = pause.until {
            return Some(until);
        }
        let limit = Limit::parse(rule.limit.as_ref()?).ok()?;
        let (calendar, start) = (self.moment.calendar?, (self.moment.received)(&pause.from)?);
        let budget = calendar.budget(&limit, start).ok()?;
        match due(calendar, &Term::new(start, budget), &Pauses::default()).ok()? {
            Reached::At(end) => Some(end),
            Reached::Paused { .. } => None,
        }
    }
}

fn file() -> Body {
    Body::File(File {
        task_number: "-".to_owned(),
        note: None,
    })
}
