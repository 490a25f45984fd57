//! A server in a folder of its own, and phones that write as the SDK does.

mod again;
pub(crate) mod entries;
mod exchange;
pub(crate) mod files;
mod phone;
pub(crate) mod web;

use std::path::Path;

use gewu_model::contact::CardKey;
use gewu_model::entry::{ClassKind, ClassRef};
use gewu_model::ids::{CaseId, Digest};
use gewu_model::time::Millis;
use gewu_server::{CardKeySource, CodeGrant, Core, CoreOptions, Operator};
use tempfile::TempDir;

pub(crate) use exchange::Told;
pub(crate) use phone::{Phone, enrol_request, signer};

/// A Sunday in November.
pub(crate) const NOON: Millis = Millis(1_763_870_400_000);
pub(crate) const POLICY: &[u8] = include_bytes!("../../../../core/model/src/policy/default.json");
pub(crate) const CATALOGUE: &[u8] = include_bytes!("../../../../fixtures/district/catalogue.json");

/// Takes the database back to before a pack's names parted from its body, and before tokens had makers.
pub(crate) const PACKS_BY_BODY: &str = "
    CREATE TABLE packs_old (digest BLOB PRIMARY KEY NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL,
        version INTEGER NOT NULL, signed BLOB NOT NULL, body BLOB NOT NULL, audience TEXT,
        transfer_sha256 BLOB, transfer BLOB, UNIQUE (kind, name, version)) STRICT;
    INSERT INTO packs_old SELECT digest, kind, name, version, signed, body, audience,
        transfer_sha256, transfer FROM packs JOIN pack_bodies USING (digest);
    DROP TABLE packs;
    DROP TABLE pack_bodies;
    ALTER TABLE packs_old RENAME TO packs;
    CREATE UNIQUE INDEX packs_by_transfer ON packs (transfer_sha256)
        WHERE transfer_sha256 IS NOT NULL;
    ALTER TABLE operators DROP COLUMN made_at;
    ALTER TABLE operators DROP COLUMN made_by;
    ALTER TABLE operators DROP COLUMN revoked_at;
    DROP TABLE wipes;
    DROP TABLE host_apps;
    DROP TABLE accounts;
    DROP TABLE account_reads;
    DROP INDEX certificates_by_key;
    DROP INDEX uploads_by_user;";

/// A city with one operator.
pub(crate) struct City {
    pub(crate) dir: TempDir,
    pub(crate) core: Core,
    pub(crate) operator: Operator,
    pub(crate) now: Millis,
}

pub(crate) fn class() -> ClassRef {
    ClassRef {
        kind: ClassKind::Component,
        code: "01002".into(),
    }
}

/// Publishes what the fixtures hold.
pub(crate) fn publish(core: &Core) -> (Digest, Digest) {
    let pack = |kind, body| {
        core.publish_pack(kind, "fixture", 1, body, NOON)
            .expect("a pack")
    };
    (pack("policy", POLICY), pack("catalogue", CATALOGUE))
}

impl City {
    pub(crate) fn found() -> Self {
        let dir = TempDir::new().expect("a folder");
        let core = open(dir.path());
        publish(&core);
        let operator = core
            .add_operator(
                "secret",
                &"duty".into(),
                &["operator".into(), "shift_leader".into()],
                &[],
            )
            .expect("an operator");
        Self {
            dir,
            core,
            operator,
            now: NOON,
        }
    }

    /// A phone of `user`, enrolled with a code.
    pub(crate) fn phone(
        &self,
        user: &str,
        role: &str,
        unit: Option<&str>,
        grid: Option<&str>,
    ) -> Phone {
        let grant = CodeGrant {
            user: user.into(),
            roles: vec![role.into()],
            units: unit.into_iter().map(Into::into).collect(),
            duty_grids: grid.into_iter().map(Into::into).collect(),
            reach: Default::default(),
            any_grid: true,
        };
        let code = self
            .core
            .new_code(&grant, 1, self.now)
            .expect("a code")
            .code;
        Phone::enrol(&self.core, Some(&code), user, self.now).expect("enrolled")
    }

    pub(crate) fn inspector(&self, user: &str) -> Phone {
        self.phone(user, "inspector", None, Some("D1"))
    }

    pub(crate) fn crew(&self, user: &str, unit: &str) -> Phone {
        self.phone(user, "crew", Some(unit), None)
    }

    pub(crate) fn citizen(&self, name: &str) -> Phone {
        Phone::enrol(&self.core, None, name, self.now).expect("enrolled")
    }

    /// The operator decides on the present view; a minute passes.
    pub(crate) fn decide(
        &mut self,
        case: CaseId,
        body: gewu_model::entry::Body,
    ) -> gewu_server::Decided {
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

    pub(crate) fn view(&self, case: CaseId) -> gewu_model::fold::CaseView {
        self.core
            .case_view(case)
            .expect("readable")
            .expect("a case")
    }

    /// The rules that phones were given.
    pub(crate) fn pins() -> (Digest, Digest) {
        let digest = gewu_model::crypto::sha256;
        (digest(POLICY), digest(CATALOGUE))
    }
}

/// A server in `dir`, with a key of contact cards that lies elsewhere.
pub(crate) fn options(dir: &Path) -> CoreOptions {
    CoreOptions {
        card_key: CardKeySource::Given(CardKey::new([77; 32])),
        ..CoreOptions::in_folder(dir).expect("a folder")
    }
}

pub(crate) fn open(dir: &Path) -> Core {
    Core::open(options(dir), NOON).expect("a server")
}
