//! What a fold yields.

use serde::{Deserialize, Serialize};

use super::chain::{Chain, instruction};
use super::graph::Graph;
use super::question::{QuestionKind, Questions};
use super::table;
use crate::crypto::sha256_parts;
use crate::entry::{Body, CloseKind, FieldKind, Kind, Payload, Report};
use crate::ids::{ChangeHash, Digest, Role, UnitId, UserId};

/// Where a case stands. The names are neutral; a city's labels come from its policy pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // the names are the documentation; labels are in the policy pack
pub enum Stage {
    Reported,
    Withdrawn,
    Verifying,
    VerifiedExists,
    VerifiedUnable,
    VerifiedNotExists,
    Filed,
    Declined,
    Dispatched,
    Handled,
    Checking,
    CheckPassed,
    CheckUnable,
    CheckFailed,
    Closed,
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
            Self::Handled => "handled",
            Self::Checking => "checking",
            Self::CheckPassed => "check_passed",
            Self::CheckUnable => "check_unable",
            Self::CheckFailed => "check_failed",
            Self::Closed => "closed",
            Self::Void => "void",
        }
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
    /// The work was done before its author could know of the reassignment, so it counts.
    WorkDone,
    /// The unit that the case was sent to next has handled it.
    NewerWork,
    /// A newer app wrote it.
    Newer,
}

/// An instruction that holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Link {
    /// Its identity.
    pub hash: ChangeHash,
    /// Its kind, by name.
    pub kind: &'static str,
    /// The server's generation.
    pub generation: u64,
}

/// An entry with what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EntryView {
    /// Its identity.
    pub hash: ChangeHash,
    /// Its kind, by name.
    pub kind: String,
    /// Its author.
    pub by: UserId,
    /// The author's unit.
    pub unit: Option<UnitId>,
    /// The author's role.
    pub role: Role,
    /// What became of it.
    #[serde(flatten)]
    pub status: Status,
    /// Why, where that needs saying.
    pub reason: Option<Reason>,
}

/// The work that counts in the latest round that has any.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Work {
    /// The handle.
    pub entry: ChangeHash,
    /// Who did it.
    pub by: UserId,
    /// For which unit.
    pub unit: Option<UnitId>,
    /// In which round.
    pub round: u32,
}

/// The question that is open now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OpenQuestion {
    /// What is asked.
    pub kind: QuestionKind,
    /// The instruction that asked.
    pub asked_by: ChangeHash,
    /// The latest instruction of the question, which new answers name.
    pub answer_to: ChangeHash,
    /// Persons who are asked, or to whom the work is assigned.
    pub persons: Vec<UserId>,
    /// Units that may do the work; the first is the lead.
    pub units: Vec<UnitId>,
    /// Units that help.
    pub assist: Vec<UnitId>,
}

/// The state of a case, derived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CaseView {
    /// Where it stands.
    pub stage: Stage,
    /// The round of work, from 1; 0 before any.
    pub round: u32,
    /// What was reported, by whom.
    pub report: Option<Report>,
    /// The entry that reported or registered it.
    pub report_entry: Option<ChangeHash>,
    /// Who reported it.
    pub reporter: Option<UserId>,
    /// The server's number for it.
    pub task_number: Option<String>,
    /// The question that is open.
    pub question: Option<OpenQuestion>,
    /// The work that counts.
    pub work: Option<Work>,
    /// How it was closed.
    pub close: Option<CloseKind>,
    /// Every unit that was ever sent the case or helped, in order of naming.
    pub units: Vec<UnitId>,
    /// Every person who was ever asked or assigned, in order of naming.
    pub persons: Vec<UserId>,
    /// The instructions that hold, in order.
    pub chain: Vec<Link>,
    /// Every entry in causal order, with what became of it.
    pub entries: Vec<EntryView>,
    /// An instruction of a newer app stands in the case: what is shown may be incomplete.
    pub needs_newer_app: bool,
    #[serde(skip)]
    verdicts: Vec<(Status, Option<Reason>)>,
}

impl CaseView {
    pub(super) fn new(graph: &Graph<'_>, chain: &Chain, questions: &Questions) -> Self {
        let mut view = Self {
            stage: Stage::Reported,
            round: questions
                .iter()
                .map(|(_, question)| question.round)
                .max()
                .unwrap_or(0),
            report: None,
            report_entry: None,
            reporter: None,
            task_number: None,
            question: None,
            work: None,
            close: None,
            units: Vec::new(),
            persons: Vec::new(),
            chain: Vec::new(),
            entries: Vec::new(),
            needs_newer_app: false,
            verdicts: vec![(Status::Effective, None); graph.indices().len()],
        };
        graph.indices().for_each(|at| view.read_report(graph, at));
        chain
            .links()
            .iter()
            .for_each(|at| view.read_instruction(graph, *at));
        view
    }

    pub(super) fn set(&mut self, at: usize, status: Status, reason: Option<Reason>) {
        self.verdicts[at] = (status, reason);
    }

    fn read_report(&mut self, graph: &Graph<'_>, at: usize) {
        let report = match graph.payload(at) {
            Some(Payload::Report(report)) => report,
            Some(Payload::Instruction(_, Body::Register(register))) => &register.report,
            _ => return,
        };
        if self.report.is_none() {
            self.report = Some(report.clone());
            self.report_entry = Some(graph.hash(at));
            self.reporter = graph
                .written(at)
                .map(|written| written.entry.header.by.clone());
        }
    }

    fn read_instruction(&mut self, graph: &Graph<'_>, at: usize) {
        let Some((frame, body)) = instruction(graph, at) else {
            return;
        };
        let row = table::instruction(body.kind());
        self.stage = row.stage.unwrap_or(self.stage);
        self.chain.push(Link {
            hash: graph.hash(at),
            kind: body.kind().name(),
            generation: frame.generation,
        });
        match body {
            Body::File(file) => self.task_number = Some(file.task_number.clone()),
            Body::Close(close) => self.close = Some(close.kind),
            _ => {}
        }
    }

    pub(super) fn finish(&mut self, graph: &Graph<'_>, chain: &Chain, questions: &Questions) {
        for (_, question) in questions.iter() {
            push_new(
                &mut self.units,
                question.units.iter().chain(&question.assist),
            );
            push_new(&mut self.persons, question.persons.iter());
        }
        self.question = questions.open().and_then(|open| {
            Some(OpenQuestion {
                kind: open.kind,
                asked_by: graph.hash(chain.links()[*open.links.first()?]),
                answer_to: graph.hash(chain.links()[*open.links.last()?]),
                persons: open.persons.clone(),
                units: open.units.clone(),
                assist: open.assist.clone(),
            })
        });
        let verdicts = std::mem::take(&mut self.verdicts);
        for (at, (status, reason)) in graph.indices().zip(verdicts) {
            let Some(written) = graph.written(at) else {
                continue;
            };
            let header = &written.entry.header;
            self.entries.push(EntryView {
                hash: graph.hash(at),
                kind: header.kind.name().to_owned(),
                by: header.by.clone(),
                unit: header.unit.clone(),
                role: header.role.clone(),
                status,
                reason,
            });
        }
    }

    /// The last instruction that holds.
    pub fn tip(&self) -> Option<ChangeHash> {
        self.chain.last().map(|link| link.hash)
    }

    /// What became of an entry.
    pub fn entry(&self, hash: &ChangeHash) -> Option<&EntryView> {
        self.entries.iter().find(|entry| entry.hash == *hash)
    }

    /// The instruction of `hash`, if it holds.
    pub fn link(&self, hash: &ChangeHash) -> Option<&Link> {
        self.chain.iter().find(|link| link.hash == *hash)
    }

    /// Whether `user` has handled the case in any round.
    pub fn handled_by(&self, user: &UserId) -> bool {
        self.entries
            .iter()
            .any(|entry| entry.kind == FieldKind::Handle.name() && entry.by == *user)
    }

    /// Names what a decider saw: the last instruction and every effective entry that moves the
    /// stage. Mere facts do not change it.
    pub fn token(&self) -> Digest {
        let tip = self.tip().map_or([0; 32], |tip| tip.0);
        let mut moving: Vec<[u8; 32]> = self
            .entries
            .iter()
            .filter(|entry| moves(entry))
            .map(|entry| entry.hash.0)
            .collect();
        moving.sort_unstable();
        sha256_parts(&[b"gewu.view.v1\0", &tip, moving.concat().as_slice()])
    }

    /// The view as bytes that are equal exactly when the views are.
    pub fn canonical(&self) -> Vec<u8> {
        // Serialising plain structs into memory cannot fail.
        serde_json::to_vec(self).unwrap_or_default()
    }
}

fn moves(entry: &EntryView) -> bool {
    let moving = match Kind::from_name(&entry.kind) {
        Kind::Field(kind) => table::field_row(kind).moves != table::Moves::Nothing,
        _ => false,
    };
    moving && entry.status == Status::Effective
}

fn push_new<'a, T: Clone + PartialEq + 'a>(list: &mut Vec<T>, more: impl Iterator<Item = &'a T>) {
    for item in more {
        if !list.contains(item) {
            list.push(item.clone());
        }
    }
}
