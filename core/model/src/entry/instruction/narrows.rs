//! Instructions that pass the open question down the tree, and back up.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::entry::PayloadError;
use crate::entry::part::{self, Part, part};
use crate::ids::{ChangeHash, Digest, UnitId, UserId};

/// Passes the open dispatch to another unit below.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Forward {
    /// The unit that now does it; the upper one stays accountable.
    #[n(0)]
    pub unit: UnitId,
    /// The digest of the remark.
    #[n(1)]
    #[serde(default)]
    pub note: Option<Digest>,
    /// The unit that passes it on; `None`: the one that had it last.
    #[n(2)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<UnitId>,
    /// The limit in the catalogue's spelling.
    #[n(3)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<String>,
}

/// Names the person or the team of the unit who does it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Assign {
    /// Who does it.
    #[n(0)]
    #[serde(default)]
    pub person: Option<UserId>,
    /// The digest of the remark.
    #[n(1)]
    #[serde(default)]
    pub note: Option<Digest>,
    /// The team that does it. A person or a team is named, or both.
    #[n(2)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<UnitId>,
    /// The unit that only helps and whose work it is; `None`: the lead's, or a unit's below it. The
    /// server says so of whoever assigned.
    #[n(3)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub helping: Option<UnitId>,
}

/// Takes an assignment back. Who is not assigned any more may still answer: the unit is asked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Unassign {
    /// The person who no longer does it.
    #[n(0)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<UserId>,
    /// The team that no longer does it. A person or a team is named, or both.
    #[n(1)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<UnitId>,
    /// The digest of the remark.
    #[n(2)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Digest>,
}

/// Grants a return: the unit's node goes, with all that was passed on below it, and the unit above
/// has the question again. From the top of the tree it goes back to the centre: nothing is open.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct SendBack {
    /// The request that it grants, when there was one.
    #[n(0)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<ChangeHash>,
    /// The unit that gives back; `None`: the one that had it last.
    #[n(1)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
    /// The reason, by the policy's code.
    #[n(2)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The digest of the remark.
    #[n(3)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Digest>,
}

part!(Forward, note: note, check: |it| {
    part::code("unit", &it.unit.0)?;
    part::optional("from", it.from.as_ref())?;
    part::optional("limit", it.limit.as_ref())
});
part!(Unassign, note: note, check: |it| named(it.person.as_ref(), it.team.as_ref()));
part!(SendBack, note: note, check: |it| {
    part::optional("unit", it.unit.as_ref())?;
    part::optional("reason", it.reason.as_ref())
});

impl Part for Assign {
    fn text(&self) -> Option<Digest> {
        self.note
    }

    fn note_mut(&mut self) -> Option<&mut Option<Digest>> {
        Some(&mut self.note)
    }

    fn check(&self) -> Result<(), PayloadError> {
        part::optional("helping", self.helping.as_ref())?;
        named(self.person.as_ref(), self.team.as_ref())
    }

    fn version(&self) -> u64 {
        match (&self.person, &self.team, &self.helping) {
            // The second version would take a helper's team for the lead's.
            (_, Some(_), Some(_)) => 3,
            // The first version cannot read an assignment without a person.
            (None, _, _) => 2,
            (Some(_), _, _) => 1,
        }
    }
}

fn named(person: Option<&UserId>, team: Option<&UnitId>) -> Result<(), PayloadError> {
    if person.is_none() && team.is_none() {
        return Err(PayloadError::Bounds("person"));
    }
    part::optional("person", person)?;
    part::optional("team", team)
}
