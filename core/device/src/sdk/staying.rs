//! A device that keeps itself synced: carries out what the schedule says, run by run.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, Scope};
use std::time::Duration;

use gewu_model::ids::ChangeHash;
use gewu_model::small::Gather as _;
use gewu_model::time::Millis;
use gewu_sync::machine::{Failure, Trigger};

use super::{Answer, Core, Gewu};
use crate::api::{CancelToken, SyncOutcome, SyncReport};
use crate::error::{GewuError, Result};
use crate::host::{NetworkKind, Transport};
use crate::schedule::{Effect, Ended, Event, Pace, State, step};
use crate::store::changes;
use crate::sync;
use crate::write::CaseLog;

/// How often the watch for what is saved looks whether it is over.
const LOOK: Duration = Duration::from_secs(3_600);
/// How often what is under way is told again to end, in milliseconds.
const STOPPING_MS: i64 = 100;
/// After what time a run that the device itself was in the way of is tried again, in milliseconds.
const AGAIN_MS: u64 = 60_000;

/// Tells a device that keeps itself synced what happens around it. Clones speak to the same device.
#[derive(Debug, Clone)]
pub struct Nudge(Sender<Word>);

impl Nudge {
    /// The network is another one, or there is none.
    pub fn network(&self, network: NetworkKind) {
        self.say(Event::Network(network.into()));
    }

    /// The app came to the front or the shift began, and the device listens for news; or that is over.
    pub fn foreground(&self, is: bool) {
        self.say(Event::Foreground(is));
    }

    /// A vendor's push says that there may be news. What it carries is not looked at.
    pub fn on_push_hint(&self) {
        self.say(Event::Hint);
    }

    /// A person wants a sync now.
    pub fn sync_now(&self) {
        self.say(Event::Asked);
    }

    /// Whoever is gone needs no word.
    fn say(&self, event: Event) {
        let _ = self.0.send(Word::Event(event));
    }
}

/// What [`Gewu::stay_synced`] hears by.
#[derive(Debug)]
pub struct Ear {
    words: Receiver<Word>,
    nudge: Nudge,
}

/// What comes to the one who keeps the device synced.
#[derive(Debug)]
enum Word {
    Event(Event),
    Ran(Box<std::result::Result<SyncReport, GewuError>>),
}

/// A nudge and the ear that hears it.
pub fn nudge() -> (Nudge, Ear) {
    let (sender, words) = channel();
    let nudge = Nudge(sender);
    let ear = Ear {
        words,
        nudge: nudge.clone(),
    };
    (nudge, ear)
}

impl Gewu {
    /// Keeps the device synced until `cancel` is used: a sync follows what is saved, a network that comes
    /// back, the app that comes to the front, a hint and a timer, at the pace that is given; failures are
    /// waited out. In the foreground one request stands at the server and is answered when there is news.
    /// `told` hears how each sync ended. One thread of the host's is used, and two or three more meanwhile.
    ///
    /// # Errors
    /// [`GewuError::NotEnrolled`], [`GewuError::Network`] for an address that cannot be used.
    pub fn stay_synced(
        &self,
        ear: Ear,
        pace: &Pace,
        told: &mut dyn FnMut(&std::result::Result<SyncReport, GewuError>),
        cancel: &CancelToken,
    ) -> Answer<()> {
        let core = &*self.core;
        let identity = core.identity()?;
        // A connection of its own: ending the listening must not end a sync.
        let connector = &core.options.host.connector;
        let listening = connector
            .connect(&identity.server)
            .map_err(crate::error::DeviceError::from)?;
        let mut changes = self.changes();
        let watch = changes.canceller();
        let mut saved = Saved::of(core)?;
        let runs = CancelToken::new();
        let stopper = ear.nudge.clone();
        cancel.on_cancel(Some(Box::new(move || stopper.say(Event::Stop))));
        // Whoever cancelled before this line found nothing to stop.
        if cancel.is_cancelled() {
            ear.nudge.say(Event::Stop);
        }
        thread::scope(|threads| {
            let nudge = ear.nudge.clone();
            threads.spawn(move || {
                while !changes.is_over() {
                    if changes.next(LOOK).is_some()
                        && let Ok(Some(urgent)) = saved.more(core)
                    {
                        nudge.say(Event::Saved { urgent });
                    }
                }
            });
            let mut keeper = Keeper {
                core,
                threads,
                nudge: ear.nudge.clone(),
                listening: &listening,
                cancel: &runs,
                under_way: 0,
            };
            keeper.keep(&ear.words, pace, told);
            watch.cancel();
        });
        cancel.on_cancel(None);
        Ok(())
    }
}

/// What was unsent when it was last looked at.
struct Saved(BTreeSet<ChangeHash>);

impl Saved {
    fn of(core: &Core) -> Result<Self> {
        Ok(Self(core.read(unsent)?))
    }

    /// Whether something is unsent that was not before, and if so, whether in an urgent case. Commands
    /// carry hashes as changes do.
    fn more(&mut self, core: &Core) -> Result<Option<bool>> {
        let now = core.read(unsent)?;
        let new: Vec<ChangeHash> = now.difference(&self.0).copied().collect();
        self.0 = now;
        if new.is_empty() {
            return Ok(None);
        }
        let pen = core.pen()?;
        core.read(|tx| {
            let mut cases = BTreeSet::new();
            for hash in &new {
                cases.extend(changes::find(tx, hash)?.map(|stored| stored.case));
            }
            for case in cases {
                if pen.is_urgent(&CaseLog::load(tx, &case)?) {
                    return Ok(Some(true));
                }
            }
            Ok(Some(false))
        })
    }
}

fn unsent(tx: &rusqlite::Transaction<'_>) -> Result<BTreeSet<ChangeHash>> {
    let changes = changes::unsent_marks(tx)?.into_iter().map(|mark| mark.hash);
    let commands = crate::store::commands::unsent(tx)?;
    let commands = commands
        .iter()
        .map(|(record, _)| ChangeHash(record.digest().0));
    Ok(changes.chain(commands).into_set())
}

/// Carries out effects on threads of its own.
struct Keeper<'scope, 'env> {
    core: &'env Core,
    threads: &'scope Scope<'scope, 'env>,
    nudge: Nudge,
    listening: &'env Arc<dyn Transport>,
    cancel: &'env CancelToken,
    /// How many of them have not answered yet.
    under_way: u32,
}

impl<'scope, 'env: 'scope> Keeper<'scope, 'env> {
    fn keep(
        &mut self,
        words: &Receiver<Word>,
        pace: &Pace,
        told: &mut dyn FnMut(&std::result::Result<SyncReport, GewuError>),
    ) {
        let entropy = Arc::clone(&self.core.options.host.entropy);
        let mut rng = |buffer: &mut [u8]| entropy.fill(buffer);
        let network = self.core.options.host.connectivity.network();
        let mut state = State::new(network.into(), self.now());
        let (mut event, mut over) = (Event::Tick, false);
        loop {
            if event == Event::Stop {
                over = true;
                self.cancel.cancel();
            }
            if over {
                // Again and again: what was about to be sent a moment ago is under way by now.
                self.listening.cancel();
            }
            let effects = step(&mut state, pace, self.now(), &mut rng, event);
            let mut wake = None;
            for effect in effects {
                match effect {
                    Effect::Sync(trigger) => self.sync(trigger),
                    Effect::Listen => self.listen(),
                    Effect::Wake { at } => wake = Some(at),
                }
            }
            if over && self.under_way == 0 {
                return;
            }
            let wake = match over {
                true => Some(self.now().plus(STOPPING_MS)),
                false => wake,
            };
            event = self.next(words, wake, told);
        }
    }

    fn now(&self) -> Millis {
        sync::monotonic(self.core)
    }

    fn sync(&mut self, trigger: Trigger) {
        self.under_way += 1;
        let (core, cancel, nudge) = (self.core, self.cancel, self.nudge.clone());
        self.threads.spawn(move || {
            let ran = sync::run(core, trigger, &mut |_| {}, cancel);
            let ran = Box::new(ran.map_err(GewuError::from));
            let _ = nudge.0.send(Word::Ran(ran));
        });
    }

    fn listen(&mut self) {
        self.under_way += 1;
        let (core, transport, nudge) = (self.core, self.listening, self.nudge.clone());
        self.threads.spawn(move || {
            let heard = sync::listen(core, &**transport);
            nudge.say(match heard {
                Ok(news) => Event::Heard { news },
                Err(failure) => Event::Deaf(failure),
            });
        });
    }

    /// What happens next; a tick when it is time.
    fn next(
        &mut self,
        words: &Receiver<Word>,
        wake: Option<Millis>,
        told: &mut dyn FnMut(&std::result::Result<SyncReport, GewuError>),
    ) -> Event {
        let most = wake.map_or(i64::MAX, |at| at.since(self.now()));
        let most = Duration::from_millis(u64::try_from(most).unwrap_or(0));
        let word = match words.recv_timeout(most) {
            Ok(word) => word,
            Err(RecvTimeoutError::Timeout) => return Event::Tick,
            // The keeper itself holds one end.
            Err(RecvTimeoutError::Disconnected) => return Event::Stop,
        };
        match word {
            Word::Event(event) => {
                if matches!(event, Event::Heard { .. } | Event::Deaf(_)) {
                    self.under_way -= 1;
                }
                event
            }
            Word::Ran(ran) => {
                self.under_way -= 1;
                told(&ran);
                Event::Synced(self.ended(&ran))
            }
        }
    }

    fn ended(&self, ran: &std::result::Result<SyncReport, GewuError>) -> Ended {
        match ran {
            Ok(report) => match report.outcome {
                SyncOutcome::Later { in_ms, .. } => {
                    let machine = super::guard(&self.core.machine);
                    let network = machine.waits_for().is_some_and(Failure::is_network);
                    Ended::Later { in_ms, network }
                }
                // Files that need somebody are in the status; everything else goes on.
                _ => Ended::Complete,
            },
            Err(GewuError::Busy { .. } | GewuError::Storage { .. }) => Ended::Later {
                in_ms: AGAIN_MS,
                network: false,
            },
            Err(_) => Ended::Stopped,
        }
    }
}
