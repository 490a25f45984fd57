//! A server in a folder of its own, and phones that write as the SDK does.

mod phone;
pub mod web;

use std::path::Path;

use gewu_model::entry::{ClassKind, ClassRef};
use gewu_model::ids::{CaseId, Digest};
use gewu_model::time::Millis;
use gewu_server::{CodeGrant, Core, CoreOptions, Operator};
use tempfile::TempDir;

pub use phone::{Phone, Told, enrol_request, signer};

/// A Sunday in November.
pub const NOON: Millis = Millis(1_763_870_400_000);
pub const POLICY: &[u8] = include_bytes!("../../../../core/model/src/policy/default.json");
pub const CATALOGUE: &[u8] = include_bytes!("../../../../fixtures/district/catalogue.json");

/// A city with one operator.
pub struct City {
    pub dir: TempDir,
    pub core: Core,
    pub operator: Operator,
    pub now: Millis,
}

pub fn class() -> ClassRef {
    ClassRef {
        kind: ClassKind::Component,
        code: "01002".into(),
    }
}

/// Publishes what the fixtures hold.
pub fn publish(core: &Core) -> (Digest, Digest) {
    let pack = |kind, body| {
        core.publish_pack(kind, "fixture", 1, body, NOON)
            .expect("a pack")
    };
    (pack("policy", POLICY), pack("catalogue", CATALOGUE))
}

impl City {
    pub fn found() -> Self {
        let dir = TempDir::new().expect("a folder");
        let core = open(dir.path());
        publish(&core);
        let operator = core
            .add_operator("secret", &"duty".into(), &["operator".into()], &[])
            .expect("an operator");
        Self {
            dir,
            core,
            operator,
            now: NOON,
        }
    }

    /// A phone of `user`, enrolled with a code.
    pub fn phone(&self, user: &str, role: &str, unit: Option<&str>, grid: Option<&str>) -> Phone {
        let grant = CodeGrant {
            user: user.into(),
            roles: vec![role.into()],
            units: unit.into_iter().map(Into::into).collect(),
            duty_grids: grid.into_iter().map(Into::into).collect(),
        };
        let code = self
            .core
            .new_code(&grant, 1, self.now)
            .expect("a code")
            .code;
        Phone::enrol(&self.core, Some(&code), user, self.now).expect("enrolled")
    }

    pub fn inspector(&self, user: &str) -> Phone {
        self.phone(user, "inspector", None, Some("D1"))
    }

    pub fn crew(&self, user: &str, unit: &str) -> Phone {
        self.phone(user, "crew", Some(unit), None)
    }

    pub fn citizen(&self, name: &str) -> Phone {
        Phone::enrol(&self.core, None, name, self.now).expect("enrolled")
    }

    /// The operator decides on the present view; a minute passes.
    pub fn decide(&mut self, case: CaseId, body: gewu_model::entry::Body) -> gewu_server::Decided {
        self.now = self.now.plus(60_000);
        let view = self.view(case).token();
        let decision = gewu_server::Decision {
            case,
            view,
            body,
            content: vec![],
        };
        self.core
            .decide(&self.operator, &decision, self.now)
            .expect("decided")
    }

    pub fn view(&self, case: CaseId) -> gewu_model::fold::CaseView {
        self.core
            .case_view(case)
            .expect("readable")
            .expect("a case")
    }

    /// The rules that phones were given.
    pub fn pins() -> (Digest, Digest) {
        let digest = gewu_model::crypto::sha256;
        (digest(POLICY), digest(CATALOGUE))
    }
}

pub fn open(dir: &Path) -> Core {
    let options = CoreOptions::in_folder(dir).expect("a folder");
    Core::open(options, NOON).expect("a server")
}
