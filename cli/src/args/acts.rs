//! Arguments of what people say and ask for on a device while work is under way, and after it.

use std::path::PathBuf;

use clap::{ArgGroup, Args, Subcommand, ValueEnum};
use gewu_model::entry::{ClassKind, ComponentDifference, SeenState};

use super::OriginArgs;
use super::device::{ActArgs, CaseArg, DirArg, Place};

/// An act with pictures.
#[derive(Debug, Args)]
pub(crate) struct ShownArgs {
    #[command(flatten)]
    pub(crate) act: ActArgs,
    /// A picture of it; may be given several times.
    #[arg(long, value_name = "FILE")]
    pub(crate) photo: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) origin: OriginArgs,
}

/// What may be wrong about a component on the map.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum DifferenceArg {
    /// It stands there and the map does not know it.
    Added,
    /// It stands elsewhere.
    Moved,
    /// It is gone.
    Removed,
    /// Something about it is otherwise.
    Altered,
}

impl From<DifferenceArg> for ComponentDifference {
    fn from(arg: DifferenceArg) -> Self {
        match arg {
            DifferenceArg::Added => Self::Added,
            DifferenceArg::Moved => Self::Moved,
            DifferenceArg::Removed => Self::Removed,
            DifferenceArg::Altered => Self::Altered,
        }
    }
}

/// How far a task went.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum SeenArg {
    /// It reached the phone (已收).
    Received,
    /// It was opened (已读).
    Read,
    /// It was put away as done (已办).
    Done,
}

impl From<SeenArg> for SeenState {
    fn from(arg: SeenArg) -> Self {
        match arg {
            SeenArg::Received => Self::Received,
            SeenArg::Read => Self::Read,
            SeenArg::Done => Self::Done,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct SimilarArgs {
    #[command(flatten)]
    pub(crate) device: DirArg,
    /// The class by code.
    #[arg(long, value_name = "CODE")]
    pub(crate) class: String,
    /// The class's kind, where several have the code.
    #[arg(long, value_name = "KIND")]
    pub(crate) kind: Option<ClassKind>,
    #[command(flatten)]
    pub(crate) place: Place,
}

/// Commands that write an entry or ask for an instruction.
#[derive(Debug, Subcommand)]
pub(crate) enum ActCommand {
    /// Say how far the work is (进展).
    Progress {
        #[command(flatten)]
        shown: ShownArgs,
        /// How much is done.
        #[arg(long, value_parser = clap::value_parser!(u8).range(0..=100))]
        percent: Option<u8>,
    },
    /// Confirm for your unit that the work is done (反馈), where the city has that step.
    Confirm(ShownArgs),
    /// Ask to give a task back (申请回退).
    #[command(group(ArgGroup::new("how").required(true)))]
    SendBack {
        #[command(flatten)]
        shown: ShownArgs,
        /// Why, by the policy's code.
        #[arg(long, value_name = "CODE", group = "how")]
        reason: Option<String>,
        /// The unit that should have it instead.
        #[arg(long, value_name = "UNIT", requires = "reason")]
        instead: Option<String>,
        /// Ask the centre for the return itself, where the rules let you grant it.
        #[arg(long, group = "how")]
        grant: bool,
        /// The unit that gives it back, with --grant; the one that had it last by default.
        #[arg(long, value_name = "UNIT", requires = "grant", value_parser = super::words::name)]
        unit: Option<String>,
        /// The request that it grants, with --grant: its hash as `gewu show` prints it, or the first digits.
        /// Without it the one that waits for just that, if there is only one.
        #[arg(long, value_name = "HASH", requires = "grant")]
        request: Option<String>,
    },
    /// Ask for more time (申请延期).
    AskExtension {
        #[command(flatten)]
        shown: ShownArgs,
        /// How much more, as the catalogue writes limits: 1工作日.
        #[arg(long, value_name = "TEXT", value_parser = super::words::limit)]
        limit: String,
        /// Why, by the policy's code.
        #[arg(long, value_name = "CODE")]
        reason: Option<String>,
    },
    /// Ask to suspend the work (申请挂账).
    AskSuspension {
        #[command(flatten)]
        shown: ShownArgs,
        /// Why, by the policy's code.
        #[arg(long, value_name = "CODE")]
        reason: String,
        /// Until when, as 2026-09-30T17:00 (+08:00 unless a zone follows).
        #[arg(long, value_name = "TIME")]
        until: Option<String>,
    },
    /// Refuse to sign for a task (拒签).
    Refuse {
        #[command(flatten)]
        act: ActArgs,
        /// Why, by the policy's code.
        #[arg(long, value_name = "CODE")]
        reason: String,
    },
    /// Contest whose the object is (权属争议).
    Dispute {
        #[command(flatten)]
        shown: ShownArgs,
        /// Who should be the owner.
        #[arg(long, value_name = "UNIT", value_parser = super::words::name)]
        owner: Option<String>,
    },
    /// Ask the centre to hurry with your report (催办).
    Urge(ActArgs),
    /// Ask to open an ended case again (申请重办).
    ReopenRequest {
        #[command(flatten)]
        shown: ShownArgs,
        /// Why, by the policy's code.
        #[arg(long, value_name = "CODE")]
        reason: Option<String>,
    },
    /// Contest a decision (申诉).
    Appeal {
        #[command(flatten)]
        shown: ShownArgs,
        /// The ground, by the policy's code, such as overdue.
        #[arg(long, value_name = "CODE")]
        reason: String,
        /// The instruction, by its hash; the last one by default.
        #[arg(long, value_name = "HASH")]
        against: Option<String>,
    },
    /// Say that a case looks like another one (疑似重复); see `gewu similar`.
    SuggestDuplicate {
        #[command(flatten)]
        act: ActArgs,
        /// The other case.
        #[arg(long, value_name = "CASE")]
        of: String,
    },
    /// Say that a component is not as the map has it (部件更新).
    ComponentChange {
        #[command(flatten)]
        shown: ShownArgs,
        /// What differs.
        #[arg(long, value_enum)]
        difference: DifferenceArg,
        /// The component by its identifier; see `gewu near`.
        #[arg(long, value_name = "ID")]
        component: Option<String>,
    },
    /// Sign for a task: received, read or done (已收, 已读, 已办).
    Seen {
        #[command(flatten)]
        case: CaseArg,
        /// How far it went.
        #[arg(long, value_enum, default_value = "read")]
        state: SeenArg,
    },
    /// Hand a guarded place to whoever came (现场移交).
    #[command(group(ArgGroup::new("taker").required(true).multiple(true)))]
    HandOver {
        #[command(flatten)]
        shown: ShownArgs,
        /// The person who took it.
        #[arg(long, value_name = "USER", group = "taker", value_parser = super::words::name)]
        to: Option<String>,
        /// The unit that took it.
        #[arg(long, value_name = "UNIT", group = "taker", value_parser = super::words::name)]
        unit: Option<String>,
    },
    /// Ask the centre to take an assignment in your unit back (撤销指派).
    #[command(group(ArgGroup::new("whom").required(true).multiple(true)))]
    Unassign {
        #[command(flatten)]
        case: CaseArg,
        /// The person.
        #[arg(long, value_name = "USER", group = "whom", value_parser = super::words::name)]
        person: Option<String>,
        /// The team.
        #[arg(long, value_name = "UNIT", group = "whom", value_parser = super::words::name)]
        team: Option<String>,
        /// A remark.
        #[arg(long, value_parser = super::words::words)]
        text: Option<String>,
    },
    /// Ask the centre once more for what it refused, with the same words, on the case as it stands now.
    Again {
        #[command(flatten)]
        device: DirArg,
        /// The command, by the first digits that `gewu status` shows.
        command: String,
    },
    /// List open cases nearby that may be the same matter, without a network.
    Similar(SimilarArgs),
}
