//! What a fold says of a case and of each of its entries.

use serde::{Deserialize, Serialize};

use crate::ids::ChangeHash;

/// Where a case stands. The names are neutral; a city's labels come from its policy pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // the names are the documentation; labels are in the policy pack
pub enum Stage {
    /// The report arrived.
    Reported,
    /// The reporter took it back.
    Withdrawn,
    /// Somebody was asked whether it is so.
    Verifying,
    /// It is so.
    VerifiedExists,
    /// It could not be seen.
    VerifiedUnable,
    /// It is not so.
    VerifiedNotExists,
    /// It became a case (立案).
    Filed,
    /// It was not filed.
    Declined,
    /// A unit was asked to handle it (派遣).
    Dispatched,
    /// The work waits until it is resumed (挂账).
    Suspended,
    /// It is done, and the unit has yet to confirm it.
    Worked,
    /// The unit says that it is done (处置).
    Handled,
    /// Somebody was asked whether it is done.
    Checking,
    /// It is done.
    CheckPassed,
    /// It could not be seen.
    CheckUnable,
    /// It is not done.
    CheckFailed,
    /// It is settled (结案).
    Closed,
    /// It should not have been a case (作废).
    Void,
}

impl Stage {
    /// The name in stores and on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Reported => "reported",
            Self::Withdrawn => "withdrawn",
            Self::Verifying => "verifying",
            Self::VerifiedExists => "verified_exists",
            Self::VerifiedUnable => "verified_unable",
            Self::VerifiedNotExists => "verified_not_exists",
            Self::Filed => "filed",
            Self::Declined => "declined",
            Self::Dispatched => "dispatched",
            Self::Suspended => "suspended",
            Self::Worked => "worked",
            Self::Handled => "handled",
            Self::Checking => "checking",
            Self::CheckPassed => "check_passed",
            Self::CheckUnable => "check_unable",
            Self::CheckFailed => "check_failed",
            Self::Closed => "closed",
            Self::Void => "void",
        }
    }

    /// Whether somebody is asked to look at the matter and has not answered: a case that has ended has not
    /// begun anew by that.
    pub(crate) const fn is_a_look(self) -> bool {
        matches!(self, Self::Verifying | Self::Checking)
    }

    /// Whether nothing more is expected of anybody.
    pub const fn is_final(self) -> bool {
        matches!(
            self,
            Self::Withdrawn | Self::Declined | Self::Closed | Self::Void
        )
    }
}

/// What became of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum Status {
    /// It counts, as an answer or as a fact.
    Effective,
    /// Another entry won, or its author could not answer.
    Superseded {
        /// The entry that won.
        by: Option<ChangeHash>,
    },
    /// It came after what it answers was settled: kept and shown, without effect.
    Late {
        /// The instruction that settled it.
        settled_by: ChangeHash,
    },
    /// What it answers does not stand on the chain.
    Orphan,
}

impl Status {
    /// Itself as people and scripts are shown it, beside the entry's author, who is `by` there.
    pub const fn shown(&self) -> ShownStatus {
        let (superseded_by, settled_by) = match self {
            Self::Superseded { by } => (*by, None),
            Self::Late { settled_by } => (None, Some(*settled_by)),
            Self::Effective | Self::Orphan => (None, None),
        };
        ShownStatus {
            status: self.name(),
            superseded_by,
            settled_by,
        }
    }

    /// The name in stores and on the wire.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Effective => "effective",
            Self::Superseded { .. } => "superseded",
            Self::Late { .. } => "late",
            Self::Orphan => "orphan",
        }
    }
}

/// A status beside the other words of an entry: its own names stand in nobody's way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ShownStatus {
    /// [`Status::name`].
    pub status: &'static str,
    /// The entry that won.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub superseded_by: Option<ChangeHash>,
    /// The instruction that settled it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settled_by: Option<ChangeHash>,
}

/// Why an entry has its status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// An instruction had settled the matter without it.
    Settled,
    /// Its author answered again.
    OwnLaterAnswer,
    /// Another person's answer weighs more.
    HeavierAnswer,
    /// Its author was not asked.
    NotAsked,
    /// Its author handled the work in this round (监管分离).
    HandledThisRound,
    /// It answers a question of another kind.
    WrongQuestion,
    /// It answers nothing where it must.
    AnswersNothing,
    /// What it answers, or itself, is not on the chain.
    OffChain,
    /// It supports the work that counts.
    Supporting,
    /// The work was known when the case was taken back or sent elsewhere.
    Reassigned,
    /// Its author knew that the case had been taken back or sent elsewhere; it waits for an
    /// instruction.
    KnewReassigned,
    /// The work was done before its author could know of the reassignment, so it counts.
    WorkDone,
    /// The unit that the case was sent to next has handled it.
    NewerWork,
    /// It asks the centre for a decision and moves nothing by itself.
    Request,
    /// It asked, and the centre granted it.
    Granted,
    /// It asked, and the centre refused.
    Refused,
    /// It asked, and what it asked about ended before a decision.
    Lapsed,
    /// A newer app wrote it, or what it builds on: it is not judged here.
    Newer,
    /// Its payload is damaged.
    Unreadable,
}
