//! What somebody may do next.

use super::view::CaseView;
use crate::entry::{FieldKind, InstructionKind, Kind};
use crate::policy::{Capacity, Policy};

impl CaseView {
    /// Every kind of entry that `who` may write, and of instruction that they may ask for, on the
    /// case as it stands, by roles and by what the case itself says. A case that only a newer app
    /// can read is open to nothing.
    pub fn may(&self, who: &Capacity, policy: &Policy) -> Vec<Kind> {
        if self.needs_newer_app {
            return Vec::new();
        }
        let fields = FieldKind::ALL.iter().copied().map(Kind::Field);
        let instructions = InstructionKind::ALL.iter().copied().map(Kind::Instruction);
        fields
            .chain(instructions)
            .filter(|kind| self.may_answer(kind) && policy.permits(who, kind, self).is_ok())
            .collect()
    }

    /// Whether what an entry of the kind has to answer is open.
    fn may_answer(&self, kind: &Kind) -> bool {
        use super::table::{Target, field_row};
        let Kind::Field(kind) = kind else {
            return true;
        };
        let row = field_row(*kind);
        let open = self
            .question
            .as_ref()
            .is_some_and(|open| row.answers.takes(open.kind));
        match row.answers {
            _ if !row.needs_question => true,
            Target::Last => self.tip().is_some(),
            _ => open,
        }
    }
}
