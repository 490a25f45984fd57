//! What is unsent.

use gewu::{CommandState, CommandStatus, Status};
use gewu_model::ids::{CaseId, ChangeHash, Digest};
use gewu_model::time::Millis;
use gewu_sync::wire::Notice;

use super::detail::{SetAsideNote, name_of};
use super::sync::LastSync;

pub use gewu::{Exported, PackInfo};

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
    /// Bytes of the photos that the server has not acknowledged.
    pub bytes: u64,
    /// How many of these bytes are at the server.
    pub bytes_sent: u64,
    /// Files that wait for the user or another network.
    pub held_back: u32,
    /// Since when something waits; none when nothing does.
    pub waiting_since: Option<Millis>,
    /// Commands, the unanswered ones and the latest answered ones.
    pub command_notes: Vec<CommandNote>,
    /// Entries of this user that the server set aside.
    pub set_aside: Vec<SetAsideNote>,
    /// What the server told the user, latest first.
    pub notices: Vec<NoticeNote>,
    /// The server's clock minus this device's, in milliseconds, as last learned.
    pub clock_offset_ms: Option<i64>,
    /// Cases that arrived damaged or incomplete and were not taken.
    pub refused: u32,
    /// Cases whose contact never reached the server and cannot: the key store lost the key under which
    /// it lay. The centre has to be told anew, and not in a text, which everybody with the case reads.
    pub lost_contacts: Vec<CaseId>,
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
            bytes: status.backlog.bytes,
            bytes_sent: status.backlog.bytes_sent,
            held_back: status.backlog.held_back,
            waiting_since: status.waiting_since,
            command_notes: status.commands.into_iter().map(CommandNote::from).collect(),
            set_aside: status
                .set_aside
                .into_iter()
                .map(SetAsideNote::from)
                .collect(),
            notices: status.notices.into_iter().map(NoticeNote::from).collect(),
            clock_offset_ms: status.clock_offset_ms,
            refused: status.refused.len() as u32,
            lost_contacts: status.lost_contacts,
            last_sync: status.last_sync,
            backup_covers: status.backup_covers,
        }
    }
}

fn count(items: impl Iterator) -> u32 {
    items.count() as u32
}

/// A command with what became of it.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct CommandNote {
    /// The command.
    pub command: Digest,
    /// The case.
    pub case: CaseId,
    /// The kind of instruction it asked for.
    pub kind: String,
    /// What became of it.
    pub outcome: CommandOutcome,
}

/// What became of a command.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum CommandOutcome {
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

impl From<CommandStatus> for CommandNote {
    fn from(command: CommandStatus) -> Self {
        Self {
            command: command.command,
            case: command.case,
            kind: command.kind,
            outcome: match command.outcome {
                CommandState::Unsent => CommandOutcome::Unsent,
                CommandState::Done { instruction } => CommandOutcome::Done { instruction },
                CommandState::Stale => CommandOutcome::Stale,
                CommandState::Denied { why } => CommandOutcome::Denied { why },
            },
        }
    }
}

/// Something that the server told the user beside the case itself.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct NoticeNote {
    /// The case.
    pub case: CaseId,
    /// `late`, `recalled`, `work_done_elsewhere`, `set_aside` or `task`.
    pub code: String,
    /// The entry or instruction behind it.
    pub about: Option<ChangeHash>,
    /// When, by the server's clock.
    pub at: Millis,
    /// In plain words; no personal data.
    pub words: String,
}

impl From<Notice> for NoticeNote {
    fn from(notice: Notice) -> Self {
        Self {
            case: notice.case,
            code: name_of(&notice.code).unwrap_or_default(),
            about: notice.about,
            at: notice.at,
            words: notice.words,
        }
    }
}

/// What was exported.
#[uniffi::remote(Record)]
pub struct Exported {
    /// How many cases.
    pub cases: u32,
    /// The size of the file in bytes.
    pub bytes: u64,
    /// What in it will not verify, in words; only where unsent work had to leave in any case.
    pub findings: Vec<String>,
}

/// A pack that is held: rules, classes, grids.
#[uniffi::remote(Record)]
pub struct PackInfo {
    /// `grid`, `catalogue`, `policy`.
    pub kind: String,
    /// The name within the kind.
    pub name: String,
    /// The version.
    pub version: u64,
    /// SHA-256 of the body, which cases pin.
    pub digest: Digest,
    /// Whether it is in force for new cases.
    pub active: bool,
    /// Size of the body in bytes.
    pub bytes: u64,
    /// Whom the city made it for, such as `duty-grid:D7`; none for everybody.
    pub audience: Option<String>,
}
