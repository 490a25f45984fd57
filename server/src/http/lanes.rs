//! One exchange of a device at a time, few that wait behind it, and a share of the server's time.
//!
//! An exchange takes the store's one writer. A device that sends many at once would have as many turns as it
//! sends; so it has one like everybody else, and what it sends beyond a short line is sent away with the word
//! when to come again. An app has one exchange under way; two of its processes may meet. Whoever sends on
//! and on is put off once it has used more than its share ([`Purse`]), and is kept waiting for the word that
//! it is sent away, which costs the server nothing and a client that does not listen its connections.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use gewu_model::ids::KeyId;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep};

use super::problem::Problem;
use super::purse::Purse;
use crate::seam::thread_time;

/// How many exchanges of one device may be here, the one under way included.
const MOST: usize = 3;
/// How many of one device may wait to be sent away. Those beyond are sent away at once.
const MOST_KEPT: usize = 64;
/// How long somebody waits to be sent away.
const KEPT: Duration = Duration::from_secs(1);

/// Everybody's lanes, by the device's key.
#[derive(Clone, Default)]
pub(super) struct Lanes(Arc<Mutex<BTreeMap<KeyId, Arc<Lane>>>>);

struct Lane {
    here: Arc<Semaphore>,
    turn: Arc<Semaphore>,
    kept: Semaphore,
    purse: Mutex<Purse>,
}

impl Lane {
    fn new(now: Instant) -> Self {
        Self {
            here: Arc::new(Semaphore::new(MOST)),
            turn: Arc::new(Semaphore::new(1)),
            kept: Semaphore::new(MOST_KEPT),
            purse: Mutex::new(Purse::new(now)),
        }
    }

    fn purse(&self) -> MutexGuard<'_, Purse> {
        self.purse.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether nobody drives or waits here and nothing is to be remembered.
    fn is_idle(self: &Arc<Self>, now: Instant) -> bool {
        Arc::strong_count(self) == 1 && self.purse().is_empty(now)
    }
}

/// The right to exchange. Dropping it lets the device's next one in.
pub(super) struct Lap {
    _turn: OwnedSemaphorePermit,
    _here: OwnedSemaphorePermit,
    lane: Arc<Lane>,
}

/// An exchange at work on this thread; its end is charged to the device.
pub(super) struct AtWork {
    lap: Lap,
    begun: Duration,
}

impl Lap {
    /// Begins the work, all of which happens on the thread that calls this.
    pub(super) fn begin(self) -> AtWork {
        AtWork {
            lap: self,
            begun: thread_time(),
        }
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        let used = thread_time().saturating_sub(self.begun);
        self.lap.lane.purse().spend(used, Instant::now());
    }
}

impl Lanes {
    /// Waits behind the device's own exchanges, and until it may use the server's time again. `None` where as
    /// many as may wait do.
    pub(super) async fn enter(&self, device: KeyId) -> Result<Option<Lap>, Problem> {
        let lane = self.lane(device);
        let Ok(here) = Arc::clone(&lane.here).try_acquire_owned() else {
            return Ok(None);
        };
        let turn = Arc::clone(&lane.turn).acquire_owned().await;
        let turn = turn.map_err(|_| Problem::broken())?;
        let pause = lane.purse().pause(Instant::now());
        if !pause.is_zero() {
            tracing::warn!(device = %device, ms = pause.as_millis(), "a device uses more than its share and is put off");
            sleep(pause).await;
        }
        Ok(Some(Lap {
            _turn: turn,
            _here: here,
            lane,
        }))
    }

    /// What a device that sends too many is told, when it has waited for it.
    pub(super) async fn send_away(&self, device: KeyId) -> Problem {
        let lane = self.lane(device);
        if let Ok(_kept) = lane.kept.try_acquire() {
            tracing::warn!(device = %device, "a device sends too many exchanges at once");
            sleep(KEPT).await;
        }
        let words = "this device has exchanges under way already: send one at a time";
        Problem::new(StatusCode::TOO_MANY_REQUESTS, words)
            .header(header::RETRY_AFTER, HeaderValue::from_static("2"))
    }

    fn lane(&self, device: KeyId) -> Arc<Lane> {
        let now = Instant::now();
        let mut lanes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let lane = Arc::clone(
            lanes
                .entry(device)
                .or_insert_with(|| Arc::new(Lane::new(now))),
        );
        lanes.retain(|_, lane| !lane.is_idle(now));
        lane
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: KeyId = KeyId([1; 16]);
    const B: KeyId = KeyId([2; 16]);

    async fn enter(lanes: &Lanes, device: KeyId) -> Option<Lap> {
        lanes.enter(device).await.expect("not broken")
    }

    #[tokio::test]
    async fn a_device_waits_for_itself_and_for_nobody_else() {
        let lanes = Lanes::default();
        let first = enter(&lanes, A).await.expect("free");
        let own = lanes.clone();
        let second = tokio::spawn(async move { enter(&own, A).await.is_some() });
        let own = lanes.clone();
        let third = tokio::spawn(async move { enter(&own, A).await.is_some() });
        while Arc::strong_count(&lanes.lane(A)) < 5 {
            tokio::task::yield_now().await;
        }
        assert!(enter(&lanes, A).await.is_none(), "the line is full");
        let other = tokio::time::timeout(Duration::from_secs(20), enter(&lanes, B)).await;
        drop(other.expect("at once").expect("free"));
        assert!(!second.is_finished() && !third.is_finished());
        drop(first);
        assert!(second.await.expect("ran") && third.await.expect("ran"));
        drop(enter(&lanes, A).await.expect("free again"));
        drop(lanes.lane(B));
        assert_eq!(
            lanes.0.lock().expect("whole").len(),
            1,
            "they do not pile up"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn who_used_more_than_its_share_is_put_off_and_nobody_else() {
        let lanes = Lanes::default();
        let used = Duration::from_secs(11);
        lanes.lane(A).purse().spend(used, Instant::now());
        let _kept = lanes.lane(A);
        let begun = Instant::now();
        drop(enter(&lanes, B).await.expect("free"));
        assert_eq!(begun.elapsed(), Duration::ZERO);
        drop(enter(&lanes, A).await.expect("free"));
        assert!(begun.elapsed() >= Duration::from_secs(4));
    }

    #[tokio::test(start_paused = true)]
    async fn work_is_charged_and_outlives_the_connection() {
        let lanes = Lanes::default();
        let work = enter(&lanes, A).await.expect("free").begin();
        let begun = std::time::Instant::now();
        while begun.elapsed() < Duration::from_millis(30) {
            std::hint::black_box(0);
        }
        drop(work);
        drop(lanes.lane(B));
        let remembered = lanes.0.lock().expect("whole").contains_key(&A);
        assert!(
            remembered,
            "its purse is kept while there is something in it"
        );
        assert!(!lanes.lane(A).purse().is_empty(Instant::now()));
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_sent_away_waits_for_the_word_and_few_do() {
        let lanes = Lanes::default();
        let begun = Instant::now();
        let waiting: Vec<_> = (0..MOST_KEPT)
            .map(|_| lanes.clone())
            .map(|own| tokio::spawn(async move { own.send_away(A).await }))
            .collect();
        while lanes.lane(A).kept.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        lanes.send_away(A).await;
        assert_eq!(begun.elapsed(), Duration::ZERO, "no more than so many wait");
        for one in waiting {
            one.await.expect("told");
        }
        assert!(begun.elapsed() >= KEPT);
    }
}
