//! What becomes of duplicates when nobody works on their matter any more in the case that they were tied to.
//!
//! A case that was voided or declined settles nothing for the others: their ties to it are undone with it,
//! and their clocks go on. One that was closed has settled them too; whoever sends out a duplicate of it all
//! the same says that it has not, which undoes the tie as well.

use std::collections::BTreeSet;

use gewu_model::command::Command;
use gewu_model::crypto::sha256_parts;
use gewu_model::entry::{Body, Relationship};
use gewu_model::fold::{CaseView, Stage};
use gewu_model::ids::{CaseId, Digest};
use gewu_model::policy::Capacity;

use super::Core;
use super::bench::Bench;
use super::decide::{DecideError, attested, open};
use super::link::{Teller, duplicate_of, duplicates, tie_to};
use super::load::load;

impl Core {
    /// Refuses to send out a duplicate while its matter is worked on elsewhere: a crew would come twice.
    pub(super) fn check_sent(
        &self,
        bench: &Bench<'_>,
        body: &Body,
        view: &CaseView,
    ) -> Result<(), DecideError> {
        let tied = duplicate_of(view).first().copied();
        match tied.filter(|_| sends(body)) {
            Some(other) if self.is_worked_on(bench, other)? => Err(DecideError::Denied(format!(
                "the case is tied as a duplicate of {other}, which is worked on: undo the tie first if it is a matter of its own"
            ))),
            _ => Ok(()),
        }
    }

    /// Whether somebody may still work on what `case` goes on with, by one tie or several.
    fn is_worked_on(&self, bench: &Bench<'_>, case: CaseId) -> Result<bool, DecideError> {
        let mut seen = BTreeSet::new();
        let mut at = case;
        loop {
            let view = self.view(&load(bench.tx, at)?);
            if matches!(view.stage, Stage::Void | Stage::Declined) || !seen.insert(at) {
                return Ok(false);
            }
            match duplicate_of(&view).first() {
                Some(above) => at = *above,
                None => return Ok(!view.stage.is_final()),
            }
        }
    }

    /// Undoes the ties that `body`, which was just written, leaves nothing of.
    pub(super) fn untie_after(
        &self,
        bench: &mut Bench<'_>,
        command: &Command,
        body: &Body,
    ) -> Result<(), DecideError> {
        let view = self.view(&bench.state);
        let others = match body {
            body if sends(body) => duplicate_of(&view),
            Body::Void(_) | Body::Decline(_) => duplicates(&view),
            _ => return Ok(()),
        };
        let who = Capacity {
            user: command.by.clone(),
            role: command.role.clone(),
            unit: command.unit.clone(),
        };
        for other in &others {
            self.undo(bench, &who, *other)?;
            let mut theirs = open(bench.tx, *other, bench.now)?;
            self.undo(&mut theirs, &who, bench.state.case)?;
        }
        let teller = Teller::Follows(&who, session());
        let all = others.iter().chain([&bench.state.case]);
        all.copied()
            .try_for_each(|case| self.pass_due_on(bench, &teller, case))
    }

    /// Undoes what a case says of another, if it says that one of them is the other's duplicate.
    fn undo(
        &self,
        bench: &mut Bench<'_>,
        who: &Capacity,
        other: CaseId,
    ) -> Result<(), DecideError> {
        let view = self.view(&bench.state);
        let says =
            |relation| [Relationship::DuplicateOf, Relationship::HasDuplicate].contains(relation);
        let mut ties = view.facts.ties.iter();
        if !ties.any(|tie| tie.other == other && says(&tie.relation)) {
            return Ok(());
        }
        let body = Body::Link(tie_to(other, Relationship::Nothing, None));
        let (command, record) = attested(bench, &view, &body, who.clone(), session())?;
        self.instruct(bench, &view, &command, &record, &[])?;
        Ok(())
    }
}

const fn sends(body: &Body) -> bool {
    matches!(body, Body::Dispatch(_) | Body::Order(_) | Body::Rework(_))
}

/// In the place of a console's session, by which the server attests a command: it follows from another one.
fn session() -> Digest {
    sha256_parts(&[b"gewu.untied.v1\0"])
}
