//! On which packs a clock stands: those that the case pinned when it started.

use super::facts::Told;
use super::{Basis, By};
use crate::catalogue::Catalogue;
use crate::deadline::calendars::Calendars;
use crate::deadline::rules::ClockRules;
use crate::entry::{Body, ClassRef, InstructionKind, Payload};
use crate::ids::Digest;
use crate::policy::Policy;
use crate::time::Millis;

/// The packs that are here.
pub trait Held {
    /// The policy of that digest.
    fn policy(&self, digest: &Digest) -> Option<&Policy>;
    /// The catalogue of that digest.
    fn catalogue(&self, digest: &Digest) -> Option<&Catalogue>;
}

/// By what something that starts now is counted.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ground<'a> {
    /// The policy that holds; `None` when it is not known.
    pub policy: Option<Digest>,
    /// Its rules, if it is here.
    pub rules: Option<&'a ClockRules>,
    /// The limit of the case's class and filing condition in its area, as the catalogue that holds
    /// writes it.
    pub limit: Option<&'a str>,
}

/// What the case pins and what it is about, from one happening to the next.
pub(super) struct Grounds<'a> {
    held: &'a dyn Held,
    policy: Option<Digest>,
    catalogue: Option<Digest>,
    class: Option<&'a ClassRef>,
    condition: Option<&'a str>,
    grade: Option<&'a str>,
    /// Whether its reporter settled it on the spot, and nothing has taken it on since.
    settled: bool,
}

impl<'a> Grounds<'a> {
    pub(super) fn of(told: &Told<'a>) -> Self {
        let report = told.view.report.as_ref();
        Self {
            held: told.held,
            policy: told.root.map(|root| root.policy),
            catalogue: told.root.map(|root| root.catalogue),
            class: report.map(|report| &report.class),
            condition: report.and_then(|report| report.condition.as_deref()),
            grade: None,
            settled: report.is_some_and(|report| report.self_handled),
        }
    }

    /// Takes what an instruction that holds says of packs, class and area.
    pub(super) fn learn(&mut self, payload: Option<&'a Payload>) {
        match payload {
            Some(Payload::Instruction(_, Body::Repin(repin))) => {
                self.policy = repin.policy.or(self.policy);
                self.catalogue = repin.catalogue.or(self.catalogue);
            }
            Some(Payload::Instruction(_, Body::Correct(said))) => {
                self.class = said.class.as_ref().or(self.class);
                self.condition = said.condition.as_deref().or(self.condition);
                self.grade = said.area_grade.as_deref().or(self.grade);
            }
            Some(Payload::Instruction(_, Body::Convert(_))) => self.settled = false,
            _ => {}
        }
    }

    /// What only the case itself tells of an instruction: what is filed has to be dispatched, unless it
    /// was settled on the spot and is filed for its number.
    pub(super) fn detail_of(&self, kind: &str) -> Option<&'static str> {
        let filed = kind == InstructionKind::File.name();
        filed.then_some(match self.settled {
            true => "self_handled",
            false => "to_dispatch",
        })
    }

    pub(super) fn now(&self) -> Ground<'a> {
        let policy = self.policy.and_then(|digest| self.held.policy(&digest));
        Ground {
            policy: self.policy,
            rules: policy.map(Policy::clocks),
            limit: self.limit(),
        }
    }

    fn limit(&self) -> Option<&'a str> {
        let catalogue = self.held.catalogue(&self.catalogue?)?;
        let class = catalogue.class(self.class?).ok()?;
        let mut conditions = class.conditions.iter();
        let met = conditions.find(|known| Some(known.code.as_str()) == self.condition)?;
        met.limit_in(self.grade)
    }
}

/// By what clocks are reckoned, and when.
#[derive(Clone, Copy)]
pub struct Present<'a> {
    /// The city's calendars.
    pub calendars: &'a Calendars,
    /// The packs that are here.
    pub held: &'a dyn Held,
    /// On what it rests.
    pub basis: Basis,
    /// The present.
    pub now: Millis,
}

impl<'a> Present<'a> {
    /// By what the clocks of a policy are reckoned.
    ///
    /// # Errors
    /// Says in words which pack is missing.
    pub fn by(&self, policy: Option<&Digest>) -> Result<By<'a>, String> {
        let found = policy.and_then(|digest| self.held.policy(digest));
        let policy = found.ok_or("needs the policy by which it started: sync to fetch it")?;
        let calendar = self.calendars.of(policy.clocks());
        Ok(By {
            calendar: calendar.map_err(|error| error.to_string())?,
            lights: policy.lights(),
            basis: self.basis,
            now: self.now,
        })
    }
}
