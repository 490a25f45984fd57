//! The time that a fold takes is bounded, whatever stands in the case.

use std::time::{Duration, Instant};

use gewu_model::entry::{FieldKind, InstructionKind};
use gewu_model::fold::{Row, fold};

use crate::entries::{Names, body, entry, field};
use crate::hostile::{CENTRE_AUTHOR, IMPOSTOR, hash, row, told};
use crate::story::{Found, LI, Story, WANG};

/// A long case of the worst kind: every third row an instruction with fifty names, every handle
/// answering an old dispatch, everybody checking again and again.
fn long_case(rows: usize) -> Vec<Row> {
    let names = |at: usize| Names {
        persons: (0..50)
            .map(|it| format!("p{at}-{it}").as_str().into())
            .collect(),
        units: (0..50)
            .map(|it| format!("u{at}-{it}").as_str().into())
            .collect(),
        also: true,
    };
    let mut last = None;
    (0..rows)
        .map(|at| {
            let deps: Vec<usize> = (at.saturating_sub(20)..at).collect();
            let written = match at % 6 {
                0 | 3 => {
                    let kind = if at % 4 == 0 {
                        InstructionKind::CheckRequest
                    } else {
                        InstructionKind::Dispatch
                    };
                    let written = told(&CENTRE_AUTHOR, body(kind, &names(at)), last);
                    last = Some(at);
                    written
                }
                1 | 2 => entry(
                    &IMPOSTOR,
                    &field(FieldKind::Handle, 0),
                    Some(hash(at / 12 * 6)),
                ),
                _ => entry(&IMPOSTOR, &field(FieldKind::Check, at), last.map(hash)),
            };
            row(at, &deps, written)
        })
        .collect()
}

/// Everything answers one question, and nobody has seen anybody.
fn wide_case(rows: usize) -> Vec<Row> {
    let names = Names {
        persons: vec!["li".into()],
        ..Names::default()
    };
    let ask = told(
        &CENTRE_AUTHOR,
        body(InstructionKind::VerifyRequest, &names),
        None,
    );
    let answer = |at: usize| entry(&IMPOSTOR, &field(FieldKind::Verify, at), Some(hash(0)));
    std::iter::once(row(0, &[], ask))
        .chain((1..rows).map(|at| row(at, &[0], answer(at))))
        .collect()
}

fn time(rows: &[Row]) -> Duration {
    let begin = Instant::now();
    assert_eq!(fold(rows).entries.len(), rows.len());
    begin.elapsed()
}

/// Generous, because unoptimised and beside other tests; a cubic step would take minutes.
#[test]
fn long_and_wide_cases_take_bounded_time() {
    for rows in [long_case(2_000), wide_case(2_000)] {
        let taken = time(&rows);
        assert!(taken < Duration::from_secs(10), "{taken:?}");
    }
}

#[test]
#[ignore = "measures; run it with --release"]
fn short_folds_take_microseconds_and_long_ones_milliseconds() {
    for (name, rows) in [("long", long_case(2_000)), ("wide", wide_case(2_000))] {
        let taken = time(&rows);
        println!("{name}: {} rows in {taken:?}", rows.len());
        assert!(taken < Duration::from_millis(300), "{taken:?}");
    }
    let mut story = Story::filed();
    for _ in 0..3 {
        let task = story.dispatch(&["drainage", "roads"]);
        story.everyone_pulls();
        for kind in [
            FieldKind::Take,
            FieldKind::SetOut,
            FieldKind::Arrived,
            FieldKind::Handle,
        ] {
            story.write(LI, kind, Some(task));
        }
        story.push(LI);
        let asked = story.ask_check(&["wang"]);
        story.pull(WANG);
        story.check(WANG, Found::Bad, asked);
        story.push(WANG);
    }
    let rows = story.world.rows_of(story.world.everything());
    let thousand = Instant::now();
    (0..1_000).for_each(|_| assert!(fold(&rows).tip().is_some()));
    let each = thousand.elapsed() / 1_000;
    println!("{} rows in {each:?}", rows.len());
    assert!(each < Duration::from_micros(100), "{each:?}");
}
