//! `GET /v1/hints`: a device's request that stands until there is news for it.
//!
//! A device has one; a newer one ends the one before, so a phone whose connection broke is not in its own
//! way. No answer comes sooner than [`SPACING`] after its request, so nobody makes the server busy with
//! them, and what happens in one breath is one hint. Commits wake only those whose scopes they fed.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use gewu_model::ids::KeyId;
use gewu_model::scope::Scope;
use gewu_sync::wire::{Hint, HintQuery, MAX_HINT_WAIT_S, PROTOCOL};
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep_until, timeout};

use super::app::App;
use super::device::message;
use super::problem::Problem;
use crate::core::Listener;

/// The soonest that a request is answered.
const SPACING: Duration = Duration::from_millis(500);
/// The most devices that wait at once: each holds a connection.
const MOST: usize = 20_000;

/// Every device that waits. Clones are the same.
#[derive(Clone, Default)]
pub(super) struct Hints(Arc<Inner>);

#[derive(Default)]
struct Inner(Mutex<Line>);

#[derive(Default)]
struct Line {
    waiting: HashMap<KeyId, Waiter>,
    next: u64,
    closed: bool,
}

struct Waiter {
    number: u64,
    scopes: BTreeSet<Scope>,
    /// Dropped without a word it ends the waiting without news.
    wake: oneshot::Sender<()>,
}

/// A device's place in the line; dropped, it is free.
pub(super) struct Place {
    line: Arc<Inner>,
    key: KeyId,
    number: u64,
    woken: oneshot::Receiver<()>,
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, Line> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Listener for Inner {
    fn heard(&self, scopes: &BTreeSet<Scope>) {
        let mut line = self.lock();
        let concerned = |_: &KeyId, waiter: &mut Waiter| !waiter.scopes.is_disjoint(scopes);
        for (_, waiter) in line.waiting.extract_if(concerned) {
            // Whoever has gone meanwhile needs no hint.
            let _ = waiter.wake.send(());
        }
    }

    fn called(&self, device: KeyId) {
        if let Some(waiter) = self.lock().waiting.remove(&device) {
            let _ = waiter.wake.send(());
        }
    }
}

impl Hints {
    /// What a core tells of feeds that grow.
    pub(super) fn listener(&self) -> Arc<dyn Listener> {
        Arc::clone(&self.0) as Arc<dyn Listener>
    }

    /// A place for a device with these scopes, in place of the one that it had; `None` when there is no
    /// room, or the server stops.
    pub(super) fn join(&self, key: KeyId, scopes: BTreeSet<Scope>) -> Option<Place> {
        let mut line = self.0.lock();
        let known = line.waiting.remove(&key).is_some();
        if line.closed || !(known || line.waiting.len() < MOST) {
            return None;
        }
        let number = line.next;
        line.next += 1;
        let (wake, woken) = oneshot::channel();
        let waiter = Waiter {
            number,
            scopes,
            wake,
        };
        line.waiting.insert(key, waiter);
        drop(line);
        Some(Place {
            line: Arc::clone(&self.0),
            key,
            number,
            woken,
        })
    }

    /// Sends everybody away, for the server stops.
    pub(super) fn close(&self) {
        let mut line = self.0.lock();
        line.closed = true;
        line.waiting.clear();
    }
}

impl Place {
    /// Waits for news so long; `false` when there is none, or a newer request took the place.
    async fn news(&mut self, most: Duration) -> bool {
        matches!(timeout(most, &mut self.woken).await, Ok(Ok(())))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut line = self.line.lock();
        let mine = line.waiting.get(&self.key);
        if mine.is_some_and(|waiter| waiter.number == self.number) {
            line.waiting.remove(&self.key);
        }
    }
}

/// `GET /v1/hints`
pub(super) async fn wait(State(app): State<App>, request: Request) -> Result<Response, Problem> {
    let begun = Instant::now();
    let signed = app.signed(request, 0).await?;
    let query = signed.parts.uri.query().unwrap_or_default();
    let asked = HintQuery::parse(query)
        .ok_or_else(|| Problem::bad("say generation, after and wait as numbers"))?;
    let caller = signed.caller;
    // In the line first: what is committed from here on wakes it.
    let scopes = caller.scopes().into_iter().collect();
    let mut place = app.hints.join(caller.key(), scopes).ok_or_else(full)?;
    let known = app.run(move |core, _| core.has_news(&caller, &asked));
    let most = Duration::from_secs(asked.wait_s.min(MAX_HINT_WAIT_S));
    let news = known.await? || place.news(most).await;
    sleep_until(begun + SPACING).await;
    Ok(message(&Hint {
        protocol: PROTOCOL,
        news,
    }))
}

fn full() -> Problem {
    let words = "too many devices wait for hints: ask again later";
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, words)
        .header(header::RETRY_AFTER, HeaderValue::from_static("60"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_secs(5);

    fn unit(name: &str) -> BTreeSet<Scope> {
        BTreeSet::from([Scope::Unit(name.into())])
    }

    #[tokio::test]
    async fn only_those_whose_scopes_were_fed_wake_and_nobody_stays_in_the_line() {
        let hints = Hints::default();
        let mut roads = hints.join(KeyId([1; 16]), unit("roads")).expect("room");
        let mut drains = hints.join(KeyId([2; 16]), unit("drainage")).expect("room");
        hints.listener().heard(&unit("roads"));
        assert!(roads.news(SOON).await);
        assert!(!drains.news(Duration::from_millis(20)).await);
        assert_eq!(hints.0.lock().waiting.len(), 1);
        drop((roads, drains));
        assert_eq!(hints.0.lock().waiting.len(), 0);
    }

    #[tokio::test]
    async fn a_newer_request_takes_the_place_and_keeps_it_when_the_older_goes() {
        let hints = Hints::default();
        let key = KeyId([1; 16]);
        let mut old = hints.join(key, unit("roads")).expect("room");
        let mut new = hints.join(key, unit("roads")).expect("room");
        assert!(!old.news(SOON).await);
        drop(old);
        hints.listener().heard(&unit("roads"));
        assert!(new.news(SOON).await);
    }

    #[tokio::test]
    async fn a_server_that_stops_keeps_nobody_waiting() {
        let hints = Hints::default();
        let mut place = hints.join(KeyId([1; 16]), unit("roads")).expect("room");
        hints.close();
        assert!(!place.news(SOON).await);
        assert!(hints.join(KeyId([2; 16]), unit("roads")).is_none());
    }
}
