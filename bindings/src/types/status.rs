//! What is unsent.

use gewu::{CommandState, Status};
use gewu_model::time::Millis;

use super::sync::LastSync;

/// How much this device is responsible for, and what became of what it was.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct StatusCounts {
    /// Whether nothing at all waits for a receipt. Say *synced* only then.
    pub synced: bool,
    /// Entries without a receipt.
    pub changes: u32,
    /// Texts that the server has not acknowledged.
    pub texts: u32,
    /// Photos that the server has not acknowledged, their small pictures included.
    pub photos: u32,
    /// Commands that wait for an exchange.
    pub commands: u32,
    /// Cases that are offered again to a server that was restored from a backup.
    pub offered_again: u32,
    /// Reports that are not handed in.
    pub drafts: u32,
    /// Entries of this user that the server set aside.
    pub set_aside: u32,
    /// What the server told the user.
    pub notices: u32,
    /// Cases that arrived damaged or incomplete and were not taken.
    pub refused: u32,
    /// How the last sync went.
    pub last_sync: Option<LastSync>,
    /// Up to when the server's backups cover what it received.
    pub backup_covers: Option<Millis>,
}

impl From<Status> for StatusCounts {
    fn from(status: Status) -> Self {
        let unsent = |state: &CommandState| *state == CommandState::Unsent;
        Self {
            synced: status.synced,
            changes: status.cases.iter().map(|c| c.changes.len() as u32).sum(),
            texts: status.cases.iter().map(|case| case.texts).sum(),
            photos: status.photos.len() as u32,
            commands: count(status.commands.iter().filter(|c| unsent(&c.outcome))),
            offered_again: status.offered_again,
            drafts: status.drafts,
            set_aside: status.set_aside.len() as u32,
            notices: status.notices.len() as u32,
            refused: status.refused.len() as u32,
            last_sync: status.last_sync,
            backup_covers: status.backup_covers,
        }
    }
}

fn count(items: impl Iterator) -> u32 {
    items.count() as u32
}
