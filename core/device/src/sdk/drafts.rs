//! Reports that grow on the screen and save themselves at every edit.

use gewu_evidence::{Answer as Asked, EvidenceError, Progress, Watch};
use gewu_model::ids::Digest;
use gewu_model::media::{EvidenceRecord, MAX_EVIDENCE};
use rusqlite::Connection;

use super::photos::check_firsts;
use super::{Answer, Gewu};
use crate::api::{AttachedPhoto, CancelToken, Draft, DraftId, PhotoInput, ReportInput};
use crate::error::{DeviceError, Result};
use crate::store::{drafts, media};

const MISSING: DeviceError = DeviceError::NotFound("the draft");

impl Gewu {
    /// Begins a draft. Nothing in it is checked before it is handed in.
    ///
    /// # Errors
    /// [`crate::GewuError::NotPermitted`] before consent, and [`crate::GewuError::Storage`].
    pub fn draft_new(&self, input: &ReportInput) -> Answer<DraftId> {
        self.core.require_consent()?;
        check_storable(input)?;
        let draft = DraftId(self.core.random());
        let now = self.core.options.host.clock.now();
        let contact = self.core.seal_draft(draft, input.contact.as_ref())?;
        self.core
            .write(|tx| drafts::save(tx, draft, input, contact.as_deref(), now))?;
        Ok(draft)
    }

    /// Keeps an edit. When this returns, it survives power loss.
    ///
    /// # Errors
    /// [`crate::GewuError::NotFound`] when the draft was handed in or deleted.
    pub fn draft_update(&self, draft: DraftId, input: &ReportInput) -> Answer<()> {
        check_storable(input)?;
        let now = self.core.options.host.clock.now();
        let contact = self.core.seal_draft(draft, input.contact.as_ref())?;
        Ok(self.core.write(|tx| {
            if !drafts::exists(tx, draft)? {
                return Err(MISSING);
            }
            drafts::save(tx, draft, input, contact.as_deref(), now)
        })?)
    }

    /// One draft.
    ///
    /// # Errors
    /// [`crate::GewuError::NotFound`].
    pub fn draft(&self, draft: DraftId) -> Answer<Draft> {
        Ok(self
            .core
            .read(|tx| self.core.whole_draft(tx, draft)?.ok_or(MISSING))?)
    }

    /// Every draft, the last edited first.
    ///
    /// # Errors
    /// [`crate::GewuError::Storage`].
    pub fn draft_list(&self) -> Answer<Vec<Draft>> {
        Ok(self.core.read(|tx| {
            let mut all = drafts::list(tx)?;
            for draft in &mut all {
                draft.input.contact = self.core.contact_of(tx, draft.id)?;
            }
            Ok(all)
        })?)
    }

    /// Throws a draft away with its photos. They were never to be uploaded.
    ///
    /// # Errors
    /// [`crate::GewuError::NotFound`].
    pub fn draft_delete(&self, draft: DraftId) -> Answer<()> {
        self.core.write(|tx| {
            for (record, _) in drafts::photos(tx, draft)? {
                discard(tx, &record)?;
            }
            if drafts::delete(tx, draft)? {
                Ok(())
            } else {
                Err(MISSING)
            }
        })?;
        Ok(self.core.remove_doomed()?)
    }

    /// Checks a photo, stores it whole and attaches it to a draft.
    ///
    /// # Errors
    /// [`crate::GewuError::InvalidInput`] says what is wrong with the photo.
    pub fn attach(&self, draft: DraftId, photo: PhotoInput) -> Answer<AttachedPhoto> {
        self.attach_watched(draft, photo, &CancelToken::new(), &mut |_| {})
    }

    /// The same for an app that shows how far it is: `tell` hears each step of the work and some
    /// dozens of times while a picture is decoded, and `cancel` stops it from another thread. Stopped
    /// before the photo is attached, nothing of it is kept; afterwards `cancel` does nothing.
    ///
    /// # Errors
    /// [`crate::GewuError::InvalidInput`] says what is wrong with the photo,
    /// [`crate::GewuError::Busy`] that the work was stopped.
    pub fn attach_watched(
        &self,
        draft: DraftId,
        photo: PhotoInput,
        cancel: &CancelToken,
        tell: &mut dyn FnMut(Progress),
    ) -> Answer<AttachedPhoto> {
        self.core.require_consent()?;
        check_firsts(std::slice::from_ref(&photo))?;
        let _naming = self.core.name_files();
        let setting = self.core.setting_of_draft(draft)?;
        let mut heard = |progress| {
            tell(progress);
            if cancel.is_cancelled() {
                Asked::Stop
            } else {
                Asked::GoOn
            }
        };
        let prepared = self
            .core
            .prepare(&photo, &setting, &mut Watch::new(&mut heard))?;
        // Films and sounds tell no steps.
        if cancel.is_cancelled() {
            return Err(DeviceError::from(EvidenceError::Stopped).into());
        }
        self.core.write(|tx| {
            if !drafts::exists(tx, draft)? {
                return Err(MISSING);
            }
            if drafts::photos(tx, draft)?.len() >= MAX_EVIDENCE {
                return Err(DeviceError::input(
                    "photo",
                    "more than 20 photos; leave some out",
                ));
            }
            drafts::attach(tx, draft, &prepared.record, prepared.thumb_bytes)
        })?;
        Ok(AttachedPhoto {
            record: prepared.record,
        })
    }

    /// Takes a photo off a draft.
    ///
    /// # Errors
    /// [`crate::GewuError::NotFound`].
    pub fn detach(&self, draft: DraftId, sha256: Digest) -> Answer<()> {
        self.core.write(|tx| {
            let photos = drafts::photos(tx, draft)?;
            if !drafts::detach(tx, draft, &sha256)? {
                return Err(DeviceError::NotFound("the photo"));
            }
            let of_it = photos.iter().filter(|(record, _)| record.sha256 == sha256);
            of_it
                .into_iter()
                .try_for_each(|(record, _)| discard(tx, record))
        })?;
        Ok(self.core.remove_doomed()?)
    }
}

/// The photo's files, to be removed unless something else names them; a crash changes nothing of it.
fn discard(tx: &Connection, record: &EvidenceRecord) -> Result<()> {
    drafts::files(record).try_for_each(|sha256| media::discard(tx, &sha256))
}

/// A draft may hold anything but numbers that are none.
fn check_storable(input: &ReportInput) -> Result<()> {
    let numbers = input
        .position
        .map(|at| [at.lon, at.lat, at.accuracy_m.unwrap_or(0.0)]);
    if numbers.is_some_and(|numbers| !numbers.iter().all(|number| number.is_finite())) {
        return Err(DeviceError::input("position", "is not a number"));
    }
    Ok(())
}
