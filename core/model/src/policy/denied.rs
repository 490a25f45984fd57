//! A refusal, and its words.

use super::Asking;

/// Why something is not permitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// No rule gives it to that role in that relation.
    #[error("your role may not do this in this case")]
    NotYours,
    /// Not at this stage.
    #[error("the case's stage does not allow it")]
    Stage,
    /// Who handled the work never checks or closes it (监管分离).
    #[error("whoever handled the work may not check or close it")]
    Separation,
    /// A unit passes on what another unit has.
    #[error("a unit passes on its own task: leave out from which unit, or have the centre do it")]
    NotOwnTask,
    /// The unit that is to have it does not stand below the one that passes it on.
    #[error("a task is passed on to a unit or team below one's own in the city's tree of units")]
    NotBelow,
    /// The last check found that it is not done.
    #[error("the check found that it is not done")]
    CheckFailed,
    /// It was returned before, and has to be accepted this time.
    #[error("the task was returned before and has to be accepted: it is not given back again")]
    MustAccept,
}

impl Denied {
    /// The same with what was asked and where the case stands, by their neutral names.
    pub fn of(self, asking: &Asking<'_>) -> String {
        let kind = asking.kind.name();
        let what = asking
            .variant
            .map_or_else(|| kind.to_owned(), |variant| format!("{kind}:{variant}"));
        let (role, stage) = (asking.who.role.as_str(), asking.view.stage.name());
        match self {
            Self::NotYours => format!("the role {role} may not {what} in this case"),
            Self::Stage => format!("a case that stands at {stage} takes no {what}"),
            Self::Separation => format!("{self}: {what} is for somebody else"),
            Self::CheckFailed => format!(
                "{self}: have it done again, or checked again, before {what}; close it otherwise if it ends all the same"
            ),
            Self::MustAccept | Self::NotOwnTask | Self::NotBelow => self.to_string(),
        }
    }
}
