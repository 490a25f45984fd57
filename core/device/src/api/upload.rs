//! When files may go up, and handing them to the platform's uploader.

use std::path::PathBuf;

use gewu_model::ids::{CaseId, Digest};
use gewu_model::time::Millis;
use serde::{Deserialize, Serialize};

use crate::host::NetworkKind;

/// Over which networks something may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Over {
    /// Over one that costs nothing by the byte.
    Wifi,
    /// Not while roaming.
    Home,
    /// Over any.
    #[default]
    Any,
}

impl Over {
    /// Whether a network of this kind will do.
    pub const fn allows(self, network: NetworkKind) -> bool {
        match network {
            // Nothing has to be held back from a network that is not there.
            NetworkKind::Unknown | NetworkKind::Wifi | NetworkKind::Offline => true,
            NetworkKind::Cellular => !matches!(self, Self::Wifi),
            NetworkKind::Roaming => matches!(self, Self::Any),
        }
    }
}

/// What the user, or the city, decided about files on their way up. Small pictures have a rule of
/// their own: they are what others see first, and cost next to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
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

impl Default for UploadPolicy {
    fn default() -> Self {
        Self {
            paused: false,
            small_pictures: Over::Any,
            photos: Over::Any,
            large: Over::Any,
            large_bytes: 8 << 20,
        }
    }
}

/// Why a file does not go up though the server could be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum HeldBack {
    /// Uploads are paused.
    Paused,
    /// It waits for another network.
    Network,
    /// The platform's uploader has it.
    HandedOver,
}

impl UploadPolicy {
    /// What keeps a file of that size here; `None` when it may go.
    pub fn holds(&self, bytes: u64, thumbnail: bool, network: NetworkKind) -> Option<HeldBack> {
        let over = match (thumbnail, bytes > self.large_bytes) {
            (true, _) => self.small_pictures,
            (false, true) => self.large,
            (false, false) => self.photos,
        };
        if self.paused {
            Some(HeldBack::Paused)
        } else if over.allows(network) {
            None
        } else {
            Some(HeldBack::Network)
        }
    }
}

/// An upload for the platform's uploader: one request with the rest of a file as its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandedUpload {
    /// The file.
    pub sha256: Digest,
    /// The case that names it.
    pub case: CaseId,
    /// Where it lies; `None` when the host's own [`crate::files::Files`] does not say.
    pub path: Option<PathBuf>,
    /// The first byte to send.
    pub offset: u64,
    /// The size of the whole.
    pub bytes: u64,
    /// The method, `PATCH`.
    pub method: &'static str,
    /// The address.
    pub url: String,
    /// Headers to send, the authorization among them: keep them out of logs.
    pub headers: Vec<(String, String)>,
    /// Until when the request may begin; by then syncs take the file up themselves.
    pub until: Millis,
}

/// How a handed upload ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

/// What reading files again (a scrub) found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
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
    /// Files that no draft, no case and nothing that is to be delivered names, as a crash leaves them.
    /// They were removed, at the end of a round.
    pub unnamed: u32,
    /// Whether the round is complete; otherwise the next call goes on.
    pub done: bool,
}
