//! Reporting in one call.

use crate::error::Answer;
use crate::gewu_object::Gewu;
use crate::ids::DraftId;
use crate::types::{ClassRef, DraftInput, PositionInput, ReportRequest, Saved, SimilarCase};

#[uniffi::export]
impl Gewu {
    /// Saves a report. Works without the network; when it returns, the report and its photos
    /// survive a loss of power, and the device stays responsible until the server's receipt.
    pub fn report(&self, request: ReportRequest) -> Answer<Saved> {
        Ok(self.sdk.report(request.into())?)
    }

    /// Refuses what no city takes of a report: a class or position that is missing, a position that is none,
    /// a text, code or contact out of bounds. For a form, before its photos are worked on. The city's own
    /// rules are asked when it is reported.
    pub fn check_report(&self, input: DraftInput) -> Answer<()> {
        Ok(self.sdk.check_report(&input.into())?)
    }

    /// Hands a draft in as a report, and removes the draft.
    pub fn report_draft(&self, draft: DraftId) -> Answer<Saved> {
        Ok(self.sdk.report_draft(draft)?)
    }

    /// Open cases on this device that may be the same matter as one of this class at this place, the
    /// nearest first. A help, no verdict.
    pub fn similar(&self, position: PositionInput, class: ClassRef) -> Answer<Vec<SimilarCase>> {
        let found = self.sdk.similar(&position, &class)?;
        Ok(found.into_iter().map(Into::into).collect())
    }

    /// The same for a draft; one without class or position is like nothing.
    pub fn similar_to_draft(&self, draft: DraftId) -> Answer<Vec<SimilarCase>> {
        let found = self.sdk.similar_to_draft(draft)?;
        Ok(found.into_iter().map(Into::into).collect())
    }
}
