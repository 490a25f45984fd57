//! Syncing, and when files may go up.

use std::sync::Arc;

use crate::cancel::CancelHandle;
use crate::error::Answer;
use crate::gewu_object::Gewu;
use crate::host::HostError;
use crate::types::{
    HandedResult, HandedUpload, SyncProgress, SyncReport, SyncTrigger, UploadPolicy,
};

/// Hears how far a sync is.
#[uniffi::export(foreign)]
pub trait SyncListener: Send + Sync {
    /// So far. Throwing ends the telling, not the sync.
    fn so_far(&self, progress: SyncProgress) -> Result<(), HostError>;
}

/// Hands steps on to a listener until it throws.
pub(super) fn telling(mut listener: Option<Arc<dyn SyncListener>>) -> impl FnMut(SyncProgress) {
    move |progress| {
        listener = listener.take().filter(|it| it.so_far(progress).is_ok());
    }
}

#[uniffi::export]
impl Gewu {
    /// Exchanges with the server until both hold the same, or until `cancel` is used on another
    /// thread. May be stopped at any instant and run again.
    ///
    /// That the network is away is no error but the outcome *later*. Without a trigger it is a
    /// person's wish.
    #[uniffi::method(default(trigger = None, listener = None))]
    pub fn sync(
        &self,
        cancel: &CancelHandle,
        trigger: Option<SyncTrigger>,
        listener: Option<Arc<dyn SyncListener>>,
    ) -> Answer<SyncReport> {
        let mut tell = telling(listener);
        let trigger = trigger.unwrap_or(SyncTrigger::Manual);
        Ok(self.sdk.sync_on(trigger, &mut tell, cancel.token())?)
    }

    /// When files may go up.
    pub fn upload_policy(&self) -> Answer<UploadPolicy> {
        Ok(self.sdk.upload_policy()?)
    }

    /// Decides when files may go up. Uploads under way keep to it from their next part on.
    pub fn set_upload_policy(&self, policy: UploadPolicy) -> Answer<()> {
        Ok(self.sdk.set_upload_policy(&policy)?)
    }

    /// Hands the next files, `most` at most, to an uploader of the platform's, which goes on when
    /// the app is gone. Say with [`Gewu::handed_upload_ended`] how each ended. Until then, or until
    /// its time is over, syncs leave the file alone. Needs the network.
    pub fn hand_over_uploads(&self, most: u32) -> Answer<Vec<HandedUpload>> {
        let handed = self.sdk.hand_over_uploads(most as usize)?;
        Ok(handed.into_iter().map(HandedUpload::from).collect())
    }

    /// Says how a handed upload ended. Only the server's signed word at the next sync frees the
    /// device of the file.
    pub fn handed_upload_ended(&self, upload: HandedUpload, result: HandedResult) -> Answer<()> {
        Ok(self
            .sdk
            .handed_upload_ended(&upload.into(), result.into())?)
    }
}
