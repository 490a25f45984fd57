//! What a case shows beside its stage: who answers for the work, whose task it is, what waits for
//! a decision, what the centre said about it, and which clocks ran from when.
//!
//! All of it is read off the chain and the judged entries; nothing here decides anything.

mod clock;
mod facts;
mod outside;
mod tasks;
mod tree;

pub use clock::{ClockChange, ClockEvent};
pub use facts::{Correction, Facts, Owners, Pause, Pinned, Rating, RewardView, Tie};
pub use tasks::{Addressee, Task};
pub use tree::Node;

pub(super) use clock::events;
pub(super) use tasks::tasks;
pub(super) use tree::tree;

use super::context::Context;
use crate::entry::Body;
use crate::ids::ChangeHash;

/// The body of the instruction at a chain position.
fn body_at<'a>(context: &Context<'a>, position: usize) -> Option<&'a Body> {
    let link = *context.chain.links().get(position)?;
    super::chain::instruction(&context.graph, link).map(|(_, body)| body)
}

fn hash_at(context: &Context<'_>, position: usize) -> Option<ChangeHash> {
    let link = *context.chain.links().get(position)?;
    Some(context.graph.hash(link))
}

/// The limit that an instruction gives to whom it names.
fn limit_of(body: &Body) -> Option<&String> {
    match body {
        Body::VerifyRequest(it) | Body::CheckRequest(it) => it.limit.as_ref(),
        Body::RedoRequest(it) => it.limit.as_ref(),
        Body::SpotCheck(it) => it.limit.as_ref(),
        Body::Dispatch(it) => it.limit.as_ref(),
        Body::Order(it) => it.limit.as_ref(),
        Body::Rework(it) => it.limit.as_ref(),
        Body::Resume(it) => it.limit.as_ref(),
        Body::Forward(it) => it.limit.as_ref(),
        _ => None,
    }
}
