//! What the schedule remembers between events.

use gewu_model::time::Millis;
use gewu_sync::machine::{Failure, Trigger, backoff_ms};

use super::{Effect, Ended, Event, Network, Pace};

/// Why a run is wanted, the least pressing first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reason {
    Timer,
    Saved,
    News,
    /// The network or the app came back.
    Back,
    Urgent,
    Asked,
}

impl Reason {
    /// Whether it is worth an attempt although the network failed a moment ago.
    fn is_eager(self) -> bool {
        self >= Self::Back
    }

    const fn trigger(self) -> Trigger {
        match self {
            Self::Timer | Self::News => Trigger::Timer,
            Self::Saved => Trigger::Saved,
            // The machine's own word for what a rest of the network does not hold back.
            Self::Back | Self::Urgent => Trigger::Online,
            Self::Asked => Trigger::Manual,
        }
    }
}

/// A run that is wanted.
#[derive(Debug, Clone, Copy)]
struct Due {
    at: Millis,
    reason: Reason,
}

/// What keeps runs from beginning for a while.
#[derive(Debug, Clone, Copy)]
struct Rest {
    until: Millis,
    /// Whether only the network was in the way.
    network: bool,
}

/// What the schedule remembers.
#[derive(Debug, Clone)]
pub struct State {
    network: Network,
    foreground: bool,
    over: bool,
    /// No run but one that a person asks for.
    halted: bool,
    flying: bool,
    due: Option<Due>,
    rest: Option<Rest>,
    listening: bool,
    /// What is heard may be old: a run began since listening did.
    heard_before: bool,
    /// A login page stands in the network's place.
    walled: bool,
    deaf: u32,
    deaf_until: Option<Millis>,
}

impl State {
    /// A device that has just been opened: a run is due as soon as there is a network.
    pub fn new(network: Network, now: Millis) -> Self {
        Self {
            network,
            foreground: false,
            over: false,
            halted: false,
            flying: false,
            due: Some(Due {
                at: now,
                reason: Reason::Timer,
            }),
            rest: None,
            listening: false,
            heard_before: false,
            walled: false,
            deaf: 0,
            deaf_until: None,
        }
    }

    /// Whether a run is under way.
    pub const fn is_flying(&self) -> bool {
        self.flying
    }

    /// Whether the network wants a login first, as far as is known.
    pub const fn is_walled(&self) -> bool {
        self.walled
    }

    fn wants(&mut self, at: Millis, reason: Reason) {
        let known = self.due.unwrap_or(Due { at, reason });
        self.due = Some(Due {
            at: known.at.min(at),
            reason: known.reason.max(reason),
        });
    }

    pub(super) fn take(
        &mut self,
        pace: &Pace,
        now: Millis,
        rng: &mut dyn FnMut(&mut [u8]),
        event: Event,
    ) {
        match event {
            Event::Saved { urgent: true } => self.wants(now, Reason::Urgent),
            Event::Saved { urgent: false } => {
                let batch = self.by_cost(pace.batch, pace.metered_batch);
                self.wants(after(now, batch), Reason::Saved);
            }
            Event::Network(network) => self.moves(pace, now, rng, network),
            Event::Foreground(is) => {
                if is && !self.foreground {
                    self.deaf_until = None;
                    self.wants(now, Reason::Back);
                }
                self.foreground = is;
            }
            Event::Hint => self.wants(now, Reason::News),
            Event::Heard { news } => {
                self.listening = false;
                self.deaf = 0;
                // What a run brought may be what was heard; listening again tells.
                if news && !self.heard_before {
                    self.wants(now, Reason::News);
                }
            }
            Event::Deaf(failure) => self.deafen(pace, now, rng, &failure),
            Event::Asked => self.wants(now, Reason::Asked),
            Event::Synced(ended) => self.land(pace, now, rng, &ended),
            Event::Tick => {}
            Event::Stop => self.over = true,
        }
    }

    const fn by_cost(&self, free: u64, metered: u64) -> u64 {
        match self.network {
            Network::Metered => metered,
            Network::None | Network::Free => free,
        }
    }

    fn moves(
        &mut self,
        pace: &Pace,
        now: Millis,
        rng: &mut dyn FnMut(&mut [u8]),
        network: Network,
    ) {
        if network != self.network && network != Network::None {
            self.walled = false;
            self.deaf_until = None;
            self.wants(after(now, below(pace.spread, rng)), Reason::Back);
        }
        self.network = network;
    }

    fn deafen(
        &mut self,
        pace: &Pace,
        now: Millis,
        rng: &mut dyn FnMut(&mut [u8]),
        failure: &Failure,
    ) {
        self.listening = false;
        self.walled |= *failure == Failure::CaptivePortal;
        let rests = match failure {
            Failure::NotAServer => pace.unheard,
            _ => backoff_ms(self.deaf, rng).max(failure.retry_after_ms()),
        };
        self.deaf = self.deaf.saturating_add(1);
        self.deaf_until = Some(after(now, rests));
    }

    fn land(&mut self, pace: &Pace, now: Millis, rng: &mut dyn FnMut(&mut [u8]), ended: &Ended) {
        self.flying = false;
        self.rest = None;
        match ended {
            Ended::Complete => {
                self.walled = false;
                // Devices that woke together do not go on together.
                let timer = self.by_cost(pace.timer, pace.metered_timer);
                let early = below(timer / 10, rng);
                self.wants(after(now, timer - early), Reason::Timer);
            }
            Ended::Later { in_ms, network } => {
                let until = after(now, *in_ms);
                self.rest = Some(Rest {
                    until,
                    network: *network,
                });
                self.wants(until, Reason::Timer);
            }
            Ended::Stopped => {
                self.halted = true;
            }
        }
    }

    /// What can be done at this moment, and when to look again.
    pub(super) fn act(&mut self, now: Millis) -> Vec<Effect> {
        let mut effects = Vec::new();
        if self.over || self.network == Network::None {
            return effects;
        }
        let begins = self.begins();
        if begins.is_some_and(|at| at <= now) {
            effects.extend(self.begin());
        }
        let listens = self.listens();
        if listens.is_some_and(|at| at <= now) {
            self.listening = true;
            self.heard_before = false;
            effects.push(Effect::Listen);
        }
        let later = |at: &Millis| *at > now;
        let next = [begins, listens].into_iter().flatten().filter(later).min();
        effects.extend(next.map(|at| Effect::Wake { at }));
        effects
    }

    fn begin(&mut self) -> Option<Effect> {
        let due = self.due.take()?;
        self.flying = true;
        self.halted = false;
        self.heard_before = true;
        Some(Effect::Sync(due.reason.trigger()))
    }

    /// When the run that is wanted may begin; `None` while nothing may.
    fn begins(&self) -> Option<Millis> {
        let due = self.due.filter(|_| !self.flying)?;
        if due.reason == Reason::Asked {
            return Some(due.at);
        }
        if self.halted {
            return None;
        }
        let held = self
            .rest
            .filter(|rest| !(rest.network && due.reason.is_eager()));
        Some(held.map_or(due.at, |rest| due.at.max(rest.until)))
    }

    /// When listening may begin; `None` while it may not.
    fn listens(&self) -> Option<Millis> {
        let may = self.foreground && !self.listening && !self.flying;
        let may = may && !self.halted && !self.walled;
        may.then(|| self.deaf_until.unwrap_or(Millis(i64::MIN)))
    }
}

fn after(now: Millis, ms: u64) -> Millis {
    now.plus(i64::try_from(ms).unwrap_or(i64::MAX))
}

/// Anything from nothing to `most`.
fn below(most: u64, rng: &mut dyn FnMut(&mut [u8])) -> u64 {
    let mut random = [0; 8];
    rng(&mut random);
    u64::from_be_bytes(random) % (most + 1)
}
