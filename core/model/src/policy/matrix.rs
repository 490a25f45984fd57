//! The matrix: role × kind × relation × stage.

use serde::de::{Deserializer, Error};
use serde::{Deserialize, Serialize};

use super::Policy;
use super::relation::Relation;
use crate::entry::{Body, ClassKind, ClassRef, InstructionKind, Kind};
use crate::fold::Stage;
use crate::ids::Role;

/// The variant of an instruction that a rule may name behind a colon, such as `decline:not_filed`.
pub const VARIANTS: &[(InstructionKind, &[&str])] = &[
    (InstructionKind::Decline, &["not_accepted", "not_filed"]),
    (
        InstructionKind::Close,
        &["normal", "late", "forced", "mistaken", "special"],
    ),
];

/// A kind as rules name it: `check`, or one variant of a kind, `decline:not_filed`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct KindName {
    kind: String,
    variant: Option<String>,
}

impl KindName {
    /// The name of a kind with all its variants.
    pub fn of(kind: &str) -> Self {
        match kind.split_once(':') {
            Some((kind, variant)) => Self {
                kind: kind.to_owned(),
                variant: Some(variant.to_owned()),
            },
            None => Self {
                kind: kind.to_owned(),
                variant: None,
            },
        }
    }

    /// The kind's name on the wire.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The variant that the rule names.
    pub(super) fn variant(&self) -> Option<&str> {
        self.variant.as_deref()
    }

    /// Whether the name covers a kind; with no variant given, whether it covers any of it.
    pub(super) fn covers(&self, kind: &Kind, variant: Option<&str>) -> bool {
        let own = self.variant.as_deref();
        let fits = own.is_none() || variant.is_none() || own == variant;
        self.kind == kind.name() && fits
    }

    /// Whether this version knows the kind and the variant.
    pub fn is_known(&self) -> bool {
        let kind = Kind::from_name(&self.kind);
        match (&kind, self.variant.as_deref()) {
            (Kind::Unknown(_), _) => false,
            (_, None) => true,
            (Kind::Instruction(kind), Some(variant)) => {
                let known = VARIANTS.iter().find(|(known, _)| known == kind);
                known.is_some_and(|(_, known)| known.contains(&variant))
            }
            (Kind::Field(_), Some(_)) => false,
        }
    }
}

impl std::fmt::Display for KindName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.kind)?;
        self.variant
            .iter()
            .try_for_each(|variant| write!(f, ":{variant}"))
    }
}

impl<'de> Deserialize<'de> for KindName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        match name.is_empty() {
            true => Err(D::Error::custom("a kind has a name")),
            false => Ok(Self::of(&name)),
        }
    }
}

/// The variant that a body is of, for rules that tell variants apart.
pub fn variant_of(body: &Body) -> Option<&'static str> {
    let (kind, at) = match body {
        Body::Decline(decline) => (InstructionKind::Decline, decline.kind as usize),
        Body::Close(close) => (InstructionKind::Close, close.kind as usize),
        _ => return None,
    };
    let (_, names) = VARIANTS.iter().find(|(known, _)| *known == kind)?;
    names.get(at).copied()
}

/// Classes, by kind and the beginning of their codes. Empty: every class.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassPrefix {
    /// Components or matters; every kind when it is missing.
    #[serde(default)]
    pub kind: Option<ClassKind>,
    /// The beginning of the codes; every code when it is missing.
    #[serde(default)]
    pub code: String,
}

impl ClassPrefix {
    /// Whether the class is among these.
    pub fn covers(&self, class: &ClassRef) -> bool {
        self.kind.is_none_or(|kind| kind == class.kind) && class.code.starts_with(&self.code)
    }
}

/// Whether a class is among those named; none named is all.
pub(super) fn covers(classes: &[ClassPrefix], class: Option<&ClassRef>) -> bool {
    let named = || class.is_some_and(|class| classes.iter().any(|prefix| prefix.covers(class)));
    classes.is_empty() || named()
}

/// One rule: it gives, and never takes away.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// To whom.
    pub roles: Vec<Role>,
    /// What.
    pub kinds: Vec<KindName>,
    /// In which relation to the case.
    pub relation: Relation,
    /// At which level of area, for `own_area`.
    #[serde(default)]
    pub level: Option<String>,
    /// At which stages; at all that the kind is bound to when it is missing.
    #[serde(default, rename = "in")]
    pub stages: Option<Vec<Stage>>,
    /// For which classes; all when it is missing.
    #[serde(default)]
    pub classes: Vec<ClassPrefix>,
}

/// The stages that bound a kind, whoever writes it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StageRule {
    /// The kinds.
    pub kinds: Vec<KindName>,
    /// The stages.
    #[serde(rename = "in")]
    pub stages: Vec<Stage>,
}

/// One cell of the matrix, for people and tests.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Grant {
    /// The kind, with its variant where the rule names one.
    pub kind: String,
    /// The role.
    pub role: Role,
    /// The relation.
    pub relation: Relation,
    /// The level of `own_area`.
    pub level: Option<String>,
    /// The stages that rule and kind allow together; `None` for every stage.
    pub stages: Option<Vec<Stage>>,
}

impl Policy {
    /// Every cell of the matrix, sorted.
    pub fn matrix(&self) -> Vec<Grant> {
        let mut grants = Vec::new();
        for rule in &self.rules {
            for kind in &rule.kinds {
                grants.extend(rule.roles.iter().map(|role| Grant {
                    kind: kind.to_string(),
                    role: role.clone(),
                    relation: rule.relation,
                    level: rule.level.clone(),
                    stages: self.stages_of(rule, kind),
                }));
            }
        }
        grants.sort_unstable();
        grants
    }

    /// Whether any role may give any instruction of the centre in a case of that class that stands there. A
    /// policy that gives none there leaves the case to nobody.
    pub fn leaves_it_to_somebody(&self, stage: Stage, class: Option<&ClassRef>) -> bool {
        let here = |stages: Option<Vec<Stage>>| stages.is_none_or(|all| all.contains(&stage));
        let decides =
            |kind: &&KindName| matches!(Kind::from_name(kind.kind()), Kind::Instruction(_));
        self.rules
            .iter()
            .filter(|rule| !rule.roles.is_empty() && covers(&rule.classes, class))
            .any(|rule| {
                let mut kinds = rule.kinds.iter().filter(decides);
                kinds.any(|kind| here(self.stages_of(rule, kind)))
            })
    }

    fn stages_of(&self, rule: &Rule, kind: &KindName) -> Option<Vec<Stage>> {
        let kind = Kind::from_name(kind.kind());
        let bound = self.bound(&kind, None);
        match (&rule.stages, bound) {
            (Some(own), Some(bound)) => {
                let both = own.iter().filter(|stage| bound.contains(stage));
                Some(both.copied().collect())
            }
            (own, bound) => own.as_ref().or(bound).cloned(),
        }
    }
}
