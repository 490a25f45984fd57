//! Cases in lists.

use gewu::PageKey;
use gewu_model::entry::ClassRef;
use gewu_model::ids::{CaseId, Digest, GridCode, UnitId};
use gewu_model::time::Millis;

pub use gewu::{CaseRow, Page, Query as ListQuery};
pub use gewu_model::fold::Stage;
pub use gewu_model::status::PublicStage;

/// Where a case stands. The names are neutral; a city's labels come from its policy pack.
#[uniffi::remote(Enum)]
pub enum Stage {
    /// The report arrived.
    Reported,
    /// The reporter took it back.
    Withdrawn,
    /// Somebody was asked whether it is so.
    Verifying,
    /// It is so.
    VerifiedExists,
    /// It could not be seen.
    VerifiedUnable,
    /// It is not so.
    VerifiedNotExists,
    /// It became a case (立案).
    Filed,
    /// It was not filed.
    Declined,
    /// A unit was asked to handle it (派遣).
    Dispatched,
    /// The work waits until it is resumed (挂账).
    Suspended,
    /// It is done, and the unit has yet to confirm it.
    Worked,
    /// The unit says that it is done (处置).
    Handled,
    /// Somebody was asked whether it is done.
    Checking,
    /// It is done.
    CheckPassed,
    /// It could not be seen.
    CheckUnable,
    /// It is not done.
    CheckFailed,
    /// It is settled (结案).
    Closed,
    /// It should not have been a case (作废).
    Void,
}

/// Where a case stands by the centre's public word, which is all that a citizen is told.
#[uniffi::remote(Enum)]
pub enum PublicStage {
    /// The report arrived.
    Received,
    /// Someone is looking into it.
    Verifying,
    /// It became a case.
    Accepted,
    /// It was not accepted.
    Declined,
    /// Somebody is working on it.
    InProgress,
    /// It is settled.
    Closed,
    /// The reporter took it back.
    Withdrawn,
}

/// Which cases to list, newest first.
#[uniffi::remote(Record)]
pub struct ListQuery {
    /// At this stage only.
    #[uniffi(default = None)]
    pub stage: Option<Stage>,
    /// Reported from this device's user only.
    #[uniffi(default = false)]
    pub mine: bool,
    /// Ever sent to this unit only.
    #[uniffi(default = None)]
    pub unit: Option<UnitId>,
    /// In this duty grid only.
    #[uniffi(default = None)]
    pub duty_grid: Option<GridCode>,
    /// Whose description's beginning holds this text.
    #[uniffi(default = None)]
    pub text: Option<String>,
    /// After this row of an earlier page.
    #[uniffi(default = None)]
    pub after: Option<PageKey>,
    /// At most so many rows, 1 to 500; 0 for 50.
    #[uniffi(default = 0)]
    pub limit: u32,
}

/// Some rows of a list.
#[uniffi::remote(Record)]
pub struct Page {
    /// The rows.
    pub rows: Vec<CaseRow>,
    /// Where the next page begins; none at the end.
    pub next: Option<PageKey>,
}

/// One case in a list.
#[uniffi::remote(Record)]
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

/// A case nearby that may be the same matter as the one that is being reported.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct SimilarCase {
    /// The case as lists show it.
    pub row: CaseRow,
    /// How far away, in metres.
    pub distance_m: f64,
    /// When it was first known: its receipt, or for want of one its author's word.
    pub first_known: Millis,
    /// The first photo of the case.
    pub photo: Option<Digest>,
}

impl From<gewu::Similar> for SimilarCase {
    fn from(similar: gewu::Similar) -> Self {
        Self {
            first_known: similar.first_known(),
            row: similar.row,
            distance_m: similar.distance_m,
            photo: similar.photo,
        }
    }
}
