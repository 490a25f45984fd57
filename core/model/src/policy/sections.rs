//! Rules that are numbers and switches: lights, duplicates, photos, steps.

use serde::Deserialize;

use super::PolicyError;
use super::matrix::{ClassPrefix, KindName, covers};
use crate::entry::{ClassRef, Kind};
use crate::fold::Stage;
use crate::ids::Role;
use crate::media::{EvidenceRecord, Provenance};

/// When a case nearby may be the same matter.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DuplicateRule {
    /// How near, in metres, 1 to 2,000.
    pub radius_m: u32,
    /// Whether it must be of the same class.
    #[serde(default = "yes")]
    pub same_class: bool,
    /// How old it may be, in days since its report was received.
    pub age_days: u32,
    /// At which stages; every stage that is not closed when it is missing.
    #[serde(default, rename = "in")]
    pub stages: Option<Vec<Stage>>,
}

const fn yes() -> bool {
    true
}

impl Default for DuplicateRule {
    fn default() -> Self {
        Self {
            radius_m: 50,
            same_class: true,
            age_days: 30,
            stages: None,
        }
    }
}

impl DuplicateRule {
    /// Whether a case at that stage may be the same matter.
    pub fn counts(&self, stage: Stage) -> bool {
        let closed = [
            Stage::Closed,
            Stage::Void,
            Stage::Withdrawn,
            Stage::Declined,
        ];
        let named = self.stages.as_ref();
        named.map_or_else(
            || !closed.contains(&stage),
            |stages| stages.contains(&stage),
        )
    }
}

/// Steps that a city may leave out. What is left out is no step that anybody waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Steps {
    /// Whether a handle counts only when the unit has confirmed it.
    #[serde(default)]
    pub unit_confirm: bool,
    /// That the centre decides on a request to send back. Policies say so since before this was the
    /// only way; nothing else is taken.
    #[serde(default = "yes")]
    pub send_back_decision: bool,
    /// Whether a device signs for a task by itself as soon as it arrives (已收).
    #[serde(default)]
    pub receipt_on_arrival: bool,
    /// Whether it does so when the task is opened (已读).
    #[serde(default)]
    pub receipt_on_opening: bool,
}

impl Default for Steps {
    fn default() -> Self {
        Self {
            unit_confirm: false,
            send_back_decision: true,
            receipt_on_arrival: false,
            receipt_on_opening: false,
        }
    }
}

/// How many photos an entry of these kinds, by these roles, about these classes, must and may have.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhotoRule {
    /// For which classes; all when it is missing.
    #[serde(default)]
    pub classes: Vec<ClassPrefix>,
    /// For which kinds of entries.
    pub kinds: Vec<KindName>,
    /// For which roles; all when it is missing.
    #[serde(default)]
    pub roles: Vec<Role>,
    /// How many at least.
    #[serde(default)]
    pub least: u16,
    /// How many at most; any number when it is missing.
    #[serde(default)]
    pub most: Option<u16>,
    /// Whether photos from the phone's album are taken.
    #[serde(default = "yes")]
    pub album: bool,
}

/// Why the photos of an entry do not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PhotoFault {
    /// Too few.
    #[error("this class needs at least {0} photos here: take more")]
    TooFew(u16),
    /// Too many.
    #[error("this class takes at most {0} photos here: leave some out")]
    TooMany(u16),
    /// One of them was picked from the album.
    #[error("this class takes no photos from the album: take them with the camera on the spot")]
    Album,
}

impl PhotoRule {
    pub(super) fn check_self(&self) -> Result<(), PolicyError> {
        match self.most {
            Some(most) if most < self.least => Err(PolicyError(
                "photos.most is less than photos.least".to_owned(),
            )),
            _ => Ok(()),
        }
    }

    fn concerns(&self, kind: &Kind, role: &Role, class: Option<&ClassRef>) -> bool {
        self.kinds.iter().any(|own| own.covers(kind, None))
            && (self.roles.is_empty() || self.roles.contains(role))
            && covers(&self.classes, class)
    }

    fn check(&self, photos: &[EvidenceRecord]) -> Result<(), PhotoFault> {
        let count = u16::try_from(photos.len()).unwrap_or(u16::MAX);
        let picked = |photo: &EvidenceRecord| photo.provenance == Provenance::Picker;
        if !self.album && photos.iter().any(picked) {
            return Err(PhotoFault::Album);
        }
        match self.most {
            _ if count < self.least => Err(PhotoFault::TooFew(self.least)),
            Some(most) if count > most => Err(PhotoFault::TooMany(most)),
            _ => Ok(()),
        }
    }
}

/// Judges photos by the first rule that concerns them; where none does, all are taken.
pub(super) fn check_photos(
    rules: &[PhotoRule],
    kind: &Kind,
    role: &Role,
    class: Option<&ClassRef>,
    photos: &[EvidenceRecord],
) -> Result<(), PhotoFault> {
    let rule = rules.iter().find(|rule| rule.concerns(kind, role, class));
    rule.map_or(Ok(()), |rule| rule.check(photos))
}
