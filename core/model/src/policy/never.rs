//! What can never work in a policy: rules that never give anything, photos that no entry can bring, units
//! without a name. Each with the line of the body that it stands in. Such a policy is not published; one that
//! was is read all the same, for cases pin it.

use super::idle::{at, line_of};
use super::matrix::KindName;
use super::sections::PhotoRule;
use super::service::ServiceRule;
use super::{Policy, Rule, StageRule, VARIANTS};
use crate::entry::{FieldKind, Kind, Payload};
use crate::fold::Stage;
use crate::fold::table::{Target, field_row};
use crate::media::MAX_EVIDENCE;

/// Stages at which nothing is asked of anybody: what answers a question has none to answer there.
const NOTHING_ASKED: [Stage; 6] = [
    Stage::Reported,
    Stage::Withdrawn,
    Stage::Filed,
    Stage::Declined,
    Stage::Closed,
    Stage::Void,
];

impl Policy {
    /// Everything that can never work, in the order of the sections.
    pub(super) fn never(&self, body: &[u8]) -> Vec<String> {
        let mut told = each(body, "rules", &self.rules, |rule| self.never_gives(rule));
        told.extend(each(body, "stages", &self.stages, binds_nothing));
        told.extend(each(body, "services", &self.services, |rule| {
            self.never_serves(rule)
        }));
        told.extend(each(body, "photos", &self.photos, never_brought));
        let section = |member: &str| at(line_of(body, member, None));
        let mut except = self.separation.except.iter();
        if except.any(|one| one.roles.is_empty()) {
            told.push(format!(
                "{}an exception from separation for no role is none: name its roles, or leave it out",
                section("separation")
            ));
        }
        if self.units.all().any(|unit| is_blank(unit.as_str())) {
            told.push(format!(
                "{}a unit has no name: write one, or leave the unit out",
                section("units")
            ));
        }
        told
    }

    fn never_gives(&self, rule: &Rule) -> Option<String> {
        let empty = match rule {
            Rule { roles, .. } if roles.is_empty() => "roles",
            Rule { kinds, .. } if kinds.is_empty() => "kinds",
            Rule {
                stages: Some(stages),
                ..
            } if stages.is_empty() => "in",
            rule if rule.roles.iter().any(|role| is_blank(role.as_str())) => {
                return Some("a role has no name: write one, or leave the role out".to_owned());
            }
            rule => return self.never_there(rule),
        };
        Some(format!(
            "the rule never gives anything, for its `{empty}` is empty: name some, or leave the rule out"
        ))
    }

    /// That no kind of the rule is ever written at its stages.
    fn never_there(&self, rule: &Rule) -> Option<String> {
        let stages = rule.stages.as_ref()?;
        let mut kinds = rule.kinds.iter();
        let written = |kind: &KindName| stages.iter().any(|stage| self.may_be_at(kind, *stage));
        match kinds.any(written) {
            true => None,
            false => Some(format!(
                "the rule never gives anything: {} is never written at {}",
                names(&rule.kinds),
                stage_names(stages)
            )),
        }
    }

    /// Whether a kind can be written at a stage at all, as far as the stages that bound it say, and whether
    /// anything is asked there. Of kinds that nobody knows here everything is possible.
    pub(super) fn may_be_at(&self, name: &KindName, stage: Stage) -> bool {
        let kind = Kind::from_name(name.kind());
        let within = |variant: Option<&str>| {
            let bound = self.bound(&kind, variant);
            bound.is_none_or(|stages| stages.contains(&stage))
        };
        match (&kind, name.variant()) {
            (Kind::Unknown(_), _) => true,
            (Kind::Field(field), _) => within(None) && is_asked(*field, stage),
            (Kind::Instruction(_), Some(variant)) => within(Some(variant)),
            (Kind::Instruction(kind), None) => {
                let variants = VARIANTS.iter().find(|(known, _)| known == kind);
                let mut variants = variants.into_iter().flat_map(|(_, names)| *names);
                match variants.next() {
                    None => within(None),
                    Some(first) => {
                        within(Some(first)) || variants.any(|variant| within(Some(variant)))
                    }
                }
            }
        }
    }

    fn never_serves(&self, rule: &ServiceRule) -> Option<String> {
        let name = &rule.service;
        let said = |what: &str| Some(format!("the service {name} never acts: {what}"));
        if rule.kinds.is_empty() {
            return said("its `kinds` is empty");
        }
        if rule.stages.as_ref().is_some_and(Vec::is_empty) {
            return said("its `in` is empty");
        }
        if rule
            .unit
            .as_ref()
            .is_some_and(|unit| is_blank(unit.as_str()))
        {
            return said("its `unit` has no name");
        }
        if rule.areas.iter().any(|code| is_blank(code.as_str())) {
            return Some(format!("an area of the service {name} has no code"));
        }
        let stages = rule.stages.as_ref()?;
        let acts = self.acts_at(rule).filter(|acts| !acts.is_empty())?;
        match stages.iter().any(|stage| acts.contains(stage)) {
            true => None,
            false => said(&format!(
                "it does so at {} only, and never at {}",
                stage_names(&acts),
                stage_names(stages)
            )),
        }
    }

    /// The stages at which a service's rule can act; `None` for one that this version does not know.
    pub(super) fn acts_at(&self, rule: &ServiceRule) -> Option<Vec<Stage>> {
        let service = rule.known()?;
        let mut stages = Vec::new();
        for name in &rule.kinds {
            let Kind::Instruction(kind) = Kind::from_name(name.kind()) else {
                continue;
            };
            let may = service.acts_at(kind).iter().copied();
            stages.extend(may.filter(|stage| self.may_be_at(name, *stage)));
        }
        stages.sort_unstable();
        stages.dedup();
        Some(stages)
    }
}

/// Whether an entry of that kind can answer anything at that stage.
fn is_asked(kind: FieldKind, stage: Stage) -> bool {
    let row = field_row(kind);
    let of_open = row.needs_question && row.answers != Target::Last;
    !(of_open && NOTHING_ASKED.contains(&stage))
}

fn binds_nothing(rule: &StageRule) -> Option<String> {
    rule.kinds.is_empty().then(|| {
        "stages bound no kind here, for `kinds` is empty: name some, or leave them out".to_owned()
    })
}

fn never_brought(rule: &PhotoRule) -> Option<String> {
    if rule.kinds.is_empty() {
        let words = "the photos of no kind are asked for, for `kinds` is empty: name some, or leave the rule out";
        return Some(words.to_owned());
    }
    if usize::from(rule.least) > MAX_EVIDENCE {
        return Some(format!(
            "at least {} photos are asked for, and no entry brings more than {MAX_EVIDENCE}: nobody could write one",
            rule.least
        ));
    }
    let without = |name: &&KindName| match Kind::from_name(name.kind()) {
        Kind::Field(kind) => !Payload::brings_photos(kind),
        Kind::Instruction(_) => true,
        Kind::Unknown(_) => false,
    };
    let kind = rule.kinds.iter().find(without).filter(|_| rule.least > 0)?;
    Some(format!(
        "photos are asked for with `{kind}`, which brings none: nobody could write one"
    ))
}

/// What is told of each element of a section, with its line.
pub(super) fn each<T>(
    body: &[u8],
    member: &str,
    all: &[T],
    why: impl Fn(&T) -> Option<String>,
) -> Vec<String> {
    let told = all.iter().enumerate();
    let told = told.filter_map(|(place, one)| Some((place, why(one)?)));
    let told =
        told.map(|(place, words)| format!("{}{words}", at(line_of(body, member, Some(place)))));
    told.collect()
}

pub(super) fn names(kinds: &[KindName]) -> String {
    let names = kinds.iter().map(|kind| format!("`{kind}`"));
    names.collect::<Vec<_>>().join(", ")
}

pub(super) fn stage_names(stages: &[Stage]) -> String {
    let names = stages.iter().map(|stage| stage.name());
    names.collect::<Vec<_>>().join(", ")
}

pub(super) fn is_blank(name: &str) -> bool {
    name.trim().is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn never(rules: &str, rest: &str) -> Vec<String> {
        let body = format!(
            "{{\n  \"format\": \"gewu-policy/2\", \"name\": \"n\", \"version\": 1,\n  \"rules\": [\n    {{ \"roles\": [\"operator\"], \"kinds\": [\"file\"], \"relation\": \"anyone\" }}{rules}\n  ],\n  \"outside_duty_grid\": \"warn\"{rest}\n}}"
        );
        let policy = Policy::from_json(body.as_bytes()).expect("well formed");
        let told = policy.never(body.as_bytes());
        let refused = policy.check_allows(body.as_bytes());
        assert_eq!(refused.is_err(), !told.is_empty(), "{told:?}");
        told
    }

    fn rule(rule: &str) -> Vec<String> {
        never(
            &format!(",\n    {{ {rule} }}"),
            ",\n  \"separation\": { \"on\": true },\n  \"stages\": [{ \"kinds\": [\"resume\"], \"in\": [\"suspended\"] }]",
        )
    }

    fn rest(rest: &str) -> Vec<String> {
        never(
            "",
            &format!(",\n  \"separation\": {{ \"on\": true }},\n{rest}"),
        )
    }

    #[test]
    fn rules_that_never_give_anything_are_refused_with_their_lines() {
        for (bad, words) in [
            (
                r#""roles": [], "kinds": ["close"], "relation": "anyone""#,
                "`roles` is empty",
            ),
            (
                r#""roles": ["operator"], "kinds": [], "relation": "anyone""#,
                "`kinds` is empty",
            ),
            (
                r#""roles": ["operator"], "kinds": ["close"], "relation": "anyone", "in": []"#,
                "`in` is empty",
            ),
            (
                r#""roles": [" "], "kinds": ["close"], "relation": "anyone""#,
                "a role has no name",
            ),
            (
                r#""roles": ["operator"], "kinds": ["resume"], "relation": "anyone", "in": ["filed", "closed"]"#,
                "`resume` is never written at filed, closed",
            ),
            (
                r#""roles": ["crew"], "kinds": ["handle", "take"], "relation": "working_unit", "in": ["reported"]"#,
                "`handle`, `take` is never written at reported",
            ),
        ] {
            let told = rule(bad);
            assert_eq!(told.len(), 1, "{bad}: {told:?}");
            assert!(told[0].starts_with("line 5: "), "{told:?}");
            assert!(told[0].contains(words), "{told:?}");
        }
        for good in [
            r#""roles": ["operator"], "kinds": ["resume", "note"], "relation": "anyone", "in": ["filed"]"#,
            r#""roles": ["operator"], "kinds": ["tomorrow"], "relation": "anyone", "in": ["filed"]"#,
            r#""roles": ["crew"], "kinds": ["handle"], "relation": "working_unit", "in": ["dispatched", "filed"]"#,
            r#""roles": ["citizen"], "kinds": ["rate"], "relation": "reporter", "in": ["closed"]"#,
        ] {
            assert_eq!(rule(good), [""; 0], "{good}");
        }
    }

    #[test]
    fn services_that_never_act_are_refused_with_their_lines() {
        for (bad, words) in [
            (
                r#""service": "auto_file", "kinds": ["file"], "in": ["closed"]"#,
                "at reported, verified_exists only, and never at closed",
            ),
            (r#""service": "auto_file", "kinds": []"#, "`kinds` is empty"),
            (
                r#""service": "auto_file", "kinds": ["file"], "in": []"#,
                "`in` is empty",
            ),
            (
                r#""service": "direct_dispatch", "kinds": ["dispatch"], "unit": " ""#,
                "`unit` has no name",
            ),
            (
                r#""service": "direct_dispatch", "kinds": ["dispatch"], "unit": "east", "areas": [""]"#,
                "has no code",
            ),
        ] {
            let told = rest(&format!("  \"services\": [\n    {{ {bad} }}]"));
            assert_eq!(told.len(), 1, "{bad}: {told:?}");
            assert!(told[0].starts_with("line 9: "), "{told:?}");
            assert!(told[0].contains(words), "{told:?}");
        }
        let good = r#"  "services": [{ "service": "auto_file", "kinds": ["file"], "in": ["reported", "closed"] }, { "service": "later", "kinds": ["file"], "in": ["closed"] }]"#;
        assert_eq!(rest(good), [""; 0]);
    }

    #[test]
    fn photos_that_no_entry_brings_are_refused_with_their_lines() {
        for (bad, words) in [
            (r#""kinds": ["handle"], "least": 25"#, "more than 20"),
            (r#""kinds": ["handle"], "least": 1000"#, "more than 20"),
            (r#""kinds": []"#, "`kinds` is empty"),
            (
                r#""kinds": ["rate"], "least": 1"#,
                "`rate`, which brings none",
            ),
            (
                r#""kinds": ["file"], "least": 1"#,
                "`file`, which brings none",
            ),
        ] {
            let told = rest(&format!("  \"photos\": [\n    {{ {bad} }}]"));
            assert_eq!(told.len(), 1, "{bad}: {told:?}");
            assert!(told[0].starts_with("line 9: "), "{told:?}");
            assert!(told[0].contains(words), "{told:?}");
        }
        let good = r#"  "photos": [{ "kinds": ["handle", "report"], "least": 20 }]"#;
        assert_eq!(rest(good), [""; 0]);
    }

    #[test]
    fn units_without_a_name_and_other_empty_lists_are_refused() {
        for (bad, words) in [
            (r#"  "units": { "": "east" }"#, "line 8: a unit has no name"),
            (
                r#"  "units": { "east": " " }"#,
                "line 8: a unit has no name",
            ),
            (
                r#"  "stages": [{ "kinds": [], "in": ["filed"] }]"#,
                "line 8: stages bound no kind",
            ),
        ] {
            let told = rest(bad);
            assert_eq!(told.len(), 1, "{bad}: {told:?}");
            assert!(told[0].starts_with(words), "{told:?}");
        }
        let except =
            r#", "separation": { "on": true, "except": [{ "roles": [], "relation": "anyone" }] }"#;
        let told = never("", except);
        assert!(told[0].contains("exception"), "{told:?}");
    }

    #[test]
    fn kinds_with_photos_are_those_whose_payload_has_them() {
        let with = FieldKind::ALL
            .iter()
            .filter(|kind| Payload::brings_photos(**kind));
        let with: Vec<&str> = with.map(|kind| kind.name()).collect();
        assert!(with.contains(&"handle") && with.contains(&"report") && with.contains(&"note"));
        assert!(!with.contains(&"rate") && !with.contains(&"take"));
    }
}
