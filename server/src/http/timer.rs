//! Has the server's services do their work in time.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::core::Core;
use crate::seam::Clock;

/// How often uploads that nobody went on with are looked for.
const SWEEP: Duration = Duration::from_secs(3_600);

/// A timer that runs. Dropping it stops it; work under way is finished.
#[derive(Debug)]
pub(super) struct Timer(JoinHandle<()>);

impl Timer {
    /// Runs the services again and again, so long after the last time.
    pub(super) fn start(core: Arc<Core>, clock: Arc<dyn Clock>, every: Duration) -> Self {
        Self(tokio::spawn(async move {
            let mut ticks = interval(every);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            let mut swept: Option<Instant> = None;
            loop {
                ticks.tick().await;
                let sweeps = swept.is_none_or(|at| at.elapsed() >= SWEEP);
                swept = if sweeps { Some(Instant::now()) } else { swept };
                let (core, now) = (Arc::clone(&core), clock.now());
                // What failed stays due, and is tried again.
                let work = move || {
                    let swept = sweeps.then(|| core.sweep_uploads(now));
                    tell("the sweep of uploads", swept.and_then(Result::err));
                    tell("services", core.run_services(now).err());
                };
                let _ = tokio::task::spawn_blocking(work).await;
            }
        }))
    }
}

fn tell(what: &str, failed: Option<impl std::fmt::Display>) {
    if let Some(why) = failed {
        tracing::error!(what, %why, "failed, and is tried again");
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        self.0.abort();
    }
}
