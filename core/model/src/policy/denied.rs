//! A refusal, and its words.

use super::{Asking, Relation};
use crate::fold::Stage;

/// Why something is not permitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// No rule gives it to that role.
    #[error("your role may not do this")]
    NotYours,
    /// The role may do it when it is asked, and neither the person nor their unit is.
    #[error("this is not asked of you or your unit")]
    NotAsked,
    /// It was asked of the person or of a unit of theirs, and what was asked is over.
    #[error("what was asked of you or your unit is over")]
    Over,
    /// Nothing is asked now, of nobody, that this could answer.
    #[error("nothing is asked in this case now that this could answer")]
    NothingAsked,
    /// The task was taken from the person or the unit and goes on without them.
    #[error("the task was taken from you or your unit, and others have it now")]
    TakenBack,
    /// The person acts for a team, and it is for the unit that gave the team its task.
    #[error("the task is your team's: this is for the unit that gave it to the team")]
    Team,
    /// The person's unit helps, and it is for the one that leads.
    #[error("your unit only helps: this is for the unit that leads")]
    Helping,
    /// The role may do it in cases that the person reported.
    #[error("only whoever reported the case may do this")]
    NotReporter,
    /// The role may do it in cases that it, or its unit, had a part in.
    #[error("neither you nor your unit had a part in this case")]
    NotInvolved,
    /// The role may do it in its own grids, areas and road sections.
    #[error("the case lies outside your own grids, areas and road sections")]
    Elsewhere,
    /// The role may do it in cases of other classes.
    #[error("your role does not do this in cases of this class")]
    Class,
    /// There is nothing yet that it could answer.
    #[error("the centre has not said anything in this case that this could answer")]
    NothingToAnswer,
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
    /// It says of work that it was done which nobody did.
    #[error("nobody handled it")]
    NothingDone,
    /// The case that it is a duplicate of is not done either.
    #[error("nobody handled it, and the case that goes on with it is not found done either")]
    NotDoneThere,
    /// It ended otherwise, or was opened again as not done, and nobody has found since that it is done.
    #[error(
        "it ended without the word that it is done or was opened again as not done, and nobody found it done since"
    )]
    NotFoundDone,
    /// The unit has not said yet that its people's work is done.
    #[error("the unit has not confirmed the work")]
    NotConfirmed,
    /// A check found it not done, it was done again, and no check has found that it is done now.
    #[error("a check found it not done, and nobody has checked what was done since")]
    NotCheckedAgain,
    /// The last check found that it is not done.
    #[error("the check found that it is not done")]
    CheckFailed,
    /// Somebody was sent to it once, and the rule gives it for what was never under way.
    #[error(
        "the case was dispatched or closed once, so only whoever may void what is under way voids it"
    )]
    WasDispatched,
    /// The reporter did not settle it on the spot, or it was converted before.
    #[error("only what its reporter settled on the spot is converted")]
    NotSelfHandled,
    /// Nobody said that anything was done there.
    #[error("nobody settled it on the spot or worked on it, so there is nothing to spot-check")]
    NothingToSpotCheck,
    /// It has no task number.
    #[error("the case was not filed")]
    NotFiled,
    /// It has ended, and no check found that what was settled on the spot is not done.
    #[error("what has ended is converted once a spot check finds it not done")]
    NotFoundUndone,
    /// It has ended, and is only looked at since.
    #[error("the case has ended, and a check alone does not open it again")]
    Ended,
    /// The unit that is to have it has it.
    #[error("that unit has the task already")]
    HasIt,
    /// The unit from which it is to be passed on does not have it.
    #[error("the unit that it would be passed on from does not have the task")]
    HasItNot,
    /// It was returned before, and has to be accepted this time.
    #[error("the task was returned before and has to be accepted: it is not given back again")]
    MustAccept,
}

impl Denied {
    /// Whoever stands in that relation to a case only may do it.
    pub(super) const fn by_relation(relation: Relation) -> Self {
        match relation {
            Relation::Anyone => Self::NotYours,
            Relation::Reporter => Self::NotReporter,
            Relation::Asked
            | Relation::Assigned
            | Relation::Team
            | Relation::WorkingUnit
            | Relation::LeadUnit
            | Relation::UnitSubtree => Self::NotAsked,
            Relation::InvolvedUnit
            | Relation::InvolvedSubtree
            | Relation::Handled
            | Relation::Verified
            | Relation::Checked => Self::NotInvolved,
            Relation::OwnDutyGrid | Relation::OwnArea | Relation::OwnRoad => Self::Elsewhere,
        }
    }

    /// Whether it is about who somebody is, and not about how the case stands.
    pub const fn is_of_whom(self) -> bool {
        matches!(
            self,
            Self::NotYours
                | Self::NotAsked
                | Self::Over
                | Self::NothingAsked
                | Self::TakenBack
                | Self::Team
                | Self::Helping
                | Self::NotReporter
                | Self::NotInvolved
                | Self::Elsewhere
                | Self::Class
        )
    }

    /// The same with what was asked and where the case stands, by their neutral names.
    pub fn of(self, asking: &Asking<'_>) -> String {
        let kind = asking.kind.name();
        let what = asking
            .variant
            .map_or_else(|| kind.to_owned(), |variant| format!("{kind}:{variant}"));
        let (role, stage) = (asking.who.role.as_str(), asking.view.stage.name());
        match self {
            Self::NotYours => format!("the role {role} may not {what} in any case like this one"),
            Self::NotAsked | Self::NotReporter | Self::NotInvolved | Self::Elsewhere => {
                format!("{self}, so the role {role} may not {what}")
            }
            Self::Over | Self::NothingAsked | Self::TakenBack => {
                format!("{self}: it is too late to {what}")
            }
            Self::NothingDone => nothing_done(asking),
            Self::Class => format!("the role {role} may not {what} in cases of this class"),
            Self::NothingToAnswer => format!("{self}: {what} comes after it"),
            Self::Stage => format!("a case that stands at {stage} takes no {what}"),
            Self::Separation => format!("{self}: {what} is for somebody else"),
            Self::CheckFailed => check_failed(asking, &what),
            Self::NotDoneThere => {
                format!("{self}: close that one first, or this one as mistaken, special or forced")
            }
            Self::NotFoundDone => format!(
                "{self}: have it done or checked, or close it as mistaken, special or forced"
            ),
            Self::NotConfirmed => format!("{self}: wait for it, or have the work checked first"),
            Self::NotCheckedAgain => {
                format!("{self}: ask for a check, or close it as mistaken, special or forced")
            }
            Self::NotSelfHandled
                if asking
                    .view
                    .report
                    .as_ref()
                    .is_some_and(|it| it.self_handled) =>
            {
                "the case was converted already: dispatch it".to_owned()
            }
            Self::NotSelfHandled => {
                format!("{self}: dispatch the case, or reopen it if it has ended")
            }
            Self::NothingToSpotCheck => format!("{self}: have it verified, or file it"),
            Self::NotFiled => format!(
                "{self}, so it takes no {what}: file it first, or convert what was settled on the spot"
            ),
            Self::NotFoundUndone => format!("{self}: ask for the spot check, or reopen the case"),
            Self::Ended => format!(
                "{self}, nor does {what}: convert what was settled on the spot, reopen anything else"
            ),
            Self::MustAccept
            | Self::WasDispatched
            | Self::NotOwnTask
            | Self::NotBelow
            | Self::HasIt
            | Self::HasItNot
            | Self::Team
            | Self::Helping => self.to_string(),
        }
    }
}

/// Whose answer it is by which the work is not done, and what lifts it.
fn check_failed(asking: &Asking<'_>, what: &str) -> String {
    let view = asking.view;
    let failed = view.found().failed();
    let found = failed.and_then(|hash| view.entry(&hash));
    let by = found.map_or(String::new(), |found| {
        format!(" (the answer of {} stands)", found.by)
    });
    format!(
        "{}{by}: have it done again, or checked again and found done, before {what}; close it otherwise if it ends all the same",
        Denied::CheckFailed
    )
}

/// What is missing, and by which kinds of close a case ends without work.
fn nothing_done(asking: &Asking<'_>) -> String {
    let view = asking.view;
    let done = Denied::NothingDone;
    let (missing, way) = match view.stage {
        Stage::Suspended => (
            format!("{done} in this round, and it is suspended"),
            "resume it and have it handled",
        ),
        Stage::Dispatched => (
            format!("{done} in this round for the unit that has it"),
            "wait for the work",
        ),
        _ if view.round > 0 => (format!("{done} in this round"), "dispatch it"),
        _ => (done.to_string(), "dispatch it"),
    };
    format!(
        "{missing}, so it is not closed as {}: {way}, close it as mistaken if it should not have been filed, or as special or forced if it ends without work",
        asking.variant.unwrap_or("done")
    )
}
