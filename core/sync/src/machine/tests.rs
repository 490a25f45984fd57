use super::*;

fn fixed(byte: u8) -> impl FnMut(&mut [u8]) {
    move |buffer| buffer.fill(byte)
}

fn go(state: &mut State, now: i64, event: Event) -> Vec<Effect> {
    step(state, Millis(now), &mut fixed(0xff), event)
}

fn start_now(state: &mut State, trigger: Trigger) -> Vec<Effect> {
    go(state, 0, Event::Trigger(trigger))
}

fn wait_of(effects: &[Effect]) -> i64 {
    match effects {
        [Effect::Wait { until, .. }] => until.0,
        other => panic!("expected a wait, got {other:?}"),
    }
}

#[test]
fn a_quiet_device_costs_one_exchange() {
    let mut state = State::default();
    assert_eq!(start_now(&mut state, Trigger::Timer), [Effect::Exchange]);
    let done = go(&mut state, 1, Event::Exchanged(Exchanged::default()));
    assert_eq!(done, [Effect::Done(Outcome::Complete)]);
    assert!(!state.is_running());
}

#[test]
fn one_flight_at_a_time_and_one_more_round_for_what_came_in_between() {
    let mut state = State::default();
    start_now(&mut state, Trigger::Manual);
    assert_eq!(start_now(&mut state, Trigger::Manual), []);
    assert_eq!(start_now(&mut state, Trigger::Saved), []);
    let again = go(&mut state, 1, Event::Exchanged(Exchanged::default()));
    assert_eq!(again, [Effect::Exchange]);
    let done = go(&mut state, 2, Event::Exchanged(Exchanged::default()));
    assert_eq!(done, [Effect::Done(Outcome::Complete)]);
}

#[test]
fn packs_then_files_then_an_exchange_that_acknowledges_them() {
    let mut state = State::default();
    start_now(&mut state, Trigger::Manual);
    let pack = Digest([1; 32]);
    let result = Exchanged {
        progress: true,
        packs: vec![pack],
        uploads: true,
        ..Exchanged::default()
    };
    let effects = go(&mut state, 1, Event::Exchanged(result));
    assert_eq!(effects, [Effect::DownloadPack(pack)]);
    assert_eq!(go(&mut state, 2, Event::PackStored), [Effect::Upload]);
    let effects = go(&mut state, 3, Event::Uploaded { more: true });
    assert_eq!(effects, [Effect::Upload]);
    let effects = go(&mut state, 4, Event::Uploaded { more: false });
    assert_eq!(effects, [Effect::Exchange]);
    let done = go(&mut state, 5, Event::Exchanged(Exchanged::default()));
    assert_eq!(done, [Effect::Done(Outcome::Complete)]);
}

#[test]
fn rules_come_before_more_cases_and_other_packs_after_them() {
    let [rules, grid] = [1, 2].map(|byte| Digest([byte; 32]));
    let mut state = State::default();
    start_now(&mut state, Trigger::Manual);
    let first = Exchanged {
        progress: true,
        more: true,
        rules: vec![rules],
        packs: vec![grid],
        ..Exchanged::default()
    };
    let effects = go(&mut state, 1, Event::Exchanged(first));
    assert_eq!(effects, [Effect::DownloadPack(rules)]);
    assert_eq!(go(&mut state, 2, Event::PackStored), [Effect::Exchange]);
    let last = Exchanged {
        progress: true,
        packs: vec![grid],
        ..Exchanged::default()
    };
    let effects = go(&mut state, 3, Event::Exchanged(last));
    assert_eq!(effects, [Effect::DownloadPack(grid)]);
    let done = go(&mut state, 4, Event::PackStored);
    assert_eq!(done, [Effect::Done(Outcome::Complete)]);
}

#[test]
fn what_is_to_be_sent_does_not_wait_for_rules() {
    let rules = Digest([1; 32]);
    let mut state = State::default();
    start_now(&mut state, Trigger::Manual);
    let mut result = Exchanged {
        progress: true,
        unsent: true,
        rules: vec![rules],
        ..Exchanged::default()
    };
    let effects = go(&mut state, 1, Event::Exchanged(result.clone()));
    assert_eq!(effects, [Effect::Exchange]);
    result.unsent = false;
    let effects = go(&mut state, 2, Event::Exchanged(result));
    assert_eq!(effects, [Effect::DownloadPack(rules)]);
    let done = go(&mut state, 3, Event::PackStored);
    assert_eq!(done, [Effect::Done(Outcome::Complete)]);
}

#[test]
fn goes_on_while_there_is_progress_and_never_in_circles() {
    let mut state = State::default();
    start_now(&mut state, Trigger::Manual);
    let mut result = Exchanged {
        more: true,
        unsent: true,
        progress: true,
        ..Exchanged::default()
    };
    let effects = go(&mut state, 1, Event::Exchanged(result.clone()));
    assert_eq!(effects, [Effect::Exchange]);
    result.progress = false;
    let effects = go(&mut state, 2, Event::Exchanged(result));
    assert_eq!(effects, [Effect::Done(Outcome::Complete)]);
}

#[test]
fn waits_grow_with_full_jitter_up_to_a_cap() {
    let mut state = State::default();
    let mut longest = 0;
    for round in 0..14 {
        assert_eq!(start_now(&mut state, Trigger::Manual), [Effect::Exchange]);
        let effects = step(
            &mut state,
            Millis(0),
            &mut fixed(round * 17 + 3),
            Event::Failed(Failure::Offline),
        );
        let bound = (BACKOFF_BASE_MS << round).min(BACKOFF_CAP_MS);
        let until = wait_of(&effects);
        assert!((0..=bound as i64).contains(&until), "{round}: {until}");
        longest = longest.max(until);
    }
    assert!(longest > 60_000, "waits do grow: {longest}");
}

#[test]
fn automatic_triggers_wait_and_a_person_does_not() {
    let mut state = State::default();
    start_now(&mut state, Trigger::Timer);
    let until = wait_of(&go(&mut state, 0, Event::Failed(Failure::Offline)));
    assert!(until > 0);
    assert_eq!(wait_of(&start_now(&mut state, Trigger::Saved)), until);
    assert_eq!(start_now(&mut state, Trigger::Online), [Effect::Exchange]);
    go(&mut state, 0, Event::Failed(Failure::Offline));
    assert_eq!(start_now(&mut state, Trigger::Manual), [Effect::Exchange]);
    go(&mut state, 0, Event::Failed(Failure::Offline));
    let after = state.waits_until().expect("waits").0;
    let effects = go(&mut state, after, Event::Trigger(Trigger::Timer));
    assert_eq!(effects, [Effect::Exchange]);
}

#[test]
fn the_server_s_wish_for_rest_is_kept_even_when_the_network_returns() {
    let mut state = State::default();
    start_now(&mut state, Trigger::Timer);
    let busy = Failure::Unready {
        status: 503,
        retry_after_ms: 120_000,
    };
    let until = wait_of(&go(&mut state, 0, Event::Failed(busy)));
    assert!(until >= 120_000);
    assert_eq!(wait_of(&start_now(&mut state, Trigger::Online)), until);
}

#[test]
fn a_wrong_clock_is_corrected_once() {
    let mut state = State::default();
    start_now(&mut state, Trigger::Manual);
    let skew = Failure::Skew {
        offset_ms: 7_200_000,
    };
    let effects = go(&mut state, 0, Event::Failed(skew.clone()));
    assert_eq!(
        effects,
        [Effect::SetClockOffset { ms: 7_200_000 }, Effect::Exchange]
    );
    let effects = go(&mut state, 0, Event::Failed(skew.clone()));
    assert_eq!(effects, [Effect::Done(Outcome::Stopped(skew))]);
}

#[test]
fn too_old_and_revoked_stop_until_a_person_tries_again() {
    for failure in [
        Failure::TooOld { theirs: 2, ours: 1 },
        Failure::Revoked { status: 403 },
    ] {
        let mut state = State::default();
        start_now(&mut state, Trigger::Timer);
        let effects = go(&mut state, 0, Event::Failed(failure.clone()));
        assert_eq!(effects, [Effect::Done(Outcome::Stopped(failure))]);
        assert_eq!(start_now(&mut state, Trigger::Timer), []);
        assert_eq!(start_now(&mut state, Trigger::Online), []);
        assert_eq!(start_now(&mut state, Trigger::Manual), [Effect::Exchange]);
    }
}

#[test]
fn cancelling_ends_the_run_and_late_events_do_nothing() {
    let mut state = State::default();
    start_now(&mut state, Trigger::Manual);
    let effects = go(&mut state, 0, Event::Cancelled);
    assert_eq!(effects, [Effect::Done(Outcome::Cancelled)]);
    assert_eq!(
        go(&mut state, 0, Event::Exchanged(Exchanged::default())),
        []
    );
    assert_eq!(go(&mut state, 0, Event::Cancelled), []);
}

fn answer(status: u16, headers: &[(&'static str, &'static str)]) -> Result<(), Failure> {
    let header = |name: &str| {
        headers
            .iter()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| *value)
    };
    read_answer(&Answer::new(status, header), Millis(1_000_000))
}

#[test]
fn a_portal_is_told_from_a_server() {
    let page = ("content-type", "text/html; charset=utf-8");
    let ours = ("content-type", "application/problem+json");
    assert_eq!(answer(200, &[page]), Err(Failure::CaptivePortal));
    assert_eq!(answer(302, &[]), Err(Failure::CaptivePortal));
    assert_eq!(answer(403, &[page]), Err(Failure::CaptivePortal));
    assert_eq!(answer(511, &[page]), Err(Failure::CaptivePortal));
    assert_eq!(answer(403, &[ours]), Err(Failure::Revoked { status: 403 }));
    assert_eq!(answer(401, &[ours]), Err(Failure::Revoked { status: 401 }));
    assert_eq!(answer(200, &[("content-type", "application/cbor")]), Ok(()));
    assert_eq!(answer(404, &[ours]), Ok(()));
}

#[test]
fn the_server_s_time_in_a_401_means_the_clock_only_if_it_differs() {
    assert_eq!(
        answer(401, &[("gewu-server-time", "8200000")]),
        Err(Failure::Skew {
            offset_ms: 7_200_000
        })
    );
    assert_eq!(
        answer(401, &[("gewu-server-time", "1000500")]),
        Err(Failure::Revoked { status: 401 })
    );
}

#[test]
fn retry_after_is_read_and_bounded() {
    let rest = |text| match answer(429, &[("retry-after", text)]) {
        Err(Failure::Unready { retry_after_ms, .. }) => retry_after_ms,
        other => panic!("{other:?}"),
    };
    assert_eq!(rest("30"), 30_000);
    assert_eq!(rest("Fri, 31 Dec 1999 23:59:59 GMT"), 0);
    assert_eq!(rest("999999999"), 86_400_000);
}

#[test]
fn what_is_left_on_either_side_takes_one_more_exchange() {
    for (more, unsent) in [(true, false), (false, true)] {
        let mut state = State::default();
        start_now(&mut state, Trigger::Manual);
        let result = Exchanged {
            progress: true,
            more,
            unsent,
            ..Exchanged::default()
        };
        let effects = go(&mut state, 1, Event::Exchanged(result));
        assert_eq!(effects, [Effect::Exchange], "{more} {unsent}");
    }
}

#[test]
fn it_says_what_it_waits_for_and_why_it_stopped() {
    let mut state = State::default();
    start_now(&mut state, Trigger::Timer);
    go(&mut state, 0, Event::Failed(Failure::Offline));
    assert_eq!(state.waits_for(), Some(&Failure::Offline));
    assert_eq!(state.stopped(), None);
    let old = Failure::TooOld { theirs: 9, ours: 1 };
    start_now(&mut state, Trigger::Manual);
    go(&mut state, 1, Event::Failed(old.clone()));
    assert_eq!(state.stopped(), Some(&old));
}

#[test]
fn a_wrong_clock_found_by_an_upload_lets_the_upload_go_on() {
    let mut state = State::default();
    start_now(&mut state, Trigger::Manual);
    let result = Exchanged {
        uploads: true,
        ..Exchanged::default()
    };
    assert_eq!(
        go(&mut state, 1, Event::Exchanged(result)),
        [Effect::Upload]
    );
    let skew = Failure::Skew { offset_ms: 50 };
    assert_eq!(
        go(&mut state, 2, Event::Failed(skew)),
        [Effect::SetClockOffset { ms: 50 }, Effect::Upload]
    );
}

#[test]
fn the_longest_wait_is_the_bound() {
    let most = |buffer: &mut [u8]| buffer.copy_from_slice(&BACKOFF_BASE_MS.to_be_bytes());
    assert_eq!(backoff_ms(0, &mut { most }), BACKOFF_BASE_MS);
    assert_eq!(backoff_ms(0, &mut fixed(0)), 0);
}
