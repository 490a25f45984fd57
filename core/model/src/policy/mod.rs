// long-file: a policy, and every question that it answers
//! Rules as data: who may do what, in which relation to the case, at which stage.
//!
//! A policy is a JSON pack. Cases pin it by the SHA-256 of its bytes. The one built in holds where a
//! city has published none; it is data like any other. `docs/policy.md` tells the format to people.

mod acceptance;
mod asked;
mod centre;
mod chinese;
mod clocks;
mod closing;
mod denied;
mod draw;
mod due;
mod format;
mod idle;
mod matrix;
mod never;
mod odd;
mod passing;
mod photo;
mod relation;
mod sections;
mod separation;
mod service;
mod slips;
#[cfg(test)]
mod tests;
mod units;
mod ways;

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::catalogue::Label;
use crate::deadline::Lights;
use crate::deadline::rules::ClockRules;
use crate::entry::{ClassRef, Kind};
use crate::fold::{Addressee, CaseView, Exempt, Rules, Stage, Task};
use crate::ids::{Digest, Role, UnitId, UserId};
use crate::media::EvidenceRecord;

pub use centre::{ContactPolicy, LatePolicy};
pub use chinese::in_chinese;
pub use closing::{rests_on_tie, says_done};
pub use denied::Denied;
pub use draw::Draw;
pub use due::{Act, Due, Moment};
pub use matrix::{ClassPrefix, Grant, KindName, Rule, StageRule, VARIANTS, variant_of};
pub use odd::Around;
pub use passing::AskedInPerson;
pub use photo::{Corner, KeepOriginal, PhotoPolicy, StampLine, StampPolicy};
pub use relation::{Relation, Standing, Whereabouts};
pub use sections::{DuplicateRule, PhotoFault, PhotoRule, Steps};
pub use separation::{Exception, Separation, is_found_by_another, is_with_another};
pub use service::{Service, ServiceRule};
pub use units::UnitTree;

use relation::Stands;

/// The body of the policy that is built in, for a city that publishes it as its own.
pub const BUILT_IN: &[u8] = include_bytes!("default.json");

/// Bodies that were built in before. Cases pin them still.
pub const EARLIER: &[&[u8]] = &[
    include_bytes!("default-2.json"),
    include_bytes!("default-4.json"),
];

/// What to do with a report from outside the author's duty grids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DutyRule {
    /// Refuse it.
    Block,
    /// Take it and say so.
    Warn,
    /// Take it.
    Allow,
}

/// A city's rules.
#[derive(Debug, Clone)]
pub struct Policy {
    hash: Digest,
    name: String,
    version: u64,
    rules: Vec<Rule>,
    stages: Vec<StageRule>,
    separation: Separation,
    /// Roles whose own checks count although they handled.
    steps: Steps,
    outside_duty_grid: DutyRule,
    units: UnitTree,
    services: Vec<ServiceRule>,
    self_handled_spot_check: u8,
    duplicates: DuplicateRule,
    report_age_days: Option<u32>,
    lights: Lights,
    labels: BTreeMap<String, Label>,
    photo: PhotoPolicy,
    photos: Vec<PhotoRule>,
    clocks: Option<ClockRules>,
    contact: ContactPolicy,
    late: LatePolicy,
}

/// In which capacity somebody acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capacity {
    /// Who.
    pub user: UserId,
    /// In which role.
    pub role: Role,
    /// For which unit.
    pub unit: Option<UnitId>,
}

/// Whether somebody may do something: all that the answer depends on.
#[derive(Debug, Clone, Copy)]
pub struct Asking<'a> {
    /// Who, in which capacity.
    pub who: &'a Capacity,
    /// What the certificate gives beside that.
    pub standing: &'a Standing,
    /// Where the case lies.
    pub place: &'a Whereabouts,
    /// What.
    pub kind: &'a Kind,
    /// Which variant of it ([`variant_of`]); `None` asks whether any is given.
    pub variant: Option<&'a str>,
    /// The case as the asker sees it.
    pub view: &'a CaseView,
}

/// A policy pack that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the policy cannot be read: {0}")]
pub struct PolicyError(String);

impl Policy {
    /// The policy that is built in.
    ///
    /// # Panics
    /// Never: a test reads the same bytes.
    #[allow(clippy::expect_used)] // the bytes are compiled in and tested
    pub fn built_in() -> Self {
        Self::from_json(BUILT_IN).expect("the built-in policy is well formed")
    }

    /// The built-in policy and those that were built in before.
    pub fn all_built_in() -> impl Iterator<Item = Self> {
        let bodies = std::iter::once(&BUILT_IN).chain(EARLIER);
        bodies.filter_map(|body| Self::from_json(body).ok())
    }

    /// Reads a policy body (`gewu-policy/1` or `/2`, JSON).
    ///
    /// # Errors
    /// [`PolicyError`] says what cannot be read.
    pub fn from_json(body: &[u8]) -> Result<Self, PolicyError> {
        format::read(body)
    }

    /// SHA-256 of the body, which cases pin.
    pub const fn hash(&self) -> Digest {
        self.hash
    }

    /// What it calls itself.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The version that it gives itself.
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// What the fold judges by under this policy.
    pub fn rules(&self) -> Rules<'_> {
        Rules {
            separation: self.separation.keeps_checks(),
            exempt: Exempt::By(&self.separation.except),
            confirm: self.steps.unit_confirm,
            ..Rules::BUILT_IN
        }
    }

    /// What to do with a report from outside the author's duty grids.
    pub const fn outside_duty_grid(&self) -> DutyRule {
        self.outside_duty_grid
    }

    /// What becomes of photos.
    pub const fn photo(&self) -> &PhotoPolicy {
        &self.photo
    }

    /// Steps that the city has or leaves out.
    pub const fn steps(&self) -> Steps {
        self.steps
    }

    /// When a case nearby may be the same matter.
    pub const fn duplicates(&self) -> &DuplicateRule {
        &self.duplicates
    }

    /// How many days after it was written a report is still taken without an operator's look;
    /// `None` for any age.
    pub const fn report_age_days(&self) -> Option<u32> {
        self.report_age_days
    }

    /// Which unit stands under which.
    pub const fn units(&self) -> &UnitTree {
        &self.units
    }

    /// The rights of rules and timers at the centre.
    pub fn services(&self) -> &[ServiceRule] {
        &self.services
    }

    /// Of 100 self-handled cases, how many the server draws for a check.
    pub const fn self_handled_spot_check(&self) -> u8 {
        self.self_handled_spot_check
    }

    /// Whether an answer may depend on where the case lies or on what a certificate gives beside roles
    /// and units.
    pub fn asks_for_place(&self) -> bool {
        let place = |relation| {
            matches!(
                relation,
                Relation::OwnDutyGrid | Relation::OwnArea | Relation::OwnRoad
            )
        };
        let placed = |service: &ServiceRule| !service.areas.is_empty();
        self.rules.iter().any(|rule| place(rule.relation))
            || self.separation.except.iter().any(|one| place(one.relation))
            || self.services.iter().any(placed)
    }

    /// How late work may come.
    pub const fn late(&self) -> &LatePolicy {
        &self.late
    }

    /// Who sees what of a reporter's contact.
    pub const fn contact(&self) -> &ContactPolicy {
        &self.contact
    }

    /// Whether a rule gives anything to the role.
    pub fn names_role(&self, role: &Role) -> bool {
        self.rules.iter().any(|rule| rule.roles.contains(role))
    }

    /// Whether a rule gives that kind to the role, in whatever relation.
    pub fn gives(&self, role: &Role, kind: &Kind) -> bool {
        let covers = |rule: &&Rule| rule.kinds.iter().any(|own| own.covers(kind, None));
        let mut rules = self.rules.iter().filter(covers);
        rules.any(|rule| rule.roles.contains(role))
    }

    /// The city's own label for a neutral name.
    pub fn label(&self, name: &str) -> Option<&Label> {
        self.labels.get(name)
    }

    /// Every label.
    pub const fn labels(&self) -> &BTreeMap<String, Label> {
        &self.labels
    }

    /// Kinds that the pack names and this version does not know: a slip of the pen, or for newer
    /// apps.
    pub fn unknown_kinds(&self) -> Vec<String> {
        let ruled = self.rules.iter().flat_map(|rule| &rule.kinds);
        let staged = self.stages.iter().flat_map(|rule| &rule.kinds);
        let served = self.services.iter().flat_map(|rule| &rule.kinds);
        let pictured = self.photos.iter().flat_map(|rule| &rule.kinds);
        let separated = &self.separation.kinds;
        let named = ruled.chain(staged).chain(served).chain(pictured);
        let named = named.chain(separated);
        let mut unknown: Vec<String> = named
            .filter(|kind| !kind.is_known())
            .map(KindName::to_string)
            .collect();
        unknown.sort_unstable();
        unknown.dedup();
        unknown
    }

    fn bound(&self, kind: &Kind, variant: Option<&str>) -> Option<&Vec<Stage>> {
        let mut bounds = self.stages.iter();
        let bound = bounds.find(|rule| rule.kinds.iter().any(|own| own.covers(kind, variant)));
        bound.map(|rule| &rule.stages)
    }

    /// Whether `who` may write an entry, or ask for an instruction, of `kind` on a case that stands
    /// as `view`, by roles and by what the case itself says. For a field entry the view is the one at
    /// the entry's own dependencies.
    ///
    /// # Errors
    /// [`Denied`] says why not.
    pub fn permits(&self, who: &Capacity, kind: &Kind, view: &CaseView) -> Result<(), Denied> {
        self.judge(&Asking {
            who,
            standing: &Standing::default(),
            place: &Whereabouts::of(view),
            kind,
            variant: None,
            view,
        })
    }

    /// Whether that may be done.
    ///
    /// # Errors
    /// [`Denied`] says why not.
    pub fn judge(&self, asking: &Asking<'_>) -> Result<(), Denied> {
        if self.bars(asking) {
            return Err(Denied::Separation);
        }
        let stands = self.stands(asking);
        let granting = self
            .rules
            .iter()
            .filter(|rule| grants(rule, asking, &stands));
        let stages = ways::stages(asking);
        let within = |named: Option<&Vec<Stage>>| {
            named.is_none_or(|named| stages.iter().all(|stage| named.contains(stage)))
        };
        let mut denied: Option<Denied> = None;
        for rule in granting {
            let bound = self.bound(asking.kind, asking.variant);
            let why = match within(rule.stages.as_ref()) && within(bound) {
                true if acceptance::bars(asking) => Denied::MustAccept,
                true => match closing::check(asking, rule).and_then(|()| ways::check(asking)) {
                    Ok(()) => return Ok(()),
                    Err(why) => why,
                },
                false => ways::why_not(asking, rule),
            };
            // That it could be done but for one thing says more than that it could not be done now.
            if denied.is_none_or(|before| before == Denied::Stage) {
                denied = Some(why);
            }
        }
        Err(denied.unwrap_or_else(|| self.why_not(asking, &stands)))
    }

    /// Whether that may be done in a case that [`Policy::judge`] permits it in, as far as it rests on the case of
    /// which this one is a duplicate and whose work was done under the rules of `theirs`; `above` are all to which
    /// its ties lead, that one the last.
    ///
    /// # Errors
    /// [`Denied`] says why not.
    pub fn judge_joined(
        &self,
        asking: &Asking<'_>,
        above: &[CaseView],
        theirs: &Self,
    ) -> Result<(), Denied> {
        match above.last() {
            Some(main) => closing::check_joined((self, theirs), asking, (main, above)),
            None => Ok(()),
        }
    }

    /// Whether separation keeps that from whoever asks.
    pub fn bars(&self, asking: &Asking<'_>) -> bool {
        self.separation.bars(asking, &self.stands(asking))
    }

    /// What is lacking where no rule gives it: the role, the relation, or the class.
    fn why_not(&self, asking: &Asking<'_>, stands: &Stands<'_>) -> Denied {
        let may = |rule: &&Rule| {
            let mut kinds = rule.kinds.iter();
            rule.roles.contains(&asking.who.role)
                && kinds.any(|own| own.covers(asking.kind, asking.variant))
        };
        let holds = |rule: &Rule| stands.holds(rule.relation, rule.level.as_deref());
        let mut rules = self.rules.iter().filter(may).peekable();
        let first = rules.peek().map(|rule| rule.relation);
        match (first, rules.any(holds)) {
            (None, _) => Denied::NotYours,
            (Some(_), true) => Denied::Class,
            (Some(relation), false) => match Denied::by_relation(relation) {
                Denied::NotAsked => asked::why_not(asking, relation),
                why => why,
            },
        }
    }

    /// Whether whoever asks has or had a part in the case: reported it, wrote in it, or was asked something, for
    /// themselves, for a unit or as one above it in the tree.
    pub fn has_a_part(&self, asking: &Asking<'_>) -> bool {
        let (view, user) = (asking.view, &asking.who.user);
        let stands = self.stands(asking);
        let asked = |task: &Task| match &task.who {
            Addressee::Person(who) => who == user,
            Addressee::Unit(unit) | Addressee::Team(unit) => {
                stands.acts_above(std::iter::once(unit))
            }
        };
        view.reporter.as_ref() == Some(user)
            || view.entries.iter().any(|entry| entry.by == *user)
            || view.tasks.iter().any(asked)
            || stands.holds(Relation::InvolvedSubtree, None)
    }

    fn stands<'a>(&'a self, asking: &Asking<'a>) -> Stands<'a> {
        Stands {
            who: asking.who,
            standing: asking.standing,
            place: asking.place,
            units: &self.units,
            view: asking.view,
        }
    }

    /// Of 100 entries of this kind by somebody who handled the work, how many the server draws for a
    /// check by somebody else; `None` where no exception from separation is used.
    pub fn spot_check(&self, asking: &Asking<'_>) -> Option<u8> {
        let kept = self.separation.keeps(asking.kind, asking.variant);
        let handled = kept && asking.view.handled_by(&asking.who.user);
        let found = self.separation.exception(asking, &self.stands(asking));
        found
            .filter(|_| handled)
            .map(|exception| exception.spot_check_percent)
    }

    /// Whether an entry may carry these photos.
    ///
    /// # Errors
    /// [`PhotoFault`] says what to change.
    pub fn check_photos(
        &self,
        kind: &Kind,
        role: &Role,
        class: Option<&ClassRef>,
        photos: &[EvidenceRecord],
    ) -> Result<(), PhotoFault> {
        sections::check_photos(&self.photos, kind, role, class, photos)
    }
}

fn grants(rule: &Rule, asking: &Asking<'_>, stands: &Stands<'_>) -> bool {
    let class = asking.view.report.as_ref().map(|report| &report.class);
    rule.roles.contains(&asking.who.role)
        && rule
            .kinds
            .iter()
            .any(|own| own.covers(asking.kind, asking.variant))
        && matrix::covers(&rule.classes, class)
        && stands.holds(rule.relation, rule.level.as_deref())
}
