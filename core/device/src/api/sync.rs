//! What a sync tells while it runs, and when it ends.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use gewu_model::ids::{CaseId, ChangeHash, Digest};
use serde::{Deserialize, Serialize};

use crate::host::Transport;

/// What a sync is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum SyncProgress {
    /// An exchange begins with so many changes.
    Exchanging {
        /// Changes in the request.
        changes: u32,
    },
    /// An exchange was applied.
    Exchanged {
        /// Changes that got a receipt.
        receipts: u32,
        /// Changes that came.
        received: u32,
        /// Cases that changed here since the sync began.
        cases: u32,
        /// About how many pieces of news, most of them cases in a first sync, are still to come; absent when
        /// the server does not say.
        left: Option<u64>,
    },
    /// A photo is under way.
    Uploading {
        /// The file.
        sha256: Digest,
        /// Bytes at the server.
        sent: u64,
        /// Bytes in all.
        total: u64,
        /// How far the run is with all files that may go.
        overall: UploadTotals,
    },
    /// A pack is under way.
    DownloadingPack {
        /// The pack.
        digest: Digest,
    },
    /// Nothing happens for so long.
    Waiting {
        /// Milliseconds.
        ms: u64,
    },
}

/// How far a sync is with its files: those that went up in it, and those that may still go.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct UploadTotals {
    /// Files in all, small pictures among them.
    pub files: u32,
    /// Files of which every byte is at the server.
    pub files_done: u32,
    /// Bytes in all.
    pub bytes: u64,
    /// Bytes that are at the server.
    pub bytes_done: u64,
}

/// How a sync ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum SyncOutcome {
    /// Everything was exchanged. What still waits, waits at the server: see the status.
    Complete,
    /// Stopped; go on whenever it suits.
    Cancelled,
    /// The network or the server is not there; try again after so long.
    Later {
        /// Milliseconds from the end of the sync.
        in_ms: u64,
        /// Why, in words.
        why: String,
    },
    /// It cannot go on until somebody does something.
    Stopped {
        /// What, in words.
        why: String,
    },
}

/// What a sync did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SyncReport {
    /// How it ended.
    #[serde(flatten)]
    pub outcome: SyncOutcome,
    /// Exchanges that were carried out.
    pub exchanges: u32,
    /// Changes that were sent.
    pub sent: u32,
    /// Changes of this device that got a receipt as accepted.
    pub accepted: u32,
    /// Changes of this device that were set aside.
    pub set_aside: Vec<ChangeHash>,
    /// Changes that came.
    pub received: u32,
    /// Cases that changed here.
    pub changed: Vec<CaseId>,
    /// Files that were uploaded whole, small pictures among them.
    pub uploaded: u32,
    /// How many of these were small pictures.
    pub small_uploaded: u32,
    /// Photos and other originals that were acknowledged.
    pub photos_acknowledged: u32,
    /// Small pictures that were acknowledged.
    pub small_acknowledged: u32,
    /// Notices that came.
    pub notices: u32,
    /// Bytes sent in bodies.
    pub bytes_up: u64,
    /// Bytes received in bodies.
    pub bytes_down: u64,
    /// Changes, texts, files and commands that still wait for a receipt.
    pub unsent: u32,
}

/// Stops a long call from another thread. Clones stop the same call.
#[derive(Clone, Default)]
pub struct CancelToken {
    inner: Arc<Inner>,
}

/// Ends what runs.
type Stop = Box<dyn Fn() + Send>;

#[derive(Default)]
struct Inner {
    cancelled: AtomicBool,
    stop: Mutex<Option<Stop>>,
}

impl std::fmt::Debug for CancelToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CancelToken({})", self.is_cancelled())
    }
}

impl CancelToken {
    /// A token that nobody has used yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Stops the call: a request under way ends, nothing new begins.
    pub fn cancel(&self) {
        self.inner.cancelled.store(true, Ordering::Release);
        let stop = self.inner.stop.lock();
        if let Some(stop) = stop.unwrap_or_else(PoisonError::into_inner).as_ref() {
            stop();
        }
    }

    /// Whether it was used.
    pub fn is_cancelled(&self) -> bool {
        self.inner.cancelled.load(Ordering::Acquire)
    }

    /// Lets [`CancelToken::cancel`] end requests of this transport.
    pub(crate) fn watch(&self, transport: Arc<dyn Transport>) {
        self.on_cancel(Some(Box::new(move || transport.cancel())));
    }

    /// What [`CancelToken::cancel`] does beside being remembered.
    pub(crate) fn on_cancel(&self, stop: Option<Stop>) {
        *self
            .inner
            .stop
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = stop;
    }
}
