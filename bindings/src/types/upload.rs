//! When files may go up, the platform's uploader, and reading files again.

use std::path::PathBuf as FilePath;

use gewu_model::ids::{CaseId, Digest};
use gewu_model::time::Millis;

use crate::host::HttpHeader;

pub use gewu::host::NetworkKind;
pub use gewu::{Over, ScrubReport, UploadPolicy};

/// The network, as far as the platform says.
#[uniffi::remote(Enum)]
pub enum NetworkKind {
    /// The platform does not say; nothing is held back.
    Unknown,
    /// One that costs nothing by the byte.
    Wifi,
    /// The operator's own.
    Cellular,
    /// Another operator's.
    Roaming,
    /// There is none.
    Offline,
}

/// Over which networks something may go.
#[uniffi::remote(Enum)]
pub enum Over {
    /// Over one that costs nothing by the byte.
    Wifi,
    /// Not while roaming.
    Home,
    /// Over any.
    Any,
}

/// What the user, or the city, decided about files on their way up. Small pictures have a rule of their own: they
/// are what others see first, and cost next to nothing.
#[uniffi::remote(Record)]
pub struct UploadPolicy {
    /// Nothing goes up.
    pub paused: bool,
    /// Small pictures.
    pub small_pictures: Over,
    /// Photos.
    pub photos: Over,
    /// Photos of more than `large_bytes`.
    pub large: Over,
    /// From how many bytes on a photo is large.
    pub large_bytes: u64,
}

/// An upload for the platform's uploader: one request with the rest of a file as its body.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct HandedUpload {
    /// The file.
    pub sha256: Digest,
    /// The case that names it.
    pub case: CaseId,
    /// Where it lies.
    pub path: Option<FilePath>,
    /// The first byte to send.
    pub offset: u64,
    /// The size of the whole.
    pub bytes: u64,
    /// The address, for a request of the method `PATCH`.
    pub url: String,
    /// Headers to send, the authorization among them: keep them out of logs.
    pub headers: Vec<HttpHeader>,
    /// Until when the request may begin; by then syncs take the file up themselves.
    pub until: Millis,
}

/// How a handed upload ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum HandedResult {
    /// The server answered.
    Answered {
        /// The HTTP status.
        status: u16,
        /// The answer's `Upload-Offset`.
        offset: Option<u64>,
    },
    /// There is no answer; the next attempt asks the server how much came.
    Failed,
}

impl From<gewu::HandedUpload> for HandedUpload {
    fn from(upload: gewu::HandedUpload) -> Self {
        let header = |(name, value)| HttpHeader { name, value };
        Self {
            sha256: upload.sha256,
            case: upload.case,
            path: upload.path,
            offset: upload.offset,
            bytes: upload.bytes,
            url: upload.url,
            headers: upload.headers.into_iter().map(header).collect(),
            until: upload.until,
        }
    }
}

impl From<HandedUpload> for gewu::HandedUpload {
    fn from(upload: HandedUpload) -> Self {
        let header = |header: HttpHeader| (header.name, header.value);
        Self {
            sha256: upload.sha256,
            case: upload.case,
            path: upload.path,
            offset: upload.offset,
            bytes: upload.bytes,
            method: "PATCH",
            url: upload.url,
            headers: upload.headers.into_iter().map(header).collect(),
            until: upload.until,
        }
    }
}

impl From<HandedResult> for gewu::HandedResult {
    fn from(result: HandedResult) -> Self {
        match result {
            HandedResult::Answered { status, offset } => Self::Answered { status, offset },
            HandedResult::Failed => Self::Failed,
        }
    }
}

/// What reading files again (a scrub) found.
#[uniffi::remote(Record)]
pub struct ScrubReport {
    /// Files that were read and hashed.
    pub files: u32,
    /// Their bytes.
    pub bytes: u64,
    /// Files whose bytes are not what their name says and that the server does not have.
    pub damaged: Vec<Digest>,
    /// Files that are gone and that the server does not have.
    pub missing: Vec<Digest>,
    /// Files that were damaged or gone and that the server has: they are fetched when looked at.
    pub restorable: Vec<Digest>,
    /// Files that no draft, no case and nothing that is to be delivered names, as a crash leaves them. They were
    /// removed, at the end of a round.
    pub unnamed: u32,
    /// Whether the round is complete; otherwise the next call goes on.
    pub done: bool,
}
