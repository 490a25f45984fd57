//! Laws that hold for every history.

use gewu_model::entry::{FieldKind, Kind};
use gewu_model::fold::table::{self, Moves};
use gewu_model::fold::{CaseView, EntryView, Reason, Status, fold};
use gewu_model::state::state_hash;
use proptest::prelude::*;

use crate::legal::{Dice, History, histories};
use crate::settled::check_stable;
use crate::world::{Mask, World, bit, members};

pub(crate) fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        // Failures become stories; seeds of old generators say nothing to new ones.
        failure_persistence: None,
        ..ProptestConfig::with_cases(cases)
    }
}

/// The same rows in some other order, some of them twice.
fn stirred(world: &World, held: Mask, dice: &mut Dice) -> CaseView {
    let mut rows = world.rows_of(held);
    let again = world.rows_of(held & dice.mask());
    rows.extend(again);
    dice.shuffle(&mut rows);
    fold(&rows)
}

/// Field entries that may still arrive on top of `held`.
fn late_arrivals(world: &World, held: Mask, dice: &mut Dice) -> Mask {
    let wanted = dice.mask() | dice.mask();
    (0..world.rows.len())
        .filter(|row| wanted & bit(*row) != 0)
        .filter(|row| matches!(world.kind(*row), Some(Kind::Field(_))))
        .fold(held, |held, row| match world.past[row] & !held {
            0 => held | bit(row),
            _ => held,
        })
}

fn is_moving(entry: &EntryView) -> bool {
    let Kind::Field(kind) = Kind::from_name(&entry.kind) else {
        return false;
    };
    let fact = [
        Some(Reason::Supporting),
        Some(Reason::Reassigned),
        Some(Reason::Newer),
    ];
    table::field_row(kind).moves != Moves::Nothing
        && entry.status == Status::Effective
        && !fact.contains(&entry.reason)
}

/// One more row is known: does the token change exactly when a decider has to look again?
fn check_token(world: &World, row: usize, old: &CaseView, new: &CaseView) -> Result<(), String> {
    let changed = old.token() != new.token();
    let hash = world.rows[row].hash;
    let decides = new.link(&hash).is_some();
    let moves = new.entry(&hash).is_some_and(is_moving);
    let same_others = old.entries.iter().all(|entry| {
        let now = new.entry(&entry.hash);
        now.is_some_and(|now| is_moving(now) == is_moving(entry))
    });
    let shown = |view: &CaseView| {
        let work = view.work.as_ref().map(|work| work.entry);
        (view.stage, work, view.question.clone(), view.tip())
    };
    if (decides || moves) && !changed {
        return Err(format!(
            "row {row} decides or moves, and the token is the same"
        ));
    }
    if changed && !decides && !moves && same_others && old.tip() == new.tip() {
        return Err(format!("row {row} is a fact, and the token is another"));
    }
    if shown(old) != shown(new) && !changed {
        return Err(format!(
            "row {row} changed the case, and the token is the same"
        ));
    }
    Ok(())
}

proptest! {
    #![proptest_config(config(3500))]

    #[test]
    fn any_order_and_repetition_fold_alike(history in histories(45, false)) {
        let History { world, seed } = history;
        let mut dice = Dice(seed);
        let all = world.everything();
        let view = world.view(all);
        prop_assert_eq!(&stirred(&world, all, &mut dice), &view);
        prop_assert_eq!(world.closed(world.server), world.server);
        for _ in 0..3 {
            let part = world.closed(all & dice.mask() & dice.mask());
            let view = world.view(part);
            prop_assert_eq!(&stirred(&world, part, &mut dice), &view);
            let hash = state_hash(&world.rows_of(part), &view);
            prop_assert_eq!(state_hash(&world.rows_of(part), &world.view(part)), hash);
            prop_assert_eq!(view.entries.len() + 1, members(part | bit(0)).count());
        }
    }

    #[test]
    fn what_is_settled_stays_settled(history in histories(45, false)) {
        let History { world, seed } = history;
        let mut dice = Dice(seed);
        let links: Vec<usize> = members(world.everything())
            .filter(|row| world.body(*row).is_some())
            .collect();
        for link in links {
            let held = world.past[link] | bit(link);
            let before = world.view(held);
            let more = late_arrivals(&world, held, &mut dice);
            let after = world.view(more);
            let checked = check_stable(&world, (held, &before), &after);
            prop_assert!(checked.is_ok(), "after row {}: {:?}", link, checked);
            let most = late_arrivals(&world, more, &mut dice);
            let checked = check_stable(&world, (more, &after), &world.view(most));
            prop_assert!(checked.is_ok(), "later than row {}: {:?}", link, checked);
        }
    }

    #[test]
    fn the_token_changes_when_a_decider_must_look_again(history in histories(45, false)) {
        let world = history.world;
        let mut held = bit(0);
        let mut before = world.view(held);
        for row in 1..world.rows.len() {
            held |= bit(row);
            let after = world.view(held);
            let checked = check_token(&world, row, &before, &after);
            prop_assert!(checked.is_ok(), "{:?}", checked);
            before = after;
        }
    }
}

/// The generator reaches what the laws are about; else they would hold for want of cases.
#[test]
fn generated_histories_are_telling() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;

    let mut runner = TestRunner::deterministic();
    let strategy = histories(45, false);
    let mut seen: std::collections::BTreeMap<String, u32> = Default::default();
    for _ in 0..3_000 {
        let world = strategy.new_tree(&mut runner).unwrap().current().world;
        let view = world.view(world.everything());
        for entry in &view.entries {
            let is_handle = entry.kind == FieldKind::Handle.name();
            let what = if is_handle { "handle" } else { "other" };
            let key = format!("{what} {} {:?}", entry.status.name(), entry.reason);
            *seen.entry(key).or_default() += 1;
        }
        *seen.entry(format!("round {}", view.round)).or_default() += 1;
        *seen
            .entry(format!("stage {}", view.stage.name()))
            .or_default() += 1;
    }
    let wanted = [
        "handle effective None",
        "handle effective Some(WorkDone)",
        "handle effective Some(Supporting)",
        "handle effective Some(Reassigned)",
        "handle superseded Some(NewerWork)",
        "handle late Some(Settled)",
        "handle late Some(KnewReassigned)",
        "handle orphan Some(OffChain)",
        "other effective Some(Request)",
        "other late Some(Settled)",
        "other orphan Some(OffChain)",
        "other superseded Some(OwnLaterAnswer)",
        "other superseded Some(HeavierAnswer)",
        "other superseded Some(HandledThisRound)",
        "round 2",
        "stage closed",
        "stage check_failed",
    ];
    let missing: Vec<_> = wanted
        .iter()
        .filter(|it| !seen.contains_key(**it))
        .collect();
    assert!(missing.is_empty(), "{missing:#?} of {seen:#?}");
}
