//! What is odd in a policy and may be meant: stages at which nothing of a rule happens, photos that no rule's
//! holder brings, names near others. Each with the line of the body that it stands in.

use std::collections::BTreeSet;

use super::idle::{at, line_of};
use super::matrix::{ClassPrefix, KindName};
use super::never::{each, names, stage_names};
use super::sections::PhotoRule;
use super::service::ServiceRule;
use super::{Policy, Rule, StageRule};
use crate::entry::{ClassKind, Kind, Payload};
use crate::fold::Stage;
use crate::ids::GridCode;
use crate::nearest::is_near;

/// What a city has beside its policy, as far as it is at hand.
#[derive(Clone, Copy)]
pub struct Around<'a> {
    /// The kinds of classes in the catalogues; `None` where there is none.
    pub kinds: Option<&'a BTreeSet<ClassKind>>,
    /// The levels of areas on the map; `None` where there is none.
    pub levels: Option<&'a BTreeSet<String>>,
    /// Whether the map has an area, duty grid, road section or unit grid of that code; `None` where there is
    /// none.
    pub has_area: Option<&'a dyn Fn(&GridCode) -> bool>,
}

impl Policy {
    /// Names in it that nothing in the city has: kinds of classes, levels of areas, areas of services. For
    /// classes, maps and people that are still to come, or misspelt.
    pub fn strange(&self, body: &[u8], around: &Around<'_>) -> Vec<String> {
        let mut told = Vec::new();
        if let Some(kinds) = around.kinds {
            let strange = |prefix: &ClassPrefix| {
                let kind = prefix.kind.filter(|kind| !kinds.contains(kind))?;
                let known: Vec<&str> = kinds.iter().map(ClassKind::name).collect();
                Some(format!(
                    "no class is of the kind {kind} here; there is {}",
                    known.join(", ")
                ))
            };
            told.extend(self.of_classes(body, &strange));
        }
        if let Some(levels) = around.levels {
            let strange = |level: Option<&String>| {
                let level = level.filter(|level| !levels.contains(*level))?;
                let known: Vec<&str> = levels.iter().map(String::as_str).collect();
                Some(format!(
                    "no area on the map is of the level {level}; there is {}",
                    known.join(", ")
                ))
            };
            told.extend(each(body, "rules", &self.rules, |rule| {
                strange(rule.level.as_ref())
            }));
            let except = self.separation.except.iter();
            let except = except.filter_map(|one| strange(one.level.as_ref()));
            let line = at(line_of(body, "separation", None));
            told.extend(except.map(|words| format!("{line}{words}")));
        }
        if let Some(has_area) = around.has_area {
            told.extend(each(body, "services", &self.services, |rule| {
                let code = rule.areas.iter().find(|code| !has_area(code))?;
                Some(format!(
                    "the service {} acts in {code}, and nothing on the map has that code",
                    rule.service
                ))
            }));
        }
        told
    }

    /// What is odd by itself, in the order of the sections.
    pub(super) fn odd(&self, body: &[u8]) -> Vec<String> {
        let mut told = each(body, "rules", &self.rules, |rule| self.half_given(rule));
        told.extend(each(body, "stages", &self.stages, binds_to_nothing));
        told.extend(each(body, "services", &self.services, |rule| {
            self.half_served(rule)
        }));
        let pictured = self.photos.iter().enumerate();
        told.extend(pictured.filter_map(|(place, rule)| {
            let line = at(line_of(body, "photos", Some(place)));
            Some(format!("{line}{}", self.unreached(place, rule)?))
        }));
        told.extend(self.of_classes(body, &misspelt));
        let section = |member: &str| at(line_of(body, member, None));
        if self.separation.on && self.separation.kinds.is_empty() {
            told.push(format!(
                "{}separation is on and keeps nothing from handlers, for its `kinds` is empty",
                section("separation")
            ));
        }
        if self.duplicates.stages.as_ref().is_some_and(Vec::is_empty) {
            told.push(format!(
                "{}no case is ever found to be a duplicate, for `in` is empty",
                section("duplicates")
            ));
        }
        told
    }

    /// Stages of a rule at which nothing of it happens, and kinds that happen at none of its stages.
    fn half_given(&self, rule: &Rule) -> Option<String> {
        let stages = rule.stages.as_ref()?;
        let there = |kind: &KindName, stage: &Stage| self.may_be_at(kind, *stage);
        let never: Vec<Stage> = stages
            .iter()
            .filter(|stage| !rule.kinds.iter().any(|kind| there(kind, stage)))
            .copied()
            .collect();
        let kinds: Vec<KindName> = rule
            .kinds
            .iter()
            .filter(|kind| !stages.iter().any(|stage| there(kind, stage)))
            .cloned()
            .collect();
        if kinds.len() == rule.kinds.len() {
            return None; // Then the rule never gives anything, which is told elsewhere.
        }
        match (never.is_empty(), kinds.is_empty()) {
            (true, true) => None,
            (false, _) => Some(format!(
                "nothing of this rule is ever written at {}",
                stage_names(&never)
            )),
            (true, false) => Some(format!(
                "{} is never written at the rule's stages",
                names(&kinds)
            )),
        }
    }

    fn half_served(&self, rule: &ServiceRule) -> Option<String> {
        let stages = rule.stages.as_ref()?;
        let acts = self.acts_at(rule)?;
        let idle = stages.iter().filter(|stage| !acts.contains(stage));
        let idle: Vec<Stage> = idle.copied().collect();
        (!idle.is_empty() && idle.len() < stages.len()).then(|| {
            format!(
                "the service {} never acts at {}",
                rule.service,
                stage_names(&idle)
            )
        })
    }

    /// Why a photo rule never counts: an earlier one concerns all that it concerns, the kind brings no photos,
    /// or nobody of its roles writes one.
    fn unreached(&self, place: usize, rule: &PhotoRule) -> Option<String> {
        let mut earlier = self.photos.iter().take(place);
        if earlier.any(|before| covers(before, rule)) {
            let words = "this rule for photos never counts: one before it is for all that it is for, and the first counts";
            return Some(words.to_owned());
        }
        let bare = |kind: &&KindName| match Kind::from_name(kind.kind()) {
            Kind::Field(kind) => !Payload::brings_photos(kind),
            Kind::Instruction(_) => true,
            Kind::Unknown(_) => false,
        };
        if let Some(kind) = rule.kinds.iter().find(bare).filter(|_| rule.least == 0) {
            return Some(format!("`{kind}` brings no photos"));
        }
        let written = |kind: &KindName| {
            let kind = Kind::from_name(kind.kind());
            let mut rules = self.rules.iter();
            rules.any(|given| {
                let theirs = |role| rule.roles.is_empty() || rule.roles.contains(role);
                given.roles.iter().any(theirs)
                    && given.kinds.iter().any(|own| own.covers(&kind, None))
            })
        };
        let known = |kind: &&KindName| kind.is_known();
        let mut kinds = rule.kinds.iter().filter(known).peekable();
        match kinds.peek().is_some() && !kinds.any(written) {
            true => Some(format!(
                "this rule for photos never counts: no rule gives its roles {}",
                names(&rule.kinds)
            )),
            false => None,
        }
    }

    /// What is told of each class prefix in the policy, with the line of the rule that it stands in.
    fn of_classes(&self, body: &[u8], why: &dyn Fn(&ClassPrefix) -> Option<String>) -> Vec<String> {
        let first = |classes: &Vec<ClassPrefix>| classes.iter().find_map(why);
        let mut told = each(body, "rules", &self.rules, |rule| first(&rule.classes));
        told.extend(each(body, "services", &self.services, |rule| {
            first(&rule.classes)
        }));
        told.extend(each(body, "photos", &self.photos, |rule| {
            first(&rule.classes)
        }));
        let except = self.separation.except.iter();
        let except = except.filter_map(|one| first(&one.classes));
        let line = at(line_of(body, "separation", None));
        told.extend(except.map(|words| format!("{line}{words}")));
        let kept = self.photo.keep_original.iter().map(|kept| ClassPrefix {
            kind: kept.kind,
            code: kept.code.clone(),
        });
        let kept = kept.filter_map(|prefix| why(&prefix));
        let line = at(line_of(body, "photo", None));
        told.extend(kept.map(|words| format!("{line}{words}")));
        told
    }
}

/// A kind of classes that every edition has, misspelt.
fn misspelt(prefix: &ClassPrefix) -> Option<String> {
    let kind = prefix.kind?;
    let ClassKind::Other { .. } = kind else {
        return None;
    };
    let all = [ClassKind::Component, ClassKind::Matter];
    let meant = all
        .iter()
        .find(|known| is_near(kind.name(), known.name()))?;
    Some(format!(
        "the kind of classes {kind} is near {meant}: check its spelling"
    ))
}

fn binds_to_nothing(rule: &StageRule) -> Option<String> {
    (rule.stages.is_empty() && !rule.kinds.is_empty()).then(|| {
        format!(
            "{} is never written by anybody, for the `in` that bounds it is empty",
            names(&rule.kinds)
        )
    })
}

/// Whether one rule for photos is for all that another is for.
fn covers(one: &PhotoRule, other: &PhotoRule) -> bool {
    let kinds = |kind: &KindName| {
        let variants = one.kinds.iter();
        let mut same = variants.filter(|own| own.kind() == kind.kind());
        same.any(|own| own.variant().is_none() || own == kind)
    };
    let classes = |prefix: &ClassPrefix| {
        one.classes.iter().any(|own| {
            own.kind.is_none_or(|kind| Some(kind) == prefix.kind)
                && prefix.code.starts_with(&own.code)
        })
    };
    let roles = one.roles.is_empty()
        || !other.roles.is_empty() && other.roles.iter().all(|role| one.roles.contains(role));
    other.kinds.iter().all(kinds)
        && roles
        && (one.classes.is_empty()
            || !other.classes.is_empty() && other.classes.iter().all(classes))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: &str = r#"  "stages": [{ "kinds": ["resume"], "in": ["suspended"] }]"#;

    fn policy(rule: &str, rest: &str) -> (Policy, Vec<u8>) {
        let body = format!(
            "{{\n  \"format\": \"gewu-policy/2\", \"name\": \"n\", \"version\": 1,\n  \"rules\": [\n    {{ \"roles\": [\"crew\"], \"kinds\": [\"handle\", \"file\"], \"relation\": \"anyone\" }}{rule}\n  ],\n  \"outside_duty_grid\": \"warn\",\n{rest}\n}}"
        );
        let policy = Policy::from_json(body.as_bytes()).expect("well formed");
        (policy, body.into_bytes())
    }

    fn odd(rule: &str, rest: &str) -> Vec<String> {
        let (policy, body) = policy(rule, rest);
        assert_eq!(policy.check_allows(&body), Ok(()), "odd, and may be meant");
        let idle = policy.idle(&body, None);
        let odd = policy.odd(&body);
        assert!(odd.iter().all(|told| idle.contains(told)));
        odd
    }

    fn in_rest(rest: &str) -> Vec<String> {
        odd(
            "",
            &format!("  \"separation\": {{ \"on\": true }},\n{rest}"),
        )
    }

    fn in_rule(rule: &str) -> Vec<String> {
        let rest = format!("  \"separation\": {{ \"on\": true }},\n{BOUNDS}");
        odd(&format!(",\n    {{ {rule} }}"), &rest)
    }

    #[test]
    fn stages_and_kinds_of_a_rule_that_do_not_meet_are_named() {
        for (rule, words) in [
            (
                r#""roles": ["operator"], "kinds": ["resume"], "relation": "anyone", "in": ["suspended", "closed"]"#,
                "line 5: nothing of this rule is ever written at closed",
            ),
            (
                r#""roles": ["operator"], "kinds": ["resume", "note"], "relation": "anyone", "in": ["filed"]"#,
                "line 5: `resume` is never written at the rule's stages",
            ),
            (
                r#""roles": ["operator"], "kinds": ["note"], "relation": "anyone", "classes": [{ "kind": "mattter" }]"#,
                "line 5: the kind of classes mattter is near matter",
            ),
        ] {
            assert_eq!(in_rule(rule).len(), 1, "{rule}");
            assert!(in_rule(rule)[0].starts_with(words), "{:?}", in_rule(rule));
        }
        let good = r#""roles": ["operator"], "kinds": ["note", "resume"], "relation": "anyone", "in": ["suspended", "closed"], "classes": [{ "kind": "order" }]"#;
        assert_eq!(in_rule(good), [""; 0]);
    }

    #[test]
    fn what_services_and_photos_never_come_to_is_named() {
        for (rest, words) in [
            (
                r#"  "services": [{ "service": "auto_file", "kinds": ["file"], "in": ["reported", "closed"] }]"#,
                "line 8: the service auto_file never acts at closed",
            ),
            (
                r#"  "stages": [{ "kinds": ["suspend"], "in": [] }]"#,
                "line 8: `suspend` is never written by anybody",
            ),
            (
                r#"  "duplicates": { "radius_m": 5, "age_days": 1, "in": [] }"#,
                "line 8: no case is ever found",
            ),
            (
                "  \"photos\": [{ \"kinds\": [\"handle\"], \"least\": 1 },\n    { \"kinds\": [\"handle\"], \"roles\": [\"crew\"], \"classes\": [{ \"code\": \"09\" }], \"least\": 2 }]",
                "line 9: this rule for photos never counts: one before it",
            ),
            (
                r#"  "photos": [{ "kinds": ["handle"], "roles": ["inspector"], "least": 1 }]"#,
                "line 8: this rule for photos never counts: no rule gives",
            ),
            (
                r#"  "photos": [{ "kinds": ["rate"], "most": 1 }]"#,
                "line 8: `rate` brings no photos",
            ),
        ] {
            let told = in_rest(rest);
            assert_eq!(told.len(), 1, "{rest}: {told:?}");
            assert!(told[0].starts_with(words), "{told:?}");
        }
        let good = r#"  "photos": [{ "kinds": ["handle"], "classes": [{ "code": "09" }], "least": 2 }, { "kinds": ["handle"], "least": 1 }]"#;
        assert_eq!(in_rest(good), [""; 0]);
        let nothing = odd("", r#"  "separation": { "on": true, "kinds": [] }"#);
        assert!(nothing[0].starts_with("line 7: separation is on"));
    }

    #[test]
    fn what_nothing_in_the_city_has_is_named() {
        let rule = r#",
    { "roles": ["sub_centre"], "kinds": ["note"], "relation": "own_area", "level": "stret", "classes": [{ "kind": "ordre" }] }"#;
        let rest = r#"  "separation": { "on": true },
  "services": [{ "service": "auto_file", "kinds": ["file"], "areas": ["S2", "S9"] }]"#;
        let (policy, body) = policy(rule, rest);
        let order = "order".parse().expect("a kind");
        let kinds = BTreeSet::from([ClassKind::Matter, order]);
        let levels = BTreeSet::from(["street".to_owned()]);
        let has_area = |code: &GridCode| code.as_str() == "S2";
        let nothing = Around {
            kinds: None,
            levels: None,
            has_area: None,
        };
        assert_eq!(policy.strange(&body, &nothing), [""; 0]);
        let around = Around {
            kinds: Some(&kinds),
            levels: Some(&levels),
            has_area: Some(&has_area),
        };
        let told = policy.strange(&body, &around);
        let words = [
            "line 5: no class is of the kind ordre here; there is matter, order",
            "line 5: no area on the map is of the level stret; there is street",
            "line 9: the service auto_file acts in S9, and nothing",
        ];
        assert_eq!(told.len(), words.len(), "{told:?}");
        for (told, words) in told.iter().zip(words) {
            assert!(told.starts_with(words), "{told}");
        }
    }

    #[test]
    fn the_policies_that_are_built_in_have_nothing_odd() {
        for body in super::super::EARLIER
            .iter()
            .chain([&super::super::BUILT_IN])
        {
            let policy = Policy::from_json(body).expect("built in");
            assert_eq!((policy.odd(body), policy.never(body)), (vec![], vec![]));
        }
    }
}
