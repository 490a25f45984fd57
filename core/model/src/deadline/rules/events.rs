//! The names of what starts, ends and pauses clocks.

use serde::{Deserialize, Serialize};

use super::ClockRules;
use crate::entry::Kind;

/// The details by which an event of a kind may be narrowed: what was found, how far a receipt goes, what a
/// redo asks again, where a return goes, what a filed case needs.
const DETAILS: &[(&str, &[&str])] = &[
    ("verify", &["exists", "not_exists", "unable"]),
    ("check", &["pass", "not_pass", "unable"]),
    ("seen", &["received", "read", "done"]),
    ("redo_request", &["verify", "check"]),
    ("send_back", &["to_centre", "one_level"]),
    ("file", &["self_handled", "to_dispatch"]),
];

/// A kind of entry, or one detail of it: `handle`, `verify:exists`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EventName(pub String);

impl EventName {
    /// Whether an event of that kind and detail is meant.
    pub fn covers(&self, kind: &str, detail: Option<&str>) -> bool {
        match self.0.split_once(':') {
            Some((own, narrowed)) => own == kind && detail == Some(narrowed),
            None => self.0 == kind,
        }
    }

    /// The kind without the detail.
    pub fn kind(&self) -> &str {
        self.0.split(':').next().unwrap_or_default()
    }

    /// Whether this version ever sees such an event.
    pub fn is_known(&self) -> bool {
        let kind = self.kind();
        let detail = self.0.split_once(':').map(|(_, detail)| detail);
        let known = !matches!(Kind::from_name(kind), Kind::Unknown(_));
        let mut detailed = DETAILS.iter();
        known
            && detail.is_none_or(|detail| {
                detailed.any(|(own, details)| *own == kind && details.contains(&detail))
            })
    }
}

impl ClockRules {
    /// Every event that a rule names, with what it is called.
    pub fn events(&self) -> impl Iterator<Item = (String, &EventName)> {
        let nodes = self.nodes.iter().flat_map(|rule| {
            let pauses = rule.pauses.iter();
            let pauses = pauses.flat_map(|pause| pause.from.iter().chain(&pause.to));
            let own = rule.starts.iter().chain(&rule.ends).chain(&rule.cancels);
            let own = own.chain(&rule.extends).chain(pauses);
            own.map(|event| (format!("the clock {}", rule.node), event))
        });
        let marks = self.marks.iter().flat_map(|rule| {
            let starts = rule.starts.iter();
            let starts = starts.map(|event| (format!("the mark {}", rule.rule), event));
            let steps = rule.marks.iter().flat_map(|step| {
                let name = format!("the mark {} of {}", step.mark, rule.rule);
                step.by.iter().map(move |event| (name.clone(), event))
            });
            starts.chain(steps)
        });
        nodes.chain(marks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> EventName {
        EventName(text.to_owned())
    }

    #[test]
    fn a_name_covers_a_kind_or_one_detail_of_it() {
        assert!(name("verify").covers("verify", Some("exists")));
        assert!(name("verify:exists").covers("verify", Some("exists")));
        assert!(!name("verify:exists").covers("verify", None));
        assert!(!name("verify:exists").covers("check", Some("exists")));
    }

    #[test]
    fn names_and_details_that_never_come_are_told_from_those_that_do() {
        for (kind, details) in DETAILS {
            assert!(name(kind).is_known());
            for detail in *details {
                assert!(name(&format!("{kind}:{detail}")).is_known());
            }
        }
        for slip in ["dispach", "verify:exits", "handle:done", "", "verify:"] {
            assert!(!name(slip).is_known(), "{slip}");
        }
    }
}
