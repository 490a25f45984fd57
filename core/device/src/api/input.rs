//! What a host hands in.

use std::path::PathBuf;

use gewu_model::contact::Contact;
use gewu_model::entry::{ClassRef, Source};
use gewu_model::ids::{ChangeHash, Digest, Role, UnitId, UserId};
use gewu_model::media::{EvidenceRole, Provenance};
use gewu_model::time::Millis;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// What the user agreed to, as the host recorded it. Nothing is collected and no network is
/// touched before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// The version of the words that the user saw.
    pub terms: String,
}

/// The frame of coordinates on their way in. Shifted frames are turned back once, and stored is
/// WGS-84 or CGCS2000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PositionInput {
    /// Longitude in degrees, east positive.
    pub lon: f64,
    /// Latitude in degrees, north positive.
    pub lat: f64,
    /// Radius of the 68 % circle in metres.
    #[serde(default)]
    pub accuracy_m: Option<f64>,
    /// The frame of the two numbers.
    pub datum: Datum,
}

impl PositionInput {
    /// A WGS-84 position without a known accuracy.
    pub const fn wgs84(lon: f64, lat: f64) -> Self {
        Self {
            lon,
            lat,
            accuracy_m: None,
            datum: Datum::Wgs84,
        }
    }

    /// The position with its accuracy in metres.
    #[must_use]
    pub const fn accurate_to(mut self, metres: f64) -> Self {
        self.accuracy_m = Some(metres);
        self
    }
}

/// Where a photo's bytes are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PhotoSource {
    /// A file of the host's; it is copied.
    Path(PathBuf),
    /// The bytes themselves.
    Bytes(Vec<u8>),
}

/// A photo to attach.
#[derive(Debug, Clone, PartialEq)]
pub struct PhotoInput {
    /// Where its bytes are.
    pub source: PhotoSource,
    /// What it shows.
    pub role: EvidenceRole,
    /// Camera or picker.
    pub provenance: Provenance,
    /// When it was taken; `None` for now if the app's camera took it, else for what the file says.
    pub captured_at: Option<Millis>,
    /// Where it was taken.
    pub position: Option<PositionInput>,
    /// The photo of the same case that this one is a redacted copy of, by its SHA-256. It stands in
    /// that one's place once that is erased.
    pub redacts: Option<Digest>,
}

impl PhotoInput {
    /// A photo in a file, taken now by the app's camera.
    pub fn file(path: impl Into<PathBuf>, role: EvidenceRole) -> Self {
        Self::new(PhotoSource::Path(path.into()), role)
    }

    /// A photo in memory, taken now by the app's camera.
    pub const fn bytes(bytes: Vec<u8>, role: EvidenceRole) -> Self {
        Self::new(PhotoSource::Bytes(bytes), role)
    }

    /// The same photo, from somewhere else than the app's camera.
    #[must_use]
    pub const fn with_provenance(mut self, provenance: Provenance) -> Self {
        self.provenance = provenance;
        self
    }

    const fn new(source: PhotoSource, role: EvidenceRole) -> Self {
        Self {
            source,
            role,
            provenance: Provenance::Camera,
            captured_at: None,
            position: None,
            redacts: None,
        }
    }

    /// As the redacted copy of a photo of the same case.
    #[must_use]
    pub const fn redacting(mut self, photo: Digest) -> Self {
        self.redacts = Some(photo);
        self
    }
}

/// A report as it grows on the screen, and as it is handed in. `class` and `position` must be
/// there in the end; everything else may stay as [`Default`] leaves it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReportInput {
    /// The catalogue edition; `None` for the one in force.
    pub edition: Option<String>,
    /// The class.
    pub class: Option<ClassRef>,
    /// The filing condition that is met.
    pub condition: Option<String>,
    /// Where it is.
    pub position: Option<PositionInput>,
    /// The description.
    pub text: Option<String>,
    /// The component's identifier.
    pub component: Option<String>,
    /// A measured value in thousandths of the condition's own unit.
    pub measured_milli: Option<i64>,
    /// The campaign that it belongs to.
    pub campaign: Option<String>,
    /// Whether it was settled on the spot.
    pub self_handled: bool,
    /// The language of the text as a BCP 47 tag; `None` for `zh`.
    pub language: Option<String>,
    /// Where the report came from; `None` for the reporter's own role.
    pub source: Option<Source>,
    /// How to reach the reporter. It becomes a contact card: sealed on this device, sent to the server
    /// alone, read there by operators and shift leaders only.
    #[serde(skip)]
    pub contact: Option<Contact>,
    /// Photos to attach. A draft keeps its photos apart: [`crate::Gewu::attach`].
    #[serde(skip)]
    pub photos: Vec<PhotoInput>,
}

/// What goes with an entry in a case: text, photos, position, all optional where the kind allows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Act {
    /// The remark.
    pub text: Option<String>,
    /// The evidence.
    pub photos: Vec<PhotoInput>,
    /// Where the author stands.
    pub position: Option<PositionInput>,
    /// In which of the user's roles; `None` for the first that permits it.
    pub role: Option<Role>,
    /// For which of the user's units; `None` for the first that permits it.
    pub unit: Option<UnitId>,
    /// The entry of the case that it speaks about; `None` for the one that the kind is about by itself.
    pub about: Option<ChangeHash>,
    /// Skips the local check of permissions. The server judges all the same and sets the entry
    /// aside; this is how tests and drills get such an entry.
    pub unchecked: bool,
    /// Names another author than the user, for drills and tests: the server sets the entry aside.
    pub claimed_author: Option<UserId>,
}

impl Act {
    /// Nothing but the entry itself.
    pub fn new() -> Self {
        Self::default()
    }

    /// With a remark.
    #[must_use]
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.text = Some(text.into());
        self
    }

    /// With one more photo.
    #[must_use]
    pub fn photo(mut self, photo: PhotoInput) -> Self {
        self.photos.push(photo);
        self
    }

    /// At a position.
    #[must_use]
    pub const fn at(mut self, position: PositionInput) -> Self {
        self.position = Some(position);
        self
    }

    /// Without the local check of permissions.
    #[must_use]
    pub const fn unchecked(mut self, unchecked: bool) -> Self {
        self.unchecked = unchecked;
        self
    }
}

/// What to do with unsent work when the user signs out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnsentWork {
    /// Refuse to sign out while there is any.
    Refuse,
    /// Write it to this folder first, where it can be handed in otherwise.
    Export(PathBuf),
    /// Lock all of it up on the device, so that others can use it meanwhile and
    /// [`crate::Gewu::unlock`] brings it back.
    Seal(Passphrase),
}

/// What somebody alone knows. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Passphrase(Zeroizing<String>);

impl Passphrase {
    /// The fewest characters of one.
    pub const MIN_CHARS: usize = 6;

    /// That passphrase. The blanks around it, such as a line's end, are no part of it.
    pub fn new(text: &str) -> Self {
        Self(Zeroizing::new(text.trim().to_owned()))
    }

    pub(crate) fn text(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Passphrase")
    }
}
