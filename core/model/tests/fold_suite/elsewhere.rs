//! What lies outside a replica: due times from elsewhere, and instructions that a citizen is not given.

use gewu_model::entry::{Body, Correct, Dispatch, FieldKind, LinkCase, Payload, Relationship};
use gewu_model::fold::{
    CaseView, ClockChange, EntryView, Reason, Replica, Row, Rules, Written, fold, fold_by,
    fold_pinned,
};
use gewu_model::ids::{CaseId, ChangeHash, Digest};
use gewu_model::policy::Policy;
use gewu_model::time::Millis;

use crate::entries::{Author, entry, field};
use crate::story::Story;

#[test]
fn undoing_a_tie_undoes_the_due_time_that_it_carried_over() {
    let link = |other: u8, relation, due: Option<i64>| {
        Body::Link(LinkCase {
            other: CaseId([other; 16]),
            relation,
            request: None,
            external_due: due.map(Millis),
            note: None,
        })
    };
    let dispatch = |due: i64| {
        Body::Dispatch(Dispatch {
            external_due: Some(Millis(due)),
            ..Dispatch::to("drainage".into())
        })
    };
    let (duplicate, nothing) = (Relationship::HasDuplicate, Relationship::Nothing);
    let mut story = Story::filed();
    let mut due = |body: Body| {
        let at = story.world.instruct(body);
        let view = story.world.view(story.world.server);
        let changed = view.clock_events().iter().filter_map(|event| {
            let here = story.world.number(&event.at) == at;
            here.then_some(&event.what)
        });
        let told = changed.into_iter().find_map(|what| match what {
            ClockChange::Outside { due } => Some(Some(*due)),
            ClockChange::Loosened { due } => Some(*due),
            _ => None,
        });
        (view.facts.external_due, told)
    };
    let at = |due: i64| Some(Millis(due));
    assert_eq!(due(link(7, duplicate, Some(50))), (at(50), Some(at(50))));
    // A dispatch names the day that is known; that makes it no day of its own.
    assert_eq!(due(dispatch(50)), (at(50), None));
    assert_eq!(due(link(8, duplicate, Some(60))), (at(50), None));
    assert_eq!(due(link(7, nothing, None)), (at(60), Some(at(60))));
    assert_eq!(due(dispatch(40)), (at(40), Some(at(40))));
    assert_eq!(due(link(8, nothing, None)), (at(40), None));
    assert_eq!(due(link(9, duplicate, Some(30))), (at(30), Some(at(30))));
    // What is told once more about the same tie loses nothing; another relation carries nothing.
    assert_eq!(due(link(9, duplicate, None)), (at(30), None));
    assert_eq!(
        due(link(9, Relationship::Related, None)),
        (at(40), Some(at(40)))
    );
}

#[test]
fn a_later_due_time_of_elsewhere_takes_the_place_of_an_earlier_one_by_a_correction_only() {
    let mut story = Story::filed();
    let mut due = |body: Body| {
        story.world.instruct(body);
        let view = story.world.view(story.world.server);
        view.facts.external_due.map(|due| due.0)
    };
    let dispatch = |due: i64| {
        Body::Dispatch(Dispatch {
            external_due: Some(Millis(due)),
            ..Dispatch::to("drainage".into())
        })
    };
    let correct = |due: Option<i64>| {
        Body::Correct(Box::new(Correct {
            external_due: due.map(Millis),
            area_grade: Some("1".into()),
            ..Correct::default()
        }))
    };
    assert_eq!(due(dispatch(50)), Some(50));
    assert_eq!(due(dispatch(90)), Some(50), "the stricter one holds");
    assert_eq!(due(correct(None)), Some(50), "another correction");
    assert_eq!(due(correct(Some(90))), Some(90));
    assert_eq!(due(dispatch(95)), Some(90));
    assert_eq!(due(correct(Some(40))), Some(40));
}

#[test]
fn a_citizen_s_replica_counts_what_answers_the_public_status() {
    let citizen = Author {
        user: "citizen:1",
        role: "citizen",
        unit: None,
    };
    let named = Some(ChangeHash([77; 32]));
    let row = |at: u8, payload: &Payload, answers| Row {
        hash: ChangeHash([at; 32]),
        deps: (1..at).map(|before| ChangeHash([before; 32])).collect(),
        entry: Some(Written::from(entry(&citizen, payload, answers))),
    };
    let rows = [
        row(1, &field(FieldKind::Report, 0), None),
        row(2, &field(FieldKind::Urge, 0), named),
        row(3, &field(FieldKind::Rate, 0), named),
        row(4, &field(FieldKind::ReopenRequest, 0), named),
        row(5, &field(FieldKind::Withdraw, 0), named),
        row(6, &field(FieldKind::Rate, 0), None),
    ];
    let stands = |view: &CaseView| {
        let entries = view.entries.iter();
        let of = |entry: &EntryView| (entry.status.name(), entry.reason);
        entries.map(of).collect::<Vec<_>>()
    };
    let whole = fold(&rows);
    let orphan = |why| ("orphan", Some(why));
    let lost = orphan(Reason::OffChain);
    let nothing = orphan(Reason::AnswersNothing);
    let report = ("effective", None);
    assert_eq!(stands(&whole), [report, lost, lost, lost, lost, nothing]);
    let rules = Rules {
        replica: Replica::Own,
        ..Rules::BUILT_IN
    };
    let own = fold_by(&rows, &rules);
    let asks = ("effective", Some(Reason::Request));
    assert_eq!(stands(&own), [report, report, report, asks, asks, nothing]);
    assert_eq!(
        own.facts.rating.as_ref().map(|rating| rating.entry),
        Some(rows[2].hash)
    );
    // Nor does it hang on the pack that the case pins.
    let pack = Digest([2; 32]);
    let policy = Policy::built_in();
    for held in [None, Some(&policy)] {
        let pinned = fold_pinned(&rows, Replica::Own, &pack, held);
        assert_eq!(stands(&pinned), stands(&own));
    }
    // What stands on no chain although there is one is an orphan there, too.
    let mut held = rows.to_vec();
    held.push(row(77, &field(FieldKind::Note, 0), None));
    assert_eq!(stands(&fold_by(&held, &rules))[1], lost);
}
