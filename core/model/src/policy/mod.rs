//! Rules as data: who may do what, in which relation to the case, at which stage.
//!
//! A policy is a JSON pack. Cases pin it by the SHA-256 of its bytes. The one built in holds where a
//! city has published none; it is data like any other.

mod clocks;
mod photo;

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::catalogue::Label;
use crate::crypto::sha256;
use crate::entry::{FieldKind, Kind};
use crate::fold::{CaseView, Rules, Stage};
use crate::ids::{Digest, Role, UnitId, UserId};

pub use photo::{Corner, KeepOriginal, PhotoPolicy, StampLine, StampPolicy};

/// The body of the policy that is built in, for a city that publishes it as its own.
pub const BUILT_IN: &[u8] = include_bytes!("default.json");

/// How an author stands to a case. Roles say what somebody is, relations to what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// Any holder of the role.
    Anyone,
    /// Reported the case.
    Reporter,
    /// Is asked by the question that is open.
    Asked,
    /// Acts for a unit that the open dispatch names (lead, forwarded to, or assisting).
    WorkingUnit,
    /// Acts for a unit that the open dispatch names as lead or was forwarded to.
    LeadUnit,
    /// Acts for a unit that was ever sent the case.
    InvolvedUnit,
}

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

#[derive(Debug, Clone, Deserialize)]
struct Rule {
    roles: Vec<Role>,
    kinds: Vec<String>,
    relation: Relation,
}

#[derive(Debug, Clone, Deserialize)]
struct StageRule {
    kinds: Vec<String>,
    #[serde(rename = "in")]
    stages: Vec<Stage>,
}

#[derive(Deserialize)]
struct PolicyFile {
    format: String,
    rules: Vec<Rule>,
    #[serde(default)]
    stages: Vec<StageRule>,
    separation: bool,
    outside_duty_grid: DutyRule,
    #[serde(default)]
    labels: BTreeMap<String, Label>,
    #[serde(default)]
    photo: PhotoPolicy,
    #[serde(default)]
    contact: ContactPolicy,
    #[serde(default)]
    late: LatePolicy,
}

/// How late work may come before an operator has to decide whether it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct LatePolicy {
    /// For how many days after an instruction work is taken whose author had not received it.
    pub days: u32,
    /// The same for a device that has exchanged since, and acknowledged nothing.
    pub unacknowledged_days: u32,
}

impl Default for LatePolicy {
    fn default() -> Self {
        Self {
            days: 30,
            unacknowledged_days: 3,
        }
    }
}

/// Who sees what of a reporter's contact. Operators of the centre read the card itself, and each
/// reading is logged; whoever is not named here is shown nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct ContactPolicy {
    /// Roles whose devices are shown a masked contact (`138****5678`) of cases that they hold.
    #[serde(default)]
    pub masked: Vec<Role>,
}

/// A city's rules.
#[derive(Debug, Clone)]
pub struct Policy {
    hash: Digest,
    rules: Vec<Rule>,
    stages: Vec<StageRule>,
    separation: bool,
    outside_duty_grid: DutyRule,
    labels: BTreeMap<String, Label>,
    photo: PhotoPolicy,
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

/// Why something is not permitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// No rule gives it to that role in that relation.
    #[error("your role may not do this in this case")]
    NotYours,
    /// Not at this stage.
    #[error("the case's stage does not allow it")]
    Stage,
    /// Who handled the work never checks it (监管分离).
    #[error("whoever handled the work may not check it")]
    Separation,
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

    /// Reads a policy body (`gewu-policy/1`, JSON).
    ///
    /// # Errors
    /// [`PolicyError`] says what cannot be read.
    pub fn from_json(body: &[u8]) -> Result<Self, PolicyError> {
        let file: PolicyFile =
            serde_json::from_slice(body).map_err(|error| PolicyError(error.to_string()))?;
        if file.format != "gewu-policy/1" {
            return Err(PolicyError(format!("format {} is not known", file.format)));
        }
        Ok(Self {
            hash: sha256(body),
            rules: file.rules,
            stages: file.stages,
            separation: file.separation,
            outside_duty_grid: file.outside_duty_grid,
            labels: file.labels,
            photo: file.photo.check()?,
            contact: file.contact,
            late: file.late,
        })
    }

    /// SHA-256 of the body, which cases pin.
    pub const fn hash(&self) -> Digest {
        self.hash
    }

    /// What the fold judges by under this policy.
    pub const fn rules(&self) -> Rules<'static> {
        Rules {
            separation: self.separation,
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

    /// The city's own label for a neutral name.
    pub fn label(&self, name: &str) -> Option<&Label> {
        self.labels.get(name)
    }

    /// Whether `who` may write an entry, or ask for an instruction, of `kind` on a case that stands
    /// as `view`. For a field entry the view is the one at the entry's own dependencies.
    ///
    /// # Errors
    /// [`Denied`] says why not.
    pub fn permits(&self, who: &Capacity, kind: &Kind, view: &CaseView) -> Result<(), Denied> {
        let check = Kind::Field(FieldKind::Check);
        if self.separation && *kind == check && view.handled_by(&who.user) {
            return Err(Denied::Separation);
        }
        let name = kind.name();
        let granted = self.rules.iter().any(|rule| {
            rule.roles.contains(&who.role)
                && rule.kinds.iter().any(|granted| granted == name)
                && holds(rule.relation, who, view)
        });
        if !granted {
            return Err(Denied::NotYours);
        }
        let staged = self
            .stages
            .iter()
            .find(|rule| rule.kinds.iter().any(|named| named == name));
        match staged {
            Some(rule) if !rule.stages.contains(&view.stage) => Err(Denied::Stage),
            _ => Ok(()),
        }
    }
}

fn holds(relation: Relation, who: &Capacity, view: &CaseView) -> bool {
    let question = view.question.as_ref();
    match relation {
        Relation::Anyone => true,
        Relation::Reporter => view.reporter.is_none() || view.reporter.as_ref() == Some(&who.user),
        Relation::Asked => question.is_some_and(|open| open.persons.contains(&who.user)),
        Relation::WorkingUnit => question.is_some_and(|open| {
            let named = |unit| open.units.contains(unit) || open.assist.contains(unit);
            who.unit.as_ref().is_some_and(named)
        }),
        Relation::LeadUnit => question.is_some_and(|open| {
            let unit = who.unit.as_ref();
            unit.is_some_and(|unit| open.units.contains(unit))
        }),
        Relation::InvolvedUnit => who
            .unit
            .as_ref()
            .is_some_and(|unit| view.units.contains(unit)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::InstructionKind;
    use crate::fold::fold;

    fn who(role: &str) -> Capacity {
        Capacity {
            user: "wang".into(),
            role: role.into(),
            unit: Some("drainage".into()),
        }
    }

    #[test]
    fn the_built_in_policy_reads_and_names_only_known_kinds() {
        let policy = Policy::built_in();
        let named = policy.rules.iter().flat_map(|rule| &rule.kinds);
        let staged = policy.stages.iter().flat_map(|rule| &rule.kinds);
        assert!(
            named
                .chain(staged)
                .all(|name| !matches!(Kind::from_name(name), Kind::Unknown(_)))
        );
    }

    #[test]
    fn an_empty_case_is_open_to_reports_only() {
        let (policy, view) = (Policy::built_in(), fold(&[]));
        let report = Kind::Field(FieldKind::Report);
        assert_eq!(policy.permits(&who("citizen"), &report, &view), Ok(()));
        let close = Kind::Instruction(InstructionKind::Close);
        assert_eq!(
            policy.permits(&who("crew"), &close, &view),
            Err(Denied::NotYours)
        );
        let check = Kind::Field(FieldKind::Check);
        assert_eq!(
            policy.permits(&who("inspector"), &check, &view),
            Err(Denied::NotYours)
        );
        assert_eq!(
            policy.permits(&who("nobody"), &report, &view),
            Err(Denied::NotYours)
        );
    }

    #[test]
    fn a_damaged_policy_is_refused() {
        assert!(Policy::from_json(b"{}").is_err());
    }
}
