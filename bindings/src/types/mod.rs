//! What goes in and comes out: the core's own records, restated, and a few smaller ones.

mod acts;
mod case;
mod catalogue;
mod checkup;
mod detail;
mod draft;
mod locker;
mod opening;
mod place;
mod public;
mod report;
mod status;
mod sync;
mod tasks;
mod upload;
mod who;

pub use acts::{ActInput, CheckResult, ComponentDifference, QueuedCommand, VerifyResult};
pub use case::{CaseRow, ListQuery, Page, PublicStage, SimilarCase, Stage};
pub use catalogue::{AreaLimit, ClassInfo, ClassKind, ClassRef, FilingCondition, Measure, Names};
pub use checkup::{CheckupFinding, CheckupNote};
pub use detail::{
    CaseDetail, ClockTrust, Delivery, EntryDetail, EntryText, OpenQuestion, PhotoDetail,
    SetAsideNote,
};
pub use draft::{AttachedPhoto, Draft, DraftInput, PhotoProgress, PhotoStage};
pub use locker::{Locker, MovedAside};
pub(crate) use opening::ToldNetwork;
pub use opening::{BundledPack, OpenOptions};
pub use place::{
    CandidateGrid, GridCertainty, Located, NearbyComponent, OwnDuty, ParentArea, RoadNearby,
};
pub use public::{PublicReward, PublicWord};
pub use report::{
    CaseContact, Contact, Datum, EvidenceRole, Masked, PhotoFile, Place, PositionInput, Provenance,
    ReportRequest, Saved, Warning,
};
pub use status::{CommandNote, CommandOutcome, Exported, NoticeNote, PackInfo, StatusCounts};
pub use sync::{LastSync, SyncOutcome, SyncProgress, SyncReport, SyncTrigger, UploadTotals};
pub use tasks::{Basis, ClockLine, DayWindow, FieldTask, Light, SeenState, Struck};
pub use upload::{HandedResult, HandedUpload, NetworkKind, Over, ScrubReport, UploadPolicy};
pub use who::{Enrolment, SignInRequest, WhoAmI};
