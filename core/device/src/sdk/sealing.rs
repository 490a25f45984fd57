//! From what the host hands in to what is sealed: the picture as the policy wants it, and the record
//! that says where it came from.

use std::sync::Arc;
use std::time::UNIX_EPOCH;

use gewu_evidence::{
    Bounds, Captured, CarryBounds, EvidenceError, Font, Metadata, Recipe, Stamp, Watch, Written,
    carry, place_words, read_metadata, seal, too_large,
};
use gewu_model::entry::ClassRef;
use gewu_model::ids::CaseId;
use gewu_model::media::{EvidenceRecord, Provenance};
use gewu_model::place::Position;
use gewu_model::policy::{PhotoPolicy, StampLine, StampPolicy};
use gewu_model::time::Millis;

use super::Core;
use super::photos::Prepared;
use crate::api::{DraftId, PhotoInput, PhotoSource};
use crate::error::{DeviceError, Result};
use crate::grids::{to_position, unless_damaged};
use crate::host::LogLevel;
use crate::identity::Identity;
use crate::store::{cases, drafts};

/// What the photos of one entry have in common.
pub(crate) struct Setting {
    policy: PhotoPolicy,
    bounds: Bounds,
    case: Option<CaseId>,
    class: Option<ClassRef>,
    identity: Option<Arc<Identity>>,
}

impl Setting {
    /// Whether files tell others neither place nor device. Before anybody enrolled, nobody is known
    /// not to be a citizen.
    fn is_private(&self) -> bool {
        self.identity.as_ref().is_none_or(|identity| {
            let mut roles = identity.certificate.roles.iter();
            roles.any(|role| self.policy.is_private(role))
        })
    }

    /// Whether the class's originals are delivered too.
    pub(crate) fn keeps_original(&self) -> bool {
        let class = self.class.as_ref();
        !self.is_private()
            && self
                .identity
                .as_ref()
                .zip(class)
                .is_some_and(|(identity, class)| {
                    let mut roles = identity.certificate.roles.iter();
                    roles.any(|role| self.policy.keeps_original(class, role))
                })
    }

    /// Whether an original must lie ready until the class is known.
    fn may_keep_original(&self) -> bool {
        let undecided = self.class.is_none() && !self.policy.keep_original.is_empty();
        self.keeps_original() || (undecided && !self.is_private())
    }

    const fn carry_bounds(&self) -> CarryBounds {
        CarryBounds {
            max_video_bytes: self.policy.max_video_bytes,
            max_audio_bytes: self.policy.max_audio_bytes,
        }
    }

    /// The refusal of a file that begins with `start` and has more bytes than any file may.
    pub(crate) fn too_large(&self, start: &[u8], bytes: u64) -> EvidenceError {
        too_large(start, bytes, self.bounds.max_bytes, &self.carry_bounds())
    }

    /// The most bytes of any file.
    pub(crate) fn largest(&self) -> u64 {
        let policy = &self.policy;
        self.bounds
            .max_bytes
            .max(policy.max_video_bytes)
            .max(policy.max_audio_bytes)
    }
}

/// What is known of a photo beside its pixels.
struct Facts {
    moment: Captured,
    position: Option<Position>,
    metadata: Metadata,
    grid: Option<String>,
}

impl Core {
    /// The setting of photos for a case.
    pub(crate) fn setting(&self, case: Option<CaseId>, class: Option<ClassRef>) -> Result<Setting> {
        let policy = self.packs()?.policy().photo().clone();
        Ok(self.setting_by(policy, case, class))
    }

    fn setting_by(
        &self,
        policy: PhotoPolicy,
        case: Option<CaseId>,
        class: Option<ClassRef>,
    ) -> Setting {
        let own = self.options.photo_bounds;
        Setting {
            bounds: Bounds {
                max_bytes: own.max_bytes.min(policy.max_bytes),
                max_pixels: own.max_pixels.min(policy.max_pixels),
                ..own
            },
            policy,
            case,
            class,
            identity: self.known_identity(),
        }
    }

    /// Photos of a case that exists go by the policy that it pins.
    pub(crate) fn setting_of_case(&self, case: &CaseId) -> Result<Setting> {
        let packs = self.packs()?;
        let (class, policy) = self.read(|tx| {
            let class = cases::get(tx, case)?.and_then(|row| row.class);
            Ok((class, cases::policy_of(tx, case)?))
        })?;
        let pinned = policy.and_then(|digest| packs.policy_of(&digest).ok());
        let policy = pinned.unwrap_or(packs.policy()).photo().clone();
        Ok(self.setting_by(policy, Some(*case), class))
    }

    /// A draft's class may still change: it decides when the draft is handed in.
    pub(crate) fn setting_of_draft(&self, draft: DraftId) -> Result<Setting> {
        let found = self.read(|tx| drafts::get(tx, draft))?;
        let case = found.ok_or(DeviceError::NotFound("the draft"))?.case_id();
        self.setting(Some(case), None)
    }

    /// A picture: through the pipeline.
    pub(super) fn seal(
        &self,
        photo: &PhotoInput,
        bytes: &[u8],
        setting: &Setting,
        watch: &mut Watch<'_>,
    ) -> Result<Prepared> {
        let facts = self.facts(photo, read_metadata(bytes), setting)?;
        let fonts = self.fonts(setting)?;
        let recipe = Recipe {
            bounds: setting.bounds,
            stamp: stamp(setting, &facts, &fonts),
            written: written(setting, &facts),
            keep_profile: !setting.is_private(),
            ..Recipe::of(&setting.policy)
        };
        let made = seal(bytes, &recipe, watch)?;
        let keeps = setting.keeps_original();
        let mut files = vec![
            (&made.thumb.sha256, &made.thumb.bytes[..]),
            (&made.photo.sha256, &made.photo.bytes[..]),
        ];
        if setting.may_keep_original() {
            files.push((&made.original.sha256, bytes));
        }
        self.store_files(&files)?;
        let record = EvidenceRecord {
            sha256: made.photo.sha256,
            thumb_sha256: Some(made.thumb.sha256),
            media_type: gewu_model::media::MediaType::Jpeg,
            bytes: made.photo.bytes.len() as u64,
            width: made.photo.width,
            height: made.photo.height,
            original_sha256: Some(made.original.sha256),
            original_bytes: Some(made.original.bytes),
            original_kept: keeps.then_some(true),
            ..blank(photo, &facts)
        };
        Ok(Prepared {
            record,
            thumb_bytes: made.thumb.bytes.len() as u64,
        })
    }

    /// A film or a sound: as it came, but for what a private one says of place and device.
    pub(super) fn carry(
        &self,
        photo: &PhotoInput,
        bytes: Vec<u8>,
        setting: &Setting,
    ) -> Result<Prepared> {
        let facts = self.facts(photo, Metadata::default(), setting)?;
        let carried = carry(bytes, &setting.carry_bounds(), setting.is_private())?;
        self.store_files(&[(&carried.sha256, &carried.bytes)])?;
        let record = EvidenceRecord {
            sha256: carried.sha256,
            media_type: carried.media_type,
            bytes: carried.bytes.len() as u64,
            original_sha256: carried.original.map(|(sha256, _)| sha256),
            original_bytes: carried.original.map(|(_, bytes)| bytes),
            ..blank(photo, &facts)
        };
        Ok(Prepared {
            record,
            thumb_bytes: 0,
        })
    }

    fn facts(&self, photo: &PhotoInput, metadata: Metadata, setting: &Setting) -> Result<Facts> {
        let given = photo.position.as_ref().map(to_position).transpose()?;
        let assumed = setting.policy.assume_datum;
        let own = metadata.position.as_ref();
        let position = given.or_else(|| own?.sealed(assumed));
        let grid = match &position {
            Some(at) if !setting.is_private() => self.grid_code(at)?,
            _ => None,
        };
        Ok(Facts {
            moment: self.moment(photo, &metadata, setting),
            position,
            metadata,
            grid,
        })
    }

    /// The host's word; else for a photo of the app's camera now; else the file's own, or, of a file
    /// that says nothing, when it was written, which is no more than a guess.
    fn moment(&self, photo: &PhotoInput, metadata: &Metadata, setting: &Setting) -> Captured {
        let now = self.stamp();
        let usual = setting.policy.utc_offset_min;
        let known = |at| Captured {
            at,
            trust: now.trust,
            offset_min: metadata.offset_min().or(usual),
            is_local: false,
        };
        match photo.captured_at {
            Some(at) => known(at),
            None if photo.provenance == Provenance::Camera => known(now.at),
            None => metadata
                .captured(usual)
                .unwrap_or_else(|| Captured::guessed(written_at(&photo.source, now.at))),
        }
    }

    fn grid_code(&self, at: &Position) -> Result<Option<String>> {
        let packs = self.packs()?;
        let found = unless_damaged(self.grids(&packs)?.grid_ref(at))?;
        Ok(found.map(|grid| grid.unit.0))
    }

    /// The host's fonts, then those of packs; none when nothing is stamped.
    fn fonts(&self, setting: &Setting) -> Result<Vec<Arc<Font>>> {
        if setting.policy.stamp.is_none() {
            return Ok(Vec::new());
        }
        let mut fonts = self.options.stamp_fonts.clone();
        let packs = self.packs()?;
        fonts.extend(self.read(|tx| packs.fonts(tx, &self.options.bundled))?);
        if fonts.is_empty() {
            self.log(
                LogLevel::Warn,
                "photos are to be stamped and there is no font",
            );
        }
        Ok(fonts)
    }
}

/// What the record says whatever the file is.
fn blank(photo: &PhotoInput, facts: &Facts) -> EvidenceRecord {
    EvidenceRecord {
        sha256: gewu_model::ids::Digest([0; 32]),
        thumb_sha256: None,
        role: photo.role,
        media_type: gewu_model::media::MediaType::Jpeg,
        bytes: 0,
        width: 0,
        height: 0,
        captured_at: facts.moment.at,
        clock: facts.moment.trust,
        position: facts.position.clone(),
        provenance: photo.provenance,
        original_sha256: None,
        redaction_of: photo.redacts,
        direction: facts.metadata.direction,
        captured_offset_min: facts.moment.offset_min,
        original_bytes: None,
        original_kept: None,
    }
}

/// What others may read in the file.
fn written(setting: &Setting, facts: &Facts) -> Written {
    let taken = Some(facts.moment.taken());
    if setting.is_private() {
        return Written {
            taken,
            ..Written::default()
        };
    }
    Written {
        taken,
        position: facts.position.clone(),
        direction: facts.metadata.direction,
        grid: facts.grid.clone(),
        case: setting.case.map(|case| case.to_string()),
    }
}

/// When the host's file was written, at the latest now.
fn written_at(source: &PhotoSource, now: Millis) -> Millis {
    let PhotoSource::Path(path) = source else {
        return now;
    };
    let written = std::fs::metadata(path).and_then(|found| found.modified());
    let since = written
        .ok()
        .and_then(|at| at.duration_since(UNIX_EPOCH).ok());
    let at = since.and_then(|since| i64::try_from(since.as_millis()).ok());
    at.map_or(now, |at| Millis(at.min(now.0)))
}

fn stamp<'a>(setting: &Setting, facts: &Facts, fonts: &'a [Arc<Font>]) -> Option<Stamp<'a>> {
    let policy = setting.policy.stamp.as_ref()?;
    let lines = lines(policy, setting, facts);
    (!fonts.is_empty() && !lines.is_empty()).then(|| Stamp {
        lines,
        fonts: fonts.iter().map(|font| &**font).collect(),
        corner: policy.corner,
        opacity: policy.opacity,
    })
}

/// A line that nothing is known for is left out; a private photo says the time alone.
fn lines(policy: &StampPolicy, setting: &Setting, facts: &Facts) -> Vec<String> {
    let private = setting.is_private();
    let line = |line: &StampLine| match line {
        StampLine::Time => Some(facts.moment.to_words()),
        _ if private => None,
        StampLine::Place => facts.position.as_ref().map(place_words),
        StampLine::Grid => facts.grid.clone(),
        StampLine::Name => {
            let identity = setting.identity.as_ref();
            identity.map(|identity| identity.certificate.user.0.clone())
        }
    };
    policy.lines.iter().filter_map(line).collect()
}
