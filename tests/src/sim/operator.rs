//! The operator at the centre: looks at a case and decides what the case is ripe for.

use std::sync::Arc;

use gewu::host::{HttpRequest, Method};
use serde_json::{Value, json};

use super::network::Answer;
use super::people::{Person, UNITS, one_of};
use super::story::Story;
use crate::disk::Dice;

/// The operator's desk, in the same building as the server: its requests always arrive.
pub struct Operator {
    centre: Arc<dyn Answer>,
    token: String,
    story: Arc<Story>,
    /// Decisions that took effect.
    pub decisions: u64,
    /// What must not have happened.
    pub findings: Vec<String>,
}

impl Operator {
    /// An operator with this token.
    pub fn new(centre: Arc<dyn Answer>, token: impl Into<String>, story: Arc<Story>) -> Self {
        Self {
            centre,
            token: token.into(),
            story,
            decisions: 0,
            findings: Vec::new(),
        }
    }

    /// Reads something.
    pub fn get(&self, path: &str) -> (u16, Value) {
        self.send(HttpRequest::new(Method::Get, path))
    }

    /// Asks for something.
    pub fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        let request = HttpRequest::new(Method::Post, path)
            .header("content-type", "application/json")
            .body(body.to_string().into_bytes());
        self.send(request)
    }

    fn send(&self, request: HttpRequest) -> (u16, Value) {
        let request = request.header("authorization", format!("Bearer {}", self.token));
        let answer = self.centre.answer(&request);
        let body = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
        (answer.status, body)
    }

    /// A code for a person; `None` when the server makes none.
    pub fn code(&mut self, person: &Person) -> Option<String> {
        let body = json!({
            "user": person.name, "roles": person.roles, "units": person.units,
            "duty_grids": person.duty,
        });
        let (status, answer) = self.post("/v1/op/enrolment-codes", &body);
        let code = answer["code"].as_str().map(str::to_owned);
        if code.is_none() {
            self.findings
                .push(format!("no enrolment code: {status} {answer}"));
        }
        code
    }

    /// Every case at the centre, by id.
    pub fn cases(&self) -> Vec<String> {
        let mut all = Vec::new();
        let mut after = String::new();
        loop {
            let (_, page) = self.get(&format!("/v1/op/cases?limit=100{after}"));
            let rows = page["cases"].as_array().cloned().unwrap_or_default();
            all.extend(
                rows.iter()
                    .filter_map(|row| row["case"].as_str().map(str::to_owned)),
            );
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => return all,
            }
        }
    }

    /// A case with everything in it.
    pub fn case(&self, case: &str) -> Value {
        self.get(&format!("/v1/op/cases/{case}")).1
    }

    /// Decides something about some case.
    pub fn decide(&mut self, people: &[Person], dice: &mut Dice) {
        if dice.one_in(40) {
            self.register(dice);
            return;
        }
        // Two thirds of the time something that moves, as on a real desk.
        let mut cases = self.cases();
        if !dice.one_in(3) {
            cases.truncate(6);
        }
        let Some(case) = one_of(dice, &cases) else {
            return;
        };
        let shown = self.case(case);
        let Some((kind, mut body)) = ripe(&shown, people, dice) else {
            return;
        };
        body["view"] = shown["view_token"].clone();
        let stale = dice.one_in(25);
        if stale {
            body["view"] = Value::from("00".repeat(32));
        }
        let (status, answer) = self.post(&format!("/v1/op/cases/{case}/{kind}"), &body);
        self.hear(case, kind, (stale, status), &answer);
    }

    fn register(&mut self, dice: &mut Dice) {
        let (lon, lat) = super::people::somewhere(dice);
        let body = json!({
            "class": { "kind": "matter", "code": "06010" }, "lon": lon, "lat": lat,
            "text": "来电 / by telephone", "source": { "code": "hotline" },
        });
        let (status, answer) = self.post("/v1/op/cases", &body);
        let case = answer["case"].as_str().unwrap_or("?").to_owned();
        self.hear(&case, "register", (false, status), &answer);
    }

    /// A decision on the view just read succeeds, and one on another view does not.
    fn hear(&mut self, case: &str, kind: &str, (stale, status): (bool, u16), answer: &Value) {
        let case = &case[case.len().saturating_sub(6)..];
        let expected = if stale {
            status == 409
        } else {
            (200..300).contains(&status)
        };
        self.decisions += u64::from(expected && !stale);
        self.story
            .tell("operator", format_args!("{kind} {case}: {status}"));
        if !expected {
            self.findings
                .push(format!("{kind} on {case} got {status}: {answer}"));
        }
    }
}

/// What a case at its stage is ripe for, if anything.
fn ripe(shown: &Value, people: &[Person], dice: &mut Dice) -> Option<(&'static str, Value)> {
    let inspectors: Vec<&str> = people
        .iter()
        .filter(|person| person.is("inspector"))
        .map(|person| person.name)
        .collect();
    let person = *one_of(dice, &inspectors)?;
    let staffed: Vec<&str> = UNITS
        .iter()
        .filter(|unit| people.iter().any(|person| person.units.contains(unit)))
        .copied()
        .collect();
    let unit = *one_of(dice, &staffed)?;
    let asks = json!({ "persons": [person], "note": "请看 / please look" });
    let plain = json!({});
    let to_unit = json!({ "lead": unit });
    let other = dice.below(6);
    let decision = match (shown["stage"].as_str()?, other) {
        ("reported", 0) if dice.one_in(3) => ("void", plain),
        ("reported", 0) => ("decline", json!({ "kind": "not_accepted" })),
        ("reported", 1 | 2) | ("verified_unable", _) => ("verify_request", asks),
        ("verified_not_exists", _) => ("decline", json!({ "kind": "not_filed" })),
        ("reported" | "verified_exists", _) => ("file", plain),
        ("filed", _) => ("dispatch", to_unit),
        ("dispatched", 0) => ("recall", plain),
        ("dispatched", 1) => ("dispatch", to_unit),
        ("dispatched", 2) => ("forward", json!({ "unit": unit })),
        ("handled", 0) => ("rework", to_unit),
        ("handled" | "check_unable", _) => ("check_request", asks),
        ("check_failed", _) => ("rework", to_unit),
        ("check_passed", _) => ("close", json!({ "kind": "normal" })),
        ("closed", 0) => ("reply", json!({ "text": "谢谢 / thank you" })),
        _ => return None,
    };
    Some(decision)
}
