//! Copies, and servers that were restored from them.

use gewu_model::entry::{Note, Payload};
use gewu_model::ids::{CaseId, Digest};
use gewu_server::{BackupError, Core, Operator, backup, restore};
use tempfile::TempDir;

use crate::kit::entries::file;
use crate::kit::{City, NOON, Phone, open};

/// A server as of its backup, and what went on after it.
struct Story {
    city: City,
    chen: Phone,
    he: Phone,
    case: CaseId,
    lost: CaseId,
    folder: TempDir,
}

impl Story {
    fn tell() -> Self {
        let mut city = City::found();
        let (mut chen, mut he) = (
            city.inspector("chen"),
            city.phone("he", "operator", None, None),
        );
        let case = chen.report("备份之前", vec![], NOON);
        chen.sync(&city.core, NOON);
        city.core
            .put_file(
                &city.core.caller(chen.key()).expect("enrolled"),
                b"a photo".to_vec(),
                NOON,
            )
            .expect("held");
        let folder = TempDir::new().expect("a folder");
        let copied =
            backup(city.dir.path(), &folder.path().join("copy"), NOON.plus(5)).expect("a copy");
        assert!(copied.files >= 3, "keys and the photo");
        city.decide(case, file());
        let lost = chen.report("备份之后", vec![], NOON.plus(9));
        chen.sync(&city.core, city.now);
        he.sync(&city.core, city.now);
        Self {
            city,
            chen,
            he,
            case,
            lost,
            folder,
        }
    }

    fn restored(&self) -> Core {
        let dir = self.folder.path().join("life 2");
        restore(&self.folder.path().join("copy"), &dir).expect("restored");
        open(&dir)
    }

    fn operator(core: &Core) -> Operator {
        core.operator("secret")
            .expect("readable")
            .expect("the same operator")
    }
}

fn number(core: &Core, case: CaseId) -> String {
    let view = core.case_view(case).expect("readable").expect("a case");
    view.task_number.expect("filed")
}

#[test]
fn a_backup_is_consistent_and_devices_are_told_what_it_covers() {
    let mut story = Story::tell();
    let told = story.chen.sync(&story.city.core, story.city.now);
    assert_eq!(told.response.backup_covers, Some(NOON.plus(5)));
    let core = story.restored();
    assert_eq!(core.city(), story.city.core.city());
    assert!(core.case_view(story.case).expect("readable").is_some());
    assert!(
        core.case_view(story.lost).expect("readable").is_none(),
        "written after the copy"
    );
    let photo = gewu_model::crypto::sha256(b"a photo");
    assert_eq!(core.read_file(photo).expect("held"), b"a photo");
}

#[test]
fn a_folder_that_holds_something_is_left_alone() {
    let story = Story::tell();
    let copy = story.folder.path().join("copy");
    assert!(matches!(
        backup(story.city.dir.path(), &copy, NOON),
        Err(BackupError::NotEmpty(_))
    ));
    assert!(matches!(
        restore(&copy, story.city.dir.path()),
        Err(BackupError::NotEmpty(_))
    ));
    let nothing = story.folder.path().join("nothing");
    assert!(matches!(
        restore(&nothing, &story.folder.path().join("x")),
        Err(BackupError::NoServer(_))
    ));
    assert!(!nothing.exists());
}

#[test]
fn a_restored_server_starts_a_generation_and_takes_back_what_devices_hold() {
    let mut story = Story::tell();
    let old = story.city.core.generation().expect("a generation");
    let before = story.city.view(story.case);
    let (lost_before, he_before) = (story.city.view(story.lost), story.he.view(story.case));
    assert_eq!(before, he_before);
    let core = story.restored();
    let new = core.generation().expect("a generation");
    assert_eq!(new >> 32, (old >> 32) + 1);
    // The old cursors mean nothing now: everything is told anew.
    let told = story.he.sync(&core, story.city.now);
    assert_eq!(told.response.generation, new);
    assert!(
        told.response
            .cases
            .iter()
            .any(|pull| pull.case == story.case)
    );
    // The phones offer again what they hold, with the old server's own receipts.
    let mut request = story.he.request();
    request.cases = vec![
        story.he.offer_again(story.case),
        story.he.offer_again(story.lost),
    ];
    assert!(request.cases.iter().all(|push| push.receipt.is_some()));
    let told = story.he.exchange(&core, &request, story.city.now);
    assert!(
        told.block
            .changes
            .iter()
            .all(|verdict| told.accepted(verdict.hash)),
        "{:?}",
        told.block.changes
    );
    let view = |case| core.case_view(case).expect("readable").expect("a case");
    assert_eq!(view(story.case), before);
    assert_eq!(view(story.lost), lost_before);
    // Life goes on above them.
    let decision = gewu_server::Decision {
        case: story.lost,
        view: view(story.lost).token(),
        body: file(),
        content: vec![],
    };
    core.decide(&Story::operator(&core), &decision, story.city.now)
        .expect("decided");
    assert_ne!(
        number(&core, story.lost),
        number(&core, story.case),
        "no number twice"
    );
    story.chen.sync(&core, story.city.now);
    let note = Payload::Note(Note {
        text: Digest([1; 32]),
    });
    let written = story.chen.write(story.lost, &note, None, story.city.now);
    assert!(story.chen.sync(&core, story.city.now).accepted(written));
}

#[test]
fn a_forged_receipt_opens_nothing() {
    let mut story = Story::tell();
    let core = story.restored();
    let mut push = story.he.offer_again(story.lost);
    let receipt = push.receipt.as_mut().expect("a receipt");
    receipt.signature.bytes[3] ^= 1;
    push.changes[0].signature.bytes[3] ^= 1;
    let mut request = story.he.request();
    request.cases = vec![push];
    let told = story.he.exchange(&core, &request, story.city.now);
    assert!(
        !told
            .block
            .changes
            .iter()
            .any(|verdict| told.accepted(verdict.hash))
    );
    assert!(core.case_view(story.lost).expect("readable").is_none());
}

/// A city that was restored twice from old copies: what the device holds of the life between proves
/// it. A word alone proves nothing.
#[test]
fn a_device_that_holds_proof_of_a_higher_generation_lifts_the_server_above_it() {
    let mut story = Story::tell();
    let core = story.restored();
    let own = core.generation().expect("a generation");
    story.chen.generation = own + (5 << 32);
    story.chen.sync(&core, NOON);
    assert_eq!(core.generation().expect("a generation"), own);
    let between = story.folder.path().join("life 3");
    let copy = story.folder.path().join("copy of life 2");
    backup(&story.folder.path().join("life 2"), &copy, NOON).expect("a copy");
    restore(&copy, &between).expect("restored");
    let between = open(&between);
    let shown = between.generation().expect("a generation");
    assert_eq!(shown >> 32, (own >> 32) + 1);
    story.he.sync(&between, NOON);
    let mut request = story.he.request();
    request.cases = vec![story.he.offer_again(story.case)];
    let told = story.he.exchange(&core, &request, NOON);
    assert_eq!(told.response.generation >> 32, (shown >> 32) + 1);
}
