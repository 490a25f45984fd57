//! One request at a time adds to an upload, and the newest has its way.
//!
//! A phone whose connection broke comes back while the server still waits for the old one's bytes.
//! The old request is told to stop: it stores what it has, and the new one finds it there. Nobody is
//! sent away with *locked* for minutes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedMutexGuard, watch};

/// How long a request that was told to stop may take to store what it has.
const PATIENCE: Duration = Duration::from_secs(20);

/// Everybody's turns, by upload.
#[derive(Clone, Default)]
pub(super) struct Turns(Arc<Mutex<HashMap<String, Arc<Line>>>>);

#[derive(Default)]
struct Line {
    /// The number of the newest request.
    newest: watch::Sender<u64>,
    turn: Arc<tokio::sync::Mutex<()>>,
}

/// The right to add to an upload.
pub(super) struct Turn {
    line: Arc<Line>,
    mine: u64,
    _held: OwnedMutexGuard<()>,
}

impl Turns {
    /// Waits for the turn on an upload, and has whoever is at it stop. `None` when that takes too
    /// long.
    pub(super) async fn take(&self, upload: &str) -> Option<Turn> {
        let line = self.line(upload);
        let mut mine = 0;
        line.newest.send_modify(|newest| {
            *newest += 1;
            mine = *newest;
        });
        let turn = Arc::clone(&line.turn).lock_owned();
        let held = tokio::time::timeout(PATIENCE, turn).await.ok()?;
        Some(Turn {
            line,
            mine,
            _held: held,
        })
    }

    fn line(&self, upload: &str) -> Arc<Line> {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Nobody holds or waits for the others.
        lines.retain(|_, line| Arc::strong_count(line) > 1);
        Arc::clone(lines.entry(upload.to_owned()).or_default())
    }
}

impl Turn {
    /// Waits until a newer request wants the turn.
    pub(super) async fn overtaken(&self) {
        let mut newest = self.line.newest.subscribe();
        // The sender lives as long as this turn.
        let _ = newest.wait_for(|newest| *newest != self.mine).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_newest_has_its_way_and_lines_do_not_pile_up() {
        let turns = Turns::default();
        let old = turns.take("a").await.expect("free");
        let other = turns.take("b").await.expect("free");
        let newer = turns.clone();
        let newer = tokio::spawn(async move { newer.take("a").await.is_some() });
        old.overtaken().await;
        drop(old);
        assert!(newer.await.expect("no panic"));
        drop(other);
        let _last = turns.take("c").await.expect("free");
        assert_eq!(turns.0.lock().expect("whole").len(), 1);
    }
}
