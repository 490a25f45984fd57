//! Random calendars, starts, budgets and pauses against the reference; and laws that need none.

use gewu_model::deadline::{
    Budget, Calendar, ClockKind, Due, Limit, NotKnown, Pause, Pauses, Term, due, spent,
};
use gewu_model::time::Millis;
use proptest::prelude::*;

use crate::naive::{Naive, instant};

const MINUTE: i64 = 60_000;

fn windows() -> impl Strategy<Value = Vec<(i64, i64)>> {
    // Distinct ends in order, taken in pairs; midnight at either end is among them.
    prop::collection::btree_set(prop_oneof![Just(0), Just(1440), 0i64..=1440], 2..7).prop_map(
        |ends| {
            let ends: Vec<i64> = ends.into_iter().collect();
            ends.chunks_exact(2)
                .map(|pair| (pair[0], pair[1]))
                .collect()
        },
    )
}

fn naive() -> impl Strategy<Value = Naive> {
    let days = || prop::collection::btree_set(0i64..40, 0..8);
    (
        10i64..40,
        any::<[bool; 7]>(),
        [windows(), windows()],
        days(),
        days(),
        1i64..=1440,
    )
        .prop_flat_map(|(length, week, seasons, off, work, day_minutes)| {
            let work: Vec<i64> = work.difference(&off).copied().collect();
            let off: Vec<i64> = off.into_iter().collect();
            (1..length).prop_map(move |change| Naive {
                days: length,
                week,
                seasons: seasons.clone(),
                change,
                off: off.clone(),
                work: work.clone(),
                day_minutes,
            })
        })
}

fn pauses() -> impl Strategy<Value = Vec<(i64, i64)>> {
    let one = (0i64..40 * 1440, 0i64..3 * 1440).prop_map(|(from, length)| (from, from + length));
    prop::collection::vec(one, 0..4)
}

fn real(pauses: &[(i64, i64)]) -> Pauses {
    Pauses::new(pauses.iter().map(|(from, to)| Pause {
        from: Millis(instant(*from)),
        to: Some(Millis(instant(*to))),
    }))
}

fn calendar(naive: &Naive) -> Calendar {
    Calendar::from_json(naive.json().to_string().as_bytes()).unwrap()
}

fn budget(minutes: i64, continuous: bool) -> Budget {
    Budget {
        clock: if continuous {
            ClockKind::Continuous
        } else {
            ClockKind::Working
        },
        ms: minutes * MINUTE,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn due_times_are_those_of_the_reference(
        naive in naive(),
        start in 0i64..40 * 1440,
        minutes in prop_oneof![1i64..600, 1i64..12_000],
        continuous: bool,
        pauses in pauses(),
    ) {
        let calendar = calendar(&naive);
        let term = Term::new(Millis(instant(start)), budget(minutes, continuous));
        let found = due(&calendar, &term, &real(&pauses));
        match naive.due(start, minutes, continuous, &pauses) {
            Some(at) => prop_assert_eq!(found, Ok(Due::At(Millis(instant(at))))),
            None => prop_assert_eq!(found, Err(NotKnown::After(calendar.known().1))),
        }
    }

    #[test]
    fn spent_time_is_that_of_the_reference(
        naive in naive(),
        start in 0i64..40 * 1440,
        length in 0i64..30 * 1440,
        continuous: bool,
        pauses in pauses(),
    ) {
        let calendar = calendar(&naive);
        let term = Term::new(Millis(instant(start)), budget(60, continuous));
        let found = spent(&calendar, &term, &real(&pauses), Millis(instant(start + length)));
        match naive.spent(start, start + length, continuous, &pauses) {
            Some(minutes) => prop_assert_eq!(found.map(|spent| spent.used_ms), Ok(minutes * MINUTE)),
            None => prop_assert_eq!(found, Err(NotKnown::After(calendar.known().1))),
        }
    }

    /// Forward and back: at its due time a term is used up, a millisecond before it is not.
    #[test]
    fn what_is_due_is_spent_and_not_a_moment_before(
        naive in naive(),
        start_ms in 0i64..40 * 1440 * MINUTE,
        ms in 1i64..3 * 1440 * MINUTE,
        more in prop::option::of((1i64..2_000, any::<bool>())),
        continuous: bool,
        pauses in pauses(),
    ) {
        let (calendar, pauses) = (calendar(&naive), real(&pauses));
        let start = Millis(instant(0) + start_ms);
        let mut term = Term::new(start, Budget { ms, ..budget(1, continuous) });
        if let Some((minutes, continuous)) = more {
            term = term.extended(budget(minutes, continuous));
        }
        if let Ok(Due::At(at)) = due(&calendar, &term, &pauses) {
            let total = term.total_ms();
            let spent = |at| spent(&calendar, &term, &pauses, at).unwrap();
            prop_assert_eq!(spent(at).used_ms, total);
            prop_assert!(!spent(at).is_overdue());
            prop_assert_eq!(spent(at.plus(-1)).used_ms, total - 1);
        }
    }

    #[test]
    fn a_later_start_is_never_due_earlier_and_a_pause_never_helps(
        naive in naive(),
        start in 0i64..20 * 1440 * MINUTE,
        later in 0i64..5 * 1440 * MINUTE,
        minutes in 1i64..2_000,
        continuous: bool,
        pauses in pauses(),
    ) {
        let calendar = calendar(&naive);
        let due = |start: i64, pauses: &Pauses| {
            let term = Term::new(Millis(instant(0) + start), budget(minutes, continuous));
            due(&calendar, &term, pauses).ok().and_then(Due::at)
        };
        let never = |at: Option<Millis>| at.unwrap_or(Millis(i64::MAX));
        let none = Pauses::default();
        prop_assert!(never(due(start, &none)) <= never(due(start + later, &none)));
        prop_assert!(never(due(start, &none)) <= never(due(start, &real(&pauses))));
    }

    /// An extension by the same clock is the same as one larger budget.
    #[test]
    fn extending_is_adding(naive in naive(), start in 0i64..20 * 1440, a in 1i64..900, b in 1i64..900, continuous: bool, pauses in pauses()) {
        let (calendar, pauses) = (calendar(&naive), real(&pauses));
        let start = Millis(instant(start));
        let twice = Term::new(start, budget(a, continuous)).extended(budget(b, continuous));
        let once = Term::new(start, budget(a + b, continuous));
        prop_assert_eq!(due(&calendar, &twice, &pauses), due(&calendar, &once, &pauses));
        let now = start.plus(1_234_567_890);
        prop_assert_eq!(spent(&calendar, &twice, &pauses, now), spent(&calendar, &once, &pauses, now));
    }

    #[test]
    fn no_instant_and_no_text_panics(start: i64, now: i64, text in ".{0,12}", pause: (i64, i64)) {
        let calendar = Calendar::shipped();
        let _ = calendar.offset().read(&text);
        let _ = calendar.offset().write(Millis(start));
        let limit = Limit::parse(&text).unwrap_or_else(|_| Limit::parse("3工作日").unwrap());
        if let Ok(budget) = calendar.budget(&limit, Millis(start)) {
            let term = Term::new(Millis(start), budget);
            let pauses = Pauses::new([Pause { from: Millis(pause.0), to: Some(Millis(pause.1)) }]);
            let _ = due(&calendar, &term, &pauses);
            let _ = spent(&calendar, &term, &pauses, Millis(now));
        }
        let endless = Term::new(Millis(start), Budget { clock: ClockKind::Continuous, ms: i64::MAX });
        let _ = due(&calendar, &endless, &Pauses::default());
        let _ = spent(&calendar, &endless, &Pauses::default(), Millis(now)).map(|spent| (spent.overdue_percent(), spent.beyond(80)));
    }

    #[test]
    fn a_number_and_a_unit_come_back_as_they_were(count in 1i64..3_660) {
        for unit in ["工作日", "紧急工作日", "天"] {
            let raw = format!("{count}{unit}");
            let limit = Limit::parse(&raw).unwrap();
            prop_assert_eq!((limit.raw(), limit.unit().label()), (raw.as_str(), unit));
        }
    }
}
