//! When a device syncs by itself, and when it listens for news, as a pure function.
//!
//! The machine of `gewu-sync` says what one run does; this says when the next one begins.
//!
//! ```text
//!   saved ──(batched)──┐                        ┌── done: the timer runs
//!   urgent ────────────┤                        │
//!   online, foreground ┼──> due ──> Sync ───────┼── later: rests as long as the run said
//!   hint, heard news ──┤                        │
//!   timer ─────────────┘                        └── stopped: rests until a person asks
//!
//!   in the foreground and online, beside all that:  Listen ──> heard, or deaf: rests with full jitter
//! ```
//!
//! - **One flight**: nothing begins while a run is under way; what wants one meanwhile gets it afterwards.
//! - **Batches**: what is saved waits a moment for more, longer where bytes cost something. An urgent
//!   case does not wait, nor do its neighbours then.
//! - **Rests**: after a failure of the network an urgent case, the network's return and the app's are worth
//!   an attempt at once; a rest that the server asked for is kept by everybody but a person.
//! - **A login page** in the network's place rests like a failure, and nobody listens behind it before a
//!   run came through.
//! - **Listening** costs a connection, so it is for the foreground. Its failures keep no run from beginning.
//!
//! `now` is a clock that does not run back; randomness comes as an argument.

mod state;

#[cfg(test)]
mod tests;

use gewu_model::time::Millis;
use gewu_sync::machine::{Failure, Trigger};

use crate::host::NetworkKind;

pub use state::State;

/// How long things wait, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// How long what was saved waits for more of it.
    pub batch: u64,
    /// The same where bytes cost something.
    pub metered_batch: u64,
    /// How long after a run the next one begins by itself.
    pub timer: u64,
    /// The same where bytes cost something.
    pub metered_timer: u64,
    /// How long listening rests when the server knows no hints.
    pub unheard: u64,
    /// The most that the return of a network, which many devices see at once, is answered later.
    pub spread: u64,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            batch: 2_000,
            metered_batch: 30_000,
            timer: 15 * 60_000,
            metered_timer: 60 * 60_000,
            unheard: 60 * 60_000,
            spread: 2_000,
        }
    }
}

/// The network as it is now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Network {
    /// There is none.
    None,
    /// Bytes cost nothing.
    Free,
    /// Bytes cost something.
    Metered,
}

impl From<NetworkKind> for Network {
    fn from(kind: NetworkKind) -> Self {
        match kind {
            NetworkKind::Offline => Self::None,
            NetworkKind::Unknown | NetworkKind::Wifi => Self::Free,
            NetworkKind::Cellular | NetworkKind::Roaming => Self::Metered,
        }
    }
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Something was saved; whether a case of an urgent class has something to send.
    Saved {
        /// Whether it does not wait for more.
        urgent: bool,
    },
    /// The network is another one.
    Network(Network),
    /// The app came to the front, or the shift began; or that is over.
    Foreground(bool),
    /// Somebody outside said that there may be news, such as a vendor's push.
    Hint,
    /// Listening came to its end; whether there is news.
    Heard {
        /// Whether an exchange would bring something.
        news: bool,
    },
    /// Listening failed.
    Deaf(Failure),
    /// A person wants a run now.
    Asked,
    /// The run under way is over.
    Synced(Ended),
    /// Time has passed.
    Tick,
    /// Nothing more is to begin.
    Stop,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// Nothing is left to do.
    Complete,
    /// Something is left to do later.
    Later {
        /// After so many milliseconds.
        in_ms: u64,
        /// Whether only the network was in the way.
        network: bool,
    },
    /// It cannot go on without a person.
    Stopped,
}

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Carry out one run, and say [`Event::Synced`] when it is over.
    Sync(Trigger),
    /// Ask the server for a hint, and say [`Event::Heard`] or [`Event::Deaf`].
    Listen,
    /// Say [`Event::Tick`] then, unless something else happens before.
    Wake {
        /// On the clock of `now`.
        at: Millis,
    },
}

/// One step: takes what happened, says what to do.
pub fn step(
    state: &mut State,
    pace: &Pace,
    now: Millis,
    rng: &mut dyn FnMut(&mut [u8]),
    event: Event,
) -> Vec<Effect> {
    state.take(pace, now, rng, event);
    state.act(now)
}
