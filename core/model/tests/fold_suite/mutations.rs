//! The table matters: whatever two rows swap, some story ends otherwise than told.

use gewu_model::fold::Rules;
use gewu_model::fold::table::{INSTRUCTIONS, InstructionRow, InstructionTable};

use crate::stories::all;

/// Exchanges one column, or more, of two rows.
type Swap = fn(&mut InstructionRow, &mut InstructionRow);

const SWAPS: [(&str, Swap); 3] = [
    ("effect and stage", |a, b| {
        std::mem::swap(&mut a.effect, &mut b.effect);
        std::mem::swap(&mut a.stage, &mut b.stage);
    }),
    ("effect", |a, b| {
        std::mem::swap(&mut a.effect, &mut b.effect)
    }),
    ("survival of work", |a, b| {
        std::mem::swap(&mut a.work_survives, &mut b.work_survives);
    }),
];

fn unnoticed(table: &InstructionTable) -> bool {
    let rules = Rules {
        instructions: table,
        ..Rules::BUILT_IN
    };
    all()
        .into_iter()
        .all(|(_, tell)| tell().broken(&rules).is_empty())
}

#[test]
fn no_two_rows_can_swap_unnoticed() {
    let pairs = (0..INSTRUCTIONS.len()).flat_map(|second| (0..second).map(move |it| (it, second)));
    let mut missed = Vec::new();
    for (first, second) in pairs {
        for (what, swap) in SWAPS {
            let mut table = *INSTRUCTIONS;
            let (left, right) = table.split_at_mut(second);
            swap(&mut left[first], &mut right[0]);
            if table != *INSTRUCTIONS && unnoticed(&table) {
                let kinds = (INSTRUCTIONS[first].kind, INSTRUCTIONS[second].kind);
                missed.push((what, kinds));
            }
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn separation_is_a_rule_and_not_a_law() {
    let rules = Rules {
        separation: false,
        ..Rules::BUILT_IN
    };
    let (_, tell) = all()
        .into_iter()
        .find(|(name, _)| *name == "who handled does not check")
        .unwrap();
    assert!(!tell().broken(&rules).is_empty());
}
