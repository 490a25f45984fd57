//! A city with the people of a case, for tests of who may do what with it.

use gewu_model::entry::{Body, CheckResult, CloseKind, Convert, Plain, Rework, SpotCheck};
use gewu_model::fold::Stage;
use gewu_model::ids::{CaseId, Digest};
use gewu_server::{DecideError, Decision, Operator};
use serde_json::{Value, json};

use crate::kit::entries::{check, dispatch, file, handle};
use crate::kit::{City, NOON, POLICY, Phone};
use crate::ties::{close, registered};

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
