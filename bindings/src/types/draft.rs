//! Reports that are not handed in.

use gewu::{DraftId, ReportInput};
use gewu_model::contact::Contact;
use gewu_model::entry::ClassRef;
use gewu_model::ids::Digest;
use gewu_model::media::{EvidenceRecord, EvidenceRole, Provenance};
use gewu_model::time::Millis;

use super::report::PositionInput;

pub use gewu::{PhotoProgress, PhotoStage};

/// A report as it grows on the screen: everything may be missing until it is handed in.
#[derive(Debug, Clone, Default, PartialEq, uniffi::Record)]
pub struct DraftInput {
    /// The class.
    #[uniffi(default = None)]
    pub class: Option<ClassRef>,
    /// Where it is.
    #[uniffi(default = None)]
    pub position: Option<PositionInput>,
    /// The catalogue edition; left out, the one in force.
    #[uniffi(default = None)]
    pub edition: Option<String>,
    /// The code of the filing condition that is met.
    #[uniffi(default = None)]
    pub condition: Option<String>,
    /// The description.
    #[uniffi(default = None)]
    pub text: Option<String>,
    /// The component's identifier.
    #[uniffi(default = None)]
    pub component: Option<String>,
    /// A measured value in thousandths of the condition's own unit.
    #[uniffi(default = None)]
    pub measured_milli: Option<i64>,
    /// The campaign that it belongs to.
    #[uniffi(default = None)]
    pub campaign: Option<String>,
    /// Whether it was settled on the spot.
    #[uniffi(default = false)]
    pub self_handled: bool,
    /// The language of the text as a BCP 47 tag; left out, `zh`.
    #[uniffi(default = None)]
    pub language: Option<String>,
    /// How to reach the reporter; kept sealed.
    #[uniffi(default = None)]
    pub contact: Option<Contact>,
}

impl From<DraftInput> for ReportInput {
    fn from(input: DraftInput) -> Self {
        Self {
            edition: input.edition,
            class: input.class,
            condition: input.condition,
            position: input.position,
            text: input.text,
            component: input.component,
            measured_milli: input.measured_milli,
            campaign: input.campaign,
            self_handled: input.self_handled,
            language: input.language,
            source: None,
            contact: input.contact,
            photos: Vec::new(),
        }
    }
}

impl From<ReportInput> for DraftInput {
    fn from(input: ReportInput) -> Self {
        Self {
            edition: input.edition,
            class: input.class,
            condition: input.condition,
            position: input.position,
            text: input.text,
            component: input.component,
            measured_milli: input.measured_milli,
            campaign: input.campaign,
            self_handled: input.self_handled,
            language: input.language,
            contact: input.contact,
        }
    }
}

/// A report that is not handed in yet.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct Draft {
    /// Its name.
    pub id: DraftId,
    /// What was filled in so far.
    pub input: DraftInput,
    /// Its photos, in the order of attaching.
    pub photos: Vec<AttachedPhoto>,
    /// When it was begun.
    pub created_at: Millis,
    /// When it was last edited.
    pub updated_at: Millis,
}

impl From<gewu::Draft> for Draft {
    fn from(draft: gewu::Draft) -> Self {
        let photos = draft.photos.into_iter();
        Self {
            id: draft.id,
            input: draft.input.into(),
            photos: photos.map(|photo| photo.record.into()).collect(),
            created_at: draft.created_at,
            updated_at: draft.updated_at,
        }
    }
}

/// A photo that was checked, stored and hashed.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct AttachedPhoto {
    /// SHA-256 of the file as kept.
    pub sha256: Digest,
    /// SHA-256 of its small picture.
    pub thumb_sha256: Option<Digest>,
    /// What it shows.
    pub role: EvidenceRole,
    /// Camera or picker.
    pub provenance: Provenance,
    /// Size in bytes.
    pub bytes: u64,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// When it was taken, as claimed.
    pub captured_at: Millis,
}

impl From<EvidenceRecord> for AttachedPhoto {
    fn from(record: EvidenceRecord) -> Self {
        Self {
            sha256: record.sha256,
            thumb_sha256: record.thumb_sha256,
            role: record.role,
            provenance: record.provenance,
            bytes: record.bytes,
            width: record.width,
            height: record.height,
            captured_at: record.captured_at,
        }
    }
}

/// What is being done with a photo, in this order.
#[uniffi::remote(Enum)]
pub enum PhotoStage {
    /// Its header is read.
    Check,
    /// Its pixels are read.
    Decode,
    /// It is made smaller.
    Resize,
    /// It is stamped.
    Stamp,
    /// It is written.
    Encode,
    /// Its small picture is made.
    Thumbnail,
    /// It is hashed.
    Hash,
    /// All is done.
    Done,
}

/// How far the work on a photo is.
#[uniffi::remote(Record)]
pub struct PhotoProgress {
    /// The step.
    pub stage: PhotoStage,
    /// How much of that step is done, in thousandths.
    pub permille: u16,
}
