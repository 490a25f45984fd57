//! Long and wide cases, of the worst kind that the gate lets grow.

use gewu_model::entry::{FieldKind, InstructionKind};
use gewu_model::fold::{Row, fold};

use crate::entries::{Names, body, entry, field};
use crate::hostile::{CENTRE_AUTHOR, IMPOSTOR, hash, row, told};

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
        ..Names::default()
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

/// No clock is asked: a cubic step would be seen by everybody who waits for this test.
#[test]
fn long_and_wide_cases_fold_whole() {
    for rows in [long_case(2_000), wide_case(2_000)] {
        assert_eq!(fold(&rows).entries.len(), rows.len());
    }
}
