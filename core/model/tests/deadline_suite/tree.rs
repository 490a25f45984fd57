//! Random stories of a dispatch's tree against a reference that counts every minute: forwards with and
//! without limits, extensions of any unit, suspensions, resumptions with limits of their own, returns,
//! shared limits, due times from elsewhere, work.

mod world;

use gewu_model::deadline::clocks::{Basis, By, Ground, Happening, clocks};
use gewu_model::deadline::rules::ClockRules;
use gewu_model::deadline::{Calendar, Lights};
use gewu_model::ids::{ChangeHash, Role};
use gewu_model::time::Millis;
use proptest::prelude::*;

use self::world::{Deed, World, name};
use crate::naive::{Naive, instant};

const DAYS: i64 = 80;

fn deed() -> impl Strategy<Value = Deed> {
    let minutes = || prop::option::of(1i64..900);
    prop_oneof![
        4 => (any::<usize>(), minutes()).prop_map(|(from, limit)| Deed::Forward { from, limit }),
        3 => (prop::option::of(any::<usize>()), 1i64..600)
            .prop_map(|(unit, minutes)| Deed::Extend { unit, minutes }),
        2 => Just(Deed::Suspend),
        3 => minutes().prop_map(|limit| Deed::Resume { limit }),
        2 => any::<usize>().prop_map(|unit| Deed::Return { unit }),
        1 => (-500i64..4_000).prop_map(|ahead| Deed::Outside { ahead }),
        2 => any::<usize>().prop_map(|unit| Deed::Handle { unit }),
        2 => Just(Deed::Rework),
    ]
}

fn calendar() -> impl Strategy<Value = Naive> {
    let windows = |from: i64| vec![(from, from + 180), (from + 300, from + 480)];
    (6i64..10, 6i64..10).prop_map(move |(one, two)| Naive {
        days: DAYS,
        week: [true, true, true, true, true, false, false],
        seasons: [windows(one * 60), windows(two * 60)],
        change: 7,
        off: vec![5],
        work: vec![2],
        day_minutes: 360,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn the_clocks_of_a_tree_are_those_of_the_reference(
        naive in calendar(),
        limit in 1i64..2_000,
        shared in 1i64..2_000,
        deeds in prop::collection::vec((deed(), 0i64..900), 1..14),
        start in 0i64..2_000,
    ) {
        let mut world = World {
            naive: &naive,
            minute: start,
            nodes: Vec::new(),
            units: 0,
            suspended: false,
            outside: None,
            shared: 0,
            first_limit: limit,
            told: Vec::new(),
        };
        world.dispatch(limit, shared);
        for (deed, wait) in &deeds {
            world.pass(world.minute + wait);
            world.act(deed);
        }
        world.pass(world.minute + 333);
        check(&world)?;
    }
}

fn check(world: &World<'_>) -> Result<(), TestCaseError> {
    let calendar = Calendar::from_json(world.naive.json().to_string().as_bytes()).unwrap();
    let (rules, role) = (ClockRules::built_in(), Role::from("crew"));
    let told = world.told.iter().enumerate();
    let happened: Vec<Happening<'_>> = told
        .map(|(at, said)| Happening {
            entry: ChangeHash([at as u8; 32]),
            kind: said.kind,
            detail: (said.kind == "send_back").then_some("one_level"),
            at: Millis(instant(said.minute)),
            limit: said.limit.as_deref(),
            joins: false,
            role: &role,
            unit: said.unit.as_ref(),
            position: None,
            changes: said.changes.iter().collect(),
            ground: Ground {
                policy: None,
                rules: Some(&rules),
                limit: None,
            },
        })
        .collect();
    let now = Millis(instant(world.minute));
    let by = By {
        calendar: &calendar,
        lights: Lights::default(),
        basis: Basis::Authoritative,
        now,
    };
    let found = clocks(&happened, by.basis, |_| Ok(by));
    let work: Vec<_> = found
        .nodes
        .iter()
        .filter(|clock| clock.node == "handle")
        .collect();
    prop_assert_eq!(work.len(), world.nodes.len());
    for (clock, node) in work.iter().zip(&world.nodes) {
        prop_assert_eq!(clock.holder.as_ref(), Some(&name(node.unit)));
        prop_assert_eq!(
            clock.end.map(|end| end.at),
            node.end.map(|at| Millis(instant(at)))
        );
        let used = node.counted.len() as i64;
        let own = usize::try_from(node.budget - 1).unwrap();
        let own = node.counted.get(own).map(|at| Millis(instant(*at)));
        let outside = node.outside.map(|at| Millis(instant(at)));
        let (due, spent) = (clock.reckoned.due, clock.reckoned.spent);
        let until = node.end.unwrap_or(world.minute);
        if clock.reckoned.external {
            prop_assert_eq!(due, outside);
            prop_assert!(own.is_none_or(|own| Some(own) > outside));
            // Passed before the start, it is over by the time since then.
            let from = node.outside.map_or(node.start, |at| at.min(node.start));
            prop_assert_eq!(spent.map(|it| it.used_ms), Some((until - from) * 60_000));
            let left = node.outside.map(|at| (at - until) * 60_000);
            prop_assert_eq!(spent.map(|it| it.remaining_ms()), left);
        } else {
            match (own, due) {
                (Some(own), due) => prop_assert_eq!(due, Some(own)),
                (None, Some(due)) => prop_assert!(due > Millis(instant(until))),
                (None, None) => prop_assert!(world.suspended && node.live),
            }
            prop_assert!(outside.is_none() || due <= outside);
            prop_assert_eq!(spent.map(|it| it.used_ms), Some(used * 60_000));
            prop_assert_eq!(spent.map(|it| it.total_ms), Some(node.budget * 60_000));
        }
    }
    let bundle = found
        .bundles
        .first()
        .map(|bundle| bundle.reckoned.spent.unwrap().used_ms);
    prop_assert_eq!(bundle, Some(world.shared * 60_000));
    Ok(())
}
