//! Phones that still have an old schema.

use std::path::Path;
use std::sync::Arc;

use gewu::host::{HttpRequest, HttpResponse, HttpSetupError, Transport, TransportError};
use gewu::{CancelToken, Connector, Gewu, Options, Query, SyncOutcome};
use gewu_tests::frozen::{Frozen, Side, of_device, schema};
use gewu_tests::process::Device;
use gewu_tests::sim::centre::Centre;
use gewu_tests::sim::host::{PhoneClock, WorldTime};
use gewu_tests::sim::network::Answer;
use serde_json::Value;

use super::{all, database, moment, thawed, version};

/// From which schema on there are contact cards.
const CARDS: usize = 6;

/// The way to a server in this process.
#[derive(Clone)]
struct Direct(Arc<Centre>);

impl Connector for Direct {
    fn connect(&self, _url: &str) -> Result<Arc<dyn Transport>, HttpSetupError> {
        Ok(Arc::new(self.clone()))
    }
}

impl Transport for Direct {
    fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        Ok(self.0.answer(&request))
    }
}

fn options(folder: &Path, time: &WorldTime) -> Options {
    let mut options = Options::folder(folder).unwrap();
    options.host.clock = Arc::new(PhoneClock::new(time.clone()));
    options.uploads_at_once = 1;
    options
}

fn open(folder: &Path, time: &WorldTime) -> Gewu {
    let sdk = Gewu::open(options(folder, time)).unwrap();
    assert!(sdk.has_consent().unwrap());
    sdk
}

/// What it said when it was frozen, as far as its schema had a place for it.
fn expected(frozen: &Frozen, folder: &Path) -> Value {
    let mut told = frozen.facts().unwrap()["told"].clone();
    if frozen.version < CARDS {
        let newest = all(Side::Device).pop().unwrap();
        for (case, cards) in unsent_cards(&newest) {
            let texts = &mut told["unsent"][&case]["texts"];
            *texts = Value::from(texts.as_u64().unwrap() - cards);
        }
    }
    assert_eq!(version(folder), frozen.version);
    told
}

fn unsent_cards(newest: &Frozen) -> Vec<(String, u64)> {
    let folder = thawed(newest);
    let db = database(folder.path());
    let sql = "SELECT lower(hex(case_id)), count(*) FROM cards WHERE unsent = 1 GROUP BY 1";
    let mut statement = db.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| {
        Ok((row.get(0)?, u64::from(row.get::<_, u32>(1)?)))
    });
    rows.unwrap().map(Result::unwrap).collect()
}

#[test]
fn whatever_an_old_phone_held_and_owed_is_there_after_the_upgrade() {
    for frozen in all(Side::Device) {
        let folder = thawed(&frozen);
        let expected = expected(&frozen, folder.path());
        let sdk = open(folder.path(), &moment(&frozen));
        let told = serde_json::to_value(of_device(&sdk).unwrap()).unwrap();
        for part in [
            "unsent",
            "files",
            "commands",
            "set_aside",
            "notices",
            "drafts",
            "cases",
        ] {
            assert_eq!(told[part], expected[part], "{part} of {frozen:?}");
        }
        assert_eq!(sdk.verify_projection().unwrap(), [], "{frozen:?}");
        let photos = held_photos(&sdk);
        assert!(photos > 3, "{frozen:?}: {photos} photos");
    }
}

/// How many photos are on the phone, each with the bytes of its name.
fn held_photos(sdk: &Gewu) -> usize {
    let rows = sdk.list(&Query::default()).unwrap().rows;
    let details = rows.iter().map(|row| sdk.show(row.case).unwrap());
    let mut held = 0;
    for photo in details
        .flat_map(|detail| detail.entries)
        .flat_map(|entry| entry.photos)
    {
        if photo.held {
            let bytes = sdk.photo_bytes(photo.record.sha256).unwrap();
            assert_eq!(gewu_evidence::hash_bytes(&bytes), photo.record.sha256);
            held += 1;
        }
    }
    held
}

#[test]
fn an_upgraded_schema_is_the_schema_of_a_new_phone() {
    let fresh = tempfile::tempdir().unwrap();
    drop(Gewu::open(options(fresh.path(), &WorldTime::default())).unwrap());
    let newest = schema(&database(fresh.path())).unwrap();
    for frozen in all(Side::Device) {
        let folder = thawed(&frozen);
        drop(open(folder.path(), &moment(&frozen)));
        assert_eq!(
            schema(&database(folder.path())).unwrap(),
            newest,
            "{frozen:?}"
        );
    }
}

/// Phone and server of the same play, each of its own age, meet after their upgrades.
#[test]
fn an_upgraded_phone_delivers_everything_to_an_upgraded_server() {
    let servers = all(Side::Server);
    for (at, frozen) in all(Side::Device).into_iter().enumerate() {
        let server = &servers[at % servers.len()];
        let time = moment(&frozen);
        let place = tempfile::tempdir().unwrap();
        server.thaw(&place.path().join("city")).unwrap();
        let centre = Arc::new(Centre::of(place, time.clone()).unwrap());
        let folder = thawed(&frozen);
        let mut options = options(folder.path(), &time);
        options.host.connector = Arc::new(Direct(centre));
        let sdk = Gewu::open(options).unwrap();
        for _ in 0..4 {
            let report = sdk.sync(&mut |_| {}, &CancelToken::new()).unwrap();
            assert_eq!(
                report.outcome,
                SyncOutcome::Complete,
                "{frozen:?}: {report:?}"
            );
        }
        let status = sdk.status().unwrap();
        assert!(status.synced, "{frozen:?} to {server:?}: {status:#?}");
        assert_eq!(sdk.verify_projection().unwrap(), [], "{frozen:?}");
    }
}

#[test]
fn an_older_app_says_in_words_that_it_is_too_old_and_changes_nothing() {
    let newest = all(Side::Device).pop().unwrap();
    let folder = thawed(&newest);
    let db = database(folder.path());
    db.pragma_update(None, "user_version", newest.version as u32 + 1)
        .unwrap();
    drop(db);
    let before = std::fs::read(folder.path().join("gewu.db")).unwrap();
    let ended = Device::new(folder.path()).run(&["status"]).unwrap();
    assert!(ended.code.is_some_and(|code| code != 0), "{ended:?}");
    assert!(ended.err.contains("update the app"), "{}", ended.err);
    assert_eq!(
        std::fs::read(folder.path().join("gewu.db")).unwrap(),
        before
    );
}
