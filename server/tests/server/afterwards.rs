//! A server that lives on from a copy: what it says and decides before all of the life before is back.

use gewu_model::ids::CaseId;
use gewu_model::time::Millis;
use gewu_server::{Core, DecideError, Decided, Decision, restore};
use gewu_sync::verdict::Verdict;

use crate::backups::Story;
use crate::kit::entries::file;
use crate::kit::{NOON, open};

fn decide(core: &Core, case: CaseId, now: Millis) -> Result<Decided, DecideError> {
    let view = core.case_view(case).expect("readable").expect("a case");
    let decision = Decision {
        case,
        view: view.token(),
        body: file(),
        content: vec![],
    };
    core.decide(&Story::operator(core), &decision, now)
}

#[test]
fn a_server_that_lives_on_from_a_copy_says_that_there_is_one() {
    let mut story = Story::tell();
    let core = story.restored();
    let told = story.chen.sync(&core, story.city.now);
    assert_eq!(told.response.backup_covers, Some(NOON.plus(5)));
}

#[test]
fn the_centre_decides_while_what_an_earlier_life_wrote_waits_for_the_rest() {
    let mut story = Story::tell();
    let (case, now) = (story.case, story.city.now);
    let second = story.restored();
    story.chen.sync(&second, now);
    let made = story.chen.report("第二世", vec![], now);
    story.chen.sync(&second, now);
    let filed = decide(&second, made, now).expect("filed");
    story.chen.sync(&second, now);

    let third = story.folder.path().join("life 3");
    restore(&story.folder.path().join("copy"), &third).expect("restored");
    let third = open(&third);
    story.chen.sync(&third, now);
    let mut request = story.chen.request();
    let mut push = story.chen.offer_again(made);
    push.changes
        .retain(|change| change.hash() == filed.instruction);
    push.receipt = None;
    request.cases = vec![push];
    let told = story.chen.exchange(&third, &request, now);
    let verdict = told.verdict(filed.instruction);
    assert!(matches!(verdict, Verdict::Waiting { .. }), "{verdict:?}");
    decide(&third, case, now).expect("its counter is not one of the life before");
}

#[test]
fn nothing_is_decided_in_a_case_of_which_only_the_root_has_come() {
    let mut story = Story::tell();
    let (core, now) = (&story.city.core, story.city.now);
    let case = story.chen.report("只有开头", vec![], now);
    let mut request = story.chen.request();
    request.cases[0].changes.truncate(1);
    story.chen.exchange(core, &request, now);
    let refused = decide(core, case, now).expect_err("there is nothing to decide on");
    assert!(
        refused.to_string().starts_with("nothing is reported"),
        "{refused}"
    );
}
