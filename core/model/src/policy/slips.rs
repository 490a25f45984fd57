//! Names in a policy that no other place knows: events of clocks and marks, and roles. Slips of the pen, or
//! for newer apps; each is told with the line of the body that it stands in.

use std::collections::BTreeSet;

use super::idle::{at, line_of, line_of_text};
use super::{Policy, Rule};
use crate::deadline::rules::EventName;
use crate::entry::{FieldKind, InstructionKind};
use crate::ids::Role;
use crate::small::Gather as _;

/// Roles that the program itself gives, beside those of the built-in rules.
const GIVEN: [&str; 1] = ["service"];

impl Policy {
    /// Every such name, in the order of clocks, marks and roles.
    pub(super) fn slips(&self, body: &[u8]) -> Vec<String> {
        let mut told = self.unknown_events(body);
        told.extend(self.unclocked(body));
        let known = known_roles();
        let unnamed = self.roles_named();
        let unnamed = unnamed.into_iter().filter(|role| {
            !known.contains(role.as_str())
                && self.label(&format!("role.{}", role.as_str())).is_none()
        });
        told.extend(unnamed.map(|role| {
            let role = role.as_str();
            format!(
                "{}no role is called {role} here: check its spelling, or give your own role its label role.{role}",
                line(body, role)
            )
        }));
        told
    }

    fn unknown_events(&self, body: &[u8]) -> Vec<String> {
        let Some(clocks) = &self.clocks else {
            return Vec::new();
        };
        let unknown = clocks.events().filter(|(_, event)| !event.is_known());
        let told = unknown.map(|(rule, EventName(event))| {
            format!(
                "{}{rule} waits for {event}, which this version never sees: check its spelling",
                line(body, event)
            )
        });
        told.collect()
    }

    /// That no clock measures the work itself, where the policy has clocks of its own: they take the place of
    /// all the built-in ones.
    fn unclocked(&self, body: &[u8]) -> Option<String> {
        let clocks = self.clocks.as_ref()?;
        let (starts, ends) = (InstructionKind::Dispatch.name(), FieldKind::Handle.name());
        let names = |events: &[EventName], kind| events.iter().any(|event| event.kind() == kind);
        let mut nodes = clocks.nodes.iter();
        let measured = nodes.any(|node| names(&node.starts, starts) && names(&node.ends, ends));
        (!measured).then(|| {
            format!(
                "{}no clock runs from `{starts}` to `{ends}`, so handling has neither a due time nor more time to ask for: `clocks` takes the place of all built-in clocks; give it their `nodes` too",
                at(line_of(body, "clocks", None))
            )
        })
    }

    fn roles_named(&self) -> BTreeSet<&Role> {
        let rules = self.rules.iter().flat_map(|rule| &rule.roles);
        let except = self.separation.except.iter().flat_map(|one| &one.roles);
        let pictured = self.photos.iter().flat_map(|rule| &rule.roles);
        let clocks = self.clocks.iter().flat_map(|clocks| &clocks.marks);
        let marked = clocks.flat_map(|rule| &rule.roles);
        rules
            .chain(except)
            .chain(pictured)
            .chain(marked)
            .chain(&self.photo.private_roles)
            .chain(&self.contact.masked)
            .into_set()
    }
}

/// The roles of the built-in rules, and those that the program itself gives.
fn known_roles() -> BTreeSet<String> {
    let built_in = Policy::built_in();
    let roles = |rule: Rule| rule.roles.into_iter().map(|role| role.as_str().to_owned());
    let roles = built_in.rules.into_iter().flat_map(roles);
    roles.chain(GIVEN.map(str::to_owned)).into_set()
}

fn line(body: &[u8], text: &str) -> String {
    let at = line_of_text(body, text);
    at.map_or_else(String::new, |line| format!("line {line}: "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slips(clocks: &str, rest: &str) -> Vec<String> {
        let body = format!(
            "{{\n \"format\": \"gewu-policy/2\", \"name\": \"n\", \"version\": 1,\n \"rules\": [\n  {{ \"roles\": [\"operator\", \"inspectr\", \"sub_centre\"], \"kinds\": [\"file\"], \"relation\": \"anyone\" }}],\n \"separation\": {{ \"on\": true }}, \"outside_duty_grid\": \"warn\",\n \"labels\": {{ \"role.sub_centre\": {{ \"zh\": \"分中心\", \"en\": \"sub-centre\" }} }},\n \"clocks\": {{ {clocks} }}{rest}\n}}"
        );
        let policy = Policy::from_json(body.as_bytes()).expect("well formed");
        policy.slips(body.as_bytes())
    }

    #[test]
    fn misspelt_events_of_clocks_and_marks_and_misspelt_roles_are_named_with_their_lines() {
        let clocks = r#"
  "nodes": [{ "node": "handle",
    "starts": ["dispach", "rework"],
    "ends": ["handle", "verify:exits"],
    "cancels": ["send_back:to_centre"], "extends": ["extend"],
    "pauses": [{ "from": ["suspend"], "to": ["resum"] }] }],
  "marks": [{ "rule": "135", "starts": ["call"], "roles": ["crue"],
    "marks": [{ "mark": "arrived", "by": ["arived"], "within": "3分钟" }] }]"#;
        let told = slips(clocks, "");
        let expected = [
            "line 9: the clock handle waits for dispach",
            "line 10: the clock handle waits for verify:exits",
            "line 12: the clock handle waits for resum",
            "line 13: the mark 135 waits for call",
            "line 14: the mark arrived of 135 waits for arived",
            "line 7: no clock runs from `dispatch` to `handle`",
            "line 13: no role is called crue here",
            "line 4: no role is called inspectr here",
        ];
        assert_eq!(told.len(), expected.len(), "{told:#?}");
        for (told, expected) in told.iter().zip(expected) {
            assert!(told.starts_with(expected), "{told}");
        }
        let masked = slips("", ",\n \"contact\": { \"masked\": [\"crews\"] }");
        assert!(
            masked
                .iter()
                .any(|told| told.starts_with("line 8: no role is called crews"))
        );
    }

    #[test]
    fn clocks_of_its_own_that_leave_the_handling_out_are_named() {
        let told = "line 7: no clock runs from `dispatch` to `handle`";
        let handle = |starts: &str, ends: &str| {
            format!(r#""nodes": [{{ "node": "h", "starts": ["{starts}"], "ends": ["{ends}"] }}]"#)
        };
        for clocks in [
            r#""extension": { "count": 1, "length": "one_limit" }"#.to_owned(),
            r#""suspension": { "count": 2 }"#.to_owned(),
            handle("report", "file"),
            handle("dispatch", "take"),
        ] {
            let slips = slips(&clocks, "");
            assert!(slips.iter().any(|slip| slip.starts_with(told)), "{clocks}");
        }
        let measured = slips(&handle("dispatch", "handle"), "");
        assert!(!measured.iter().any(|slip| slip.starts_with(told)));
    }

    #[test]
    fn the_policies_that_are_built_in_have_none() {
        for body in super::super::EARLIER
            .iter()
            .chain([&super::super::BUILT_IN])
        {
            let policy = Policy::from_json(body).expect("built in");
            assert_eq!(policy.slips(body), Vec::<String>::new());
        }
    }
}
