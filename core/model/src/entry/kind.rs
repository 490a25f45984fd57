//! The kinds of entries, by the names that stand on the wire.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! kinds {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$vdoc])* $variant,)+ }

        impl $name {
            /// Every kind, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The name on the wire.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// The kind of that name.
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($text => Some(Self::$variant),)+ _ => None }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}

kinds!(
    /// What the centre decides. What each does to the open question stands in
    /// [`crate::fold::table`].
    InstructionKind {
        /// A case that reached the centre by telephone, video or another system (登记).
        Register = "register",
        /// A word to the reporter (答复).
        Reply = "reply",
        /// Asks persons to verify before filing (核实).
        VerifyRequest = "verify_request",
        /// Asks persons to check after disposal (核查).
        CheckRequest = "check_request",
        /// Bounces a finding back: the last verify or check is asked again (退件).
        RedoRequest = "redo_request",
        /// Asks persons to check a case that its reporter settled on the spot and that was drawn
        /// for it (抽查).
        SpotCheck = "spot_check",
        /// Sends the case to a lead unit and its assistants (派遣).
        Dispatch = "dispatch",
        /// Asks persons or units for work without a problem behind it (交办).
        Order = "order",
        /// Sends the work back to the unit that did it (返工).
        Rework = "rework",
        /// Goes on with what was suspended (恢复): the same work of the same units.
        Resume = "resume",
        /// Passes the same question to another unit below (转派).
        Forward = "forward",
        /// Names the person or team who does it (指派).
        Assign = "assign",
        /// Takes that back (撤销指派).
        Unassign = "unassign",
        /// Grants a return (回退): one level up the tree, and from its top back to the centre.
        SendBack = "send_back",
        /// Files the case (立案).
        File = "file",
        /// Declines it (不予受理, 不予立案).
        Decline = "decline",
        /// Takes a dispatch back (撤回派遣).
        Recall = "recall",
        /// Suspends the work until a date or a condition (挂账).
        Suspend = "suspend",
        /// Makes a case that its reporter had settled an ordinary one (自处置转办).
        Convert = "convert",
        /// Closes the case (结案).
        Close = "close",
        /// Voids it (作废).
        Void = "void",
        /// Opens an ended case again (重新立案); what is asked next begins anew.
        Reopen = "reopen",
        /// Gives more time (延期).
        Extend = "extend",
        /// Decides a request without touching the open question: refuses any, or grants an appeal
        /// or a proposal.
        Decide = "decide",
        /// Presses units or persons for an answer (督办).
        Supervise = "supervise",
        /// Ties the case to another: a duplicate, or a relative (关联).
        Link = "link",
        /// Corrects class or place beside the report (更正).
        Correct = "correct",
        /// Names other packs by which the case is judged from here on.
        Repin = "repin",
        /// Says whose it is (确权).
        Ownership = "ownership",
        /// A reward for the report (奖励).
        Reward = "reward",
        /// Removes texts or files wherever they went, and is their tombstone (抹除).
        Erase = "erase",
    }
);

kinds!(
    /// What people in the field write, offline.
    FieldKind {
        /// The report that opens a case (上报).
        Report = "report",
        /// More text or photos from the reporter (补充).
        Supplement = "supplement",
        /// The reporter takes it back (撤销).
        Withdraw = "withdraw",
        /// The answer to a verify request (核实).
        Verify = "verify",
        /// A handler takes the task (接单).
        Take = "take",
        /// A handler sets out (出发).
        SetOut = "set_out",
        /// A handler has arrived (到达).
        Arrived = "arrived",
        /// How far the work is (进展).
        Progress = "progress",
        /// The work is done (处置).
        Handle = "handle",
        /// The unit confirms the work of its people (反馈).
        Confirm = "confirm",
        /// The unit asks to give the task back (申请回退).
        SendBackRequest = "send_back_request",
        /// It asks for more time (申请延期).
        ExtendRequest = "extend_request",
        /// It asks to suspend the work (申请挂账).
        SuspendRequest = "suspend_request",
        /// It does not sign for the task (拒签).
        Refuse = "refuse",
        /// It contests whose the object is (权属争议).
        OwnershipDispute = "ownership_dispute",
        /// The answer to a check request (核查).
        Check = "check",
        /// The reporter rates the result (评价).
        Rate = "rate",
        /// The reporter asks to hurry (催办).
        Urge = "urge",
        /// Somebody is not content with the end and asks to open the case again (申请重办).
        ReopenRequest = "reopen_request",
        /// Somebody contests a decision or a mark (申诉).
        Appeal = "appeal",
        /// The case looks like another one (疑似重复).
        DuplicateSuggestion = "duplicate_suggestion",
        /// A component is not as the map has it (部件更新).
        ComponentChange = "component_change",
        /// A task was received, read or put away as done (已收, 已读, 已办).
        Seen = "seen",
        /// The place was handed to whoever came (现场移交).
        HandedOver = "handed_over",
        /// A remark (备注).
        Note = "note",
    }
);

/// The kind of any entry, known or not.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// An instruction of the centre.
    Instruction(InstructionKind),
    /// An entry from the field.
    Field(FieldKind),
    /// Written by a newer app; kept as it is, judged by nobody who does not know it.
    Unknown(String),
}

impl Kind {
    /// The name on the wire.
    pub fn name(&self) -> &str {
        match self {
            Self::Instruction(kind) => kind.name(),
            Self::Field(kind) => kind.name(),
            Self::Unknown(name) => name,
        }
    }

    /// The kind of that name; every name has one.
    pub fn from_name(name: &str) -> Self {
        if let Some(kind) = InstructionKind::from_name(name) {
            Self::Instruction(kind)
        } else if let Some(kind) = FieldKind::from_name(name) {
            Self::Field(kind)
        } else {
            Self::Unknown(name.to_owned())
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_distinct_and_round_trip() {
        for kind in InstructionKind::ALL {
            assert_eq!(Kind::from_name(kind.name()), Kind::Instruction(*kind));
        }
        for kind in FieldKind::ALL {
            assert_eq!(Kind::from_name(kind.name()), Kind::Field(*kind));
        }
        assert_eq!(
            Kind::from_name("levitate"),
            Kind::Unknown("levitate".into())
        );
    }
}
