//! A case whole, with its entries and photos.

use gewu_model::catalogue::Label as Names;
use gewu_model::fold::{CaseView, OpenQuestion as Open, Status};
use gewu_model::ids::{CaseId, ChangeHash, Digest, Role, UnitId, UserId};
use gewu_model::media::{EvidenceRole, Provenance};
use gewu_model::time::Millis;

use super::case::CaseRow;
use super::public::PublicWord;
use super::report::Place;
use super::tasks::ClockLine;

pub use gewu::Delivery;
pub use gewu_model::time::ClockTrust;

/// Whether this device is still responsible for something.
#[uniffi::remote(Enum)]
pub enum Delivery {
    /// No receipt names it yet.
    Unsent,
    /// The server holds it.
    Received,
}

/// How far the clock behind a claimed time may be believed. A claim stays a claim: no order and no deadline
/// follows from it.
#[uniffi::remote(Enum)]
pub enum ClockTrust {
    /// The device's own clock, never compared.
    Device,
    /// Corrected by an offset to the server's clock, and monotonic since.
    ServerOffset,
    /// The device's clock is known to be wrong or was moved since the last comparison.
    Doubtful,
    /// The server's own clock.
    Server,
}

/// A case, whole.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct CaseDetail {
    /// The row as lists show it.
    pub row: CaseRow,
    /// What the class is called in the catalogue that the case pins; none while that is not here.
    pub class_name: Option<Names>,
    /// What the filing condition says there.
    pub condition_text: Option<Names>,
    /// The catalogue edition.
    pub edition: Option<String>,
    /// Where its report says that it is.
    pub place: Option<Place>,
    /// What is asked now, and of whom.
    pub question: Option<OpenQuestion>,
    /// How often it was worked on: 1 in the first round.
    pub round: u32,
    /// Names the view, for whoever compares two.
    pub view_token: Digest,
    /// Whether only a newer app can read all of it.
    pub needs_newer_app: bool,
    /// The pack without which its rules are not known here: sync.
    pub needs_pack: Option<Digest>,
    /// Whether the server holds everything of it that this device answers for.
    pub complete: bool,
    /// Every entry in causal order.
    pub entries: Vec<EntryDetail>,
    /// The texts and photos that its entries name and that the centre erased.
    pub erased: Vec<Digest>,
    /// What the server set aside of this user's.
    pub set_aside: Vec<SetAsideNote>,
    /// For a citizen's case: what the centre says.
    pub public_word: Option<PublicWord>,
    /// The clocks that run or stand, the most urgent first: an estimate of this device.
    pub clocks: Vec<ClockLine>,
}

impl From<gewu::CaseDetail> for CaseDetail {
    fn from(case: gewu::CaseDetail) -> Self {
        let CaseView {
            report,
            question,
            round,
            needs_newer_app,
            needs_pack,
            ..
        } = case.view;
        Self {
            row: case.row,
            class_name: case.class_name,
            condition_text: case.condition_text,
            edition: case.edition,
            place: report.map(|report| Place::from(&report.position)),
            question: question.map(OpenQuestion::from),
            round,
            view_token: case.view_token,
            needs_newer_app,
            needs_pack,
            complete: case.complete,
            entries: case.entries.into_iter().map(EntryDetail::from).collect(),
            erased: case.erased.into_iter().collect(),
            set_aside: case.set_aside.into_iter().map(SetAsideNote::from).collect(),
            public_word: case.public_status.map(PublicWord::from),
            clocks: case.clocks,
        }
    }
}

/// What is asked now, and of whom.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct OpenQuestion {
    /// `verify`, `check`, `dispatch`, `rework` or `order`.
    pub kind: String,
    /// The persons who are asked.
    pub persons: Vec<UserId>,
    /// The units that lead.
    pub units: Vec<UnitId>,
    /// The units that help.
    pub assist: Vec<UnitId>,
}

impl From<Open> for OpenQuestion {
    fn from(open: Open) -> Self {
        Self {
            kind: open.kind.name().to_owned(),
            persons: open.persons,
            units: open.units,
            assist: open.assist,
        }
    }
}

/// An entry with all that is known of it here.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct EntryDetail {
    /// Its identity.
    pub change: ChangeHash,
    /// Its kind, by name: look its label up.
    pub kind: String,
    /// Its author.
    pub by: UserId,
    /// The author's unit.
    pub unit: Option<UnitId>,
    /// The author's role.
    pub role: Role,
    /// What became of it: `effective`, `superseded`, `late` or `orphan`.
    pub status: String,
    /// The entry that won, or the instruction that had settled the matter before.
    pub overruled_by: Option<ChangeHash>,
    /// Why, by name, where that needs saying.
    pub reason: Option<String>,
    /// The instruction that it answers.
    pub answers: Option<ChangeHash>,
    /// The set-aside entry in whose place it was written.
    pub replaces: Option<ChangeHash>,
    /// When its author's clock said it was written.
    pub claimed_at: Millis,
    /// How far that may be believed.
    pub clock: ClockTrust,
    /// When the server accepted it.
    pub received_at: Option<Millis>,
    /// Whether the server holds it.
    pub delivery: Delivery,
    /// The payload as JSON; its shape follows the kind. `null` when a newer app wrote it.
    pub payload: String,
    /// Its texts.
    pub texts: Vec<EntryText>,
    /// Its photos.
    pub photos: Vec<PhotoDetail>,
}

impl From<gewu::EntryDetail> for EntryDetail {
    fn from(entry: gewu::EntryDetail) -> Self {
        let text = |(digest, text)| EntryText { digest, text };
        Self {
            change: entry.hash,
            kind: entry.kind,
            by: entry.by,
            unit: entry.unit,
            role: entry.role,
            status: entry.status.name().to_owned(),
            overruled_by: match entry.status {
                Status::Superseded { by } => by,
                Status::Late { settled_by } => Some(settled_by),
                Status::Effective | Status::Orphan => None,
            },
            reason: entry.reason.and_then(|reason| name_of(&reason)),
            answers: entry.answers,
            replaces: entry.replaces,
            claimed_at: entry.claimed_at,
            clock: entry.clock,
            received_at: entry.received_at,
            delivery: entry.delivery,
            payload: entry.payload.to_string(),
            texts: entry.texts.into_iter().map(text).collect(),
            photos: entry.photos.into_iter().map(PhotoDetail::from).collect(),
        }
    }
}

/// The name of a case of an enum without fields, as it stands in stores and on the wire.
pub(super) fn name_of(value: &impl serde::Serialize) -> Option<String> {
    let value = serde_json::to_value(value).ok()?;
    value.as_str().map(str::to_owned)
}

/// A text of an entry.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct EntryText {
    /// Its digest.
    pub digest: Digest,
    /// The text; none when it was erased or has not arrived.
    pub text: Option<String>,
}

/// A photo of an entry.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct PhotoDetail {
    /// SHA-256 of the file as kept and uploaded.
    pub sha256: Digest,
    /// SHA-256 of its small picture, when one was made.
    pub thumb_sha256: Option<Digest>,
    /// What it shows.
    pub role: EvidenceRole,
    /// The type of the file, such as `image/jpeg`.
    pub media_type: String,
    /// Size in bytes.
    pub bytes: u64,
    /// Width in pixels; 0 for films and sounds.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// When it was taken, as claimed.
    pub captured_at: Millis,
    /// Where it was taken.
    pub place: Option<Place>,
    /// Camera or picker.
    pub provenance: Provenance,
    /// The photo that it is a redacted copy of.
    pub redaction_of: Option<Digest>,
    /// Whether the file is on this device.
    pub held: bool,
    /// Whether the centre erased it: it is neither here nor to be had.
    pub erased: bool,
    /// Redacted copies of it that the case holds.
    pub redacted_copies: Vec<Digest>,
    /// The redacted copy that is shown in its place, now that it is erased.
    pub shown_instead: Option<Digest>,
    /// Whether the server has acknowledged the file; none for other people's photos.
    pub delivery: Option<Delivery>,
    /// The same of its small picture.
    pub small_delivery: Option<Delivery>,
}

impl From<gewu::PhotoDetail> for PhotoDetail {
    fn from(photo: gewu::PhotoDetail) -> Self {
        let record = photo.record;
        Self {
            sha256: record.sha256,
            thumb_sha256: record.thumb_sha256,
            role: record.role,
            media_type: record.media_type.mime().to_owned(),
            bytes: record.bytes,
            width: record.width,
            height: record.height,
            captured_at: record.captured_at,
            place: record.position.as_ref().map(Place::from),
            provenance: record.provenance,
            redaction_of: record.redaction_of,
            held: photo.held,
            erased: photo.erased,
            redacted_copies: photo.redacted_copies,
            shown_instead: photo.shown_instead,
            delivery: photo.delivery,
            small_delivery: photo.small_delivery,
        }
    }
}

/// An entry of this user that the server set aside. It stays on the device.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SetAsideNote {
    /// The case.
    pub case: CaseId,
    /// The change.
    pub change: ChangeHash,
    /// The kind of the entry; none for the root of a case.
    pub kind: Option<String>,
    /// The reason, by name.
    pub reason: String,
    /// The reason in words for the author.
    pub words: String,
    /// The change that was written in its place.
    pub replaced_by: Option<ChangeHash>,
    /// When the server said so.
    pub at: Millis,
    /// What its author wrote in it.
    pub texts: Vec<String>,
}

impl From<gewu::SetAsideItem> for SetAsideNote {
    fn from(item: gewu::SetAsideItem) -> Self {
        Self {
            case: item.case,
            change: item.change,
            kind: item.kind,
            reason: item.reason,
            words: item.words,
            replaced_by: item.replaced_by,
            at: item.at,
            texts: item.content.texts,
        }
    }
}
