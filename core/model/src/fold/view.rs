// long-file: the view of a case, and all that is read into it
//! What a fold yields.

use std::collections::BTreeSet;

use serde::Serialize;

use super::chain::instruction;
use super::context::Context;
use super::found::Finding;
use super::question::{Named, QuestionKind};
use super::shown::{self, Addressee, ClockEvent, Facts, Node, Task};
use super::stage::{Reason, Stage, Status};
use super::table;
use crate::crypto::sha256_parts;
use crate::entry::{Body, CloseKind, Kind, Payload, Reopen, Report};
use crate::ids::{ChangeHash, Digest, Role, UnitId, UserId};

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
    /// The unit's word that it is done, where the policy has that step.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirmed_by: Option<ChangeHash>,
}

/// How a case ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ended {
    /// The stage that it has since.
    pub(crate) stage: Stage,
    /// The kind of close, where it was closed.
    pub(crate) close: Option<CloseKind>,
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
    /// Teams of those units that the work was assigned to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub teams: Vec<UnitId>,
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
    /// Every team that the work was ever assigned to, in order of naming.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub teams: Vec<UnitId>,
    /// Every person who was ever asked or assigned, in order of naming.
    pub persons: Vec<UserId>,
    /// The tree of units below the latest dispatch, rework or order: who answers for the work.
    pub nodes: Vec<Node>,
    /// Tasks, the newest question's first; the newest 200.
    pub tasks: Vec<Task>,
    /// What was said about the case and moves nothing.
    pub facts: Facts,
    /// The instructions that hold, in order.
    pub chain: Vec<Link>,
    /// Every entry in causal order, with what became of it.
    pub entries: Vec<EntryView>,
    /// An instruction of a newer app stands in the case: what is shown may be incomplete.
    pub needs_newer_app: bool,
    /// The policy that the case pins and that is not here. The stage is then read by the built-in
    /// rules and may differ from what others see; nothing can be written until the pack is here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub needs_pack: Option<Digest>,
    /// Who has a handle in the latest round, whatever became of it.
    #[serde(skip)]
    pub(crate) handlers: BTreeSet<UserId>,
    /// What checks could tell of the work, in the order of their questions.
    #[serde(skip)]
    pub(crate) findings: Vec<Finding>,
    /// Checks by which somebody found on their own work, in a role that may.
    #[serde(skip)]
    pub(crate) excepted: BTreeSet<ChangeHash>,
    /// Whether the work that counts waits for the unit's word that it is done.
    #[serde(skip)]
    pub(crate) unconfirmed: bool,
    /// How the case ended, if nothing has opened it again since. Looking at it does not.
    #[serde(skip)]
    pub(crate) ended: Option<Ended>,
    /// Whether it was ever closed.
    #[serde(skip)]
    pub(crate) was_closed: bool,
    /// Whether it ended without the word that it is done, or was opened again as not done, and no work counts
    /// that was asked for since. Neither voiding nor another opening lifts it; a close as done does.
    #[serde(skip)]
    pub(crate) doubted: bool,
    /// Whether the rules under which the latest round began keep its work and its check apart, whatever the
    /// present ones say, and for which roles not.
    #[serde(skip)]
    pub(crate) kept_apart: Option<Vec<Role>>,
    /// Chain position of the last instruction that doubted.
    #[serde(skip)]
    pub(super) doubt: Option<usize>,
    #[serde(skip)]
    clock: Vec<ClockEvent>,
    #[serde(skip)]
    verdicts: Vec<(Status, Option<Reason>)>,
}

impl CaseView {
    pub(super) fn new(context: &Context<'_>) -> Self {
        let mut view = Self {
            stage: Stage::Reported,
            round: context.questions.rounds(),
            report: None,
            report_entry: None,
            reporter: None,
            task_number: None,
            question: None,
            work: None,
            close: None,
            units: Vec::new(),
            teams: Vec::new(),
            persons: Vec::new(),
            nodes: Vec::new(),
            tasks: Vec::new(),
            facts: Facts::default(),
            clock: Vec::new(),
            chain: Vec::new(),
            entries: Vec::new(),
            needs_newer_app: false,
            needs_pack: None,
            handlers: BTreeSet::new(),
            findings: Vec::new(),
            excepted: BTreeSet::new(),
            unconfirmed: false,
            ended: None,
            was_closed: false,
            doubted: false,
            kept_apart: context.keeps_apart(),
            doubt: None,
            verdicts: vec![(Status::Effective, None); context.graph.indices().len()],
        };
        view.read_report(context);
        for (position, at) in context.chain.links().iter().enumerate() {
            view.read_instruction(context, position, *at);
        }
        view
    }

    pub(super) fn set(&mut self, at: usize, status: Status, reason: Option<Reason>) {
        self.verdicts[at] = (status, reason);
    }

    /// The first report in causal order is the case's: the gate takes no second one.
    fn read_report(&mut self, context: &Context<'_>) {
        let graph = &context.graph;
        let found = graph.indices().find_map(|at| match graph.payload(at)? {
            Payload::Report(report) => Some((at, report)),
            _ => match instruction(graph, at)?.1 {
                Body::Register(register) => Some((at, &register.report)),
                _ => None,
            },
        });
        if let Some((at, report)) = found {
            self.report = Some(report.clone());
            self.report_entry = Some(graph.hash(at));
            self.reporter = context.author(at).cloned();
        }
    }

    pub(super) fn status(&self, at: usize) -> &Status {
        &self.verdicts[at].0
    }

    pub(super) fn reason(&self, at: usize) -> Option<Reason> {
        self.verdicts[at].1
    }

    /// Whether the row is a request that stands.
    pub(super) fn is_request(&self, at: usize) -> bool {
        let (status, reason) = &self.verdicts[at];
        let asks = [
            Reason::Request,
            Reason::Lapsed,
            Reason::Granted,
            Reason::Refused,
        ];
        *status == Status::Effective && reason.is_some_and(|reason| asks.contains(&reason))
    }

    fn read_instruction(&mut self, context: &Context<'_>, position: usize, at: usize) {
        let Some((frame, body)) = instruction(&context.graph, at) else {
            return;
        };
        self.chain.push(Link {
            hash: context.graph.hash(at),
            kind: body.kind().name(),
            generation: frame.generation,
        });
        if let Some(stage) = context.questions.stage_set(position) {
            self.stage = stage;
            self.doubt = match body {
                Body::Reopen(reopen) if says_undone(reopen) => Some(position),
                Body::Close(close) if is_done(close.kind) => None,
                Body::Close(_) => Some(position),
                _ => self.doubt,
            };
            // What comes after a close has opened the case again.
            self.close = match body {
                Body::Close(close) => Some(close.kind),
                _ => None,
            };
            self.ended = match stage.is_final() {
                true => Some(Ended {
                    stage,
                    close: self.close,
                }),
                false => self.ended.filter(|_| stage.is_a_look()),
            };
            self.was_closed |= stage == Stage::Closed;
        }
        let numbered = match body {
            Body::File(file) => Some(&file.task_number),
            Body::Reopen(reopen) => reopen.task_number.as_ref(),
            Body::Convert(convert) => convert.task_number.as_ref(),
            _ => None,
        };
        self.task_number = numbered.cloned().or(self.task_number.take());
    }

    pub(super) fn finish(&mut self, context: &Context<'_>) {
        self.name_addressees(context);
        let hash_of = |position: &usize| context.graph.hash(context.chain.links()[*position]);
        self.question = context.questions.open().and_then(|open| {
            Some(OpenQuestion {
                kind: open.kind,
                asked_by: open.links.first().map(hash_of)?,
                answer_to: open.links.last().map(hash_of)?,
                persons: live(&open.persons, |_| true),
                units: live(&open.nodes, |node| !node.assist),
                assist: live(&open.nodes, |node| node.assist),
                teams: live(&open.teams, |_| true),
            })
        });
        self.nodes = shown::tree(context);
        self.tasks = shown::tasks(context, self);
        self.facts = Facts::of(context, self);
        self.clock = shown::events(context, self);
        self.doubted = self.doubt.is_some_and(|at| !self.worked_since(context, at));
        let verdicts = std::mem::take(&mut self.verdicts);
        self.entries = context
            .graph
            .indices()
            .zip(verdicts)
            .filter_map(|(at, verdict)| entry_view(context, at, verdict))
            .collect();
    }

    fn name_addressees(&mut self, context: &Context<'_>) {
        let questions = || context.questions.iter();
        let units = questions().flat_map(|question| {
            let nodes = |help| {
                question
                    .nodes
                    .iter()
                    .filter(move |node| node.assist == help)
            };
            nodes(false).chain(nodes(true)).map(|node| &node.who)
        });
        self.units = distinct(units);
        let teams = questions().flat_map(|question| &question.teams);
        self.teams = distinct(teams.map(|named| &named.who));
        let persons = questions().flat_map(|question| &question.persons);
        self.persons = distinct(persons.map(|named| &named.who));
    }

    /// The last instruction that holds.
    pub fn tip(&self) -> Option<ChangeHash> {
        self.chain.last().map(|link| link.hash)
    }

    /// From when which clock runs, for whoever computes due times: events of the chain in its
    /// order, then what people did in the field, in causal order.
    pub fn clock_events(&self) -> &[ClockEvent] {
        &self.clock
    }

    /// Whether the case was closed with the word that it was done; `None` where it is not closed.
    pub(crate) fn closed_as_done(&self) -> Option<bool> {
        Some(is_done(self.ended?.close?))
    }

    /// Whether work counts that was asked for after a chain position.
    fn worked_since(&self, context: &Context<'_>, position: usize) -> bool {
        let asked = || {
            let row = context.graph.find(&self.work.as_ref()?.entry)?;
            context.answered(row)?.links.first().copied()
        };
        asked().is_some_and(|asked| asked > position)
    }

    /// Where the case stands to those outside: one that has ended and is only looked at since stands as it
    /// ended.
    pub fn standing(&self) -> Stage {
        self.ended.map_or(self.stage, |ended| ended.stage)
    }

    /// Whether somebody reported the matter as settled on the spot, and nobody was sent to it since.
    pub fn settled_by(&self, user: &UserId) -> bool {
        self.facts.self_handled && self.round == 0 && self.reporter.as_ref() == Some(user)
    }

    /// The unit that answers for the work.
    pub fn lead(&self) -> Option<&UnitId> {
        self.nodes
            .iter()
            .find(|node| !node.assist)
            .map(|node| &node.unit)
    }

    /// Requests that wait for a decision.
    pub fn pending_requests(&self) -> impl Iterator<Item = &EntryView> {
        let waits = |entry: &&EntryView| entry.reason == Some(Reason::Request);
        self.entries.iter().filter(waits)
    }

    /// What is expected of a person now, by name or through a unit for which they act.
    pub fn tasks_of(&self, user: &UserId, units: &[UnitId]) -> impl Iterator<Item = &Task> {
        self.tasks.iter().filter(move |task| match &task.who {
            Addressee::Person(who) => task.is_open() && who == user,
            Addressee::Unit(unit) | Addressee::Team(unit) => task.is_open() && units.contains(unit),
        })
    }

    /// What became of an entry.
    pub fn entry(&self, hash: &ChangeHash) -> Option<&EntryView> {
        self.entries.iter().find(|entry| entry.hash == *hash)
    }

    /// The instruction of `hash`, if it holds.
    pub fn link(&self, hash: &ChangeHash) -> Option<&Link> {
        self.chain.iter().find(|link| link.hash == *hash)
    }

    /// Whether `user` has handled the case in the latest round, in any capacity, whatever became
    /// of it. Work of earlier rounds was judged by the checks of those rounds.
    pub fn handled_by(&self, user: &UserId) -> bool {
        self.handlers.contains(user)
    }

    /// Names what a decider saw: the last instruction, and every effective entry that moves the
    /// stage or asks for a decision. Mere facts do not change it.
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

/// The code by which a case is opened again because what it is about was not done.
const NOT_DONE: &str = "not_done";

/// Whether a case is opened again because it was not done: somebody asked for that, or the reason says so.
fn says_undone(reopen: &Reopen) -> bool {
    reopen.request.is_some() || reopen.reason.as_deref() == Some(NOT_DONE)
}

const fn is_done(kind: CloseKind) -> bool {
    matches!(kind, CloseKind::Normal | CloseKind::Late)
}

/// Whether a decider has to know of an entry.
fn moves(entry: &EntryView) -> bool {
    let moving = match Kind::from_name(&entry.kind) {
        Kind::Field(kind) => table::field_row(kind).moves != table::Moves::Nothing,
        _ => false,
    };
    let is_fact = matches!(
        entry.reason,
        Some(Reason::Supporting | Reason::Reassigned | Reason::Newer)
    );
    moving && !is_fact && entry.status == Status::Effective
}

fn entry_view(
    context: &Context<'_>,
    at: usize,
    (status, reason): (Status, Option<Reason>),
) -> Option<EntryView> {
    let header = &context.graph.written(at)?.entry.header;
    Some(EntryView {
        hash: context.graph.hash(at),
        kind: header.kind.name().to_owned(),
        by: header.by.clone(),
        unit: header.unit.clone(),
        role: header.role.clone(),
        status,
        reason,
    })
}

/// Those who are still asked.
fn live<T: Clone>(named: &[Named<T>], wanted: impl Fn(&Named<T>) -> bool) -> Vec<T> {
    let asked = named.iter().filter(|it| it.is_live() && wanted(it));
    asked.map(|it| it.who.clone()).collect()
}

/// Every item once, in order of first naming.
fn distinct<'a, T: Clone + Ord + 'a>(items: impl Iterator<Item = &'a T>) -> Vec<T> {
    let mut seen = BTreeSet::new();
    items.filter(|item| seen.insert(*item)).cloned().collect()
}
