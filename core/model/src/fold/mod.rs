//! From a set of entries to the state of a case: `fold(rows) -> CaseView`, pure and total.
//!
//! State is never stored. It is derived from the entries and their causality alone: no clock, no
//! order of arrival and no look-up decides anything. The same set of rows gives the same view on
//! every replica, whatever the order or repetition in which they came.
//!
//! 1. The rows are put in causal order, ties by hash ([`graph`]).
//! 2. The instructions form one chain; at a fork (only a restored server makes one) the branch of
//!    the highest generation is the chain ([`chain`]).
//! 3. Walking the chain by the instruction table ([`table`]) yields the *questions*: what was
//!    asked, of whom, and which instruction ended or replaced it ([`question`]).
//! 4. Each field entry is judged against the question it answers ([`answers`], [`work`]), or by
//!    itself where it answers none ([`free`]). Only entries in the past of the instruction that
//!    ended a question count for it, so what is settled stays settled. One exception, *work done
//!    beats reassigning it*, is in [`work`].
//!
//! `docs/workflow.md` tells the same to people.

mod answers;
mod chain;
mod context;
mod found;
mod free;
mod graph;
mod may;
mod pins;
mod question;
mod requests;
mod shown;
mod stage;
pub mod table;
mod view;
mod walk;
mod work;

use crate::entry::{ClassRef, Entry, InstructionKind, Payload, PayloadError, Switches};
use crate::ids::{ChangeHash, Digest, Role};
use crate::policy::{Exception, Policy};

#[cfg(test)]
pub(crate) use found::{Finding, Said};
pub use pins::Pins;
pub use question::{Question, QuestionKind};
pub use shown::{
    Addressee, ClockChange, ClockEvent, Correction, Facts, Node, Owners, Pause, Pinned, Rating,
    RewardView, Task, Tie,
};
pub use stage::{Reason, ShownStatus, Stage, Status};
pub use view::{CaseView, EntryView, Link, OpenQuestion, Work};

use context::Context;
use table::{InstructionRow, InstructionTable};

/// The role in which the server writes instructions. Only the server's certificate carries it.
pub const CENTRE: &str = "centre";

/// One accepted change of a case, as the fold reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The hash of the change, which is the identity of its entry.
    pub hash: ChangeHash,
    /// The changes it was made upon.
    pub deps: Vec<ChangeHash>,
    /// The entry it carries; `None` for the root.
    pub entry: Option<Written>,
}

/// An entry with its payload, decoded once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The entry.
    pub entry: Entry,
    /// Its payload, or why it cannot be read here.
    pub payload: Result<Payload, PayloadError>,
}

impl From<Entry> for Written {
    fn from(entry: Entry) -> Self {
        let payload = Payload::of(&entry);
        Self { entry, payload }
    }
}

/// How much of a case a replica is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replica {
    /// All of it.
    Whole,
    /// What its citizen wrote, and nothing else. What that answers is an instruction that a public
    /// status named, and is not here.
    Own,
}

/// What the fold judges by, besides the rows. What was asked before an instruction named another policy
/// is judged by the switches that this instruction keeps ([`Switches`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules<'a> {
    /// The instruction table of the schema that the case's root names.
    pub instructions: &'a InstructionTable,
    /// Whether the check of somebody who handled the work counts for nothing (监管分离).
    pub separation: bool,
    /// Whose check counts all the same. Whether an author was entitled to act in a role there, the gate
    /// has judged.
    pub exempt: Exempt<'a>,
    /// Whether work counts as handled only once the unit has confirmed it.
    pub confirm: bool,
    /// What the replica was given.
    pub replica: Replica,
}

/// Whose check of their own work counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exempt<'a> {
    /// Whom the city's exceptions name, in their classes.
    By(&'a [Exception]),
    /// People in these roles, in every class: what an instruction keeps of rules that it replaced.
    Roles(&'a [Role]),
}

impl Exempt<'_> {
    fn frees(&self, role: &Role, class: Option<&ClassRef>) -> bool {
        match self {
            Self::By(exceptions) => exceptions.iter().any(|one| one.names(role, class)),
            Self::Roles(roles) => roles.contains(role),
        }
    }

    /// The roles, whatever the class.
    pub fn roles(&self) -> Vec<Role> {
        match self {
            Self::By(exceptions) => exceptions
                .iter()
                .flat_map(|one| one.roles.clone())
                .collect(),
            Self::Roles(roles) => roles.to_vec(),
        }
    }
}

impl Rules<'static> {
    /// The first schema, with supervision and handling kept apart.
    pub const BUILT_IN: Self = Self {
        instructions: table::INSTRUCTIONS,
        separation: true,
        exempt: Exempt::Roles(&[]),
        confirm: false,
        replica: Replica::Whole,
    };
}

impl<'a> Rules<'a> {
    /// The table's row of an instruction.
    pub const fn of(&self, kind: InstructionKind) -> &'a InstructionRow {
        // A test in `table` shows that the rows stand in the order of the kinds.
        &self.instructions[kind as usize]
    }

    /// The switches of these rules.
    pub fn switches(&self) -> Switches {
        Switches {
            separation: self.separation,
            exempt: self.exempt.roles(),
            confirm: self.confirm,
        }
    }

    fn switched(self, kept: &'a Switches) -> Self {
        Self {
            separation: kept.separation,
            exempt: Exempt::Roles(&kept.exempt),
            confirm: kept.confirm,
            ..self
        }
    }
}

/// Derives the state of a case from its rows, in any order, with any repetition.
///
/// Rows whose dependencies are absent are read as if those dependencies were empty; a causally
/// closed set is the caller's business. Cost: n²/64 words of memory, and time of the order of
/// n · (e · n/64 + log n) for n rows with e dependencies each.
pub fn fold<'a>(rows: impl IntoIterator<Item = &'a Row>) -> CaseView {
    fold_by(rows, &Rules::BUILT_IN)
}

/// [`fold_by`] the policy that the case pins, of those that are `held`. Without it the built-in rules
/// stand in, and the view says which pack it needs.
pub fn fold_pinned<'a>(
    rows: impl IntoIterator<Item = &'a Row>,
    replica: Replica,
    pinned: &Digest,
    held: Option<&Policy>,
) -> CaseView {
    let rules = held.map_or(Rules::BUILT_IN, Policy::rules);
    let mut view = fold_by(rows, &Rules { replica, ..rules });
    view.needs_pack = held.is_none().then_some(*pinned);
    view
}

/// [`fold`] by other rules: those of the policy that the case's root pins.
pub fn fold_by<'a>(rows: impl IntoIterator<Item = &'a Row>, rules: &Rules<'_>) -> CaseView {
    judge(&rows.into_iter().collect::<Vec<_>>(), rules)
}

fn judge(rows: &[&Row], rules: &Rules<'_>) -> CaseView {
    let context = Context::new(rows, rules);
    let mut view = CaseView::new(&context);
    free::judge(&context, &mut view);
    for at in 0..context.questions.len() {
        answers::judge(&context, at, &mut view);
    }
    work::judge(&context, &mut view);
    requests::decide(&context, &mut view);
    view.finish(&context);
    debug_assert!(
        view.stage != Stage::CheckPassed || !view.passes().is_empty(),
        "a case stands as found done, and no check that found so"
    );
    view
}
