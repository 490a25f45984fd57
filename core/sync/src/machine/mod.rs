//! The device's sync machine: what to do next, as a pure function.
//!
//! ```text
//!                    trigger
//!   Idle ───────────────────────────> Exchanging <──────────────┐
//!    ^  failure: wait, full jitter        │ exchanged            │
//!    ├────────────────────────────────────┤                      │
//!    │                        more, or progress and unsent ──────┤
//!    │                                    │ packs wanted (rules  │
//!    │                                    │ before more cases)   │
//!    │                                    ├──────> Downloading ──┤
//!    │                                    │ files to upload      │
//!    │ done                               └──────> Uploading ────┘
//!    └── nothing left                              (then once more, so that
//!                                                   the files are acknowledged)
//! ```
//!
//! - **Single flight**: a trigger while something runs only asks for one more round at its end.
//! - **Failures of the network** wait with full jitter (a random part of a bound that doubles), at
//!   least as long as `Retry-After` says. A captive portal is a failure of the network.
//! - **A wrong clock** is corrected by the server's time and tried again once.
//! - **Too old** and **revoked** stop everything until a person tries again by hand. Nothing is
//!   given up: the machine never drops what is to be sent.
//!
//! `now` is a clock that does not run back; randomness comes as an argument.

mod answer;
mod failure;

pub use answer::{Answer, read_answer};
pub use failure::Failure;

use gewu_model::ids::Digest;
use gewu_model::time::Millis;

/// The first bound of a wait, in milliseconds.
pub const BACKOFF_BASE_MS: u64 = 1_000;
/// The largest bound of a wait, in milliseconds.
pub const BACKOFF_CAP_MS: u64 = 15 * 60 * 1_000;

/// Why a sync begins. All but a person's wish keep the waits that follow failures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trigger {
    /// Something was saved.
    Saved,
    /// A person asked for it. Overrides every wait.
    Manual,
    /// Time has passed.
    Timer,
    /// The network came back.
    Online,
    /// The app came to the front.
    Foreground,
}

/// What an exchange left to do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exchanged {
    /// The server has more to tell.
    pub more: bool,
    /// Something that can be sent is still unsent.
    pub unsent: bool,
    /// The exchange got a receipt or news; without that, going on would be going round.
    pub progress: bool,
    /// Packs that say how cases are read. What the server has more of may pin them, so they are fetched
    /// first: a case that comes before its rules has to be read twice.
    pub rules: Vec<Digest>,
    /// Other packs to fetch.
    pub packs: Vec<Digest>,
    /// Whether files wait for upload.
    pub uploads: bool,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A sync should begin.
    Trigger(Trigger),
    /// An exchange was applied.
    Exchanged(Exchanged),
    /// A pack was stored, or found useless.
    PackStored,
    /// A file was uploaded, or refused for good; whether more wait.
    Uploaded {
        /// Whether more files wait for upload.
        more: bool,
    },
    /// The effect under way failed.
    Failed(Failure),
    /// Somebody wants it to stop.
    Cancelled,
}

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Carry out one exchange.
    Exchange,
    /// Fetch this pack.
    DownloadPack(Digest),
    /// Upload the next file.
    Upload,
    /// Move the device's idea of the server's time by this.
    SetClockOffset {
        /// Milliseconds.
        ms: i64,
    },
    /// Nothing before then; send [`Trigger::Timer`] when it comes.
    Wait {
        /// On the clock of `now`.
        until: Millis,
        /// Why.
        why: Failure,
    },
    /// The run is over.
    Done(Outcome),
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing is left to do.
    Complete,
    /// It was cancelled.
    Cancelled,
    /// It cannot go on without a person.
    Stopped(Failure),
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Phase {
    #[default]
    Idle,
    Exchanging,
    Downloading,
    Uploading,
}

/// What the machine remembers between events.
#[derive(Debug, Clone, Default)]
pub struct State {
    phase: Phase,
    again: bool,
    /// Files were uploaded since the last exchange, so another one gets them acknowledged.
    acknowledge: bool,
    rules: Vec<Digest>,
    /// The last exchange is to be followed by another one at once.
    goes_on: bool,
    packs: Vec<Digest>,
    uploads: bool,
    failures: u32,
    clock_corrected: bool,
    /// No automatic run before this.
    not_before: Option<(Millis, Failure)>,
    /// No automatic run at all.
    stopped: Option<Failure>,
}

impl State {
    /// Whether an effect is under way.
    pub fn is_running(&self) -> bool {
        self.phase != Phase::Idle
    }

    /// Why automatic runs rest until a person asks.
    pub const fn stopped(&self) -> Option<&Failure> {
        self.stopped.as_ref()
    }

    /// What automatic runs wait for the end of.
    pub fn waits_for(&self) -> Option<&Failure> {
        self.not_before.as_ref().map(|(_, why)| why)
    }

    /// Until when automatic runs wait.
    pub fn waits_until(&self) -> Option<Millis> {
        self.not_before.as_ref().map(|(until, _)| *until)
    }
}

/// One step: takes what happened, says what to do.
pub fn step(
    state: &mut State,
    now: Millis,
    rng: &mut dyn FnMut(&mut [u8]),
    event: Event,
) -> Vec<Effect> {
    match event {
        Event::Trigger(trigger) => start(state, now, trigger),
        Event::Cancelled => cancel(state),
        _ if state.phase == Phase::Idle => Vec::new(),
        Event::Exchanged(result) => exchanged(state, result),
        Event::PackStored => next(state),
        Event::Uploaded { more } => {
            state.uploads = more;
            state.acknowledge = true;
            next(state)
        }
        Event::Failed(failure) => fail(state, now, rng, failure),
    }
}

fn start(state: &mut State, now: Millis, trigger: Trigger) -> Vec<Effect> {
    if state.is_running() {
        state.again = true;
        return Vec::new();
    }
    if trigger != Trigger::Manual {
        if state.stopped.is_some() {
            return Vec::new();
        }
        // The network's return and the app's are worth an attempt, unless the server asked for rest.
        let eager = matches!(trigger, Trigger::Online | Trigger::Foreground);
        if let Some((until, why)) = state.not_before.clone()
            && now < until
            && !(eager && why.is_network())
        {
            return vec![Effect::Wait { until, why }];
        }
    }
    state.stopped = None;
    state.not_before = None;
    state.clock_corrected = false;
    exchange(state)
}

fn exchange(state: &mut State) -> Vec<Effect> {
    state.phase = Phase::Exchanging;
    state.again = false;
    state.acknowledge = false;
    state.goes_on = false;
    vec![Effect::Exchange]
}

fn exchanged(state: &mut State, result: Exchanged) -> Vec<Effect> {
    state.failures = 0;
    state.rules = result.rules;
    state.packs = result.packs;
    state.uploads = result.uploads;
    state.goes_on = result.progress && (result.more || result.unsent);
    // What is to be sent waits for nothing.
    if state.goes_on && !result.more {
        return exchange(state);
    }
    next(state)
}

/// What is left, in order: rules, more cases, other packs, files, one more exchange, nothing.
fn next(state: &mut State) -> Vec<Effect> {
    if let Some(pack) = state.rules.pop() {
        return download(state, pack);
    }
    if state.goes_on {
        return exchange(state);
    }
    if let Some(pack) = state.packs.pop() {
        return download(state, pack);
    }
    if state.uploads {
        state.phase = Phase::Uploading;
        return vec![Effect::Upload];
    }
    if state.again || state.acknowledge {
        return exchange(state);
    }
    finish(state, Outcome::Complete)
}

fn download(state: &mut State, pack: Digest) -> Vec<Effect> {
    state.phase = Phase::Downloading;
    vec![Effect::DownloadPack(pack)]
}

fn finish(state: &mut State, outcome: Outcome) -> Vec<Effect> {
    state.phase = Phase::Idle;
    state.again = false;
    state.acknowledge = false;
    vec![Effect::Done(outcome)]
}

fn cancel(state: &mut State) -> Vec<Effect> {
    if state.is_running() {
        finish(state, Outcome::Cancelled)
    } else {
        Vec::new()
    }
}

fn fail(
    state: &mut State,
    now: Millis,
    rng: &mut dyn FnMut(&mut [u8]),
    failure: Failure,
) -> Vec<Effect> {
    if let Failure::Skew { offset_ms } = failure
        && !state.clock_corrected
    {
        state.clock_corrected = true;
        let mut effects = vec![Effect::SetClockOffset { ms: offset_ms }];
        effects.extend(retry(state));
        return effects;
    }
    if failure == Failure::Cancelled {
        return finish(state, Outcome::Cancelled);
    }
    if failure.is_final() {
        state.stopped = Some(failure.clone());
        return finish(state, Outcome::Stopped(failure));
    }
    let wait = backoff_ms(state.failures, rng).max(failure.retry_after_ms());
    state.failures = state.failures.saturating_add(1);
    state.phase = Phase::Idle;
    state.again = false;
    state.acknowledge = false;
    let until = now.plus(i64::try_from(wait).unwrap_or(i64::MAX));
    state.not_before = Some((until, failure.clone()));
    vec![Effect::Wait {
        until,
        why: failure,
    }]
}

/// The effect that failed, again. A pack is asked for again by the next exchange.
fn retry(state: &mut State) -> Vec<Effect> {
    match state.phase {
        Phase::Uploading => vec![Effect::Upload],
        _ => exchange(state),
    }
}

/// How long to wait after so many failures before this one, in milliseconds, with full jitter: anything
/// from nothing to a bound that doubles with each failure, up to [`BACKOFF_CAP_MS`].
pub fn backoff_ms(failures: u32, rng: &mut dyn FnMut(&mut [u8])) -> u64 {
    let bound = BACKOFF_BASE_MS
        .saturating_mul(1 << failures.min(20))
        .min(BACKOFF_CAP_MS);
    let mut random = [0; 8];
    rng(&mut random);
    u64::from_be_bytes(random) % (bound + 1)
}

#[cfg(test)]
mod tests;
