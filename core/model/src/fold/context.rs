//! Everything that judging an entry looks at, put together once.

use super::chain::{Chain, instruction, is_newer_instruction};
use super::graph::Graph;
use super::question::{Question, Questions};
use super::stage::{Reason, Stage, Status};
use super::table::{Effect, InstructionRow};
use super::view::CaseView;
use super::{Replica, Row, Rules};
use crate::entry::{Body, FieldKind, Kind, Switches};
use crate::ids::{ChangeHash, Role, UnitId, UserId};

pub(super) struct Context<'a> {
    pub(super) graph: Graph<'a>,
    pub(super) chain: Chain,
    pub(super) questions: Questions,
    rules: &'a Rules<'a>,
    /// Chain positions at which another policy was named, with what the one before switched.
    kept: Vec<(usize, &'a Switches)>,
    /// Per question, the readable field entries that answer it, in causal order.
    answers: Vec<Vec<usize>>,
    /// Instructions that only a newer app can read.
    newer: Vec<usize>,
}

impl<'a> Context<'a> {
    pub(super) fn new(rows: &[&'a Row], rules: &'a Rules<'a>) -> Self {
        let graph = Graph::new(rows);
        let chain = Chain::of(&graph);
        let questions = Questions::of(&graph, &chain, rules);
        let newer = graph
            .indices()
            .filter(|at| is_newer_instruction(&graph, *at))
            .collect();
        let mut context = Self {
            kept: kept(&graph, &chain),
            answers: vec![Vec::new(); questions.len()],
            graph,
            chain,
            questions,
            rules,
            newer,
        };
        context.sort_answers();
        context
    }

    /// The rules by which a question is judged: those under which it was asked.
    pub(super) fn rules_of(&self, question: &Question) -> Rules<'a> {
        let asked = question.links.first().copied().unwrap_or_default();
        let replaced = self.kept.iter().find(|(position, _)| *position > asked);
        replaced.map_or(*self.rules, |(_, kept)| self.rules.switched(kept))
    }

    /// The rules by which a round of work is judged: those under which it began.
    pub(super) fn rules_of_round(&self, round: u32) -> Rules<'a> {
        let first = self.questions.works_of(round).next();
        first.map_or(*self.rules, |at| self.rules_of(self.questions.get(at)))
    }

    /// The same; before any round those under which the case began.
    pub(super) fn rules_of_work(&self, round: u32) -> Rules<'a> {
        match (round, self.kept.first()) {
            (0, Some((_, first))) => self.rules.switched(first),
            _ => self.rules_of_round(round),
        }
    }

    /// Where the latest round, or the case before any, began under rules that another policy replaced since and
    /// that kept work and check apart: the roles that they excepted.
    pub(super) fn keeps_apart(&self) -> Option<Vec<Role>> {
        self.kept.first()?;
        let rules = self.rules_of_work(self.questions.rounds());
        rules.separation.then(|| rules.exempt.roles())
    }

    /// Whether the case had ended at a chain position, and was only looked at since.
    pub(super) fn had_ended(&self, position: usize) -> bool {
        let stages = (0..=position)
            .rev()
            .filter_map(|at| self.questions.stage_set(at));
        let mut others = stages.skip_while(|stage| stage.is_a_look());
        others.next().is_some_and(Stage::is_final)
    }

    fn sort_answers(&mut self) {
        for row in self.graph.indices() {
            if let Some(question) = self.question_answered(row) {
                self.answers[question].push(row);
            }
        }
    }

    /// The question that row `row` answers, by its place.
    pub(super) fn question_answered(&self, row: usize) -> Option<usize> {
        self.graph.payload(row)?;
        self.field_kind(row)?;
        let answers = self.graph.written(row)?.entry.header.answers?;
        let position = self.chain.position(self.graph.find(&answers)?)?;
        self.questions.at_link(position)
    }

    /// The readable field entries that answer a question, in causal order.
    pub(super) fn answers(&self, question: usize) -> &[usize] {
        &self.answers[question]
    }

    /// Whether what a row answers is an instruction that this replica is told of and not given.
    pub(super) fn is_told(&self, answers: Option<ChangeHash>) -> bool {
        let elsewhere = |hash| self.graph.find(&hash).is_none();
        self.rules.replica == Replica::Own && answers.is_some_and(elsewhere)
    }

    /// The question that row `row` answers.
    pub(super) fn answered(&self, row: usize) -> Option<&Question> {
        Some(self.questions.get(self.question_answered(row)?))
    }

    pub(super) fn field_kind(&self, row: usize) -> Option<FieldKind> {
        match self.graph.kind(row) {
            Some(Kind::Field(kind)) => Some(*kind),
            _ => None,
        }
    }

    pub(super) fn is_handle(&self, row: usize) -> bool {
        self.field_kind(row) == Some(FieldKind::Handle)
    }

    pub(super) fn author(&self, row: usize) -> Option<&'a UserId> {
        Some(&self.graph.written(row)?.entry.header.by)
    }

    pub(super) fn unit(&self, row: usize) -> Option<&'a UnitId> {
        self.graph.written(row)?.entry.header.unit.as_ref()
    }

    /// The table's row of the link at a position.
    pub(super) fn link(&self, position: usize) -> Option<&'a InstructionRow> {
        let (_, body) = instruction(&self.graph, *self.chain.links().get(position)?)?;
        Some(self.rules.of(body.kind()))
    }

    /// Whether the link at a position settles which work counts. One that finds nothing to ask again
    /// settles nothing.
    pub(super) fn settles(&self, position: usize) -> bool {
        let idle = |it: &InstructionRow| {
            let again = matches!(it.effect, Effect::AsksAgain(_));
            again && self.questions.stage_set(position).is_none()
        };
        self.link(position)
            .is_some_and(|it| !it.work_survives && !idle(it))
    }

    pub(super) fn seen(&self, row: usize) -> usize {
        self.chain.seen(&self.graph, row)
    }

    pub(super) fn told(&self, row: usize) -> usize {
        self.chain.told(&self.graph, row)
    }

    /// Whether `row` lies in the past of the instruction that ended `question`, if one did.
    pub(super) fn in_time(&self, question: &Question, row: usize) -> bool {
        question.ended_by.is_none_or(|end| self.told(row) <= end)
    }

    /// Marks `row` as late for the instruction at a position.
    pub(super) fn set_late(&self, view: &mut CaseView, row: usize, settled: usize, why: Reason) {
        if let Some(link) = self.chain.links().get(settled) {
            let settled_by = self.graph.hash(*link);
            view.set(row, Status::Late { settled_by }, Some(why));
        }
    }

    /// Whether instructions of a newer app stand in the case.
    pub(super) fn has_newer(&self) -> bool {
        !self.newer.is_empty()
    }

    /// Whether row `row` is such an instruction or was written upon one.
    pub(super) fn behind_newer(&self, row: usize) -> bool {
        let answers = self
            .graph
            .written(row)
            .and_then(|it| self.graph.find(&it.entry.header.answers?));
        self.newer.iter().any(|newer| {
            *newer == row || Some(*newer) == answers || self.graph.precedes(*newer, row)
        })
    }
}

fn kept<'a>(graph: &Graph<'a>, chain: &Chain) -> Vec<(usize, &'a Switches)> {
    let links = chain.links().iter().enumerate();
    let repins = links.filter_map(|(position, at)| match instruction(graph, *at)?.1 {
        Body::Repin(repin) => Some((position, repin.was.as_ref()?)),
        _ => None,
    });
    repins.collect()
}
