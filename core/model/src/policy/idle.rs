//! Policies that say less than a city may think: what nobody may do under them, and rules that never act,
//! each with the line of the body that it stands in.

use super::{Policy, PolicyError};
use crate::entry::{FieldKind, InstructionKind, Kind};
use crate::ids::UnitId;

/// What a city cannot do without: how a case begins, and what moves it to its end.
const NEEDED: [(Kind, &str); 4] = [
    (Kind::Field(FieldKind::Report), "nobody reports a case"),
    (
        Kind::Instruction(InstructionKind::File),
        "no case is filed by anybody",
    ),
    (
        Kind::Instruction(InstructionKind::Dispatch),
        "no case is sent to anybody",
    ),
    (
        Kind::Instruction(InstructionKind::Close),
        "no case is closed by anybody",
    ),
];

impl Policy {
    /// Refuses a policy that cannot be meant: under which every case would stay as it is, or with rules that
    /// can never work.
    ///
    /// # Errors
    /// [`PolicyError`], with the line of each.
    pub fn check_allows(&self, body: &[u8]) -> Result<(), PolicyError> {
        self.check_decides(body)?;
        match self.never(body) {
            never if never.is_empty() => Ok(()),
            never => Err(PolicyError(never.join("; "))),
        }
    }

    /// Refuses a policy whose rules give nobody any instruction: every case under it would stay as it is, or
    /// wait for ever behind what a service does by itself.
    ///
    /// # Errors
    /// [`PolicyError`], with the line of the rules.
    pub fn check_decides(&self, body: &[u8]) -> Result<(), PolicyError> {
        let mut kinds = InstructionKind::ALL.iter();
        match kinds.any(|kind| self.is_ruled(&Kind::Instruction(*kind))) {
            true => Ok(()),
            false => Err(PolicyError(format!(
                "{}no rule gives anybody an instruction, so every case under it would stay as it is",
                at(line_of(body, "rules", None))
            ))),
        }
    }

    /// What nobody may do under it although a city needs it, and rules of services that never act or send to
    /// a unit that is not there, what can never work or is odd, names of events and roles that nobody knows:
    /// slips of the pen, or for newer servers. `is_there` knows the units that can
    /// be known beside the policy's own tree; `None` when none can.
    pub fn idle(&self, body: &[u8], is_there: Option<&dyn Fn(&UnitId) -> bool>) -> Vec<String> {
        let dead = self.check_decides(body).err().map(|error| error.0);
        let lacks = NEEDED
            .iter()
            .filter(|(kind, _)| dead.is_none() && !self.is_given(kind));
        let lacking = lacks.map(|(kind, words)| {
            let line = at(line_of(body, "rules", None));
            format!("{line}no rule gives anybody `{}`: {words}", kind.name())
        });
        let services = self
            .services
            .iter()
            .enumerate()
            .filter_map(|(place, rule)| {
                let words = rule.idle().or_else(|| {
                    let unit = rule.unit.as_ref()?;
                    (!self.has_unit(unit, is_there)?).then(|| {
                        format!(
                            "the service {} sends to {unit}, and there is no such unit",
                            rule.service
                        )
                    })
                })?;
                Some(format!(
                    "{}{words}",
                    at(line_of(body, "services", Some(place)))
                ))
            });
        dead.clone()
            .into_iter()
            .chain(lacking)
            .chain(services)
            .chain(self.never(body))
            .chain(self.odd(body))
            .chain(self.slips(body))
            .collect()
    }

    /// Whether a unit is there; `None` when nothing tells.
    fn has_unit(&self, unit: &UnitId, is_there: Option<&dyn Fn(&UnitId) -> bool>) -> Option<bool> {
        let in_tree = self.units.all().any(|own| own == unit);
        match is_there {
            Some(is_there) => Some(in_tree || is_there(unit)),
            None if self.units.is_empty() => None,
            None => Some(in_tree),
        }
    }

    /// Whether a person or a service may give or write that kind.
    fn is_given(&self, kind: &Kind) -> bool {
        let covers = |own: &super::KindName| own.covers(kind, None);
        let serves =
            |rule: &super::ServiceRule| rule.idle().is_none() && rule.kinds.iter().any(covers);
        self.is_ruled(kind) || self.services.iter().any(serves)
    }

    /// Whether a rule gives that kind to people.
    fn is_ruled(&self, kind: &Kind) -> bool {
        let covers = |own: &super::KindName| own.covers(kind, None);
        let gives = |rule: &super::Rule| !rule.roles.is_empty() && rule.kinds.iter().any(covers);
        self.rules.iter().any(gives)
    }
}

pub(super) fn at(line: Option<usize>) -> String {
    line.map_or_else(String::new, |line| format!("line {line}: "))
}

/// The line, from 1, of a member of a JSON object, or of an element of the list that it holds. The body has
/// been read as JSON before.
pub(super) fn line_of(body: &[u8], member: &str, element: Option<usize>) -> Option<usize> {
    let wanted = format!("\"{member}\"");
    let (mut depth, mut inside, mut elements) = (0_usize, false, 0_usize);
    let mut at = 0;
    while at < body.len() {
        match body[at] {
            b'"' => {
                let end = string_end(body, at);
                let key = depth == 1 && body.get(at..end) == Some(wanted.as_bytes());
                if key && is_key(body, end) {
                    match element {
                        None => return Some(line_at(body, at)),
                        Some(_) => inside = true,
                    }
                }
                at = end;
                continue;
            }
            b'{' | b'[' => {
                if inside && depth == 2 {
                    if Some(elements) == element {
                        return Some(line_at(body, at));
                    }
                    elements += 1;
                }
                depth += 1;
            }
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                inside &= depth > 1;
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// The line, from 1, in which a text first stands as a value of its own. One that is written with escapes is
/// not found.
pub(super) fn line_of_text(body: &[u8], text: &str) -> Option<usize> {
    let wanted = format!("\"{text}\"");
    let mut at = 0;
    while at < body.len() {
        if body[at] != b'"' {
            at += 1;
            continue;
        }
        let end = string_end(body, at);
        if body.get(at..end) == Some(wanted.as_bytes()) && !is_key(body, end) {
            return Some(line_at(body, at));
        }
        at = end;
    }
    None
}

/// The place behind a string that begins at `at`.
fn string_end(body: &[u8], at: usize) -> usize {
    let mut end = at + 1;
    while let Some(byte) = body.get(end) {
        end += 1;
        match byte {
            b'\\' => end += 1,
            b'"' => break,
            _ => {}
        }
    }
    end.min(body.len())
}

fn is_key(body: &[u8], from: usize) -> bool {
    let rest = body.get(from..).unwrap_or_default();
    rest.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b':')
}

fn line_at(body: &[u8], at: usize) -> usize {
    1 + body[..at].iter().filter(|byte| **byte == b'\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(rules: &str, rest: &str) -> String {
        format!(
            "{{\n  \"format\": \"gewu-policy/2\", \"name\": \"a \\\"rules\\\": [\", \"version\": 1,\n  \"rules\": [{rules}],\n  \"separation\": {{ \"on\": true }}, \"outside_duty_grid\": \"warn\"{rest}\n}}"
        )
    }

    fn read(body: &str) -> Policy {
        Policy::from_json(body.as_bytes()).expect("a policy")
    }

    #[test]
    fn a_policy_that_gives_nobody_anything_is_refused_with_its_line() {
        for rules in [
            "",
            r#"{ "roles": [], "kinds": ["file", "close"], "relation": "anyone" }"#,
            r#"{ "roles": ["operator"], "kinds": ["report", "cloze"], "relation": "anyone" }"#,
        ] {
            let body = policy(rules, "");
            let why = read(&body).check_allows(body.as_bytes()).expect_err(rules);
            assert!(
                why.to_string().contains("line 3: no rule gives anybody"),
                "{why}"
            );
        }
        for body in super::super::EARLIER
            .iter()
            .chain([&super::super::BUILT_IN])
        {
            let policy = Policy::from_json(body).expect("built in");
            policy.check_allows(body).expect("it allows much");
            assert_eq!(policy.idle(body, None), Vec::<String>::new());
        }
    }

    #[test]
    fn a_service_alone_is_no_policy() {
        let services = r#", "services": [{ "service": "auto_file", "kinds": ["file"] }]"#;
        for rules in [
            "",
            r#"{ "roles": ["inspector"], "kinds": ["report"], "relation": "anyone" }"#,
        ] {
            let body = policy(rules, services);
            let why = read(&body).check_allows(body.as_bytes()).expect_err(rules);
            let words = "line 3: no rule gives anybody an instruction";
            assert!(why.to_string().contains(words), "{why}");
        }
    }

    #[test]
    fn what_nobody_may_do_and_a_service_that_sends_nowhere_are_named_with_their_lines() {
        let rules =
            r#"{ "roles": ["operator"], "kinds": ["report", "file"], "relation": "anyone" }"#;
        let services = r#",
  "services": [
    { "service": "auto_file", "kinds": ["file"] },
    { "service": "direct_dispatch", "kinds": ["dispatch"],
      "unit": "nightmarket" }
  ]"#;
        let body = policy(rules, services);
        let closed = "line 3: no rule gives anybody `close`: no case is closed by anybody";
        assert_eq!(read(&body).idle(body.as_bytes(), None), [closed]);
        let nobody = |_: &UnitId| false;
        let nowhere =
            "line 7: the service direct_dispatch sends to nightmarket, and there is no such unit";
        assert_eq!(
            read(&body).idle(body.as_bytes(), Some(&nobody)),
            [closed, nowhere]
        );
        let there = |unit: &UnitId| unit.as_str() == "nightmarket";
        assert_eq!(read(&body).idle(body.as_bytes(), Some(&there)), [closed]);
        let tree = format!("{services},\n  \"units\": {{ \"pumps\": \"drainage\" }}");
        let body = policy(rules, &tree);
        assert_eq!(read(&body).idle(body.as_bytes(), None), [closed, nowhere]);
    }
}
