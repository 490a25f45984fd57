//! The entry object.

use std::path::Path;
use std::time::Duration;

use gewu_model::catalogue::Catalogue;
use gewu_model::entry::{Body, CheckResult, VerifyResult};
use gewu_model::ids::{CaseId, ChangeHash, Digest};
use gewu_sync::machine::Trigger;

use crate::api::*;
use crate::error::{DeviceError, GewuError};
use crate::options::Options;

type Answer<T> = Result<T, GewuError>;

fn unfinished<T>() -> Answer<T> {
    Err(DeviceError::NotNow("not written yet").into())
}

/// The SDK on one device. Callable from any thread; calls that wait for disk or network block.
pub struct Gewu {}

/// A list that tells when it changed. Dropping it ends it.
pub struct Watch {
    /// The page at the moment of the call.
    pub page: Page,
    /// Its revision.
    pub revision: u64,
}

/// A change of a watched list: query again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchEvent {
    /// The revision.
    pub revision: u64,
    /// Cases of the page that came, went or changed.
    pub changed: Vec<CaseId>,
}

impl Watch {
    /// Waits for the next change; `None` when `timeout` passed first or the SDK was closed.
    pub fn next(&mut self, _timeout: Duration) -> Option<WatchEvent> {
        None
    }
}

#[allow(missing_docs, clippy::missing_errors_doc)]
impl Gewu {
    pub fn open(_options: Options) -> Answer<Self> {
        unfinished()
    }
    pub fn open_folder(_folder: impl AsRef<Path>) -> Answer<Self> {
        unfinished()
    }
    pub fn consent(&self, _consent: &Consent) -> Answer<()> {
        unfinished()
    }
    pub fn has_consent(&self) -> Answer<bool> {
        unfinished()
    }
    pub fn enrol(&self, _server: &str, _code: Option<&str>) -> Answer<Enrolment> {
        unfinished()
    }
    pub fn whoami(&self) -> Answer<WhoAmI> {
        unfinished()
    }
    pub fn sign_out(&self, _unsent: UnsentWork) -> Answer<()> {
        unfinished()
    }
    pub fn export_unsent(&self, _folder: &Path) -> Answer<u32> {
        unfinished()
    }
    pub fn packs(&self) -> Answer<Vec<PackInfo>> {
        unfinished()
    }
    pub fn catalogue(&self) -> Answer<std::sync::Arc<Catalogue>> {
        unfinished()
    }

    pub fn draft_new(&self, _input: &ReportInput) -> Answer<DraftId> {
        unfinished()
    }
    pub fn draft_update(&self, _draft: DraftId, _input: &ReportInput) -> Answer<()> {
        unfinished()
    }
    pub fn draft(&self, _draft: DraftId) -> Answer<Draft> {
        unfinished()
    }
    pub fn draft_list(&self) -> Answer<Vec<Draft>> {
        unfinished()
    }
    pub fn draft_delete(&self, _draft: DraftId) -> Answer<()> {
        unfinished()
    }
    pub fn attach(&self, _draft: DraftId, _photo: PhotoInput) -> Answer<AttachedPhoto> {
        unfinished()
    }
    pub fn detach(&self, _draft: DraftId, _sha256: Digest) -> Answer<()> {
        unfinished()
    }
    pub fn report_draft(&self, _draft: DraftId) -> Answer<Saved> {
        unfinished()
    }
    pub fn report(&self, _input: ReportInput) -> Answer<Saved> {
        unfinished()
    }

    pub fn supplement(&self, _case: CaseId, _act: Act) -> Answer<Saved> {
        unfinished()
    }
    pub fn withdraw(&self, _case: CaseId, _act: Act) -> Answer<Saved> {
        unfinished()
    }
    pub fn verify(&self, _case: CaseId, _result: VerifyResult, _act: Act) -> Answer<Saved> {
        unfinished()
    }
    pub fn take(&self, _case: CaseId, _act: Act) -> Answer<Saved> {
        unfinished()
    }
    pub fn set_out(&self, _case: CaseId, _act: Act) -> Answer<Saved> {
        unfinished()
    }
    pub fn arrive(&self, _case: CaseId, _act: Act) -> Answer<Saved> {
        unfinished()
    }
    pub fn handle(&self, _case: CaseId, _act: Act) -> Answer<Saved> {
        unfinished()
    }
    pub fn check(&self, _case: CaseId, _result: CheckResult, _act: Act) -> Answer<Saved> {
        unfinished()
    }
    pub fn rate(&self, _case: CaseId, _score: u8, _act: Act) -> Answer<Saved> {
        unfinished()
    }
    pub fn note(&self, _case: CaseId, _act: Act) -> Answer<Saved> {
        unfinished()
    }
    pub fn command(
        &self,
        _case: CaseId,
        _body: Body,
        _note: Option<&str>,
    ) -> Answer<QueuedCommand> {
        unfinished()
    }

    pub fn list(&self, _query: &Query) -> Answer<Page> {
        unfinished()
    }
    pub fn show(&self, _case: CaseId) -> Answer<CaseDetail> {
        unfinished()
    }
    pub fn tasks(&self) -> Answer<Vec<Task>> {
        unfinished()
    }
    pub fn status(&self) -> Answer<Status> {
        unfinished()
    }
    pub fn watch(&self, _query: &Query) -> Answer<Watch> {
        unfinished()
    }
    pub fn state_hash(&self, _case: CaseId) -> Answer<Digest> {
        unfinished()
    }
    pub fn replica_hash(&self) -> Answer<Digest> {
        unfinished()
    }
    pub fn verify_projection(&self) -> Answer<Vec<CaseId>> {
        unfinished()
    }
    pub fn document(&self, _case: CaseId) -> Answer<Vec<u8>> {
        unfinished()
    }
    pub fn accepted_changes(&self, _case: CaseId) -> Answer<Vec<ChangeHash>> {
        unfinished()
    }
    pub fn photo_bytes(&self, _sha256: Digest) -> Answer<Vec<u8>> {
        unfinished()
    }

    pub fn sync(
        &self,
        _progress: &mut dyn FnMut(SyncProgress),
        _cancel: &CancelToken,
    ) -> Answer<SyncReport> {
        unfinished()
    }
    pub fn sync_on(
        &self,
        _trigger: Trigger,
        _progress: &mut dyn FnMut(SyncProgress),
        _cancel: &CancelToken,
    ) -> Answer<SyncReport> {
        unfinished()
    }
    pub fn suspend(&self, _grace: Duration) -> Answer<()> {
        unfinished()
    }
    pub fn resume(&self) -> Answer<()> {
        unfinished()
    }
}
