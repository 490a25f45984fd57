//! Feeds never skip, whatever is written meanwhile and however small the pages are.

use std::sync::atomic::{AtomicBool, Ordering};

use gewu_model::entry::{Body, Dispatch};
use gewu_model::ids::CaseId;

use crate::kit::entries::file;
use crate::kit::{City, NOON, Phone};

/// Ten phones report at once while one reader follows: at the end it holds every case whole.
#[test]
fn a_reader_among_writers_misses_nothing() {
    let city = City::found();
    let mut reader = city.phone("he", "operator", None, None);
    let mut writers: Vec<Phone> = (0..6)
        .map(|at| city.inspector(&format!("writer {at}")))
        .collect();
    let done = AtomicBool::new(false);
    let cases: Vec<CaseId> = std::thread::scope(|scope| {
        let core = &city.core;
        let writing: Vec<_> = writers
            .iter_mut()
            .map(|writer| {
                scope.spawn(move || {
                    let report = |at: i64| {
                        let case = writer.report("井盖缺失", vec![], NOON.plus(at));
                        writer.sync(core, NOON);
                        case
                    };
                    (0..12).map(report).collect::<Vec<_>>()
                })
            })
            .collect();
        let (reader, done) = (&mut reader, &done);
        let reading = scope.spawn(move || {
            while !done.load(Ordering::SeqCst) {
                reader.sync(core, NOON);
            }
        });
        let cases = writing
            .into_iter()
            .flat_map(|thread| thread.join().expect("written"));
        let cases = cases.collect();
        done.store(true, Ordering::SeqCst);
        reading.join().expect("read");
        cases
    });
    reader.sync(&city.core, NOON);
    assert_eq!(cases.len(), 72);
    for case in cases {
        assert_eq!(reader.view(case), city.view(case), "{case}");
    }
}

/// A page ends where it is full; the next one goes on there, for every scope alike.
#[test]
fn small_pages_tell_as_much_as_one() {
    let mut city = City::found();
    let mut chen = city.phone("chen", "inspector", None, Some("D1"));
    let mut cases = Vec::new();
    for at in 0..40 {
        let text = "井盖缺失".repeat(900);
        cases.push(chen.report(&text, vec![], NOON.plus(at)));
        chen.sync(&city.core, NOON);
    }
    for case in cases.iter().step_by(2) {
        city.decide(*case, file());
        let lead = "drainage".into();
        let (assist, limit, note) = (vec![], None, None);
        city.decide(
            *case,
            Body::Dispatch(Dispatch {
                lead,
                assist,
                limit,
                note,
                substitute_for: None,
                bundle_limit: None,
                must_accept: None,
                external_due: None,
                rule: None,
            }),
        );
    }
    let mut wang = city.inspector("wang");
    let (mut pages, mut more) = (0, true);
    while more {
        let mut request = wang.request();
        request.max_bytes = 1; // the server's own least is 64 KiB
        more = wang.exchange(&city.core, &request, NOON).response.more;
        pages += 1;
    }
    assert!(pages > 5, "{pages} pages");
    for case in cases {
        assert_eq!(wang.view(case), city.view(case), "{case}");
    }
    let quiet = wang.sync(&city.core, NOON);
    assert!(quiet.response.cases.is_empty());
}

/// The answer gets lost: the cursors stay, and the next answer tells the same again.
#[test]
fn a_lost_answer_is_told_again() {
    let city = City::found();
    let (mut chen, mut wang) = (city.inspector("chen"), city.inspector("wang"));
    let case = chen.report("井盖缺失", vec![], NOON);
    let push = chen.request();
    let caller = city.core.caller(chen.key()).expect("enrolled");
    city.core
        .exchange(&caller, &push, NOON)
        .expect("an answer that is lost");
    let pull = wang.request();
    let other = city.core.caller(wang.key()).expect("enrolled");
    city.core
        .exchange(&other, &pull, NOON)
        .expect("an answer that is lost");
    wang.sync(&city.core, NOON);
    assert_eq!(wang.view(case), city.view(case));
    let told = chen.sync(&city.core, NOON);
    assert_eq!(told.block.changes.len(), 2);
    assert!(chen.unsent.is_empty());
}

#[test]
fn a_person_with_other_grids_gets_the_new_ones_whole() {
    let city = City::found();
    let mut chen = city.inspector("chen");
    let case = chen.report("井盖缺失", vec![], NOON);
    chen.sync(&city.core, NOON);
    let mut wang = city.phone("wang", "inspector", None, Some("D9"));
    let told = wang.sync(&city.core, NOON);
    assert_eq!(wang.holds(case), 0);
    let scopes: Vec<String> = told
        .response
        .cursors
        .iter()
        .map(|cursor| cursor.scope.to_string())
        .collect();
    assert_eq!(scopes, ["duty-grid:D9", "asked:wang", "user:wang"]);
    let mut moved = city.phone("wang", "inspector", None, Some("D1"));
    moved.cursors = wang.cursors.clone();
    moved.sync(&city.core, NOON);
    assert_eq!(moved.view(case), city.view(case));
}
