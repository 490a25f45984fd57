//! How a case begins.

use gewu_model::case::SCHEMA;
use gewu_model::entry::Body;
use gewu_model::ids::{CaseId, Digest};
use gewu_sync::gate::Judgement;
use gewu_sync::verdict::SetAside;

use crate::story::{Story, note, register, report, report_of_class};

#[test]
fn a_second_root_is_refused() {
    let mut story = Story::new();
    let wang = story.staff("wang", "inspector", None);
    let zhao = story.staff("zhao", "inspector", None);
    story.opens(wang);
    let root = story.root();
    let second = story.sign_root(zhao, &root);
    story.sets_aside(&second, SetAside::SecondRoot);
    story.writer(wang).renews_actor();
    let own = story.sign_root(wang, &root);
    story.sets_aside(&own, SetAside::SecondRoot);
}

#[test]
fn a_root_is_for_its_case() {
    let mut story = Story::new();
    let wang = story.staff("wang", "inspector", None);
    let mut root = story.root();
    root.id = CaseId([9; 16]);
    let root = story.sign_root(wang, &root);
    story.sets_aside(&root, SetAside::Shape);
}

#[test]
fn a_root_pins_what_the_server_knows() {
    let mut story = Story::new();
    let wang = story.staff("wang", "inspector", None);
    let (mut policy, mut catalogue, mut edition) = (story.root(), story.root(), story.root());
    policy.policy = Digest([9; 32]);
    catalogue.catalogue = Digest([9; 32]);
    edition.edition = "2013".into();
    for root in [policy, catalogue, edition] {
        let root = story.sign_root(wang, &root);
        story.sets_aside(&root, SetAside::Pins);
    }
    story.opens(wang);
}

#[test]
fn a_root_of_a_newer_table_is_kept() {
    let mut story = Story::new();
    let wang = story.staff("wang", "inspector", None);
    let mut root = story.root();
    root.schema = SCHEMA + 1;
    let root = story.sign_root(wang, &root);
    assert_eq!(story.offers(&root), Judgement::Pending);
}

#[test]
fn who_may_not_report_begins_no_case() {
    let mut story = Story::new();
    let guest = story.staff("guest", "visitor", None);
    let root = story.root();
    let root = story.sign_root(guest, &root);
    story.sets_aside(&root, SetAside::NotPermitted);
}

#[test]
fn a_second_report_is_refused() {
    let mut story = Story::new();
    let wang = story.staff("wang", "inspector", None);
    let zhao = story.staff("zhao", "inspector", None);
    story.opens(wang);
    for who in [wang, zhao] {
        let second = story.draft(who, report());
        story.fails(&second, SetAside::SecondRoot);
    }
}

#[test]
fn only_the_root_s_author_reports() {
    let mut story = Story::new();
    let wang = story.staff("wang", "inspector", None);
    let zhao = story.staff("zhao", "inspector", None);
    let root = story.root();
    let root = story.sign_root(wang, &root);
    story.accepts(&root);
    let foreign = story.draft(zhao, report());
    story.fails(&foreign, SetAside::SecondRoot);
    let own = story.draft(wang, report());
    story.writes(&own);
}

#[test]
fn nothing_comes_before_the_report() {
    let mut story = Story::new();
    let wang = story.staff("wang", "inspector", None);
    let zhao = story.staff("zhao", "inspector", None);
    let root = story.root();
    let root = story.sign_root(wang, &root);
    story.accepts(&root);
    for who in [wang, zhao] {
        let early = story.draft(who, note());
        story.fails(&early, SetAside::Dependencies);
    }
}

#[test]
fn a_report_stands_in_for_one_that_was_set_aside() {
    let mut story = Story::new();
    let wang = story.staff("wang", "inspector", None);
    let root = story.root();
    let root = story.sign_root(wang, &root);
    story.accepts(&root);
    let unknown = story.draft(wang, report_of_class("99999"));
    let unknown = story.fails(&unknown, SetAside::Payload);
    story.writer(wang).renews_actor();
    let again = story.draft(wang, report()).replacing(unknown);
    story.writes(&again);
    let note = story.draft(wang, note());
    story.writes(&note);
}

#[test]
fn one_report_stands_in_and_no_more() {
    let mut story = Story::new();
    let wang = story.staff("wang", "inspector", None);
    let root = story.root();
    let root = story.sign_root(wang, &root);
    story.accepts(&root);
    let [one, two] = ["99998", "99999"].map(|code| {
        let unknown = story.draft(wang, report_of_class(code));
        story.fails(&unknown, SetAside::Payload)
    });
    story.writer(wang).renews_actor();
    let unasked = story.draft(wang, report());
    story.fails(&unasked, SetAside::SecondRoot);
    let again = story.draft(wang, report()).replacing(one);
    story.writes(&again);
    story.writer(wang).renews_actor();
    let twice = story.draft(wang, report()).replacing(two);
    story.fails(&twice, SetAside::SecondRoot);
}

#[test]
fn the_server_registers_what_came_by_telephone() {
    let mut story = Story::new();
    let root = story.root();
    let root = story.sign_root(crate::story::Who::SERVER, &root);
    story.accepts(&root);
    let mut unknown = register();
    if let Body::Register(register) = &mut unknown {
        register.report.class.code = "99999".into();
    }
    let unknown = story.instruction(unknown);
    story.fails(&unknown, SetAside::Payload);
    story.instructs(register());
    let twice = story.instruction(register());
    story.fails(&twice, SetAside::SecondRoot);
}

#[test]
fn whoever_holds_today_s_rules_begins_no_case_under_yesterday_s() {
    let mut story = Story::new();
    let wang = story.staff("wang", "inspector", None);
    let root = story.root();
    // Begun before the device said that it holds a later policy.
    let before = story.sign_root(wang, &root);
    let counter = before.counter;
    story.writer(wang).ledger.outgrows(counter, root.policy);
    story.accepts(&before);

    let mut story = Story::new();
    let wang = story.staff("wang", "inspector", None);
    story.writer(wang).ledger.outgrows(0, root.policy);
    let after = story.sign_root(wang, &root);
    story.sets_aside(&after, SetAside::Pins);
    // Another policy's successor is no matter.
    let mut story = Story::new();
    let wang = story.staff("wang", "inspector", None);
    story.writer(wang).ledger.outgrows(0, Digest([7; 32]));
    story.opens(wang);
}
