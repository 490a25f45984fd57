//! Whether a part of a task may have a limit: it is due with the task at the latest.

use super::ground::Present;
use super::node::NodeClock;
use super::open::OpenSteps;
use super::step::Step;
use crate::deadline::pause::Pauses;
use crate::ids::UnitId;

/// A part would be due after the task that it is a part of.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the task itself is due {due}, and with that limit what is passed on would be due {later}: name a shorter limit, or none to go by the task's"
)]
pub struct PartDenied {
    /// When the task is due, as local time.
    pub due: String,
    /// When the part would be.
    pub later: String,
}

impl OpenSteps {
    /// Whether what `above` passes on at the present may have that limit. Where no due time of the task is
    /// known, it may; so it may where the time from elsewhere holds both, for nothing is due after that.
    ///
    /// # Errors
    /// [`PartDenied`] says when the task is due.
    pub fn judge_part(
        &self,
        above: &UnitId,
        limit: &str,
        present: &Present<'_>,
    ) -> Result<(), PartDenied> {
        let mut own = self.steps.iter();
        let Some(task) = own.rfind(|step| step.unit.as_ref() == Some(above)) else {
            return Ok(());
        };
        let by = present.by(task.policy.as_ref());
        let part = Step {
            start: present.now,
            limit: Some(limit.to_owned()),
            extensions: Vec::new(),
            pauses: Pauses::default(),
            external_due: None,
            ..task.clone()
        };
        let task = NodeClock::of(&by, task.clone()).reckoned;
        let part = NodeClock::of(&by, part).reckoned;
        match (task.due, part.due) {
            (Some(due), Some(later)) if !task.external && later > due => Err(PartDenied {
                due: task.due_text.unwrap_or_default(),
                later: part.due_text.unwrap_or_default(),
            }),
            _ => Ok(()),
        }
    }
}
