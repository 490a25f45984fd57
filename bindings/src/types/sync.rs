//! Syncing.

use gewu_model::ids::{CaseId, ChangeHash};
use gewu_model::time::Millis;

pub use gewu::{LastSync, SyncOutcome, SyncReport};

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
