//! Ways round: what a failed check holds up, what only a shift leader opens again or voids, and what is closed
//! as done, are had by no other instruction either.

use gewu_model::entry::{
    Body, CheckResult, CloseKind, Convert, Dispatch, Plain, Redo, Reopen, Rework, SpotCheck,
    Suspend,
};
use gewu_model::fold::Stage;
use gewu_model::ids::{CaseId, Digest};
use gewu_server::{DecideError, Decision, Operator};
use serde_json::{Value, json};

use crate::kit::entries::{asked, check, dispatch, file, handle};
use crate::kit::{City, NOON, POLICY, Phone};
use crate::ties::{close, refused, registered};

/// A city with an operator who is no shift leader, and the people of a case.
pub(crate) struct Town {
    pub(crate) city: City,
    policy: Digest,
    plain: Operator,
    li: Phone,
    wang: Phone,
    qian: Phone,
}

impl Town {
    pub(crate) fn new() -> Self {
        Self::drawing(0)
    }

    /// Of 100 cases that were settled on the spot, so many are drawn.
    pub(crate) fn drawing(share: u8) -> Self {
        Self::with(|policy| policy["self_handled_spot_check_percent"] = json!(share))
    }

    /// The body of a policy that draws nothing by itself: whether a case is drawn is chance, and another matter.
    pub(crate) fn policy(version: u64, edit: impl FnOnce(&mut Value)) -> Vec<u8> {
        let mut body: Value = serde_json::from_slice(POLICY).expect("JSON");
        body["version"] = json!(version);
        body["self_handled_spot_check_percent"] = json!(0);
        edit(&mut body);
        body.to_string().into_bytes()
    }

    /// Under a policy of its own.
    pub(crate) fn with(edit: impl FnOnce(&mut Value)) -> Self {
        let city = City::found();
        let body = Self::policy(100, edit);
        let policy = city
            .core
            .publish_pack("policy", "fixture", 100, &body, NOON);
        let policy = policy.expect("a policy");
        let plain = city
            .core
            .add_operator("plain", &"wu".into(), &["operator".into()], &[])
            .expect("an operator");
        let li = city.crew("li", "drainage");
        let wang = city.inspector("wang");
        let qian = city.inspector("qian");
        Self {
            city,
            policy,
            plain,
            li,
            wang,
            qian,
        }
    }

    pub(crate) fn by(
        &mut self,
        operator: Operator,
        case: CaseId,
        body: Body,
    ) -> Result<(), String> {
        self.city.now = self.city.now.plus(60_000);
        let decision = Decision {
            case,
            view: self.city.view(case).token(),
            body,
            content: vec![],
        };
        match self.city.core.decide(&operator, &decision, self.city.now) {
            Ok(_) => Ok(()),
            Err(DecideError::Denied(words)) => Err(words),
            Err(other) => panic!("{other:?}"),
        }
    }

    /// The operator who is no shift leader decides.
    pub(crate) fn does(&mut self, case: CaseId, body: Body) {
        self.by(self.plain.clone(), case, body).expect("decided");
    }

    /// The operator who is no shift leader is refused, in these words.
    pub(crate) fn may_not(&mut self, case: CaseId, body: Body) -> String {
        let refused = self.by(self.plain.clone(), case, body);
        refused.expect_err("the operator may not")
    }

    pub(crate) fn leader_does(&mut self, case: CaseId, body: Body) {
        let leader = self.city.operator.clone();
        self.by(leader, case, body).expect("decided");
    }

    /// A case that was dispatched to drainage.
    pub(crate) fn sent(&mut self) -> CaseId {
        let case = registered(&self.city, None);
        self.does(case, file());
        self.does(case, dispatch("drainage"));
        case
    }

    pub(crate) fn handles(&mut self, case: CaseId) {
        let now = self.city.now;
        self.li.sync(&self.city.core, now);
        let open = self.city.view(case).question.expect("asked").answer_to;
        self.li.write(case, &handle(), Some(open), now);
        self.li.sync(&self.city.core, now);
    }

    /// A case that drainage handled.
    pub(crate) fn handled(&mut self) -> CaseId {
        let case = self.sent();
        self.handles(case);
        assert_eq!(self.stage(case), Stage::Handled);
        case
    }

    pub(crate) fn finds(&mut self, who: &str, case: CaseId, found: CheckResult) {
        let now = self.city.now;
        let phone = match who {
            "wang" => &mut self.wang,
            _ => &mut self.qian,
        };
        phone.sync(&self.city.core, now);
        let open = self.city.view(case).question.expect("asked").answer_to;
        phone.write(case, &check(found), Some(open), now);
        phone.sync(&self.city.core, now);
    }

    /// Whoever handled it answers a check.
    pub(crate) fn li_finds(&mut self, case: CaseId, found: CheckResult) {
        let now = self.city.now;
        self.li.sync(&self.city.core, now);
        let open = self.city.view(case).question.expect("asked").answer_to;
        self.li.write(case, &check(found), Some(open), now);
        self.li.sync(&self.city.core, now);
    }

    /// A case that a citizen reported, drainage handled, and that is closed.
    pub(crate) fn closed_of(&mut self, citizen: &mut Phone) -> CaseId {
        let case = citizen.report("垃圾三天", vec![], self.city.now);
        citizen.sync(&self.city.core, self.city.now);
        self.does(case, file());
        self.does(case, dispatch("drainage"));
        self.handles(case);
        self.does(case, normal());
        case
    }

    /// What its reporter settled on the spot, not yet filed.
    pub(crate) fn settled(&mut self) -> CaseId {
        let mut chen = self.city.inspector("chen");
        chen.settles = true;
        chen.pins.0 = self.policy;
        let case = chen.report("小广告已清", vec![], self.city.now);
        chen.sync(&self.city.core, self.city.now);
        case
    }

    pub(crate) fn stage(&self, case: CaseId) -> Stage {
        self.city.view(case).stage
    }
}

pub(crate) fn drawn(person: &str) -> Body {
    Body::SpotCheck(SpotCheck {
        persons: vec![person.into()],
        ..SpotCheck::default()
    })
}

pub(crate) fn rework() -> Body {
    Body::Rework(Rework {
        lead: "drainage".into(),
        note: None,
        limit: None,
        reason: None,
    })
}

pub(crate) fn normal() -> Body {
    close(CloseKind::Normal)
}

pub(crate) fn void() -> Body {
    Body::Void(Plain::default())
}

pub(crate) fn convert() -> Body {
    Body::Convert(Convert::default())
}

#[test]
fn a_failed_check_holds_up_the_close_whatever_is_asked_meanwhile() {
    let mut town = Town::new();
    let again: [(&str, Body); 3] = [
        ("qian", Body::CheckRequest(asked("qian"))),
        ("wang", Body::RedoRequest(Redo::default())),
        ("qian", drawn("qian")),
    ];
    for (who, ask) in again {
        let case = town.handled();
        town.does(case, Body::CheckRequest(asked("wang")));
        town.finds("wang", case, CheckResult::NotPass);
        town.does(case, ask);
        for kind in [CloseKind::Normal, CloseKind::Late] {
            let words = town.may_not(case, close(kind));
            assert!(
                words.contains("wang") && words.contains("not done"),
                "{words}"
            );
        }
        // Nobody could tell: that lifts nothing.
        town.finds(who, case, CheckResult::Unable);
        assert_eq!(town.stage(case), Stage::CheckUnable);
        let words = town.may_not(case, normal());
        assert!(words.contains("wang"), "{words}");
        town.does(case, Body::CheckRequest(asked("qian")));
        town.finds("qian", case, CheckResult::Pass);
        town.does(case, normal());
    }
}

#[test]
fn work_done_anew_is_judged_by_itself() {
    let mut town = Town::new();
    let case = town.handled();
    town.does(case, Body::CheckRequest(asked("wang")));
    town.finds("wang", case, CheckResult::NotPass);
    town.does(case, rework());
    let words = town.may_not(case, normal());
    assert!(words.contains("nobody handled"), "{words}");
    town.handles(case);
    town.does(case, Body::CheckRequest(asked("qian")));
    town.finds("qian", case, CheckResult::Pass);
    town.does(case, normal());
}

#[test]
fn a_failed_check_outlives_a_forced_close_and_its_reopening() {
    let mut town = Town::new();
    let case = town.handled();
    town.does(case, Body::CheckRequest(asked("wang")));
    town.finds("wang", case, CheckResult::NotPass);
    town.leader_does(case, close(CloseKind::Forced));
    town.leader_does(case, Body::Reopen(Reopen::default()));
    let words = town.may_not(case, normal());
    assert!(words.contains("wang"), "{words}");
}

#[test]
fn only_what_was_settled_on_the_spot_is_converted_and_once() {
    let mut town = Town::new();
    let case = registered(&town.city, None);
    let words = town.may_not(case, convert());
    assert!(words.contains("on the spot"), "{words}");
    let case = town.handled();
    town.does(case, normal());
    let words = town.may_not(case, convert());
    assert!(words.contains("on the spot"), "{words}");
    let settled = town.settled();
    town.does(settled, convert());
    assert_eq!(town.stage(settled), Stage::Filed);
    let words = town.may_not(settled, convert());
    assert!(words.contains("converted"), "{words}");
}

#[test]
fn a_closed_self_handled_case_is_converted_where_a_check_found_it_not_done() {
    let mut town = Town::new();
    let case = town.settled();
    town.does(case, file());
    town.does(case, normal());
    let words = town.may_not(case, convert());
    assert!(
        words.contains("spot check") && words.contains("reopen"),
        "{words}"
    );
    town.does(case, drawn("wang"));
    let words = town.may_not(case, convert());
    assert!(words.contains("spot check"), "{words}");
    town.finds("wang", case, CheckResult::NotPass);
    let words = town.may_not(case, rework());
    assert!(words.contains("convert"), "{words}");
    town.does(case, convert());
    assert_eq!(town.stage(case), Stage::Filed);
    town.does(case, dispatch("drainage"));
    town.handles(case);
    let words = town.may_not(case, normal());
    assert!(words.contains("nobody has checked"), "{words}");
    town.does(case, Body::CheckRequest(asked("wang")));
    town.finds("wang", case, CheckResult::Pass);
    town.does(case, normal());
}

#[test]
fn what_a_check_refuted_counts_no_more_as_settled_on_the_spot() {
    let mut town = Town::new();
    let case = town.settled();
    town.does(case, file());
    town.does(case, drawn("wang"));
    town.finds("wang", case, CheckResult::NotPass);
    town.may_not(case, normal());
    town.does(case, rework());
    town.may_not(case, normal());
    town.does(case, Body::Recall(Plain::default()));
    town.may_not(case, normal());
}

#[test]
fn a_spot_check_of_a_closed_case_leaves_its_opening_to_the_shift_leader() {
    let mut town = Town::new();
    let case = town.handled();
    town.does(case, normal());
    town.does(case, drawn("wang"));
    town.finds("wang", case, CheckResult::NotPass);
    for body in [rework(), convert(), Body::Reopen(Reopen::default())] {
        town.may_not(case, body);
    }
    let words = town.may_not(case, rework());
    assert!(words.contains("reopen"), "{words}");
    town.leader_does(case, Body::Reopen(Reopen::default()));
    town.does(case, dispatch("drainage"));
    // What goes on is reopened by nobody.
    assert!(refused(&town.city, case, Body::Reopen(Reopen::default())).contains("dispatched"));
}

#[test]
fn a_check_is_no_work() {
    let mut town = Town::new();
    let case = town.sent();
    town.does(case, Body::Recall(Plain::default()));
    town.does(case, drawn("wang"));
    town.finds("wang", case, CheckResult::Pass);
    assert_eq!(town.stage(case), Stage::CheckPassed);
    let words = town.may_not(case, normal());
    assert!(words.contains("nobody handled"), "{words}");
}

#[test]
fn a_dispatch_is_no_work_and_neither_is_help() {
    let mut town = Town::new();
    let case = town.sent();
    let words = town.may_not(case, normal());
    for word in ["nobody handled", "special", "forced"] {
        assert!(words.contains(word), "{word}: {words}");
    }
    town.does(
        case,
        Body::Suspend(Suspend {
            until: Some(town.city.now.plus(86_400_000)),
            ..Suspend::default()
        }),
    );
    let words = town.may_not(case, normal());
    assert!(
        words.contains("suspended") && words.contains("resume"),
        "{words}"
    );
    let case = registered(&town.city, None);
    town.does(case, file());
    let together = Dispatch {
        assist: vec!["drainage".into()],
        ..Dispatch::to("roads".into())
    };
    town.does(case, Body::Dispatch(together));
    town.handles(case);
    assert_eq!(town.stage(case), Stage::Dispatched);
    let words = town.may_not(case, normal());
    assert!(words.contains("nobody handled"), "{words}");
}

#[test]
fn what_was_settled_on_the_spot_and_sent_out_all_the_same_waits_for_its_work() {
    let mut town = Town::new();
    let case = town.settled();
    town.does(case, file());
    town.does(case, dispatch("drainage"));
    let words = town.may_not(case, normal());
    assert!(words.contains("nobody handled"), "{words}");
    town.handles(case);
    town.does(case, normal());
}

#[test]
fn work_for_somebody_who_does_not_do_it_is_work() {
    let mut town = Town::new();
    let case = registered(&town.city, None);
    town.does(case, file());
    let instead = Dispatch {
        substitute_for: Some("roads".into()),
        ..Dispatch::to("drainage".into())
    };
    town.does(case, Body::Dispatch(instead));
    town.handles(case);
    town.does(case, normal());
}
