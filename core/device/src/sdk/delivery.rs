//! When files may go up, the platform's uploader, and tokens for other programs.

use std::time::Duration;

use gewu_model::ids::Digest;
use gewu_model::time::Millis;
use gewu_sync::auth::WINDOW_MS;
use gewu_sync::machine::Failure;
use gewu_sync::token::{self, Bearer};
use rusqlite::Connection;

use super::status::last_sync;
use super::{Answer, Core, Gewu, guard};
use crate::api::{CancelToken, HandedResult, HandedUpload, HeldBack, UploadPolicy};
use crate::error::{DeviceError, Result};
use crate::host::{HttpRequest, Method};
use crate::store::media::{self, FileState, StoredFile};
use crate::store::meta;
use crate::sync::{Traffic, Trouble, Upload, UploadAt, send_resource};

/// For how long a handed upload may begin, in milliseconds. Platforms hold uploads back for hours.
const HANDED_MS: i64 = token::MAX_TTL_MS / 2;
/// How many photos are let go of after one exchange.
const DROP_AT_ONCE: u32 = 100;
const DAY_MS: i64 = 86_400_000;

/// The clock contradicts what is known, and nobody is there to ask.
const SET_BACK: &str = "the device's clock was set back since the last sync, so the server might not take a token made now: sync first";

/// What was decided about uploads.
pub(super) fn upload_policy(tx: &Connection) -> Result<UploadPolicy> {
    let stored = meta::get(tx, meta::UPLOAD_POLICY)?;
    let read = stored.map(|bytes| serde_json::from_slice(&bytes));
    Ok(read.transpose().ok().flatten().unwrap_or_default())
}

impl Gewu {
    /// When files may go up.
    ///
    /// # Errors
    /// [`crate::GewuError::Storage`].
    pub fn upload_policy(&self) -> Answer<UploadPolicy> {
        Ok(self.core.read(|tx| upload_policy(tx))?)
    }

    /// Decides when files may go up. Uploads under way keep to it from their next part on.
    ///
    /// # Errors
    /// [`crate::GewuError::Storage`].
    pub fn set_upload_policy(&self, policy: &UploadPolicy) -> Answer<()> {
        let bytes = serde_json::to_vec(policy).map_err(|_| DeviceError::Damaged)?;
        Ok(self
            .core
            .write(|tx| meta::put(tx, meta::UPLOAD_POLICY, &bytes))?)
    }

    /// A token with which another program may bring and fetch files in this device's name, from now
    /// on for `ttl`, a day at most. The server is asked the time, if it can be reached; offline the token
    /// goes by what is known of its clock. It ends early when the device is taken out of use. Whoever has it can do as much: give it to one program, and never log it.
    ///
    /// # Errors
    /// [`crate::GewuError::NotEnrolled`].
    pub fn media_token(&self, ttl: Duration) -> Answer<Bearer> {
        Ok(self.core.media_token(ttl)?)
    }

    /// Hands the next files, `most` at most, to an uploader of the platform's, which goes on when the
    /// app is gone: each is begun at the server, and what is left of it is one request. Tell
    /// [`Gewu::handed_upload_ended`] how each ended. Until then, or until its time is over, syncs
    /// leave the file alone.
    ///
    /// # Errors
    /// [`crate::GewuError::Network`] when the server cannot be reached.
    pub fn hand_over_uploads(&self, most: usize) -> Answer<Vec<HandedUpload>> {
        Ok(self.core.hand_over(most)?)
    }

    /// Says how a handed upload ended. Only the server's signed word at the next sync frees the
    /// device of the file.
    ///
    /// # Errors
    /// [`crate::GewuError::Storage`].
    pub fn handed_upload_ended(&self, upload: &HandedUpload, result: HandedResult) -> Answer<()> {
        let sha256 = &upload.sha256;
        Ok(self.core.write(|tx| {
            media::hand(tx, sha256, None)?;
            let whole = matches!(result, HandedResult::Answered { status: 200..=299, offset }
                if offset == Some(upload.bytes));
            if whole {
                media::set_state(tx, sha256, FileState::Uploaded)?;
            }
            Ok(())
        })?)
    }
}

impl Core {
    fn media_token(&self, ttl: Duration) -> Result<Bearer> {
        let identity = self.identity()?;
        let heard = self.hear_clock();
        let now = self.options.host.clock.now();
        if heard.is_err() && self.is_set_back(now)? {
            return Err(DeviceError::NotNow(SET_BACK));
        }
        let at = guard(&self.clock).request_time(now);
        let ttl = i64::try_from(ttl.as_millis()).unwrap_or(i64::MAX);
        Ok(token::issue(&*identity.signer, identity.city, at, ttl)?)
    }

    /// Has the server say what time it is, if it finds ours wrong.
    fn hear_clock(&self) -> Result<()> {
        self.require_consent()?;
        // Nobody's file: who is in time is told that there is none.
        let nothing = Digest([0; 32]);
        let request = HttpRequest::new(Method::Get, format!("/v1/media/{nothing}"));
        match send_resource(self, request, &mut Traffic::default()) {
            Ok(_) => Ok(()),
            Err(Trouble::Failed(Failure::Skew { offset_ms })) => self.shift_clock(offset_ms),
            Err(trouble) => Err(trouble.into()),
        }
    }

    /// Moves the idea of the server's time, also for the next process.
    pub(crate) fn shift_clock(&self, ms: i64) -> Result<()> {
        let offset = {
            let mut clock = guard(&self.clock);
            clock.shift(ms);
            clock.offset_ms().unwrap_or(ms)
        };
        self.write(|tx| meta::put_number(tx, meta::CLOCK_OFFSET, offset))
    }

    /// Whether the device's clock shows less than when it last synced, so that what was learned of the
    /// server's then means nothing.
    fn is_set_back(&self, now: Millis) -> Result<bool> {
        let last = self.read(|tx| last_sync(tx))?;
        Ok(last.is_some_and(|last| last.at.since(now) > WINDOW_MS))
    }

    /// What keeps a file here, by what was decided and the network of this moment.
    pub(crate) fn holds_back(&self, file: &StoredFile) -> Result<Option<HeldBack>> {
        let policy = self.read(|tx| upload_policy(tx))?;
        Ok(self.holds_by(&policy, file))
    }

    pub(super) fn holds_by(&self, policy: &UploadPolicy, file: &StoredFile) -> Option<HeldBack> {
        let host = &self.options.host;
        let handed = file
            .handed_until
            .is_some_and(|until| host.clock.now() < until);
        if handed {
            return Some(HeldBack::HandedOver);
        }
        policy.holds(file.bytes, file.thumbnail, host.connectivity.network())
    }

    fn hand_over(&self, most: usize) -> Result<Vec<HandedUpload>> {
        self.require_consent()?;
        let identity = self.identity()?;
        let until = self.options.host.clock.now().plus(HANDED_MS);
        let ttl = u64::try_from(HANDED_MS).unwrap_or(0);
        let bearer = self.media_token(Duration::from_millis(ttl))?;
        let mut handed = Vec::new();
        for file in self.read(|tx| media::unsent(tx))? {
            let open = !matches!(file.state, FileState::Uploaded | FileState::Acknowledged);
            if handed.len() == most || !open || !self.holds_whole(&file) {
                continue;
            }
            if self.holds_back(&file)?.is_none()
                && let Some((place, offset)) = self.begin_upload(&file)?
            {
                self.write(|tx| media::hand(tx, &file.sha256, Some(until)))?;
                let url = format!("{}{place}", identity.server.trim_end_matches('/'));
                handed.push(self.handed(&file, url, offset, &bearer, until));
            }
        }
        Ok(handed)
    }

    /// Where the rest of a file goes; `None` when nothing is left, or the server refuses it.
    fn begin_upload(&self, file: &StoredFile) -> Result<Option<(String, u64)>> {
        let (mut traffic, cancel) = (Traffic::default(), CancelToken::new());
        let mut upload = Upload {
            core: self,
            file,
            cancel: &cancel,
            traffic: &mut traffic,
            told: &mut |_| {},
        };
        match upload.begin(false)? {
            UploadAt::Offset { url, offset } if offset < file.bytes => Ok(Some((url, offset))),
            _ => Ok(None),
        }
    }

    fn handed(
        &self,
        file: &StoredFile,
        url: String,
        offset: u64,
        bearer: &Bearer,
        until: Millis,
    ) -> HandedUpload {
        let own = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        HandedUpload {
            sha256: file.sha256,
            case: file.case,
            path: self.options.host.files.place(&media::path(&file.sha256)),
            offset,
            bytes: file.bytes,
            method: "PATCH",
            url,
            headers: vec![
                own("authorization", &format!("Bearer {}", bearer.expose())),
                own("tus-resumable", "1.0.0"),
                own("content-type", "application/offset+octet-stream"),
                own("upload-offset", &offset.to_string()),
            ],
            until,
        }
    }

    /// Lets go of photos that the server acknowledged long enough ago and whose receipt a backup of
    /// the server covers. `now` is the server's time.
    pub(crate) fn drop_old_photos(&self, now: Millis) -> Result<()> {
        let Some(days) = self.options.keep_days else {
            return Ok(());
        };
        let Some(covered) = self.read(|tx| meta::get_time(tx, meta::BACKUP_COVERS))? else {
            return Ok(());
        };
        let until = now.plus(-i64::from(days) * DAY_MS).min(covered);
        for file in self.read(|tx| media::to_drop(tx, until, DROP_AT_ONCE))? {
            self.drop_photo(&file)?;
        }
        Ok(())
    }

    fn drop_photo(&self, file: &StoredFile) -> Result<()> {
        let _alone = self.alone_with_files();
        let drafted = self.read(|tx| crate::store::drafts::holds(tx, &file.sha256))?;
        if drafted {
            return Ok(());
        }
        // First the row: a crash in between leaves a file too many, never one too few.
        self.write(|tx| media::set_dropped(tx, &file.sha256, true))?;
        self.remove_file(&file.sha256)
    }
}
