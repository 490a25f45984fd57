//! The tree of units below the latest dispatch, rework or order.

use serde::Serialize;

use super::{body_at, hash_at, limit_of};
use crate::entry::Body;
use crate::fold::context::Context;
use crate::fold::question::{Named, Question};
use crate::ids::{ChangeHash, UnitId};

/// A unit in the tree. Every unit from the lead down to the narrowest stays accountable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Node {
    /// The unit.
    pub unit: UnitId,
    /// The node above, by its place in the list; `None` at the top.
    pub parent: Option<usize>,
    /// Whether it only helps.
    pub assist: bool,
    /// The instruction by which it has the question.
    pub since: ChangeHash,
    /// The instruction that took it away again.
    pub until: Option<ChangeHash>,
    /// Its limit in the catalogue's spelling, where the instruction names one.
    pub limit: Option<String>,
    /// How often it was given more time.
    pub extensions: u32,
}

/// The nodes of the latest question for work.
pub(in crate::fold) fn tree(context: &Context<'_>) -> Vec<Node> {
    let Some(question) = context
        .questions
        .iter()
        .filter(|it| it.kind.is_work())
        .last()
    else {
        return Vec::new();
    };
    let nodes = question.nodes.iter().enumerate();
    nodes
        .filter_map(|(at, node)| self::node(context, question, at, node))
        .collect()
}

fn node(
    context: &Context<'_>,
    question: &Question,
    at: usize,
    named: &Named<UnitId>,
) -> Option<Node> {
    Some(Node {
        unit: named.who.clone(),
        parent: named.parent,
        assist: named.assist,
        since: hash_at(context, named.since)?,
        until: named.until.and_then(|until| hash_at(context, until)),
        limit: limit(context, named),
        extensions: extensions(context, question, at),
    })
}

/// The limit of the latest instruction that gave it one: a resumption, else the first naming.
pub(super) fn limit<T>(context: &Context<'_>, named: &Named<T>) -> Option<String> {
    let said = |position| body_at(context, position).and_then(limit_of);
    said(named.since).or_else(|| said(named.origin)).cloned()
}

/// How many extensions name the node, or, for the lead, no node at all. Those before a suspension
/// count too.
fn extensions(context: &Context<'_>, question: &Question, at: usize) -> u32 {
    let node = &question.nodes[at];
    let end = question.ended_by.unwrap_or(context.chain.links().len());
    let given = (node.origin + 1..end).filter(|position| match body_at(context, *position) {
        Some(Body::Extend(it)) => it.unit.as_ref().map_or(at == 0, |unit| *unit == node.who),
        _ => false,
    });
    u32::try_from(given.count()).unwrap_or(u32::MAX)
}
