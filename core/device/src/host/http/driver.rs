//! The thread that drives the connections.

use std::future::Future;
use std::sync::{Mutex, PoisonError};

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;
use tokio::task::AbortHandle;

use super::HttpSetupError;

/// A runtime on a thread of its own. Dropping it ends what is under way.
#[derive(Debug)]
pub(super) struct Driver {
    handle: Handle,
    /// The thread runs until this is dropped.
    _alive: oneshot::Sender<()>,
    under_way: Mutex<Vec<AbortHandle>>,
}

impl Driver {
    pub(super) fn start() -> Result<Self, HttpSetupError> {
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|_| HttpSetupError::Start)?;
        let handle = runtime.handle().clone();
        let (alive, ended) = oneshot::channel::<()>();
        let body = move || {
            let _ = runtime.block_on(ended);
            // A name lookup may still block in the system; nobody needs its answer.
            runtime.shutdown_background();
        };
        let thread = std::thread::Builder::new().name("gewu-http".into());
        thread.spawn(body).map_err(|_| HttpSetupError::Start)?;
        Ok(Self {
            handle,
            _alive: alive,
            under_way: Mutex::default(),
        })
    }

    pub(super) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let abort = self.handle.spawn(task).abort_handle();
        let mut under_way = self
            .under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        under_way.retain(|task| !task.is_finished());
        under_way.push(abort);
    }

    pub(super) fn cancel(&self) {
        let mut under_way = self
            .under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        under_way.drain(..).for_each(|task| task.abort());
    }
}
