//! What queries answer.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use gewu_model::catalogue::Label;
use gewu_model::deadline::clocks::ClockLine;
use gewu_model::entry::{ClassRef, DayWindow, SeenState};
use gewu_model::fold::{CaseView, Reason, Stage, Status};
use gewu_model::ids::{CaseId, ChangeHash, Digest, GridCode, ParseIdError, Role, UnitId, UserId};
use gewu_model::media::EvidenceRecord;
use gewu_model::status::{PublicStage, PublicStatus};
use gewu_model::time::{ClockTrust, Millis};
use serde::{Serialize, Serializer};

use super::status::SetAsideItem;

/// Which cases to list, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// At this stage only.
    pub stage: Option<Stage>,
    /// Reported from this device's user only.
    pub mine: bool,
    /// Ever sent to this unit only.
    pub unit: Option<UnitId>,
    /// In this duty grid only.
    pub duty_grid: Option<GridCode>,
    /// Whose description's beginning holds this text.
    pub text: Option<String>,
    /// After this row of an earlier page.
    pub after: Option<PageKey>,
    /// At most so many rows, 1 to 500; 0 for 50.
    pub limit: u32,
}

/// Where a page ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageKey {
    /// The row's time.
    pub updated_at: Millis,
    /// The row's case.
    pub case: CaseId,
}

impl fmt::Display for PageKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.updated_at, self.case)
    }
}

impl FromStr for PageKey {
    type Err = ParseIdError;
    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        let wrong = ParseIdError::new("page key", "the 'next' of an earlier page");
        let (at, case) = text.split_once(':').ok_or(wrong.clone())?;
        Ok(Self {
            updated_at: Millis(at.parse().map_err(|_| wrong)?),
            case: case.parse()?,
        })
    }
}

impl Serialize for PageKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Some rows of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Page {
    /// The rows.
    pub rows: Vec<CaseRow>,
    /// Where the next page begins; none at the end.
    pub next: Option<PageKey>,
}

/// One case in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CaseRow {
    /// The case.
    pub case: CaseId,
    /// Where it stands, by the entries that this device holds.
    pub stage: Stage,
    /// Where it stands by the centre's public word, which is all that a citizen is told.
    pub public_stage: Option<PublicStage>,
    /// The class.
    pub class: Option<ClassRef>,
    /// The unit grid.
    pub unit_grid: Option<GridCode>,
    /// The duty grid.
    pub duty_grid: Option<GridCode>,
    /// The server's number for it.
    pub task_number: Option<String>,
    /// The beginning of the description.
    pub summary: Option<String>,
    /// How many photos its entries name; redacted copies are not counted again.
    pub photos: u32,
    /// Entries of this device that no receipt names yet.
    pub unsent: u32,
    /// Whether this device's user reported it.
    pub mine: bool,
    /// When the newest entry was received, or claimed to be written.
    pub updated_at: Millis,
}

/// Whether this device is still responsible for something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// No receipt names it yet.
    Unsent,
    /// The server holds it.
    Received,
}

/// A case, whole.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CaseDetail {
    /// The row as lists show it.
    #[serde(flatten)]
    pub row: CaseRow,
    /// What the class is called in the catalogue that the case pins, as long as that is held.
    pub class_name: Option<Label>,
    /// What the filing condition says there.
    pub condition_text: Option<Label>,
    /// The catalogue edition.
    pub edition: Option<String>,
    /// The policy that holds for it.
    pub policy: Option<Digest>,
    /// The catalogue that holds for it.
    pub catalogue: Option<Digest>,
    /// The derived state.
    pub view: CaseView,
    /// Names the view, for commands.
    pub view_token: Digest,
    /// Whether the server holds everything of it that this device answers for: entries, texts, and
    /// each photo with its small picture.
    pub complete: bool,
    /// Every entry in causal order.
    pub entries: Vec<EntryDetail>,
    /// The texts and photos that its entries name and that the centre erased.
    pub erased: BTreeSet<Digest>,
    /// What was set aside of this user's, with its content.
    pub set_aside: Vec<SetAsideItem>,
    /// For a citizen's case: what the centre says.
    pub public_status: Option<PublicStatus>,
    /// The clocks that run or stand, the most urgent first: an estimate of this device.
    pub clocks: Vec<ClockLine>,
}

/// An entry with all that is known of it here.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EntryDetail {
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
    /// What became of it; in JSON as [`gewu_model::fold::ShownStatus`], for `by` is the author there.
    #[serde(flatten, serialize_with = "shown_status")]
    pub status: Status,
    /// Why, where that needs saying.
    pub reason: Option<Reason>,
    /// The instruction that it answers.
    pub answers: Option<ChangeHash>,
    /// The set-aside entry in whose place it was written.
    pub replaces: Option<ChangeHash>,
    /// When its author's clock said it was written.
    pub claimed_at: Millis,
    /// How far that may be believed.
    pub clock: ClockTrust,
    /// When the server accepted it.
    pub received_at: Option<Millis>,
    /// Whether the server holds it.
    pub delivery: Delivery,
    /// The payload; its shape follows the kind. `null` when a newer app wrote it.
    pub payload: serde_json::Value,
    /// Its texts by digest; a digest without a text was erased (see [`CaseDetail::erased`]) or has
    /// not arrived.
    pub texts: BTreeMap<Digest, Option<String>>,
    /// Its photos.
    pub photos: Vec<PhotoDetail>,
}

fn shown_status<S: Serializer>(status: &Status, serializer: S) -> Result<S::Ok, S::Error> {
    status.shown().serialize(serializer)
}

/// A photo of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PhotoDetail {
    /// What the entry says about it.
    #[serde(flatten)]
    pub record: EvidenceRecord,
    /// Whether the file is on this device.
    pub held: bool,
    /// Whether the centre erased it: it is neither here nor to be had.
    pub erased: bool,
    /// Redacted copies of it that the case holds, in causal order.
    pub redacted_copies: Vec<Digest>,
    /// The redacted copy that is shown in its place, now that it is erased.
    pub shown_instead: Option<Digest>,
    /// Whether the server has acknowledged the file; `None` for other people's photos.
    pub delivery: Option<Delivery>,
    /// The same of its small picture.
    pub small_delivery: Option<Delivery>,
}

/// A case nearby that may be the same matter as the one that is being reported.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Similar {
    /// The case as lists show it.
    #[serde(flatten)]
    pub row: CaseRow,
    /// How far away, in metres.
    pub distance_m: f64,
    /// When its report was written, by its author's clock.
    pub claimed_at: Millis,
    /// When the server received its report; of two reports the first received is the first.
    pub received_at: Option<Millis>,
    /// The first photo of the case.
    pub photo: Option<Digest>,
}

impl Similar {
    /// When the case was first known: its receipt, or for want of one its author's word.
    pub fn first_known(&self) -> Millis {
        self.received_at.unwrap_or(self.claimed_at)
    }
}

/// Something that the user, or the user's unit, is asked to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Task {
    /// The case as lists show it.
    #[serde(flatten)]
    pub row: CaseRow,
    /// What is asked: `verify`, `check`, `dispatch`, `rework`.
    pub question: String,
    /// Whether the user is named in person, and not through a unit.
    pub in_person: bool,
    /// How its clock stands: an estimate of this device. `None` when it has no clock here.
    pub clock: Option<ClockLine>,
    /// How far its addressee signed for it.
    pub seen: Option<SeenState>,
    /// Whether it was returned before, so that another return will not be granted.
    pub must_accept: bool,
    /// When somebody elsewhere wants the case settled.
    pub external_due: Option<Millis>,
    /// The part of the day in which it has to be done (同时段核查).
    pub same_period: Option<DayWindow>,
    /// What took it away before it was done: it is shown struck out, and nothing is asked any more.
    pub cancelled: Option<Struck>,
    /// The user's own result that came too late: it is kept and shown, without effect.
    pub late_answer: Option<ChangeHash>,
}

/// What took a task away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Struck {
    /// The instruction.
    pub by: ChangeHash,
    /// Its kind, by name.
    pub kind: String,
    /// When the centre gave it.
    pub at: Millis,
}
