//! The two formats of a policy.
//!
//! `gewu-policy/1` is read as it was when cases were opened under it: keys that it does not know
//! are passed over. `gewu-policy/2` refuses them by name, for a rule that is passed over in silence
//! is a rule that a city believes in and does not have.

mod terms;

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::matrix::{KindName, Rule, StageRule};
use super::sections::{DuplicateRule, PhotoRule, Steps};
use super::separation::Separation;
use super::service::ServiceRule;
use super::units::UnitTree;
use super::{ContactPolicy, DutyRule, LatePolicy, PhotoPolicy, Policy, PolicyError, Relation};
use crate::catalogue::Label;
use crate::crypto::sha256;
use crate::deadline::Lights;
use crate::deadline::rules::ClockRules;
use crate::fold::Stage;
use crate::ids::{Role, UnitId};

const FIRST: &str = "gewu-policy/1";
const SECOND: &str = "gewu-policy/2";

#[derive(Deserialize)]
struct Head {
    format: String,
}

#[derive(Deserialize)]
struct FirstRule {
    roles: Vec<Role>,
    kinds: Vec<String>,
    relation: Relation,
}

#[derive(Deserialize)]
struct FirstStages {
    kinds: Vec<String>,
    #[serde(rename = "in")]
    stages: Vec<Stage>,
}

#[derive(Deserialize)]
struct First {
    #[serde(default)]
    name: String,
    #[serde(default)]
    version: Option<Value>,
    rules: Vec<FirstRule>,
    #[serde(default)]
    stages: Vec<FirstStages>,
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Second {
    #[serde(rename = "format")]
    _format: String,
    name: String,
    version: u64,
    #[serde(default, rename = "note")]
    _note: String,
    rules: Vec<Rule>,
    #[serde(default)]
    stages: Vec<StageRule>,
    separation: Separation,
    #[serde(default)]
    steps: Steps,
    outside_duty_grid: DutyRule,
    #[serde(default)]
    units: BTreeMap<UnitId, UnitId>,
    #[serde(default)]
    services: Vec<ServiceRule>,
    #[serde(default)]
    self_handled_spot_check_percent: u8,
    #[serde(default)]
    duplicates: DuplicateRule,
    #[serde(default)]
    report_age_days: Option<u32>,
    #[serde(default)]
    lights: Lights,
    #[serde(default)]
    labels: BTreeMap<String, Label>,
    #[serde(default)]
    photo: PhotoPolicy,
    #[serde(default)]
    photos: Vec<PhotoRule>,
    #[serde(default)]
    clocks: Option<ClockRules>,
    #[serde(default)]
    contact: ContactPolicy,
    #[serde(default)]
    late: LatePolicy,
}

/// Keys of sections that both formats share, whose own reading passes unknown ones over.
const SHARED: &[(&str, &[&str])] = &[
    (
        "photo",
        &[
            "long_edge",
            "quality",
            "thumb_edge",
            "stamp",
            "keep_original",
            "private_roles",
            "assume_datum",
            "utc_offset_min",
            "max_bytes",
            "max_pixels",
            "max_video_bytes",
            "max_audio_bytes",
        ],
    ),
    ("photo.stamp", &["lines", "corner", "opacity"]),
    ("photo.keep_original.*", &["kind", "code"]),
    ("labels.*", &["zh", "en"]),
    ("contact", &["masked"]),
    ("late", &["days", "unacknowledged_days"]),
];

fn refuse(error: impl std::fmt::Display) -> PolicyError {
    PolicyError(error.to_string())
}

/// Reads a policy body of either format.
pub(super) fn read(body: &[u8]) -> Result<Policy, PolicyError> {
    let head: Head = serde_json::from_slice(body).map_err(refuse)?;
    match head.format.as_str() {
        FIRST => first(body),
        SECOND => second(body),
        other => Err(PolicyError(format!("format {other} is not known"))),
    }
}

fn first(body: &[u8]) -> Result<Policy, PolicyError> {
    let file: First = serde_json::from_slice(body).map_err(refuse)?;
    let names = |kinds: Vec<String>| kinds.iter().map(|kind| KindName::of(kind)).collect();
    let rules = file.rules.into_iter().map(|rule| Rule {
        roles: rule.roles,
        kinds: names(rule.kinds),
        relation: rule.relation,
        level: None,
        stages: None,
        classes: Vec::new(),
    });
    let stages = file.stages.into_iter().map(|rule| StageRule {
        kinds: names(rule.kinds),
        stages: rule.stages,
    });
    Ok(Policy {
        hash: sha256(body),
        name: file.name,
        version: file
            .version
            .and_then(|version| version.as_u64())
            .unwrap_or(1),
        rules: rules.collect(),
        stages: stages.collect(),
        separation: Separation::plain(file.separation),
        steps: Steps::default(),
        outside_duty_grid: file.outside_duty_grid,
        units: UnitTree::default(),
        services: Vec::new(),
        self_handled_spot_check: 0,
        duplicates: DuplicateRule::default(),
        report_age_days: None,
        lights: Lights::default(),
        labels: terms::followed(body, file.labels),
        photo: file.photo.check()?,
        photos: Vec::new(),
        clocks: None,
        contact: file.contact,
        late: file.late,
    })
}

fn second(body: &[u8]) -> Result<Policy, PolicyError> {
    let value: Value = serde_json::from_slice(body).map_err(refuse)?;
    SHARED
        .iter()
        .try_for_each(|(path, keys)| known_keys(&value, path, keys))?;
    let file: Second = serde_json::from_slice(body).map_err(refuse)?;
    file.photos.iter().try_for_each(PhotoRule::check_self)?;
    check_levels(&file.rules)?;
    check_numbers(&file)?;
    let separation = file.separation.check()?;
    Ok(Policy {
        hash: sha256(body),
        name: file.name,
        version: file.version,
        rules: file.rules,
        stages: file.stages,
        separation,
        steps: file.steps,
        outside_duty_grid: file.outside_duty_grid,
        units: UnitTree::new(file.units)?,
        services: file.services,
        self_handled_spot_check: file.self_handled_spot_check_percent,
        duplicates: file.duplicates,
        report_age_days: file.report_age_days,
        lights: file.lights,
        labels: terms::followed(body, file.labels),
        photo: file.photo.check()?,
        photos: file.photos,
        clocks: file
            .clocks
            .map(ClockRules::check)
            .transpose()
            .map_err(refuse)?,
        contact: file.contact,
        late: file.late,
    })
}

/// Refuses a key that is not among `keys` in any object at `path`, where `*` is every member.
fn known_keys(value: &Value, path: &str, keys: &[&str]) -> Result<(), PolicyError> {
    let mut at: Vec<(String, &Value)> = vec![(String::new(), value)];
    for step in path.split('.') {
        at = at
            .into_iter()
            .flat_map(|(name, value)| members(&name, value, step))
            .collect();
    }
    for (name, value) in at {
        let own = value
            .as_object()
            .into_iter()
            .flat_map(|object| object.keys());
        if let Some(key) = own.into_iter().find(|key| !keys.contains(&key.as_str())) {
            return Err(PolicyError(format!("the key {name}.{key} is not known")));
        }
    }
    Ok(())
}

fn members<'v>(name: &str, value: &'v Value, step: &str) -> Vec<(String, &'v Value)> {
    let below = |key: &str| match name.is_empty() {
        true => key.to_owned(),
        false => format!("{name}.{key}"),
    };
    match (step, value) {
        ("*", Value::Array(items)) => items.iter().map(|item| (below("*"), item)).collect(),
        ("*", Value::Object(fields)) => fields
            .iter()
            .map(|(key, item)| (below(key), item))
            .collect(),
        (key, Value::Object(fields)) => fields
            .get(key)
            .map(|item| (below(key), item))
            .into_iter()
            .collect(),
        _ => Vec::new(),
    }
}

fn check_levels(rules: &[Rule]) -> Result<(), PolicyError> {
    let wrong = |rule: &&Rule| rule.level.is_some() && rule.relation != Relation::OwnArea;
    match rules.iter().find(wrong) {
        Some(rule) => Err(PolicyError(format!(
            "a rule with the relation {} has a level: only own_area has one",
            rule.relation.name()
        ))),
        None => Ok(()),
    }
}

fn check_numbers(file: &Second) -> Result<(), PolicyError> {
    let lights = &file.lights;
    let bounds = [
        (
            file.self_handled_spot_check_percent <= 100,
            "self_handled_spot_check_percent must lie between 0 and 100",
        ),
        (
            (1..=2_000).contains(&file.duplicates.radius_m),
            "duplicates.radius_m must lie between 1 and 2000",
        ),
        (
            lights.yellow_percent <= lights.red_percent,
            "lights.yellow_percent must not be more than lights.red_percent",
        ),
        (
            (1..=1_000).contains(&lights.red_percent),
            "lights.red_percent must lie between 1 and 1000",
        ),
        (
            file.steps.send_back_decision,
            "steps.send_back_decision must be true: a request to send back waits for the centre",
        ),
        (
            file.report_age_days.is_none_or(|days| days > 0),
            "report_age_days must be 1 or more",
        ),
    ];
    match bounds.into_iter().find(|(good, _)| !good) {
        Some((_, words)) => Err(PolicyError(words.to_owned())),
        None => Ok(()),
    }
}
