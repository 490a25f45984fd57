//! What goes into the SDK and what comes out of it: plain values, no behaviour.

mod case;
mod checkup;
mod input;
mod labels;
mod output;
mod place;
mod status;
mod support;
mod sync;
mod upload;

pub use case::{
    CaseDetail, CaseRow, Delivery, EntryDetail, Page, PageKey, PhotoDetail, Query, Similar, Struck,
    Task,
};
pub use checkup::{
    Ailment, Checkup, FilesFound, Finding, LockerFound, LockerLooks, PackFound, PackRefused,
    PackWhy, PastSync, SyncCause, SyncEnd, UnsentGroup, UnsentKind, UnsentWhy,
};
pub use input::{
    Act, Consent, Datum, Passphrase, PhotoInput, PhotoSource, PositionInput, ReportInput,
    UnsentWork,
};
pub use labels::Labels;
pub use output::{
    AbsentFile, AttachedPhoto, CaseContact, Draft, DraftId, DraftPhoto, Enrolment, Exported,
    FilePart, Locker, PackInfo, QueuedCommand, Saved, SignInRequest, Warning, WhoAmI,
};
pub use place::{CandidateGrid, Located, Nearby, OwnDuty, ParentArea, RoadNearby};
pub use status::{
    AsideFound, Backlog, CaseUnsent, CommandState, CommandStatus, LastSync, MovedAside, PhotoState,
    PhotoUnsent, ReadableContent, SetAsideItem, Status, Waiting,
};
pub use support::support_bundle;
pub use sync::{CancelToken, SyncOutcome, SyncProgress, SyncReport, UploadTotals};
pub use upload::{HandedResult, HandedUpload, HeldBack, Over, ScrubReport, UploadPolicy};
