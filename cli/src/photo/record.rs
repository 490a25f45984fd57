//! The evidence record of a file that is sealed by hand: what the SDK would put into the signed entry.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use gewu_evidence::{Captured, Carried, Metadata, Sealed, Written, place_words};
use gewu_model::ids::Digest;
use gewu_model::media::{Direction, EvidenceRecord, EvidenceRole, MediaType, Provenance};
use gewu_model::place::Position;
use gewu_model::policy::{PhotoPolicy, StampLine, StampPolicy};
use gewu_model::time::{ClockTrust, Millis};
use serde_json::{Value, json};

/// What is known of a file beside its content.
pub(super) struct Facts {
    pub(super) role: EvidenceRole,
    pub(super) provenance: Provenance,
    pub(super) captured: Captured,
    pub(super) position: Option<Position>,
    pub(super) direction: Option<Direction>,
}

/// Now, if the camera took it just now; else what the file says, or when it was written.
pub(super) fn moment(
    file: &Path,
    metadata: &Metadata,
    provenance: Provenance,
    policy: &PhotoPolicy,
) -> Captured {
    let now = millis(SystemTime::now());
    if provenance == Provenance::Camera {
        return Captured {
            at: now,
            trust: ClockTrust::Device,
            offset_min: metadata.offset_min().or(policy.utc_offset_min),
            is_local: false,
        };
    }
    let written = std::fs::metadata(file).and_then(|found| found.modified());
    metadata
        .captured(policy.utc_offset_min)
        .unwrap_or_else(|| Captured::guessed(written.map_or(now, millis).min(now)))
}

fn millis(at: SystemTime) -> Millis {
    let since = at.duration_since(UNIX_EPOCH).unwrap_or_default();
    Millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

impl Facts {
    /// The record of a picture.
    pub(super) fn record(&self, sealed: &Sealed) -> EvidenceRecord {
        let Sealed {
            photo,
            thumb,
            original,
        } = sealed;
        EvidenceRecord {
            thumb_sha256: Some(thumb.sha256),
            width: photo.width,
            height: photo.height,
            original_sha256: Some(original.sha256),
            original_bytes: Some(original.bytes),
            ..self.file(photo.sha256, MediaType::Jpeg, photo.bytes.len())
        }
    }

    /// The record of a film or a sound.
    pub(super) fn carried(&self, carried: &Carried) -> EvidenceRecord {
        EvidenceRecord {
            original_sha256: carried.original.map(|(sha256, _)| sha256),
            original_bytes: carried.original.map(|(_, bytes)| bytes),
            ..self.file(carried.sha256, carried.media_type, carried.bytes.len())
        }
    }

    fn file(&self, sha256: Digest, media_type: MediaType, bytes: usize) -> EvidenceRecord {
        EvidenceRecord {
            sha256,
            thumb_sha256: None,
            role: self.role,
            media_type,
            bytes: bytes as u64,
            width: 0,
            height: 0,
            captured_at: self.captured.at,
            clock: self.captured.trust,
            position: self.position.clone(),
            provenance: self.provenance,
            original_sha256: None,
            redaction_of: None,
            direction: self.direction,
            captured_offset_min: self.captured.offset_min,
            original_bytes: None,
            original_kept: None,
        }
    }

    /// What others may read in the file.
    pub(super) fn written(&self, private: bool) -> Written {
        Written {
            taken: Some(self.captured.taken()),
            position: self.position.clone().filter(|_| !private),
            direction: self.direction.filter(|_| !private),
            ..Written::default()
        }
    }

    /// The policy's lines as far as they are known here: no map and no person stand behind a file.
    pub(super) fn lines(&self, wanted: &StampPolicy, private: bool) -> Vec<String> {
        let line = |line: &StampLine| match line {
            StampLine::Time => Some(self.captured.to_words()),
            StampLine::Place if !private => self.position.as_ref().map(place_words),
            StampLine::Place | StampLine::Grid | StampLine::Name => None,
        };
        wanted.lines.iter().filter_map(line).collect()
    }
}

/// What is printed of a sealed file: the whole record, and where the files are.
pub(super) fn said(record: &EvidenceRecord, file: &Path, target: &Path) -> Value {
    let mut value = json!(record);
    value["type"] = record.media_type.mime().into();
    value["original_sha256"] = json!(record.original_sha256.unwrap_or(record.sha256));
    value["file"] = file.display().to_string().into();
    value["out"] = target.display().to_string().into();
    value
}
