//! One file up, by tus 1.0: created once, resumed where the server says, each part with its
//! checksum and as large as the line bears. A server that lost the upload gets it anew; one that refuses the file is obeyed, and
//! the file stays here.

use std::sync::atomic::Ordering;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gewu_model::crypto::sha256;
use gewu_model::ids::Digest;
use gewu_sync::machine::Failure;

use super::http::{Traffic, Trouble, reason, send_resource};
use crate::api::CancelToken;
use crate::error::{DeviceError, Result};
use crate::host::{HttpRequest, HttpResponse, LogLevel, Method};
use crate::sdk::Core;
use crate::store::media::{self, FileState, StoredFile};
use crate::store::meta;

/// The size of the first part. Half a minute on a line of 17 KB/s.
const FIRST_PART: usize = 512 << 10;
/// A part is never smaller, whatever the network does.
const SMALLEST_PART: usize = 32 << 10;
/// A part is never larger: it lies in memory, and counts only once it has arrived whole.
const LARGEST_PART: usize = 8 << 20;
/// A part that took less may be followed by a larger one.
const QUICK: Duration = Duration::from_millis(700);
/// How often one part may be out of step or damaged before the upload waits for another time.
const MOST_TRIES: u32 = 5;

/// Why a damaged file does not go up.
const DAMAGED: &str = "the file on this device is damaged; keep the device's folder for rescue";

type Step<T> = std::result::Result<T, Trouble>;

/// One upload under way.
pub(crate) struct Upload<'a> {
    pub(crate) core: &'a Core,
    pub(crate) file: &'a StoredFile,
    pub(crate) cancel: &'a CancelToken,
    pub(crate) traffic: &'a mut Traffic,
    /// Told after each part how much is at the server.
    pub(crate) told: &'a mut dyn FnMut(u64),
}

/// How an upload left off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ended {
    /// All of it is at the server.
    Whole,
    /// The server will not have it, and says why.
    Refused(String),
    /// Its bytes here are not what was saved, so it is not sent.
    Damaged,
    /// It waits for the user, or for another network.
    HeldBack,
}

/// Where an upload stands at the server.
pub(crate) enum At {
    /// So much of it is there.
    Offset {
        /// Where it goes on.
        url: String,
        /// Bytes that are there.
        offset: u64,
    },
    /// The server will not have it, and says why.
    Refused(String),
}

impl Upload<'_> {
    /// Uploads the file, as far as that is allowed.
    pub(crate) fn run(mut self) -> Step<Ended> {
        // Before the first byte goes, and when the server found another hash than was announced.
        let fresh = self.file.upload.is_none();
        if fresh && self.is_damaged()? {
            return Ok(Ended::Damaged);
        }
        let ended = match self.begin(true)? {
            At::Offset { url, offset } => self.send(url, offset)?,
            At::Refused(why) => Ended::Refused(why),
        };
        if matches!(ended, Ended::Refused(_)) && self.is_damaged()? {
            return Ok(Ended::Damaged);
        }
        let (state, reason) = match &ended {
            Ended::Whole => (FileState::Uploaded, None),
            Ended::Refused(why) => (FileState::Refused, Some(why.as_str())),
            Ended::HeldBack | Ended::Damaged => return Ok(ended),
        };
        self.core.write(|tx| {
            media::set_reason(tx, &self.file.sha256, reason)?;
            media::set_state(tx, &self.file.sha256, state)
        })?;
        if matches!(ended, Ended::Refused(_)) {
            self.core
                .log(LogLevel::Warn, "the server refused a file; it is kept here");
        }
        Ok(ended)
    }

    /// Whether the file's bytes are no longer those of its hash; that is kept, and what the server has
    /// of them is forgotten.
    fn is_damaged(&self) -> Result<bool> {
        if self.core.is_sound(&self.file.sha256)? {
            return Ok(false);
        }
        self.core.write(|tx| {
            media::set_upload(tx, &self.file.sha256, None, 0)?;
            media::set_reason(tx, &self.file.sha256, Some(DAMAGED))?;
            media::set_damaged(tx, &self.file.sha256, true)
        })?;
        self.core
            .log(LogLevel::Warn, "a file is damaged; it is not sent");
        Ok(true)
    }

    /// Finds the upload that was begun, or begins one; a small file may go with that.
    pub(crate) fn begin(&mut self, with_file: bool) -> Step<At> {
        let at = match &self.file.upload {
            Some(url) => self.resume(url.clone())?,
            None => None,
        };
        match at {
            Some(at) => Ok(at),
            None => self.create(with_file),
        }
    }

    fn request(method: Method, url: &str) -> HttpRequest {
        HttpRequest::new(method, url).header("tus-resumable", "1.0.0")
    }

    /// Sends a request; a page that no server of ours wrote is the network's.
    fn ask(&mut self, request: HttpRequest) -> Step<HttpResponse> {
        let response = send_resource(self.core, request, self.traffic)?;
        let kind = response.header("content-type");
        if kind.is_some_and(|kind| kind.starts_with("text/html")) {
            return Err(Failure::CaptivePortal.into());
        }
        Ok(response)
    }

    /// What is announced of the file, as tus writes it.
    fn metadata(&self) -> String {
        let name = STANDARD.encode(self.file.sha256.to_string());
        format!("sha256 {name}")
    }

    fn create(&mut self, with_file: bool) -> Step<At> {
        let bytes = self.file.bytes;
        let mut request = Self::request(Method::Post, "/v1/media")
            .header("upload-length", bytes.to_string())
            .header("upload-metadata", self.metadata());
        let part = self.part_bytes()?;
        if with_file && bytes > 0 && bytes <= part as u64 {
            request = carrying(request, self.read(0, part)?);
        }
        let response = self.ask(request)?;
        if !response.is_success() {
            return Ok(At::Refused(reason(&response)));
        }
        let offset = offset_of(&response).unwrap_or(0);
        let url = response.header("location").and_then(path_of);
        let url = url.ok_or(Failure::Untrusted("an upload has no place"))?;
        self.remember(Some(&url), offset)?;
        (self.told)(offset);
        Ok(At::Offset { url, offset })
    }

    /// What the server has of an upload that was begun; `None` when it knows nothing of it, or when that is
    /// another file's: answers to other requests lie about in proxies, and one of them may have named it.
    fn resume(&mut self, url: String) -> Step<Option<At>> {
        let response = self.ask(Self::request(Method::Head, &url))?;
        let is_another = |name: &str, ours: &str| {
            let told = response.header(name);
            told.is_some_and(|told| told != ours)
        };
        let another = is_another("upload-length", &self.file.bytes.to_string())
            || is_another("upload-metadata", &self.metadata());
        if another || !response.is_success() {
            self.remember(None, 0)?;
            return Ok(None);
        }
        let offset = offset_of(&response).ok_or(Failure::Untrusted("an upload has no offset"))?;
        Ok(Some(At::Offset { url, offset }))
    }

    fn send(&mut self, url: String, mut offset: u64) -> Step<Ended> {
        let mut tries = 0;
        while offset < self.file.bytes {
            if self.cancel.is_cancelled() {
                return Err(Failure::Cancelled.into());
            }
            if self.core.holds_back(self.file)?.is_some() {
                return Ok(Ended::HeldBack);
            }
            let response = self.send_part(&url, offset)?;
            let next = match response.status {
                200..=299 => offset_of(&response),
                409 | 423 => match self.resume(url.clone())? {
                    Some(At::Offset { offset, .. }) => Some(offset),
                    _ => return Err(gone()),
                },
                460 => Some(offset),
                404 | 410 => {
                    self.remember(None, 0)?;
                    return Err(gone());
                }
                _ => return Ok(Ended::Refused(reason(&response))),
            };
            let next = next.ok_or(Failure::Untrusted("an upload has no offset"))?;
            tries = if next > offset { 0 } else { tries + 1 };
            if tries > MOST_TRIES {
                return Err(gone());
            }
            offset = next;
            self.remember(Some(&url), offset)?;
            (self.told)(offset);
        }
        Ok(Ended::Whole)
    }

    /// Sends the next part, and learns from it how large the one after may be.
    fn send_part(&mut self, url: &str, offset: u64) -> Step<HttpResponse> {
        let bytes = self.part_bytes()?;
        let part = self.read(offset, bytes)?;
        let full = part.len() == bytes;
        let request = Self::request(Method::Patch, url).header("upload-offset", offset.to_string());
        let clock = &self.core.options.host.clock;
        let begun = clock.monotonic_ms();
        let sent = self.ask(carrying(request, part));
        let took = Duration::from_millis(clock.monotonic_ms().saturating_sub(begun));
        match &sent {
            Ok(_) if full && took < QUICK => self.core.set_part_bytes(bytes * 2)?,
            Err(Trouble::Failed(Failure::Offline)) => self.core.set_part_bytes(bytes / 2)?,
            _ => {}
        }
        sent
    }

    fn part_bytes(&self) -> Result<usize> {
        let known = self.core.part_bytes.load(Ordering::Relaxed);
        if known > 0 {
            return Ok(known);
        }
        let kept = self
            .core
            .read(|tx| meta::get_number(tx, meta::PART_BYTES))?;
        let bytes = kept.and_then(|kept| usize::try_from(kept).ok());
        let bytes = bytes
            .unwrap_or(FIRST_PART)
            .clamp(SMALLEST_PART, LARGEST_PART);
        self.core.part_bytes.store(bytes, Ordering::Relaxed);
        Ok(bytes)
    }

    fn read(&self, offset: u64, bytes: usize) -> Result<Vec<u8>> {
        let path = media::path(&self.file.sha256);
        Ok(self
            .core
            .options
            .host
            .files
            .read_range(&path, offset, bytes)?)
    }

    fn remember(&self, url: Option<&str>, offset: u64) -> Result<()> {
        self.core
            .write(|tx| media::set_upload(tx, &self.file.sha256, url, offset))
    }
}

impl Core {
    /// Keeps how large the next part may be. A line that breaks on larger ones is remembered beyond
    /// the process; a good one is found out anew.
    fn set_part_bytes(&self, bytes: usize) -> Result<()> {
        let bytes = bytes.clamp(SMALLEST_PART, LARGEST_PART);
        let before = self.part_bytes.swap(bytes, Ordering::Relaxed);
        if bytes < before || (before < FIRST_PART && bytes > before) {
            let kept = i64::try_from(bytes.min(FIRST_PART)).unwrap_or(i64::MAX);
            self.write(|tx| meta::put_number(tx, meta::PART_BYTES, kept))?;
        }
        Ok(())
    }
}

/// The request with a part of a file as its body.
fn carrying(request: HttpRequest, part: Vec<u8>) -> HttpRequest {
    let Digest(sum) = sha256(&part);
    request
        .header("content-type", "application/offset+octet-stream")
        .header(
            "upload-checksum",
            format!("sha256 {}", STANDARD.encode(sum)),
        )
        .body(part)
}

/// Whether another file may go up all the same.
pub(crate) const fn concerns_one_file(trouble: &Trouble) -> bool {
    matches!(
        trouble,
        Trouble::Failed(Failure::Unready {
            status: 409 | 500,
            ..
        }) | Trouble::Failed(Failure::Untrusted(_))
            | Trouble::Error(DeviceError::Files(_))
    )
}

/// The upload cannot go on now; the next one begins anew or where the server says.
fn gone() -> Trouble {
    Failure::Unready {
        status: 409,
        retry_after_ms: 0,
    }
    .into()
}

fn offset_of(response: &HttpResponse) -> Option<u64> {
    response.header("upload-offset")?.trim().parse().ok()
}

/// Path and query of a location, which may be absolute.
fn path_of(location: &str) -> Option<String> {
    let path = match location.split_once("://") {
        Some((_, rest)) => &rest[rest.find('/')?..],
        None => location,
    };
    path.starts_with('/').then(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_may_be_absolute_or_a_path() {
        let path = Some("/v1/media/uploads/7".to_owned());
        assert_eq!(path_of("/v1/media/uploads/7"), path);
        assert_eq!(path_of("http://127.0.0.1:8080/v1/media/uploads/7"), path);
        assert_eq!(path_of("uploads/7"), None);
        assert_eq!(path_of("http://127.0.0.1"), None);
    }
}
