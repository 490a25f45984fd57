//! One file up, by tus 1.0: created once, resumed where the server says, each part with its
//! checksum. A server that lost the upload gets it anew; one that refuses the file is obeyed, and
//! the file stays here.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gewu_model::crypto::sha256;
use gewu_model::ids::Digest;
use gewu_sync::machine::Failure;

use super::http::{Traffic, Trouble, send_resource};
use crate::api::CancelToken;
use crate::error::{DeviceError, Result};
use crate::host::{HttpRequest, HttpResponse, LogLevel, Method};
use crate::sdk::Core;
use crate::store::media::{self, FileState, StoredFile};

/// The size of a part.
const PART: usize = 512 << 10;
/// How often one part may be out of step or damaged before the upload waits for another time.
const MOST_TRIES: u32 = 5;

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

/// Where an upload stands at the server.
enum At {
    /// So much of it is there.
    Offset { url: String, offset: u64 },
    /// The server will not have it.
    Refused,
}

impl Upload<'_> {
    /// Uploads the file. `true` when all of it is at the server, `false` when it is refused.
    pub(crate) fn run(mut self) -> Step<bool> {
        let at = match &self.file.upload {
            Some(url) => self.resume(url.clone())?,
            None => None,
        };
        let at = match at {
            Some(at) => at,
            None => self.create()?,
        };
        let done = match at {
            At::Offset { url, offset } => self.send(url, offset)?,
            At::Refused => false,
        };
        let state = if done {
            FileState::Uploaded
        } else {
            FileState::Refused
        };
        self.core
            .write(|tx| media::set_state(tx, &self.file.sha256, state))?;
        if !done {
            self.core
                .log(LogLevel::Warn, "the server refused a file; it is kept here");
        }
        Ok(done)
    }

    fn request(method: Method, url: &str) -> HttpRequest {
        HttpRequest::new(method, url).header("tus-resumable", "1.0.0")
    }

    fn create(&mut self) -> Step<At> {
        let name = STANDARD.encode(self.file.sha256.to_string());
        let request = Self::request(Method::Post, "/v1/media")
            .header("upload-length", self.file.bytes.to_string())
            .header("upload-metadata", format!("sha256 {name}"));
        let response = send_resource(self.core, request, self.traffic)?;
        if !response.is_success() {
            return Ok(At::Refused);
        }
        let offset = offset_of(&response).unwrap_or(0);
        let Some(url) = response.header("location").and_then(path_of) else {
            // Nothing to continue at: the server has it all.
            return Ok(At::Offset {
                url: String::new(),
                offset: self.file.bytes,
            });
        };
        self.remember(Some(&url), offset)?;
        Ok(At::Offset { url, offset })
    }

    /// What the server has of an upload that was begun; `None` when it knows nothing of it.
    fn resume(&mut self, url: String) -> Step<Option<At>> {
        let request = Self::request(Method::Head, &url);
        let response = send_resource(self.core, request, self.traffic)?;
        if !response.is_success() {
            self.remember(None, 0)?;
            return Ok(None);
        }
        let offset = offset_of(&response).ok_or(Failure::Untrusted("an upload has no offset"))?;
        Ok(Some(At::Offset { url, offset }))
    }

    fn send(&mut self, url: String, mut offset: u64) -> Step<bool> {
        let mut tries = 0;
        while offset < self.file.bytes {
            if self.cancel.is_cancelled() {
                return Err(Failure::Cancelled.into());
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
                _ => return Ok(false),
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
        Ok(true)
    }

    fn send_part(&mut self, url: &str, offset: u64) -> Step<HttpResponse> {
        let path = media::path(&self.file.sha256);
        let files = &self.core.options.host.files;
        let part = files
            .read_range(&path, offset, PART)
            .map_err(crate::error::DeviceError::from)?;
        let Digest(checksum) = sha256(&part);
        let request = Self::request(Method::Patch, url)
            .header("content-type", "application/offset+octet-stream")
            .header("upload-offset", offset.to_string())
            .header(
                "upload-checksum",
                format!("sha256 {}", STANDARD.encode(checksum)),
            )
            .body(part);
        send_resource(self.core, request, self.traffic)
    }

    fn remember(&self, url: Option<&str>, offset: u64) -> Result<()> {
        self.core
            .write(|tx| media::set_upload(tx, &self.file.sha256, url, offset))
    }
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
