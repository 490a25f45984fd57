//! Reporting.

use std::path::PathBuf as FilePath;

use gewu::{PhotoInput, PhotoSource, ReportInput};
use gewu_model::entry::ClassRef;
use gewu_model::ids::{CaseId, ChangeHash, Digest};
use gewu_model::time::Millis;

pub use gewu::{CaseContact, Datum, PositionInput, Saved, Warning};
pub use gewu_model::contact::{Contact, Masked};
pub use gewu_model::media::{EvidenceRole, Provenance};

/// The frame of coordinates on their way in. Shifted frames are turned back once, and stored is
/// WGS-84 or CGCS2000.
#[uniffi::remote(Enum)]
pub enum Datum {
    /// What satellite receivers give.
    Wgs84,
    /// The national frame; equal to WGS-84 for a phone's accuracy.
    Cgcs2000,
    /// The shifted frame of public maps in mainland China: AMap, Tencent, MapKit there.
    Gcj02,
    /// Baidu's shift upon that.
    Bd09,
}

/// A measured position as a receiver gives it.
#[uniffi::remote(Record)]
pub struct PositionInput {
    /// Longitude in degrees, east positive.
    pub lon: f64,
    /// Latitude in degrees, north positive.
    pub lat: f64,
    /// Radius of the 68 % circle in metres.
    #[uniffi(default = None)]
    pub accuracy_m: Option<f64>,
    /// The frame of the two numbers.
    pub datum: Datum,
}

/// What a picture shows of the work.
#[uniffi::remote(Enum)]
pub enum EvidenceRole {
    /// The problem as reported.
    Scene,
    /// Before disposal.
    Before,
    /// After disposal.
    After,
    /// What a verifier or checker saw.
    Inspection,
    /// Anything else that belongs to the entry.
    Other,
}

/// Where a picture, film or recording came from.
#[uniffi::remote(Enum)]
pub enum Provenance {
    /// Taken by the app's camera.
    Camera,
    /// Chosen from the phone's album.
    Picker,
    /// From a drone.
    Drone,
    /// A frame of a video.
    Video,
    /// Imported from another system.
    Import,
}

/// A photo in a file of the app's. It is copied: the file may go when the call has returned.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct PhotoFile {
    /// Where it is: an absolute path.
    pub path: FilePath,
    /// What it shows.
    pub role: EvidenceRole,
    /// Camera or picker.
    pub provenance: Provenance,
    /// When it was taken; left out, now if the app's camera took it, else what the file says.
    #[uniffi(default = None)]
    pub captured_at: Option<Millis>,
    /// Where it was taken.
    #[uniffi(default = None)]
    pub position: Option<PositionInput>,
    /// The photo of the same case that this one is a redacted copy of, by its SHA-256.
    #[uniffi(default = None)]
    pub redacts: Option<Digest>,
}

impl From<PhotoFile> for PhotoInput {
    fn from(photo: PhotoFile) -> Self {
        Self {
            source: PhotoSource::Path(photo.path),
            role: photo.role,
            provenance: photo.provenance,
            captured_at: photo.captured_at,
            position: photo.position,
            redacts: photo.redacts,
        }
    }
}

/// A report to save.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct ReportRequest {
    /// The class.
    pub class: ClassRef,
    /// Where it is.
    pub position: PositionInput,
    /// The catalogue edition; left out, the one in force.
    #[uniffi(default = None)]
    pub edition: Option<String>,
    /// The code of the filing condition that is met.
    #[uniffi(default = None)]
    pub condition: Option<String>,
    /// The description, up to 4,000 characters.
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
    /// The photos.
    #[uniffi(default = [])]
    pub photos: Vec<PhotoFile>,
    /// How to reach the reporter. It becomes a contact card: sealed on this device, sent to the server
    /// alone, read there by operators and shift leaders only.
    #[uniffi(default = None)]
    pub contact: Option<Contact>,
}

/// What stands on a contact card, as a host hands it in.
#[uniffi::remote(Record)]
pub struct Contact {
    /// The telephone number.
    #[uniffi(default = None)]
    pub phone: Option<String>,
    /// The name.
    #[uniffi(default = None)]
    pub name: Option<String>,
    /// The number of an identity document.
    #[uniffi(default = None)]
    pub id_number: Option<String>,
}

/// What those see of a contact who may not see the card: enough to recognise a caller, too little to
/// reach one.
#[uniffi::remote(Record)]
pub struct Masked {
    /// As in `138****5678`.
    pub phone: Option<String>,
    /// The first character of the name and stars.
    pub name: Option<String>,
}

/// How to reach who reported a case, as far as this user may see it.
#[uniffi::remote(Record)]
pub struct CaseContact {
    /// What others see of it; `None` when nothing is shown.
    pub masked: Option<Masked>,
    /// All of it: the user reported the case on this device.
    pub own: Option<Contact>,
    /// It is here and cannot be read: the key store lost the key.
    pub unreadable: bool,
}

impl From<ReportRequest> for ReportInput {
    fn from(request: ReportRequest) -> Self {
        Self {
            edition: request.edition,
            class: Some(request.class),
            condition: request.condition,
            position: Some(request.position),
            text: request.text,
            component: request.component,
            measured_milli: request.measured_milli,
            campaign: request.campaign,
            self_handled: request.self_handled,
            language: request.language,
            source: None,
            contact: request.contact,
            photos: request.photos.into_iter().map(Into::into).collect(),
        }
    }
}

/// Something that was saved all the same.
#[uniffi::remote(Enum)]
pub enum Warning {
    /// The place lies outside the user's own duty grids.
    OutsideDutyGrid,
    /// The place lies in no grid that this device knows.
    OutsideEveryGrid,
    /// The map of the user's own duty grids is missing or damaged, so whether the place lies there
    /// was not asked: sync fetches it.
    MapMissing,
}

/// An entry that is saved: from here on it survives a loss of power.
#[uniffi::remote(Record)]
pub struct Saved {
    /// The case.
    pub case: CaseId,
    /// The change that carries the entry.
    pub change: ChangeHash,
    /// What the user should be told about it.
    pub warning: Option<Warning>,
}

/// A place as it is stored.
#[derive(Debug, Clone, Copy, PartialEq, uniffi::Record)]
pub struct Place {
    /// Longitude in degrees, WGS-84 or CGCS2000.
    pub lon: f64,
    /// Latitude in degrees.
    pub lat: f64,
    /// Radius of the 68 % circle in metres; none when the receiver did not say.
    pub accuracy_m: Option<f64>,
}

impl From<&gewu_model::place::Position> for Place {
    fn from(position: &gewu_model::place::Position) -> Self {
        Self {
            lon: f64::from(position.lon_e7) / 1e7,
            lat: f64::from(position.lat_e7) / 1e7,
            accuracy_m: position.accuracy_mm.map(|mm| f64::from(mm) / 1e3),
        }
    }
}
