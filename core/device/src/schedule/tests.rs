use gewu_model::time::Millis;
use gewu_sync::machine::{Failure, Trigger};
use proptest::prelude::*;

use super::*;

const PACE: Pace = Pace {
    batch: 2_000,
    metered_batch: 30_000,
    timer: 900_000,
    metered_timer: 3_600_000,
    unheard: 3_600_000,
    spread: 2_000,
};

/// A device with its schedule, at an instant.
struct Desk {
    state: State,
    now: i64,
}

impl Desk {
    /// After its first run, a minute after it was opened.
    fn quiet(network: Network) -> Self {
        let mut desk = Self {
            state: State::new(network, Millis(0)),
            now: 0,
        };
        assert_eq!(desk.go(Event::Tick)[0], Effect::Sync(Trigger::Timer));
        desk.go(Event::Synced(Ended::Complete));
        desk.now = 60_000;
        desk
    }

    fn go(&mut self, event: Event) -> Vec<Effect> {
        let mut none = |buffer: &mut [u8]| buffer.fill(0);
        step(&mut self.state, &PACE, Millis(self.now), &mut none, event)
    }
}

fn wake(effects: &[Effect]) -> i64 {
    match effects {
        [Effect::Wake { at }] => at.0,
        other => panic!("expected a wait, got {other:?}"),
    }
}

#[test]
fn what_is_saved_goes_together_after_a_moment_and_longer_where_bytes_cost() {
    for (network, batch) in [(Network::Free, 2_000), (Network::Metered, 30_000)] {
        let mut desk = Desk::quiet(network);
        let at = wake(&desk.go(Event::Saved { urgent: false }));
        assert_eq!(at, 60_000 + batch);
        desk.now += 1_000;
        let again = wake(&desk.go(Event::Saved { urgent: false }));
        assert_eq!(again, at, "whoever saves on and on does not wait for ever");
        desk.now = at;
        assert_eq!(desk.go(Event::Tick), [Effect::Sync(Trigger::Saved)]);
    }
}

#[test]
fn an_urgent_case_goes_at_once_also_after_a_failure_of_the_network() {
    let mut desk = Desk::quiet(Network::Metered);
    let urgent = || Event::Saved { urgent: true };
    assert_eq!(desk.go(urgent()), [Effect::Sync(Trigger::Online)]);
    let failed = |network| {
        let in_ms = 400_000;
        Event::Synced(Ended::Later { in_ms, network })
    };
    assert_eq!(wake(&desk.go(failed(true))), 460_000);
    assert_eq!(desk.go(urgent()), [Effect::Sync(Trigger::Online)]);
    desk.go(failed(false));
    let asked_for_rest = desk.go(urgent());
    assert_eq!(wake(&asked_for_rest), 460_000, "the server wants a rest");
}

#[test]
fn one_flight_at_a_time_and_one_more_for_what_came_in_between() {
    let mut desk = Desk::quiet(Network::Free);
    assert_eq!(desk.go(Event::Hint), [Effect::Sync(Trigger::Timer)]);
    assert_eq!(desk.go(Event::Hint), []);
    assert_eq!(desk.go(Event::Asked), []);
    let landed = desk.go(Event::Synced(Ended::Complete));
    assert_eq!(landed, [Effect::Sync(Trigger::Manual)]);
}

#[test]
fn it_listens_in_the_foreground_and_what_a_run_has_brought_is_no_news() {
    let mut desk = Desk::quiet(Network::Free);
    let effects = desk.go(Event::Foreground(true));
    assert_eq!(effects, [Effect::Sync(Trigger::Online)]);
    let effects = desk.go(Event::Synced(Ended::Complete));
    assert_eq!(effects[0], Effect::Listen);
    assert_eq!(
        desk.go(Event::Heard { news: true })[0],
        Effect::Sync(Trigger::Timer)
    );
    assert_eq!(desk.go(Event::Synced(Ended::Complete))[0], Effect::Listen);
    desk.go(Event::Asked);
    desk.go(Event::Synced(Ended::Complete));
    let effects = desk.go(Event::Heard { news: true });
    assert_eq!(
        effects[0],
        Effect::Listen,
        "it may be what was just brought"
    );
    desk.go(Event::Foreground(false));
    assert!(
        !desk
            .go(Event::Heard { news: false })
            .contains(&Effect::Listen)
    );
}

#[test]
fn nobody_listens_behind_a_login_page_or_at_a_server_that_knows_no_hints() {
    let mut desk = Desk::quiet(Network::Free);
    desk.go(Event::Foreground(true));
    desk.go(Event::Synced(Ended::Complete));
    desk.go(Event::Deaf(Failure::CaptivePortal));
    assert!(desk.state.is_walled());
    desk.now += 800_000;
    assert!(!desk.go(Event::Tick).contains(&Effect::Listen));
    desk.go(Event::Asked);
    assert_eq!(desk.go(Event::Synced(Ended::Complete))[0], Effect::Listen);
    desk.go(Event::Deaf(Failure::NotAServer));
    desk.now += 3_599_000;
    assert!(!desk.go(Event::Tick).contains(&Effect::Listen));
}

#[test]
fn what_needs_a_person_waits_for_one_and_stopping_ends_everything() {
    let mut desk = Desk::quiet(Network::Free);
    desk.go(Event::Hint);
    desk.go(Event::Synced(Ended::Stopped));
    desk.now += 10_000_000;
    assert_eq!(desk.go(Event::Saved { urgent: true }), []);
    assert_eq!(desk.go(Event::Foreground(true)), []);
    assert_eq!(desk.go(Event::Asked), [Effect::Sync(Trigger::Manual)]);
    assert_eq!(desk.go(Event::Stop), []);
    assert_eq!(desk.go(Event::Synced(Ended::Complete)), []);
    assert_eq!(desk.go(Event::Asked), []);
}

fn failure() -> impl Strategy<Value = Failure> {
    prop_oneof![
        Just(Failure::Offline),
        Just(Failure::CaptivePortal),
        Just(Failure::NotAServer),
        (0u64..200_000).prop_map(|retry_after_ms| Failure::Unready {
            status: 503,
            retry_after_ms
        }),
    ]
}

/// What the world may do of itself; ends of runs and of listening are added where there are any.
fn whim() -> impl Strategy<Value = Event> {
    prop_oneof![
        any::<bool>().prop_map(|urgent| Event::Saved { urgent }),
        prop_oneof![
            Just(Network::None),
            Just(Network::Free),
            Just(Network::Metered)
        ]
        .prop_map(Event::Network),
        any::<bool>().prop_map(Event::Foreground),
        Just(Event::Hint),
        Just(Event::Tick),
        Just(Event::Asked),
    ]
}

fn ended() -> impl Strategy<Value = Ended> {
    prop_oneof![
        3 => Just(Ended::Complete),
        2 => (0u64..900_000, any::<bool>())
            .prop_map(|(in_ms, network)| Ended::Later { in_ms, network }),
        1 => Just(Ended::Stopped),
    ]
}

fn heard() -> impl Strategy<Value = Event> {
    prop_oneof![
        any::<bool>().prop_map(|news| Event::Heard { news }),
        failure().prop_map(Event::Deaf),
    ]
}

/// One moment: how much time passes, what the world does, how a run and listening end if they do.
type Moment = (u32, Event, Option<Ended>, Option<Event>, u8);

fn moments() -> impl Strategy<Value = Vec<Moment>> {
    let moment = (
        0u32..120_000,
        whim(),
        proptest::option::of(ended()),
        proptest::option::of(heard()),
        any::<u8>(),
    );
    proptest::collection::vec(moment, 1..80)
}

/// What an observer of the effects knows.
#[derive(Default)]
struct Seen {
    flying: bool,
    listening: bool,
    online: bool,
    foreground: bool,
    halted: bool,
    /// Until when the server wanted to be left alone.
    left_alone: Option<i64>,
    asked: bool,
    /// Something was saved that no complete run has followed.
    owes: bool,
}

impl Seen {
    fn check(&mut self, now: i64, event: &Event, effects: &[Effect]) {
        match event {
            Event::Network(network) => self.online = *network != Network::None,
            Event::Foreground(is) => self.foreground = *is,
            Event::Saved { .. } => self.owes = true,
            Event::Asked => self.asked = true,
            Event::Heard { .. } | Event::Deaf(_) => self.listening = false,
            Event::Synced(ended) => {
                self.flying = false;
                self.halted = *ended == Ended::Stopped;
                self.left_alone = match ended {
                    Ended::Later {
                        in_ms,
                        network: false,
                    } => Some(now + *in_ms as i64),
                    _ => None,
                };
            }
            Event::Hint | Event::Tick | Event::Stop => {}
        }
        for effect in effects {
            assert!(self.online, "{effect:?} without a network");
            match effect {
                Effect::Sync(trigger) => {
                    assert!(!std::mem::replace(&mut self.flying, true), "two flights");
                    let by_hand = *trigger == Trigger::Manual;
                    assert_eq!(by_hand, self.asked, "a person's wish is told as one");
                    assert!(by_hand || !self.halted, "a person is needed");
                    let alone = self.left_alone.is_some_and(|until| now < until);
                    assert!(by_hand || !alone, "the server wanted a rest");
                    (self.asked, self.owes, self.halted) = (false, false, false);
                }
                Effect::Listen => {
                    assert!(
                        !std::mem::replace(&mut self.listening, true),
                        "listens twice"
                    );
                    assert!(self.foreground, "listens in the background");
                }
                Effect::Wake { at } => assert!(at.0 > now, "a wake that has passed"),
            }
        }
        if self.owes && self.online && !self.halted && !self.flying {
            let wakes = |effect: &Effect| matches!(effect, Effect::Wake { .. });
            assert!(effects.iter().any(wakes), "what was saved is forgotten");
        }
    }
}

proptest! {
    #[test]
    fn whatever_happens_nothing_flies_twice_nothing_is_forgotten_and_rests_are_kept(
        moments in moments()
    ) {
        let mut state = State::new(Network::Free, Millis(0));
        let mut seen = Seen { online: true, ..Seen::default() };
        let mut now = 0;
        for (passes, event, ends, hears, byte) in moments {
            now += i64::from(passes);
            let mut rng = |buffer: &mut [u8]| buffer.fill(byte);
            let mut events = vec![event];
            events.extend(ends.filter(|_| seen.flying).map(Event::Synced));
            events.extend(hears.filter(|_| seen.listening));
            for event in events {
                let effects = step(&mut state, &PACE, Millis(now), &mut rng, event.clone());
                seen.check(now, &event, &effects);
            }
        }
    }

    #[test]
    fn left_to_itself_it_comes_to_a_run_that_sends_what_was_saved(moments in moments()) {
        let mut none = |buffer: &mut [u8]| buffer.fill(7);
        let begins = |effects: &[Effect]| effects.iter().any(|it| matches!(it, Effect::Sync(_)));
        let mut state = State::new(Network::Free, Millis(0));
        let (mut now, mut flying) = (0, false);
        for (passes, event, ends, _, _) in moments {
            now += i64::from(passes);
            let ends = ends.filter(|ended| flying && *ended != Ended::Stopped);
            for event in [Some(event), ends.map(Event::Synced)].into_iter().flatten() {
                flying &= !matches!(event, Event::Synced(_));
                flying |= begins(&step(&mut state, &PACE, Millis(now), &mut none, event));
            }
        }
        let mut events = vec![Event::Network(Network::Free)];
        events.extend(flying.then_some(Event::Synced(Ended::Complete)));
        let mut effects = Vec::new();
        for event in events {
            effects = step(&mut state, &PACE, Millis(now), &mut none, event);
        }
        for _ in 0..4 {
            if begins(&effects) {
                break;
            }
            let wake = effects.iter().find_map(|effect| match effect {
                Effect::Wake { at } => Some(*at),
                _ => None,
            });
            now = wake.expect("it goes on by itself").0;
            effects = step(&mut state, &PACE, Millis(now), &mut none, Event::Tick);
        }
        prop_assert!(begins(&effects));
    }
}
