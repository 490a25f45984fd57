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
//! 4. Each field entry is judged against the question it answers ([`answers`], [`work`]): only
//!    entries in the past of the instruction that ended a question count for it, so what is settled
//!    stays settled. One exception, *work done beats reassigning it*, is in [`work`].

mod answers;
mod chain;
mod graph;
mod question;
pub mod table;
mod view;
mod work;

use crate::entry::{Entry, FieldKind, Kind, Payload, PayloadError};
use crate::ids::{ChangeHash, Role};

pub use question::{Question, QuestionKind};
pub use view::{CaseView, EntryView, Link, OpenQuestion, Reason, Stage, Status, Work};

use chain::Chain;
use graph::Graph;
use question::Questions;

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

/// Derives the state of a case from its rows, in any order, with any repetition.
///
/// Rows whose dependencies are absent are read as if those dependencies were empty; a causally
/// closed set is the caller's business. Cost: O(n²/64) words and O(n·e) time for n rows with e
/// dependencies.
pub fn fold(rows: &[Row]) -> CaseView {
    let graph = Graph::new(rows);
    let chain = Chain::of(&graph);
    let questions = Questions::of(&graph, &chain);
    let mut view = CaseView::new(&graph, &chain, &questions);
    judge_free_entries(&graph, &chain, &mut view);
    for at in 0..questions.len() {
        answers::judge(&graph, &chain, &questions, at, &mut view);
    }
    work::judge(&graph, &chain, &questions, &mut view);
    view.finish(&graph, &chain, &questions);
    view
}

/// Entries that answer nothing, and answers to what is not on the chain.
fn judge_free_entries(graph: &Graph<'_>, chain: &Chain, view: &mut CaseView) {
    for at in graph.indices() {
        let Some(written) = graph.written(at) else {
            continue;
        };
        let header = &written.entry.header;
        match (&header.kind, header.answers) {
            (Kind::Instruction(_), _) if chain.position(at).is_none() => {
                view.set(at, Status::Orphan, Some(Reason::OffChain));
            }
            (Kind::Instruction(_), _) => {}
            (Kind::Unknown(_), _) if header.role == Role::from(CENTRE) => {
                view.needs_newer_app = true;
            }
            (Kind::Unknown(_), _) => view.set(at, Status::Effective, Some(Reason::Newer)),
            (Kind::Field(FieldKind::Withdraw), _) => judge_withdraw(graph, chain, view, at),
            (Kind::Field(kind), None) if table::needs_question(*kind) => {
                view.set(at, Status::Orphan, Some(Reason::AnswersNothing));
            }
            (Kind::Field(_), Some(hash)) if chain.position_of(graph, &hash).is_none() => {
                view.set(at, Status::Orphan, Some(Reason::OffChain));
            }
            (Kind::Field(_), _) => {}
        }
    }
}

/// A withdrawal moves the stage only while nothing was decided: after that it is a request.
fn judge_withdraw(graph: &Graph<'_>, chain: &Chain, view: &mut CaseView, at: usize) {
    match chain.first() {
        Some(first) if !graph.precedes(at, first) => {
            let by = graph.hash(first);
            view.set(at, Status::Late { settled_by: by }, Some(Reason::Settled));
        }
        Some(_) => {}
        None => view.stage = Stage::Withdrawn,
    }
}
