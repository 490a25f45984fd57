//! What the gate says.

use gewu_model::case::CaseRoot;
use gewu_model::ids::ChangeHash;
use gewu_model::time::Millis;

use super::document::Grown;
use super::state::AcceptedChange;
use crate::verdict::{SetAside, Verdict};

/// A change that passed, with what it does to the case's document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admitted {
    /// The change.
    pub change: AcceptedChange,
    /// The document with it.
    pub(super) grown: Grown,
    /// What it says, when it is the root.
    pub root: Option<CaseRoot>,
    /// The set-aside change that it stands for.
    pub replaces: Option<ChangeHash>,
}

/// What a check yields: `Err` ends the judging with that judgement.
pub(super) type Checked<T = ()> = Result<T, Judgement>;

/// The gate's judgement of one change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judgement {
    /// It passed: to be stored in one transaction with its document.
    Admit(Box<Admitted>),
    /// It is part of the case already.
    Known {
        /// When it was accepted.
        received_at: Millis,
    },
    /// Its author wrote it, and it will never be part of the case. This is the fate of its hash.
    SetAside(SetAside),
    /// Nothing shows that the actor in it wrote it. The sender is told, the hash keeps no fate: the
    /// same bytes in their author's own envelope are judged afresh.
    Unproven(SetAside),
    /// To be judged again when what is missing was judged.
    Waiting {
        /// Dependencies that are not part of the case.
        missing: Vec<ChangeHash>,
    },
    /// Kept for a newer server, an operator, or another day.
    Pending,
    /// Written so far behind the case that an operator has to decide whether it counts.
    Late,
    /// It, or what it was made upon, lies under a tombstone.
    Erased,
}

impl Judgement {
    /// What the device is told.
    pub fn verdict(&self) -> Verdict {
        match self {
            Self::Admit(admitted) => Verdict::Accepted {
                received_at: admitted.change.received_at,
            },
            Self::Known { received_at } => Verdict::Accepted {
                received_at: *received_at,
            },
            Self::SetAside(reason) | Self::Unproven(reason) => {
                Verdict::SetAside { reason: *reason }
            }
            Self::Waiting { missing } => Verdict::Waiting {
                missing: missing.clone(),
            },
            Self::Pending | Self::Late => Verdict::Pending,
            Self::Erased => Verdict::Erased,
        }
    }
}

impl From<SetAside> for Judgement {
    fn from(reason: SetAside) -> Self {
        Self::SetAside(reason)
    }
}
