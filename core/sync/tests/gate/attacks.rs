//! Floods, lateness, and signatures made for something else; and whether the list of attacks in the
//! documentation names tests that exist.

use std::collections::BTreeSet;
use std::path::Path;

use gewu_model::crypto::{Domain, Signer};
use gewu_model::entry::Payload;
use gewu_model::ids::{ChangeHash, GridCode};
use gewu_model::place::{GridCertainty, GridRef, Position};
use gewu_model::signed::SignedChange;
use gewu_model::time::Millis;
use gewu_sync::gate::{Author, Judgement, Places, Standing};
use gewu_sync::verdict::{SetAside, Verdict};

use crate::story::{Draft, Story, Who, dispatch, file, handle, note, recall, report};

const DAY_MS: i64 = 86_400_000;

#[test]
fn one_person_with_two_phones_has_one_quota() {
    let mut story = Story::new();
    let wang = story.staff("wang", "inspector", None);
    let other = story.staff("wang", "inspector", None);
    let zhao = story.staff("zhao", "inspector", None);
    story.limits.per_author = 4;
    story.opens(wang);
    for who in [wang, other, other] {
        let draft = story.draft(who, note());
        story.writes(&draft);
    }
    for who in [wang, other] {
        let beyond = story.draft(who, note());
        story.fails(&beyond, SetAside::Quota);
    }
    let neighbour = story.draft(zhao, note());
    story.writes(&neighbour);
}

#[test]
fn a_flood_waits_for_the_next_day_and_nobody_else_does() {
    let mut story = Story::new();
    let wang = story.staff("wang", "inspector", None);
    let zhao = story.staff("zhao", "inspector", None);
    story.limits.per_day = 3;
    story.writer(wang).lasts();
    story.opens(wang);
    let third = story.draft(wang, note());
    story.writes(&third);
    let fourth = story.draft(wang, note());
    let fourth = story.sign(&fourth);
    assert_eq!(story.offers(&fourth), Judgement::Pending);
    let neighbour = story.draft(zhao, note());
    story.writes(&neighbour);
    story.now = story.now.plus(DAY_MS + 1);
    story.accepts(&fourth);
}

/// Drainage was sent and the dispatch recalled; li's phone does not have the recall.
struct Late {
    story: Story,
    li: Who,
    sent: ChangeHash,
    recalled: ChangeHash,
}

impl Late {
    fn new() -> Self {
        let mut story = Story::new();
        let wang = story.staff("wang", "inspector", None);
        let li = story.staff("li", "crew", Some("drainage"));
        story.writer(li).lasts();
        story.opens(wang);
        story.instructs(file());
        let sent = story.instructs(dispatch("drainage"));
        let recalled = story.instructs(recall());
        Self {
            story,
            li,
            sent,
            recalled,
        }
    }

    fn work(&self) -> Draft {
        let work = self.story.draft_upon(self.li, handle(), &[self.sent]);
        work.answering(self.sent)
    }

    fn after(mut self, days: i64) -> (Self, SignedChange) {
        self.story.now = self.story.now.plus(days * DAY_MS + 1);
        let work = self.work();
        let work = self.story.sign(&work);
        (self, work)
    }
}

#[test]
fn work_that_is_older_than_policy_takes_waits_for_an_operator() {
    let (mut scene, work) = Late::new().after(30);
    let judgement = scene.story.offers(&work);
    assert_eq!(judgement, Judgement::Late);
    assert_eq!(
        judgement.verdict(),
        Verdict::Pending,
        "no receipt: the device keeps it"
    );
    // Its neighbour upon the present state is taken.
    let zhao = scene.story.staff("zhao", "crew", Some("drainage"));
    scene.story.writer(zhao).lasts();
    let neighbour = scene.story.draft(zhao, note());
    scene.story.writes(&neighbour);
    // An operator lets it count.
    let judgement = scene.story.judge_with_leave(&work);
    assert!(matches!(judgement, Judgement::Admit(_)), "{judgement:?}");

    let (mut scene, work) = Late::new().after(29);
    scene.story.accepts(&work);
}

#[test]
fn an_operator_s_leave_gives_nothing_but_time() {
    let (mut scene, _) = Late::new().after(40);
    let mut stolen = scene.work();
    stolen.entry.header.by = "wang".into();
    let stolen = scene.story.sign(&stolen);
    let refused = Judgement::SetAside(SetAside::Author);
    assert_eq!(scene.story.judge_with_leave(&stolen), refused);

    let work = scene.work();
    let work = scene.story.sign(&work);
    let writer = scene.story.writer(scene.li);
    let counter = writer.counter;
    // Li's phone had been given the recall before it wrote.
    writer
        .ledger
        .requested(counter - 1, &[], &[scene.sent, scene.recalled]);
    let refused = Judgement::SetAside(SetAside::KnewBetter);
    assert_eq!(scene.story.judge_with_leave(&work), refused);
}

#[test]
fn a_device_that_acknowledges_nothing_is_listened_to_for_less_time() {
    let (mut scene, work) = Late::new().after(4);
    // It exchanged two days after the recall, and no cursor of it covers the recall to this hour.
    let came = Millis(1_000).plus(2 * DAY_MS);
    scene.story.writer(scene.li).exchanged = Some(came);
    assert_eq!(scene.story.judge(&work), Judgement::Late);
    // The same phone acknowledges in the request that brings the work: it was only away.
    let writer = scene.story.writer(scene.li);
    let counter = writer.counter;
    let all = [scene.sent, scene.recalled];
    writer.ledger.requested(counter, &[work.hash()], &all);
    scene.story.accepts(&work);
}

#[test]
fn what_a_stolen_phone_sends_counts_only_with_an_operator_s_leave() {
    let mut scene = Late::new();
    scene.story.writer(scene.li).standing = Standing::Compromised;
    let work = scene.work();
    let work = scene.story.sign(&work);
    assert_eq!(scene.story.offers(&work), Judgement::Pending);
    let judgement = scene.story.judge_with_leave(&work);
    assert!(matches!(judgement, Judgement::Admit(_)), "{judgement:?}");
}

/// Whether work was late may be disputed, so both spans hold to the millisecond.
#[test]
fn the_last_moment_of_a_span_is_still_within_it() {
    let recalled = Millis(1_000);
    let taken = |days, more, exchanged: Option<i64>| {
        let mut scene = Late::new();
        scene.story.now = recalled.plus(days * DAY_MS + more);
        scene.story.writer(scene.li).exchanged = exchanged.map(|after| recalled.plus(after));
        let work = scene.work();
        let work = scene.story.sign(&work);
        let judgement = scene.story.judge(&work);
        assert!(matches!(judgement, Judgement::Admit(_) | Judgement::Late));
        judgement != Judgement::Late
    };
    assert_eq!([0, 1].map(|more| taken(30, more, None)), [true, false]);
    // Whoever exchanged a day after the recall need not have been given it.
    let silent = [DAY_MS, DAY_MS + 1].map(|after| taken(4, 0, Some(after)));
    assert_eq!(silent, [true, false]);
}

struct Map(Option<Vec<GridCode>>);

impl Places for Map {
    fn duty_grids(&self, _: &Position) -> Option<Vec<GridCode>> {
        self.0.clone()
    }
}

const BLOCKING: &[u8] =
    br#"{"format":"gewu-policy/1","separation":true,"outside_duty_grid":"block",
    "rules":[{"roles":["inspector"],"kinds":["report"],"relation":"anyone"}]}"#;

#[test]
fn a_report_without_a_unit_grid_is_placed_by_the_server_s_map() {
    let elsewhere = || Some(vec!["D9".into()]);
    let border = || Some(vec!["D9".into(), "D1".into()]);
    let nowhere = || Some(vec![]);
    for (found, area, taken) in [
        (elsewhere(), None, false),
        (elsewhere(), Some("community"), false),
        (nowhere(), None, false),
        (border(), None, true),
        (None, None, true),
    ] {
        let mut story = Story::new();
        let wang = story.staff("wang", "inspector", None);
        let root = story.root();
        let root = story.sign_root(wang, &root);
        story.accepts(&root);
        story.pins(BLOCKING);
        story.places = Some(Box::new(Map(found)));
        let mut payload = report();
        if let Payload::Report(report) = &mut payload {
            report.grid = area.map(|level: &str| GridRef {
                unit: "A1".into(),
                duty: None,
                road: None,
                pack: gewu_model::ids::Digest([7; 32]),
                certainty: GridCertainty::Border,
                border_mm: 2_000,
                level: Some(level.to_owned()),
            });
        }
        let draft = story.draft(wang, payload);
        match taken {
            true => drop(story.writes(&draft)),
            false => drop(story.fails(&draft, SetAside::OutsideDutyGrid)),
        }
    }
}

/// The device that has the unit grids has applied the rule, and who has no grids of their own is bound to none.
#[test]
fn the_server_s_map_gainsays_neither_a_unit_grid_nor_somebody_without_duty_grids() {
    for (has_grids, unit) in [(true, Some("U1")), (false, None), (false, Some("U1"))] {
        let mut story = Story::new();
        let wang = story.staff("wang", "inspector", None);
        if let (false, Author::Staff(held)) = (has_grids, &mut story.writer(wang).author) {
            held[0].certificate.duty_grids.clear();
        }
        let root = story.root();
        let root = story.sign_root(wang, &root);
        story.accepts(&root);
        story.pins(BLOCKING);
        story.places = Some(Box::new(Map(Some(vec!["D9".into()]))));
        let mut payload = report();
        if let Payload::Report(report) = &mut payload {
            report.grid = unit.map(|unit: &str| GridRef {
                unit: unit.into(),
                duty: Some("D1".into()),
                road: None,
                pack: gewu_model::ids::Digest([7; 32]),
                certainty: GridCertainty::Certain,
                border_mm: 2_000,
                level: None,
            });
        }
        let draft = story.draft(wang, payload);
        story.writes(&draft);
    }
}

#[test]
fn a_signature_made_for_a_challenge_signs_no_change() {
    let mut story = Story::new();
    let wang = story.staff("wang", "inspector", None);
    story.opens(wang);
    let draft = story.draft(wang, note());
    let honest = story.sign(&draft);
    let (city, case) = (story.city, story.case.case);
    let counter = honest.counter.to_be_bytes();
    for domain in [
        Domain::Enrolment,
        Domain::Request,
        Domain::Command,
        Domain::Token,
        Domain::Endorsement,
    ] {
        // Somebody had the phone sign a challenge that reads as the change does.
        let signer = &story.writer(wang).signer;
        let parts: [&[u8]; 4] = [&city.0, &case.0, &counter, &honest.bytes];
        let signature = signer.sign(domain, &parts).unwrap();
        let forged = SignedChange {
            signature,
            ..honest.clone()
        };
        let refused = Judgement::Unproven(SetAside::Signature);
        assert_eq!(story.offers(&forged), refused);
    }
    story.accepts(&honest);
}

/// `docs/attacks.md` names at least forty attacks, each with a test that exists.
#[test]
fn the_list_of_attacks_names_tests_that_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let list = std::fs::read_to_string(root.join("docs/attacks.md")).unwrap();
    let mut named = BTreeSet::new();
    for line in list
        .lines()
        .filter(|line| line.starts_with("| ") && line.contains("::"))
    {
        let cell = line
            .trim_end_matches(['|', ' '])
            .rsplit('|')
            .next()
            .unwrap();
        let (path, test) = cell.trim().trim_matches('`').split_once("::").unwrap();
        let source = std::fs::read_to_string(root.join(path)).unwrap();
        assert!(
            source.contains(&format!("fn {test}(")),
            "{path} has no test {test}"
        );
        let attack = line.split('|').nth(1).unwrap().trim().to_owned();
        assert!(named.insert(attack), "named twice: {line}");
    }
    assert!(named.len() >= 40, "{} attacks", named.len());
}
