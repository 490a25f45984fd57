//! Payloads of field entries.

mod finding;
mod public;
mod report;
mod request;
mod work;

pub use finding::{Check, CheckResult, Verify, VerifyResult};
pub use public::{
    Appeal, ComponentChange, ComponentDifference, DuplicateSuggestion, Note, Rate, ReopenRequest,
    Supplement, Urge, Withdraw,
};
pub use report::{Report, Source};
pub use request::{ExtendRequest, OwnershipDispute, Refuse, SendBackRequest, SuspendRequest};
pub use work::{Confirm, HandedOver, Handle, Mark, Progress, Seen, SeenState};
