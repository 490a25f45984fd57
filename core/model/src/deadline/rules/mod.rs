//! What a policy says of clocks: which event starts which, what stands in between, how much time
//! there is, what an extension may be, and which marks a force answers within what.
//!
//! All of it is data, the section `clocks` of a policy pack. Kinds are named as on the wire; a name
//! may be narrowed by a detail, such as `verify:exists`.

mod events;
mod extension;
mod marks;

use serde::{Deserialize, Serialize};

use super::limit::Limit;
use crate::catalogue::Label;

pub use events::EventName;
pub use extension::{
    Extending, ExtensionDenied, ExtensionLength, ExtensionRule, Requested, SuspensionDenied,
    SuspensionRule,
};
pub use marks::{MarkRule, MarkStep};

/// The rules that hold where a city has none.
const BUILT_IN: &str = include_str!("built-in.json");
/// The most rules of one kind.
const MAX_RULES: usize = 64;

/// The section `clocks` of a policy.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ClockRules {
    /// A remark for people.
    pub note: String,
    /// The calendar by which all of it counts, by name; without one, the city's only one.
    pub calendar: Option<String>,
    /// One clock for each step of the work.
    pub nodes: Vec<NodeRule>,
    /// Budgets that several steps share (捆绑时限).
    pub bundles: Vec<BundleRule>,
    /// What an extension may be (延期).
    pub extension: ExtensionRule,
    /// What a suspension may be (挂账).
    pub suspension: SuspensionRule,
    /// Marks on the way, such as 135 and 103060.
    pub marks: Vec<MarkRule>,
}

/// One step with a clock of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeRule {
    /// Its neutral name, such as `accept`; the label is the policy's.
    pub node: String,
    /// What starts it. While it runs, the same starts it anew: the step is asked again.
    pub starts: Vec<EventName>,
    /// What ends it as done.
    pub ends: Vec<EventName>,
    /// What ends it as no longer asked.
    #[serde(default)]
    pub cancels: Vec<EventName>,
    /// What gives it more time; the event says how much.
    #[serde(default)]
    pub extends: Vec<EventName>,
    /// When it stands.
    #[serde(default)]
    pub pauses: Vec<PauseRule>,
    /// Its limit. The limit that the starting event carries comes before it; without both, the
    /// case's own limit holds.
    #[serde(default)]
    pub limit: Option<String>,
    /// Its name for people.
    #[serde(default)]
    pub label: Option<Label>,
}

/// A stretch in which a step's clock stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PauseRule {
    /// What begins it.
    pub from: Vec<EventName>,
    /// What ends it.
    pub to: Vec<EventName>,
}

/// A budget that several steps share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BundleRule {
    /// Its neutral name.
    pub bundle: String,
    /// The steps, by name. While none of them runs, it stands.
    pub nodes: Vec<String>,
    /// What all of them have together; without it, the case's own limit.
    #[serde(default)]
    pub limit: Option<String>,
}

/// Rules that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("clocks: {0}")]
pub struct ClockRulesError(String);

fn wrong(words: String) -> ClockRulesError {
    ClockRulesError(words)
}

impl ClockRules {
    /// The rules that are built in.
    ///
    /// # Panics
    /// Never: a test reads the same bytes.
    #[allow(clippy::expect_used)] // the bytes are compiled in and tested
    pub fn built_in() -> Self {
        let rules: Self =
            serde_json::from_str(BUILT_IN).expect("the built-in rules are well formed");
        rules.check().expect("the built-in rules are sound")
    }

    /// The rules, if every limit can be read, names are distinct and bundles name steps that are
    /// there. An unknown limit in a rule would be a clock that never runs, so it is refused here.
    ///
    /// # Errors
    /// [`ClockRulesError`] names the rule.
    pub fn check(self) -> Result<Self, ClockRulesError> {
        let sizes = [self.nodes.len(), self.bundles.len(), self.marks.len()];
        if sizes.iter().any(|size| *size > MAX_RULES) {
            return Err(wrong(format!("more than {MAX_RULES} rules of one kind")));
        }
        for (at, rule) in self.nodes.iter().enumerate() {
            readable(&rule.node, rule.limit.as_deref())?;
            if self.nodes[..at].iter().any(|other| other.node == rule.node) {
                return Err(wrong(format!("{} is there twice", rule.node)));
            }
            if rule.starts.is_empty() || rule.ends.is_empty() {
                return Err(wrong(format!("{} never starts or never ends", rule.node)));
            }
        }
        for rule in &self.bundles {
            readable(&rule.bundle, rule.limit.as_deref())?;
            let known = |name: &String| self.nodes.iter().any(|node| node.node == *name);
            if let Some(name) = rule.nodes.iter().find(|name| !known(name)) {
                return Err(wrong(format!(
                    "{} names {name}, which is no node",
                    rule.bundle
                )));
            }
        }
        if let ExtensionLength::AtMost(limit) = &self.extension.length {
            readable("extension", Some(limit))?;
        }
        for step in self.marks.iter().flat_map(|rule| &rule.marks) {
            readable(&step.mark, Some(&step.within))?;
        }
        Ok(self)
    }
}

fn readable(name: &str, limit: Option<&str>) -> Result<(), ClockRulesError> {
    match limit.map(Limit::parse) {
        Some(Err(unknown)) => Err(wrong(format!("{name}: {unknown}"))),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_built_in_rules_are_sound() {
        let rules = ClockRules::built_in();
        let nodes: Vec<_> = rules.nodes.iter().map(|rule| rule.node.as_str()).collect();
        assert_eq!(nodes, ["accept", "verify", "dispatch", "handle", "check"]);
        assert!(rules.events().all(|(_, event)| event.is_known()));
    }

    #[test]
    fn a_rule_that_could_never_count_is_refused() {
        let read = |rules: serde_json::Value| {
            let rules: ClockRules = serde_json::from_value(rules).expect("readable");
            rules.check().expect_err("unsound").to_string()
        };
        let node = |limit: &str| json!({ "node": "a", "starts": ["report"], "ends": ["file"], "limit": limit });
        assert!(read(json!({ "nodes": [node("soon")] })).contains("soon"));
        assert!(read(json!({ "nodes": [node("1天"), node("1天")] })).contains("a is there twice"));
        let bundle = json!({ "bundle": "b", "nodes": ["c"] });
        assert!(
            read(json!({ "nodes": [node("1天")], "bundles": [bundle] }))
                .contains("c, which is no node")
        );
        assert!(
            read(json!({ "extension": { "count": 1, "length": "a while" } })).contains("a while")
        );
        assert!(
            serde_json::from_value::<ClockRules>(json!({ "nods": [] })).is_err(),
            "a slip of the pen"
        );
    }
}
