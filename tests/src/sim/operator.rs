//! The operator at the centre: looks at a case and decides what the case is ripe for.

use std::sync::Arc;

use gewu::host::{HttpRequest, Method};
use gewu_model::time::Millis;
use serde_json::{Value, json};

use super::centre::in_doubt;
use super::coverage::Tally;
use super::desk::{self, Before};
use super::network::Answer;
use super::people::{Person, one_of};
use super::story::Story;
use crate::disk::Dice;

/// The operator's desk, in the same building as the server: its requests always arrive.
pub struct Operator {
    centre: Arc<dyn Answer>,
    token: String,
    story: Arc<Story>,
    tally: Arc<Tally>,
    /// The digests of the policies between which cases are re-pinned.
    pub policies: Vec<String>,
    /// Decisions that took effect.
    pub decisions: u64,
    /// What must not have happened.
    pub findings: Vec<String>,
}

impl Operator {
    /// An operator with this token.
    pub fn new(
        centre: Arc<dyn Answer>,
        token: impl Into<String>,
        (story, tally): (Arc<Story>, Arc<Tally>),
    ) -> Self {
        Self {
            centre,
            token: token.into(),
            story,
            tally,
            policies: Vec::new(),
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
    pub fn decide(&mut self, people: &[Person], now: Millis, dice: &mut Dice) {
        match dice.below(40) {
            0 => return self.register(dice),
            1 | 2 => return self.decide_late(dice),
            _ => {}
        }
        // Two thirds of the time something that moves, as on a real desk.
        let all = self.cases();
        let near = if dice.one_in(3) { all.len() } else { 6 };
        let Some(case) = one_of(dice, &all[..near.min(all.len())]) else {
            return;
        };
        let shown = self.case(case);
        self.tally
            .sees_stage(shown["stage"].as_str().unwrap_or_default());
        let before = Before {
            people,
            cases: &all,
            policies: &self.policies,
            now,
        };
        let Some((bold, (kind, mut body))) = desk::decision(&shown, before, dice) else {
            return;
        };
        body["view"] = shown["view_token"].clone();
        let stale = !bold && dice.one_in(25);
        if stale {
            body["view"] = Value::from("00".repeat(32));
        }
        let (status, answer) = self.post(&format!("/v1/op/cases/{case}/{kind}"), &body);
        self.hear(case, kind, (stale, bold, status), &answer);
    }

    /// Decides about work that waits for somebody to look at it.
    fn decide_late(&mut self, dice: &mut Dice) {
        let late = self.late();
        if let Some(change) = one_of(dice, &late) {
            let take = dice.one_in(2);
            self.settle_late(change, take);
        }
    }

    /// Everything that waits for an operator is decided.
    pub fn decide_all_late(&mut self) {
        for change in self.late() {
            self.settle_late(&change, false);
        }
    }

    fn late(&self) -> Vec<String> {
        let (_, answer) = self.get("/v1/op/late");
        let lines = answer["late"].as_array().cloned().unwrap_or_default();
        let names = lines.iter().filter_map(|line| line["change"].as_str());
        names.map(str::to_owned).collect()
    }

    fn settle_late(&mut self, change: &str, take: bool) {
        let (status, answer) =
            self.post(&format!("/v1/op/late/{change}"), &json!({ "take": take }));
        let words = if take { "takes" } else { "sets aside" };
        self.story.tell(
            "operator",
            format_args!("{words} what waited: {status} {}", answer["state"]),
        );
        if status >= 500 && !in_doubt(status, &answer) {
            self.findings
                .push(format!("deciding late work: {status} {answer}"));
        }
    }

    /// Takes a device out of use, or says that it is in wrong hands.
    pub fn bar(&mut self, device: &str, verb: &str) -> bool {
        let (status, answer) = self.post(&format!("/v1/op/devices/{device}/{verb}"), &json!({}));
        let done = status == 200;
        if !done && status >= 500 {
            self.findings.push(format!("{verb}: {status} {answer}"));
        }
        done
    }

    fn register(&mut self, dice: &mut Dice) {
        let (lon, lat) = super::people::somewhere(dice);
        let body = json!({
            "class": { "kind": "matter", "code": "06010" }, "lon": lon, "lat": lat,
            "text": "来电 / by telephone", "source": { "code": "hotline" },
        });
        let (status, answer) = self.post("/v1/op/cases", &body);
        let case = answer["case"].as_str().unwrap_or("?").to_owned();
        self.hear(&case, "register", (false, false, status), &answer);
    }

    /// A decision on the view just read succeeds, and one on another view does not. A bold one may be
    /// refused with words, but never break anything.
    fn hear(
        &mut self,
        case: &str,
        kind: &str,
        (stale, bold, status): (bool, bool, u16),
        answer: &Value,
    ) {
        let case = &case[case.len().saturating_sub(6)..];
        let done = (200..300).contains(&status);
        // Of a case from a device in wrong hands an operator may have let in the root alone.
        let words = answer["detail"].as_str().unwrap_or_default();
        let unreported = status == 403 && words.starts_with("nothing is reported in this case");
        // The desk picks some inspector, who may have settled the matter on the spot.
        let own_work =
            status == 403 && kind == "check_request" && words.contains("handled the work");
        let expected = match (stale, bold) {
            _ if in_doubt(status, answer) => true,
            (true, _) => status == 409,
            _ if unreported || own_work => true,
            (false, true) => done || (400..500).contains(&status),
            (false, false) => done,
        };
        self.decisions += u64::from(done);
        self.story
            .tell("operator", format_args!("{kind} {case}: {status}"));
        if !expected {
            self.findings
                .push(format!("{kind} on {case} got {status}: {answer}"));
        }
    }
}
