//! Copies, and servers that were restored from them.

use gewu_model::entry::{Note, Payload};
use gewu_model::ids::{CaseId, Digest};
use gewu_server::{Access, BackupError, CodeGrant, Core, CoreOptions, Operator, backup, restore};
use gewu_sync::verdict::Verdict;
use tempfile::TempDir;

use crate::kit::entries::file;
use crate::kit::{City, NOON, Phone, enrol_request, open};

/// A server as of its backup, and what went on after it.
pub(crate) struct Story {
    pub(crate) city: City,
    pub(crate) chen: Phone,
    pub(crate) he: Phone,
    pub(crate) case: CaseId,
    lost: CaseId,
    pub(crate) folder: TempDir,
}

impl Story {
    pub(crate) fn tell() -> Self {
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

    pub(crate) fn restored(&self) -> Core {
        let dir = self.folder.path().join("life 2");
        restore(&self.folder.path().join("copy"), &dir).expect("restored");
        open(&dir)
    }

    pub(crate) fn operator(core: &Core) -> Operator {
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
        photos: None,
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

/// Someone enrolled after the backup, whose work another device holds too.
struct Newcomer {
    story: Story,
    wang: Phone,
    made: CaseId,
}

impl Newcomer {
    fn tell() -> Self {
        let mut story = Story::tell();
        let mut wang = story.city.inspector("wang");
        let made = wang.report("新来的", vec![], story.city.now);
        wang.sync(&story.city.core, story.city.now);
        story.he.sync(&story.city.core, story.city.now);
        Self { story, wang, made }
    }

    fn grant() -> CodeGrant {
        CodeGrant {
            user: "wang".into(),
            roles: vec!["inspector".into()],
            units: vec![],
            duty_grids: vec!["D1".into()],
            reach: Default::default(),
            any_grid: false,
        }
    }

    /// Another device comes first; gives what it is told of the newcomer's changes.
    fn offered_by_another(&mut self, core: &Core, certified: bool) -> Vec<Verdict> {
        let now = self.story.city.now;
        self.story.he.sync(core, now);
        let mut request = self.story.he.request();
        request.cases = vec![self.story.he.offer_again(self.made)];
        let certificate = self.wang.enrolled.certificate.clone();
        request.certificates = certified.then(|| vec![certificate]);
        let told = self.story.he.exchange(core, &request, now);
        let verdicts = told.block.changes.into_iter();
        verdicts.map(|verdict| verdict.verdict).collect()
    }
}

#[test]
fn work_of_people_whom_a_restored_server_forgot_waits_until_they_enrol_again() {
    let mut told = Newcomer::tell();
    let (before, now) = (told.story.city.view(told.made), told.story.city.now);
    let core = told.story.restored();
    let refused = core.caller(told.wang.key());
    assert!(matches!(refused, Err(Access::UnknownKey)));
    let verdicts = told.offered_by_another(&core, false);
    let waits = |verdict: &Verdict| matches!(verdict, Verdict::Waiting { .. });
    assert!(
        verdicts.len() == 2 && verdicts.iter().all(waits),
        "{verdicts:?}"
    );
    let code = core.new_code(&Newcomer::grant(), 1, now).expect("a code");
    let again = enrol_request(&told.wang.signer, Some(&code.code));
    core.enrol(&again, now).expect("the same key");
    assert_eq!(core.case_view(told.made).expect("readable"), Some(before));
    let answer = told.story.chen.sync(&core, now).response;
    assert!(
        answer.certificates.iter().any(|signed| signed
            .certificate()
            .is_ok_and(|held| held.key.id() == told.wang.key())),
        "who reads it can check the signature"
    );
    let note = Payload::Note(Note {
        text: Digest([1; 32]),
        photos: None,
    });
    let more = told.wang.write(told.made, &note, None, now);
    let mut request = told.wang.request();
    request.certificates = Some(vec![told.wang.enrolled.certificate.clone()]);
    let answer = told.wang.exchange(&core, &request, now);
    assert!(
        answer.accepted(more),
        "made under the certificate that was lost"
    );
}

#[test]
fn a_certificate_that_another_device_holds_is_enough_for_what_was_receipted() {
    let mut told = Newcomer::tell();
    let before = told.story.city.view(told.made);
    let core = told.story.restored();
    let verdicts = told.offered_by_another(&core, true);
    let taken = |verdict: &Verdict| matches!(verdict, Verdict::Accepted { .. });
    assert!(verdicts.iter().all(taken), "{verdicts:?}");
    assert_eq!(core.case_view(told.made).expect("readable"), Some(before));
    let refused = core.caller(told.wang.key());
    assert!(
        matches!(refused, Err(Access::UnknownKey)),
        "it enrols again all the same"
    );
}

#[test]
fn an_older_folder_that_was_put_back_by_hand_shows_and_nothing_stays_lost() {
    let mut story = Story::tell();
    let before = story.city.view(story.lost);
    // A copy of the files, not a restore: the same generation goes on from an earlier point.
    let core = open(&story.folder.path().join("copy"));
    let own = core.generation().expect("a generation");
    assert_eq!(own, story.he.generation);
    let told = story.he.sync(&core, story.city.now);
    let risen = told.response.generation;
    assert_eq!(risen >> 32, (own >> 32) + 1, "the cursor showed it");
    let mut request = story.he.request();
    request.cases = vec![
        story.he.offer_again(story.case),
        story.he.offer_again(story.lost),
    ];
    story.he.exchange(&core, &request, story.city.now);
    assert_eq!(core.case_view(story.lost).expect("readable"), Some(before));
    for cursor in &mut story.he.cursors {
        cursor.position += 1 << 40;
    }
    story.he.sync(&core, story.city.now);
    assert_eq!(
        core.generation().expect("a generation"),
        risen,
        "not again at once"
    );
    let mut ci = Phone::enrol(&core, None, "ci", story.city.now).expect("a citizen");
    ci.sync(&core, story.city.now.plus(7_200_000));
    for cursor in &mut ci.cursors {
        cursor.position += 1 << 40;
    }
    ci.sync(&core, story.city.now.plus(7_200_000));
    assert_eq!(core.generation().expect("a generation"), risen);
}

#[test]
fn a_receipt_of_this_life_over_what_is_not_here_shows_it_too() {
    let mut story = Story::tell();
    let core = open(&story.folder.path().join("copy"));
    let own = core.generation().expect("a generation");
    let mut request = story.he.request();
    request.cursors.clear();
    request.cases = vec![story.he.offer_again(story.lost)];
    let told = story.he.exchange(&core, &request, story.city.now);
    assert_eq!(told.response.generation >> 32, (own >> 32) + 1);
}

#[test]
fn keys_without_their_database_found_no_city_in_secret() {
    let story = Story::tell();
    let dir = story.folder.path().join("copy");
    let database = dir.join("gewu.db");
    let refused = || {
        let options = CoreOptions::in_folder(&dir).expect("options");
        let words = Core::open(options, NOON).expect_err("refused").to_string();
        assert!(words.contains("restore a backup, or move"), "{words}");
    };
    std::fs::write(&database, b"").expect("emptied");
    refused();
    std::fs::remove_file(&database).expect("removed");
    refused();
    assert!(!database.exists(), "nothing is made in its place");
    std::fs::rename(dir.join("keys"), dir.join("old keys")).expect("moved");
    assert_ne!(open(&dir).city(), story.city.core.city());
}
