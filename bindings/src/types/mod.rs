//! What goes in and comes out: the core's own records, restated, and a few smaller ones.

mod case;
mod catalogue;
mod report;
mod status;
mod sync;
mod who;

pub use case::{CaseRow, CaseSummary, ListQuery, Page, PublicStage, SetAsideNote, Stage};
pub use catalogue::{AreaLimit, ClassInfo, ClassKind, ClassRef, FilingCondition, Measure, Names};
pub use report::{
    CaseContact, Contact, Datum, EvidenceRole, Masked, PhotoFile, PositionInput, Provenance,
    ReportRequest, Saved, Warning,
};
pub use status::StatusCounts;
pub use sync::{LastSync, SyncOutcome, SyncReport};
pub use who::{Enrolment, WhoAmI};
