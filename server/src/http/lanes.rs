//! One exchange of a device at a time, and few that wait behind it.
//!
//! An exchange takes the store's one writer. A device that sends many at once would have as many turns as it
//! sends; so it has one like everybody else, and what it sends beyond a short line is sent away at once with the
//! word when to come again. An app has one exchange under way; two of its processes may meet.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::{HeaderValue, StatusCode, header};
use gewu_model::ids::KeyId;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::problem::Problem;

/// How many exchanges of one device may be here, the one under way included.
const MOST: usize = 3;

/// Everybody's lanes, by the device's key.
#[derive(Clone, Default)]
pub(super) struct Lanes(Arc<Mutex<BTreeMap<KeyId, Arc<Lane>>>>);

struct Lane {
    here: Arc<Semaphore>,
    turn: Arc<Semaphore>,
}

impl Default for Lane {
    fn default() -> Self {
        Self {
            here: Arc::new(Semaphore::new(MOST)),
            turn: Arc::new(Semaphore::new(1)),
        }
    }
}

/// The right to exchange. Dropping it lets the device's next one in.
pub(super) struct Lap {
    _turn: OwnedSemaphorePermit,
    _here: OwnedSemaphorePermit,
    _lane: Arc<Lane>,
}

impl Lanes {
    /// Waits behind the device's own exchanges.
    ///
    /// # Errors
    /// 429 where as many as may wait do.
    pub(super) async fn enter(&self, device: KeyId) -> Result<Lap, Problem> {
        let lane = self.lane(device);
        let Ok(here) = Arc::clone(&lane.here).try_acquire_owned() else {
            tracing::warn!(device = %device, "a device sends too many exchanges at once");
            return Err(too_many());
        };
        let turn = Arc::clone(&lane.turn).acquire_owned().await;
        Ok(Lap {
            _turn: turn.map_err(|_| Problem::broken())?,
            _here: here,
            _lane: lane,
        })
    }

    fn lane(&self, device: KeyId) -> Arc<Lane> {
        let mut lanes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Nobody drives or waits in the others.
        lanes.retain(|_, lane| Arc::strong_count(lane) > 1);
        Arc::clone(lanes.entry(device).or_default())
    }
}

fn too_many() -> Problem {
    let words = "this device has exchanges under way already: send one at a time";
    Problem::new(StatusCode::TOO_MANY_REQUESTS, words)
        .header(header::RETRY_AFTER, HeaderValue::from_static("2"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const A: KeyId = KeyId([1; 16]);
    const B: KeyId = KeyId([2; 16]);

    #[tokio::test]
    async fn a_device_waits_for_itself_and_for_nobody_else() {
        let lanes = Lanes::default();
        let first = lanes.enter(A).await.expect("free");
        let own = lanes.clone();
        let second = tokio::spawn(async move { own.enter(A).await.map(drop) });
        let own = lanes.clone();
        let third = tokio::spawn(async move { own.enter(A).await.map(drop) });
        while Arc::strong_count(&lanes.lane(A)) < 5 {
            tokio::task::yield_now().await;
        }
        assert!(lanes.enter(A).await.is_err(), "the line is full");
        let other = tokio::time::timeout(Duration::from_secs(20), lanes.enter(B)).await;
        drop(other.expect("at once").expect("free"));
        assert!(!second.is_finished() && !third.is_finished());
        drop(first);
        second.await.expect("ran").expect("let in");
        third.await.expect("ran").expect("let in");
        drop(lanes.enter(A).await.expect("free again"));
        drop(lanes.lane(B));
        assert_eq!(
            lanes.0.lock().expect("whole").len(),
            1,
            "they do not pile up"
        );
    }
}
