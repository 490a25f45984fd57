//! Has the server's services do their work in time.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};

use crate::core::Core;
use crate::seam::Clock;

/// A timer that runs. Dropping it stops it; work under way is finished.
#[derive(Debug)]
pub(super) struct Timer(JoinHandle<()>);

impl Timer {
    /// Runs the services again and again, so long after the last time.
    pub(super) fn start(core: Arc<Core>, clock: Arc<dyn Clock>, every: Duration) -> Self {
        Self(tokio::spawn(async move {
            let mut ticks = interval(every);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                ticks.tick().await;
                let (core, now) = (Arc::clone(&core), clock.now());
                // What failed stays due, and is tried at the next tick.
                let _ = tokio::task::spawn_blocking(move || core.run_services(now)).await;
            }
        }))
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        self.0.abort();
    }
}
