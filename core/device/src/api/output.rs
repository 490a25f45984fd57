//! What saving and enrolling answer.

use std::fmt;
use std::str::FromStr;

use gewu_model::contact::{Contact, Masked};
use gewu_model::ids::{
    CaseId, ChangeHash, CityId, Digest, GridCode, KeyId, ParseIdError, Role, UnitId, UserId,
    from_hex, to_hex,
};
use gewu_model::media::EvidenceRecord;
use gewu_model::time::Millis;
use serde::Serialize;

use super::input::ReportInput;

/// An entry that is saved: from here on it survives a loss of power.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Saved {
    /// The case.
    pub case: CaseId,
    /// The change that carries the entry.
    pub change: ChangeHash,
    /// What the user should be told about it.
    pub warning: Option<Warning>,
}

/// Something that was saved all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Warning {
    /// The place lies outside the user's own duty grids.
    OutsideDutyGrid,
    /// The place lies in no grid that this device knows.
    OutsideEveryGrid,
    /// The map of the user's own duty grids is missing or damaged, so whether the place lies there
    /// was not asked: sync fetches it.
    MapMissing,
}

/// What somebody locked up on this handset when they left it to others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Locker {
    /// Its name among the device's lockers, in hexadecimal digits.
    pub name: String,
    /// Whose it is. Who that really is shows only when it is unlocked.
    pub user: String,
    /// When it was locked, by the device's clock.
    pub sealed_at: Millis,
    /// How many things in it the server has not acknowledged.
    pub unsent: u32,
    /// How many drafts are in it.
    pub drafts: u32,
    /// Why it cannot be opened, in words: its head is damaged or gone, or a newer app locked it. Then nothing
    /// else but the name is known of it.
    pub problem: Option<String>,
}

/// Who uses the device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WhoAmI {
    /// The user. Citizens write under a pseudonym per case instead.
    pub user: UserId,
    /// The device's key.
    pub device: KeyId,
    /// The city.
    pub city: CityId,
    /// The server.
    pub server: String,
    /// The user's roles.
    pub roles: Vec<Role>,
    /// The units in whose name the user may act.
    pub units: Vec<UnitId>,
    /// The user's own duty grids.
    pub duty_grids: Vec<GridCode>,
    /// The certificate holds until then.
    pub valid_until: Millis,
    /// The host app under whose account a citizen's reports go, as the server said last; none while they are
    /// anonymous.
    pub account: Option<String>,
}

/// What a host app's backend puts into the token with which a citizen signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct SignInRequest {
    /// The city: the token's `aud`.
    pub city: CityId,
    /// This device's key: the token's `nonce`.
    pub device: KeyId,
}

/// The result of enrolling.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Enrolment {
    /// Who the device now is.
    pub who: WhoAmI,
    /// Whether classes and grids are here; if not, the next sync fetches them.
    pub packs_ready: bool,
}

/// A pack that is held: rules, classes, grids.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PackInfo {
    /// `grid`, `catalogue`, `policy`.
    pub kind: String,
    /// The name within the kind.
    pub name: String,
    /// The version.
    pub version: u64,
    /// SHA-256 of the body, which cases pin.
    pub digest: Digest,
    /// Whether it is in force for new cases.
    pub active: bool,
    /// Size of the body in bytes.
    pub bytes: u64,
    /// Whom the city made it for, such as `duty-grid:D7`; none for everybody.
    pub audience: Option<String>,
}

/// The name of a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DraftId(pub [u8; 16]);

impl fmt::Display for DraftId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&to_hex(&self.0))
    }
}

impl FromStr for DraftId {
    type Err = ParseIdError;
    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        from_hex(text)
            .and_then(|bytes| bytes.try_into().ok())
            .map(Self)
            .ok_or(ParseIdError::new("draft", "32 hexadecimal digits"))
    }
}

impl Serialize for DraftId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// How to reach who reported a case, as far as this user may see it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct CaseContact {
    /// What others see of it; `None` when nothing is shown.
    pub masked: Option<Masked>,
    /// All of it: the user reported the case on this device.
    pub own: Option<Contact>,
    /// It is here and cannot be read: the key store lost the key.
    pub unreadable: bool,
}

/// A report that is not handed in yet.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Draft {
    /// Its name.
    pub id: DraftId,
    /// What was filled in so far.
    pub input: ReportInput,
    /// Its photos, in the order of attaching.
    pub photos: Vec<DraftPhoto>,
    /// When it was begun.
    pub created_at: Millis,
    /// When it was last edited.
    pub updated_at: Millis,
}

impl Draft {
    /// The case that it becomes, so that its photos can name it before it is handed in.
    pub(crate) fn case_id(&self) -> CaseId {
        let [random @ .., _, _, _, _, _, _] = self.id.0;
        CaseId::v7(self.created_at.0, random)
    }
}

/// A photo of a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DraftPhoto {
    /// What the report will say about it.
    pub record: EvidenceRecord,
}

/// A photo that was checked, stored and hashed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AttachedPhoto {
    /// What an entry will say about it.
    pub record: EvidenceRecord,
}

/// A command that waits for the next exchange.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct QueuedCommand {
    /// The case.
    pub case: CaseId,
    /// The name of the command.
    pub command: Digest,
}

/// What a file of a photo is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FilePart {
    /// The photo itself, or a film or a sound.
    Photo,
    /// Its thumbnail.
    Thumbnail,
    /// The camera's file, where the policy keeps it.
    Original,
}

/// A file of a photo that is not on this device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct AbsentFile {
    /// What it is.
    pub part: FilePart,
    /// Its SHA-256.
    pub sha256: Digest,
}

/// What was exported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Exported {
    /// How many cases.
    pub cases: u32,
    /// The size of the file in bytes.
    pub bytes: u64,
    /// What in it will not verify, in words; only where unsent work had to leave in any case.
    pub findings: Vec<String>,
}
