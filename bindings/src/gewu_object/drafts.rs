//! Drafts save themselves at every edit.

use std::sync::Arc;

use crate::cancel::CancelHandle;
use crate::error::Answer;
use crate::gewu_object::Gewu;
use crate::host::HostError;
use crate::ids::{Digest, DraftId};
use crate::types::{AttachedPhoto, Draft, DraftInput, PhotoFile, PhotoProgress};

/// Hears how far the work on a photo is.
#[uniffi::export(foreign)]
pub trait PhotoListener: Send + Sync {
    /// So far. Throwing ends the telling, not the work.
    fn so_far(&self, progress: PhotoProgress) -> Result<(), HostError>;
}

#[uniffi::export]
impl Gewu {
    /// Begins a draft.
    pub fn draft_new(&self, input: DraftInput) -> Answer<DraftId> {
        Ok(self.sdk.draft_new(&input.into())?)
    }

    /// Writes a draft anew. When it returns, the draft survives a loss of power.
    pub fn draft_update(&self, draft: DraftId, input: DraftInput) -> Answer<()> {
        Ok(self.sdk.draft_update(draft, &input.into())?)
    }

    /// One draft.
    pub fn draft(&self, draft: DraftId) -> Answer<Draft> {
        Ok(self.sdk.draft(draft)?.into())
    }

    /// All drafts, the latest edited first.
    pub fn drafts(&self) -> Answer<Vec<Draft>> {
        let drafts = self.sdk.draft_list()?;
        Ok(drafts.into_iter().map(Draft::from).collect())
    }

    /// Throws a draft away, with its photos.
    pub fn draft_delete(&self, draft: DraftId) -> Answer<()> {
        Ok(self.sdk.draft_delete(draft)?)
    }

    /// Checks a photo, makes it fit the city's rules and attaches it to a draft. Using `cancel`
    /// leaves the draft as it was.
    #[uniffi::method(default(listener = None))]
    pub fn attach(
        &self,
        draft: DraftId,
        photo: PhotoFile,
        cancel: &CancelHandle,
        listener: Option<Arc<dyn PhotoListener>>,
    ) -> Answer<AttachedPhoto> {
        let mut listener = listener;
        let mut tell = |progress| {
            listener = listener.take().filter(|it| it.so_far(progress).is_ok());
        };
        let attached = self
            .sdk
            .attach_watched(draft, photo.into(), cancel.token(), &mut tell)?;
        Ok(attached.record.into())
    }

    /// Takes a photo off a draft.
    pub fn detach(&self, draft: DraftId, photo: Digest) -> Answer<()> {
        Ok(self.sdk.detach(draft, photo)?)
    }
}
