//! Who has the work: giving it back, helping with it, and asking for it once more.

use gewu_model::entry::{FieldKind, InstructionKind};
use gewu_model::fold::{Addressee, CaseView, QuestionKind, Reason, Rules, Stage};

use crate::entries::{Author, Names, entry, field};
use crate::story::{LI, Story, ZHAO};

fn view(story: &Story) -> CaseView {
    story.world.view(story.world.server)
}

fn gives_back(story: &mut Story, unit: &str) {
    story.instruct(InstructionKind::SendBack, &Names::units(&[unit]));
}

#[test]
fn whoever_answers_for_the_work_alone_gives_it_back_to_the_centre() {
    let mut story = Story::filed();
    // Side by side, so that neither stands above the other.
    let both = Names::units(&["drainage", "roads"]);
    story.instruct(InstructionKind::Order, &both);
    gives_back(&mut story, "drainage");
    story.stands(Stage::Dispatched);
    story.asks(QuestionKind::Order);
    gives_back(&mut story, "roads");
    story.stands(Stage::Filed);
    story.asks(None);
    // Neither who helps nor who has it from the lead takes the lead's place.
    story.dispatch(&["drainage", "lamps"]);
    story.forward("roads");
    gives_back(&mut story, "drainage");
    story.stands(Stage::Filed);
    story.asks(None);
    assert_eq!(story.broken(&Rules::BUILT_IN), [""; 0]);
}

#[test]
fn nothing_is_given_back_where_no_work_is_asked_for() {
    let mut story = Story::reported();
    story.ask_verify(&["wang"]);
    story.plain(InstructionKind::SendBack);
    story.stands(Stage::Verifying);
    story.asks(QuestionKind::Verify);
    story.file();
    story.dispatch(&["drainage"]);
    story.recall();
    story.plain(InstructionKind::SendBack);
    assert_eq!(view(&story).facts.returned_by, []);
    assert_eq!(story.broken(&Rules::BUILT_IN), [""; 0]);
}

/// The crew of lamps did its work while the work was its own, and stands under a unit that helps only since.
#[test]
fn work_that_was_taken_away_with_its_result_in_hand_is_not_the_help_that_was_asked_for_later() {
    let mut story = Story::filed();
    let task = story.dispatch(&["drainage", "roads"]);
    story.forward("lamps");
    story.everyone_pulls();
    let handle = story.handle(ZHAO, task);
    story.push(ZHAO);
    gives_back(&mut story, "lamps");
    let helps = Names::units(&["lamps", "roads"]);
    story.instruct(InstructionKind::Assign, &helps);
    story.is(handle, "effective", Reason::Reassigned);
    assert_eq!(story.broken(&Rules::BUILT_IN), [""; 0]);
}

#[test]
fn whoever_gave_the_work_back_and_is_then_asked_to_help_helps() {
    let mut story = Story::filed();
    let task = story.dispatch(&["drainage", "roads"]);
    story.forward("lamps");
    gives_back(&mut story, "lamps");
    let helps = Names::units(&["lamps", "roads"]);
    story.instruct(InstructionKind::Assign, &helps);
    story.everyone_pulls();
    let handle = story.handle(ZHAO, task);
    story.push(ZHAO);
    story.is(handle, "effective", Reason::Supporting);
    let team = Addressee::Team("lamps".into());
    let view = view(&story);
    let given = view.tasks.iter().find(|task| task.who == team).unwrap();
    assert!(given.assist && given.done_by.is_some());
    assert_eq!(story.broken(&Rules::BUILT_IN), [""; 0]);
}

/// Neither the lead, named as if it helped, nor a unit that helps no more has a team that only helps.
#[test]
fn a_team_only_helps_under_a_unit_that_does() {
    for named in ["drainage", "lamps"] {
        let mut story = Story::filed();
        let task = story.dispatch(&["drainage", "roads", "lamps"]);
        gives_back(&mut story, "lamps");
        let names = Names::units(&["team-3", named]);
        story.instruct(InstructionKind::Assign, &names);
        story.everyone_pulls();
        let team = Author {
            unit: Some("team-3"),
            ..story.world.phones[LI].author
        };
        let done = field(FieldKind::Handle, 0);
        let done = entry(&team, &done, Some(story.world.rows[task].hash));
        let done = story.world.write_entry(LI, done);
        story.push(LI);
        let view = view(&story);
        let who = Addressee::Team("team-3".into());
        let given = view.tasks.iter().find(|task| task.who == who).unwrap();
        assert!(!given.assist, "{named}");
        story.stands(Stage::Handled);
        story.work_is(done);
        assert_eq!(story.broken(&Rules::BUILT_IN), [""; 0], "{named}");
    }
}

#[test]
fn asking_again_in_vain_ends_no_round() {
    let mut story = Story::filed();
    story.dispatch(&["drainage"]);
    story.plain(InstructionKind::RedoRequest);
    story.dispatch(&["roads"]);
    assert_eq!(view(&story).round, 1);
}

#[test]
fn of_the_units_of_a_case_the_one_that_leads_stands_first() {
    let mut story = Story::filed();
    story.dispatch(&["drainage", "roads"]);
    assert_eq!(view(&story).units, ["drainage".into(), "roads".into()]);
}
