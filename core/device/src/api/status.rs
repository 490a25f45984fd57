//! What is unsent and why, exactly.

use gewu_model::ids::{CaseId, ChangeHash, Digest};
use gewu_model::media::EvidenceRecord;
use gewu_model::time::Millis;
use gewu_sync::wire::Notice;
use serde::Serialize;

use super::sync::SyncOutcome;
use super::upload::HeldBack;

/// All that this device is responsible for, and what became of what it was.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Status {
    /// Whether nothing at all waits for a receipt.
    pub synced: bool,
    /// Entries and texts without a receipt, by case.
    pub cases: Vec<CaseUnsent>,
    /// Photos and small pictures that are not acknowledged, in the order in which they go.
    pub photos: Vec<PhotoUnsent>,
    /// The sums of them.
    pub backlog: Backlog,
    /// Files that a scrub found damaged and that nobody else has.
    pub damaged: Vec<Digest>,
    /// Since when a small picture, a photo or an entry waits; `None` when nothing does.
    pub waiting_since: Option<Millis>,
    /// Commands, the unanswered ones and the latest answered ones.
    pub commands: Vec<CommandStatus>,
    /// Cases that are offered again to a server that was restored from a backup.
    pub offered_again: u32,
    /// Reports that are not handed in.
    pub drafts: u32,
    /// Entries of this user that the server set aside.
    pub set_aside: Vec<SetAsideItem>,
    /// What the server told the user, latest first.
    pub notices: Vec<Notice>,
    /// Cases that arrived damaged or incomplete and were not taken.
    pub refused: Vec<CaseId>,
    /// Cases whose contact never reached the server and cannot: the key store lost the key under which
    /// it lay. The centre has to be told anew, and not in a text, which everybody with the case reads.
    pub lost_contacts: Vec<CaseId>,
    /// How the last sync went.
    pub last_sync: Option<LastSync>,
    /// The server's clock minus this device's, in milliseconds, as last learned.
    pub clock_offset_ms: Option<i64>,
    /// Up to when the server's backups cover what it received.
    pub backup_covers: Option<Millis>,
}

/// A database of this device that was damaged and moved aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MovedAside {
    /// The name of its file, beside that of the database in use.
    pub name: String,
    /// When it was moved, by this device's clock.
    pub moved_at: Option<Millis>,
    /// How many bytes it has with its log.
    pub bytes: u64,
}

/// The same without its name, as a checkup says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct AsideFound {
    /// When, by this device's clock.
    pub moved_at: Option<Millis>,
    /// How many bytes it has with its log.
    pub bytes: u64,
}

/// What files still have to be delivered, in numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Backlog {
    /// Photos without acknowledgement.
    pub photos: u32,
    /// Small pictures without acknowledgement.
    pub small_pictures: u32,
    /// Bytes of both in all.
    pub bytes: u64,
    /// How many of these are at the server.
    pub bytes_sent: u64,
    /// Files that wait for the user or another network.
    pub held_back: u32,
}

/// What one case still has to deliver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CaseUnsent {
    /// The case.
    pub case: CaseId,
    /// Changes without a receipt.
    pub changes: Vec<ChangeHash>,
    /// Texts and contact cards that the server has not acknowledged.
    pub texts: u32,
    /// Changes that the server has seen and not decided on, with why.
    pub waiting: Vec<Waiting>,
}

/// A change that the server has seen but did not give a receipt for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Waiting {
    /// The change.
    pub change: ChangeHash,
    /// Whether it waits for other changes to arrive, and not for a judgement.
    pub for_dependencies: bool,
}

/// Where the upload of a photo stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PhotoState {
    /// Not begun.
    Queued,
    /// A part of it is at the server.
    Partial,
    /// All of it is at the server, which has not acknowledged it yet.
    Uploaded,
    /// The server refused it; it stays on the device.
    Refused,
    /// The file is gone from this device.
    Missing,
    /// The file's bytes are not those that were saved. It is not sent; keep the device's folder for
    /// rescue.
    Damaged,
}

/// A photo that is not acknowledged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PhotoUnsent {
    /// SHA-256 of the file.
    pub sha256: Digest,
    /// The case that names it.
    pub case: CaseId,
    /// Its size.
    pub bytes: u64,
    /// How much of it is at the server.
    pub sent: u64,
    /// Where it stands.
    pub state: PhotoState,
    /// Whether it is the small picture of another.
    pub thumbnail: bool,
    /// Why it does not go up though the server could be reached.
    pub held_back: Option<HeldBack>,
    /// Why it did not go up when it was last tried, in words.
    pub reason: Option<String>,
    /// Since when it waits, by this device's clock; 0 when that was not noted.
    pub since: Millis,
}

/// What became of a command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum CommandState {
    /// Waits for an exchange.
    Unsent,
    /// It became this instruction.
    Done {
        /// The instruction.
        instruction: ChangeHash,
    },
    /// The view had moved: look again and decide anew.
    Stale,
    /// Not permitted.
    Denied {
        /// The server's words.
        why: String,
    },
}

/// A command with what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CommandStatus {
    /// The command.
    pub command: Digest,
    /// The case.
    pub case: CaseId,
    /// The kind of instruction it asked for.
    pub kind: String,
    /// What became of it.
    #[serde(flatten)]
    pub outcome: CommandState,
}

/// An entry of this user that the server set aside. Its content stays readable.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SetAsideItem {
    /// The case.
    pub case: CaseId,
    /// The change.
    pub change: ChangeHash,
    /// The kind of the entry; `None` for the root of a case.
    pub kind: Option<String>,
    /// The reason, by name.
    pub reason: String,
    /// The reason in words for the author.
    pub words: String,
    /// The change that was written in its place.
    pub replaced_by: Option<ChangeHash>,
    /// When the server said so.
    pub at: Millis,
    /// What the entry says.
    pub content: ReadableContent,
}

/// The content of an entry for people.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ReadableContent {
    /// The payload.
    pub payload: serde_json::Value,
    /// Its texts.
    pub texts: Vec<String>,
    /// Its photos.
    pub photos: Vec<EvidenceRecord>,
}

/// How the last sync went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LastSync {
    /// When it ended, by this device's clock.
    pub at: Millis,
    /// How.
    pub outcome: SyncOutcome,
}
