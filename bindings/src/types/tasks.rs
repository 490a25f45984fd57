//! What the user is asked to do.

use gewu_model::ids::{ChangeHash, UnitId};
use gewu_model::time::Millis;

use super::case::CaseRow;

pub use gewu::Struck;
pub use gewu_model::deadline::Light;
pub use gewu_model::deadline::clocks::{Basis, ClockLine};
pub use gewu_model::entry::{DayWindow, SeenState};

/// Something that the user, or the user's unit, is asked to do.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct FieldTask {
    /// The case as lists show it.
    pub row: CaseRow,
    /// What is asked: `verify`, `check`, `dispatch`, `rework` or `order`.
    pub question: String,
    /// Whether the user is named in person, and not through a unit.
    pub in_person: bool,
    /// How its clock stands: an estimate of this device. None when it has no clock here.
    pub clock: Option<ClockLine>,
    /// How far its addressee signed for it.
    pub seen: Option<SeenState>,
    /// Whether it was returned before, so that another return will not be granted.
    pub must_accept: bool,
    /// When somebody elsewhere wants the case settled.
    pub external_due: Option<Millis>,
    /// What took it away before it was done: it is shown struck out, and nothing is asked any more.
    pub cancelled: Option<Struck>,
    /// The user's own result that came too late: it is kept and shown, without effect.
    pub late_answer: Option<ChangeHash>,
    /// The part of the day in which it has to be done, because what is looked at happens only then
    /// (同时段核查).
    #[uniffi(default = None)]
    pub same_period: Option<DayWindow>,
}

impl From<gewu::Task> for FieldTask {
    fn from(task: gewu::Task) -> Self {
        Self {
            row: task.row,
            question: task.question,
            in_person: task.in_person,
            clock: task.clock,
            seen: task.seen,
            must_accept: task.must_accept,
            external_due: task.external_due,
            cancelled: task.cancelled,
            late_answer: task.late_answer,
            same_period: task.same_period,
        }
    }
}

/// What took a task away.
#[uniffi::remote(Record)]
pub struct Struck {
    /// The instruction.
    pub by: ChangeHash,
    /// Its kind, by name.
    pub kind: String,
    /// When the centre gave it.
    pub at: Millis,
}

/// A part of the day in which a check has to be made, because what is checked happens only then (同时段核查). In
/// minutes of the local day; it may go over midnight.
#[uniffi::remote(Record)]
pub struct DayWindow {
    /// The first minute, 0 to 1439.
    pub from_minute: u16,
    /// The minute after the last, 0 to 1439; not equal to the first.
    pub to_minute: u16,
}

/// How far a task went on the way to its addressee.
#[uniffi::remote(Enum)]
pub enum SeenState {
    /// It reached the phone (已收).
    Received,
    /// It was opened (已读).
    Read,
    /// Its addressee put it away as done (已办).
    Done,
}

/// The colour that a clock shows: how near it is to its limit.
#[uniffi::remote(Enum)]
pub enum Light {
    /// Time enough.
    Green,
    /// Near the limit.
    Yellow,
    /// Over it.
    Red,
}

/// On what due times rest.
#[uniffi::remote(Enum)]
pub enum Basis {
    /// The server's own receipt times and clock.
    Authoritative,
    /// What a device has, by a device's clock.
    Estimate,
}

/// A clock as a list shows it.
#[uniffi::remote(Record)]
pub struct ClockLine {
    /// The step, by its rule's name.
    pub node: String,
    /// The unit that has it; none when the step is not a unit's.
    pub holder: Option<UnitId>,
    /// Whether that unit only helps.
    pub assist: bool,
    /// Whether it is a budget that several steps share, and not one step's.
    pub shared: bool,
    /// The limit as it is written; none when nobody set one.
    pub limit: Option<String>,
    /// In what it counts, such as `work_hour`; `unknown` when it cannot be read.
    pub unit: Option<String>,
    /// When it is due; none while it stands, and when that is not known.
    pub due: Option<Millis>,
    /// Whether that is the due time from elsewhere, which is the stricter one.
    pub external: bool,
    /// The due time as local time, such as `2026-10-08T09:00:00+08:00`.
    pub due_text: Option<String>,
    /// What is left by its own clock, in milliseconds; below 0 by how much it is overdue.
    pub remaining_ms: Option<i64>,
    /// The light that it shows.
    pub light: Option<Light>,
    /// Whether it stands now.
    pub paused: bool,
    /// On what it rests.
    pub basis: Basis,
    /// By which calendar; none when there is none for it.
    pub calendar: Option<String>,
    /// Why something is not known, in words.
    pub unknown: Option<String>,
}
