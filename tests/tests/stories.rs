//! What the simulator found once, each told on its own.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::sync::Arc;

use gewu::db::Synchronous;
use gewu::{Act, PhotoInput, PositionInput, ReportInput, Saved, SyncOutcome, SyncReport};
use gewu_model::entry::{ClassKind, ClassRef};
use gewu_model::ids::CaseId;
use gewu_model::media::EvidenceRole;
use gewu_tests::disk::Fault;
use gewu_tests::sim::centre::Centre;
use gewu_tests::sim::coverage::Tally;
use gewu_tests::sim::host::WorldTime;
use gewu_tests::sim::network::{Link, SimNetwork};
use gewu_tests::sim::operator::Operator;
use gewu_tests::sim::people::Person;
use gewu_tests::sim::phone::{Make, Phone};
use gewu_tests::sim::pictures::picture;
use gewu_tests::sim::story::Story;

const YEAR_MS: i64 = 365 * 86_400_000;
const CITIZEN: Person = Person {
    name: "citizen",
    roles: &[],
    units: &[],
    duty: &[],
};

const INSPECTOR: Person = Person {
    name: "chen",
    roles: &["inspector"],
    units: &[],
    duty: &["990101Z01"],
};

/// A server with its operator, nothing wrong yet.
struct City {
    time: WorldTime,
    story: Arc<Story>,
    tally: Arc<Tally>,
    centre: Arc<Centre>,
    operator: Operator,
}

impl City {
    fn new() -> Self {
        let time = WorldTime::default();
        let story = Arc::new(Story::new(time.clone(), false));
        let centre = Arc::new(Centre::open(time.clone(), 1).unwrap());
        let token = centre.token().unwrap();
        let tally = Arc::new(Tally::default());
        let telling = (Arc::clone(&story), Arc::clone(&tally));
        let operator = Operator::new(centre.clone(), token, telling);
        Self {
            time,
            story,
            tally,
            centre,
            operator,
        }
    }

    /// An enrolled phone of that person.
    fn phone(&mut self, person: Person) -> Phone {
        let time = self.time.clone();
        let telling = (Arc::clone(&self.story), Arc::clone(&self.tally));
        let network = SimNetwork::new(self.centre.clone(), time.clone(), telling, 1);
        let make = Make {
            label: person.name.to_owned(),
            time,
            story: Arc::clone(&self.story),
            tally: Arc::clone(&self.tally),
            link: Link::new(person.name, Arc::new(network)),
            seed: 1,
            synchronous: Synchronous::Full,
        };
        let mut phone = Phone::new(person, make);
        let code = (!person.is_citizen()).then(|| self.operator.code(&person).unwrap());
        assert!(phone.enrol(code.as_deref()));
        phone.sync(None).unwrap();
        phone
    }
}

#[test]
fn a_sync_whose_disk_failed_at_any_write_can_be_run_again_without_a_restart() {
    let mut failed = 0;
    for nth in 0..12 {
        let mut phone = City::new().phone(CITIZEN);
        // The server says how wrong the clock is, and remembering that is a write as well.
        phone.clock.set_error(-10 * YEAR_MS);
        phone.disk().fail_write(nth, Fault::DiskFull);
        failed += u32::from(phone.sync(None).is_none());
        phone.end_accidents();
        let report = phone.sync(None).unwrap();
        assert!(report.exchanges > 0, "write {nth}: {report:?}");
    }
    assert!(failed > 2, "only {failed} writes of a sync failed");
}

#[test]
fn a_pack_that_the_disk_had_no_room_for_holds_up_no_photo() {
    let policy = [gewu_model::policy::BUILT_IN, b"\n"].concat();
    let mut met = 0;
    for nth in (0..90).step_by(6) {
        let mut city = City::new();
        let mut phone = city.phone(INSPECTOR);
        let photos = vec![PhotoInput::bytes(picture(1), EvidenceRole::Scene)];
        let seen = ReportInput { photos, ..report() };
        phone.sdk().unwrap().report(seen).unwrap();
        city.centre.publish("policy", 3, &policy).unwrap();
        phone.disk().fail_write(nth, Fault::DiskFull);
        let told = phone.sync(None);
        phone.end_accidents();
        // Where something else could not be written the sync says so, and is run again.
        let late = |told: &SyncReport| match &told.outcome {
            SyncOutcome::Later { why, .. } => why.contains("make room"),
            _ => false,
        };
        if let Some(told) = told.filter(late) {
            met += 1;
            assert_eq!(told.photos_acknowledged, 1, "write {nth}: {told:?}");
        }
        let again = phone.sync(None).unwrap();
        assert_eq!(again.outcome, SyncOutcome::Complete, "write {nth}");
        let packs = phone.sdk().unwrap().packs().unwrap();
        let newest = packs
            .iter()
            .any(|pack| pack.kind == "policy" && pack.version == 2);
        assert!(newest, "write {nth}: {packs:?}");
    }
    assert!(met > 0, "the pack never met a full disk");
}

#[test]
fn what_only_a_verdict_acknowledged_comes_back_to_a_restored_server() {
    for person in [INSPECTOR, CITIZEN] {
        let mut city = City::new();
        let mut phone = city.phone(person);
        let case = phone.sdk().unwrap().report(report()).unwrap().case;
        phone.sync(None).unwrap();
        city.centre.backup().unwrap();
        let saved = add(&phone, case);
        phone.sync(None).unwrap();
        // Something new is unsent when the phone meets the restored server.
        add(&phone, case);
        assert!(city.centre.restore().unwrap());
        (0..3).for_each(|_| drop(phone.sync(None).unwrap()));
        let status = phone.sdk().unwrap().status().unwrap();
        let clean = status.synced && status.set_aside.is_empty();
        assert!(clean, "{}: {status:?}", person.name);
        let shown = city.operator.case(&case.to_string());
        let entries = shown["entries"].as_array().unwrap();
        assert_eq!(entries.len(), 3, "{}: {shown}", person.name);
        let back = entries
            .iter()
            .any(|entry| entry["hash"] == saved.change.to_string());
        assert!(back, "{}: {shown}", person.name);
    }
}

/// An entry of whoever uses the phone.
fn add(phone: &Phone, case: CaseId) -> Saved {
    let (sdk, act) = (phone.sdk().unwrap(), Act::new().text("还在 / still there"));
    let saved = match phone.person.is_citizen() {
        true => sdk.supplement(case, act),
        false => sdk.note(case, act),
    };
    saved.unwrap()
}

fn report() -> ReportInput {
    ReportInput {
        class: Some(ClassRef {
            kind: ClassKind::Component,
            code: "01002".to_owned(),
        }),
        position: Some(PositionInput::wgs84(123.422_729, 41.799_961_6)),
        text: Some("井盖缺失".to_owned()),
        ..ReportInput::default()
    }
}
