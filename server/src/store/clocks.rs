//! What a list needs of a case to reckon its clocks.

use gewu_model::deadline::clocks::OpenSteps;
use gewu_model::ids::CaseId;

use super::StoreError;

/// The open steps of cases, a projection.
pub(crate) trait Clocks {
    /// `None` for a case that no entry reached since its clocks are kept.
    fn steps(&self, case: CaseId) -> Result<Option<OpenSteps>, StoreError>;
    fn put_steps(&self, case: CaseId, steps: &OpenSteps) -> Result<(), StoreError>;
}
