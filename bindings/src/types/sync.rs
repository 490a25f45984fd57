//! Syncing.

use gewu_model::ids::{CaseId, ChangeHash, Digest};
use gewu_model::time::Millis;

pub use gewu::{
    LastSync, SyncOutcome, SyncProgress, SyncReport, Trigger as SyncTrigger, UploadTotals,
};

/// How a sync ended.
#[uniffi::remote(Enum)]
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
#[uniffi::remote(Record)]
pub struct SyncReport {
    /// How it ended.
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

/// How the last sync went.
#[uniffi::remote(Record)]
pub struct LastSync {
    /// When it ended, by this device's clock.
    pub at: Millis,
    /// How.
    pub outcome: SyncOutcome,
}

/// Why a sync begins. All but a person's wish keep the waits that follow failures.
#[uniffi::remote(Enum)]
pub enum SyncTrigger {
    /// Something was saved.
    Saved,
    /// A person asked for it. Overrides every wait.
    Manual,
    /// Time has passed.
    Timer,
    /// The network came back.
    Online,
    /// The app came to the front.
    Foreground,
}

/// What a sync is doing.
#[uniffi::remote(Enum)]
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
#[uniffi::remote(Record)]
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
