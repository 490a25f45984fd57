//! Instructions that leave the open question alone.

use std::collections::BTreeSet;

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::entry::ClassRef;
use crate::entry::PayloadError;
use crate::entry::part::{self, Part, part};
use crate::ids::{CaseId, ChangeHash, Digest, Role, UnitId, UserId};
use crate::media::EvidenceRecord;
use crate::place::{GridRef, Position};
use crate::time::Millis;

/// The most texts and files that one instruction may erase.
pub const MAX_ERASED: usize = 200;

/// A word to the reporter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Reply {
    /// The digest of the text.
    #[n(0)]
    pub text: Digest,
    /// What it replies to: an urge, a request.
    #[n(1)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<ChangeHash>,
}

/// Removes texts and files for good, wherever they went. The signed entries that name them stay, and
/// this instruction is the tombstone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Erase {
    /// The digests of texts.
    #[n(0)]
    #[serde(default)]
    pub texts: Vec<Digest>,
    /// The SHA-256 of files. What else the same evidence record names (thumbnail, original) goes
    /// with them.
    #[n(1)]
    #[serde(default)]
    pub files: Vec<Digest>,
    /// The digest of the reason.
    #[n(2)]
    #[serde(default)]
    pub note: Option<Digest>,
}

impl Erase {
    /// Every file that goes, given the evidence records of the case: those that it names, and what
    /// else their records name.
    pub fn takes<'r>(
        &self,
        records: impl IntoIterator<Item = &'r EvidenceRecord>,
    ) -> BTreeSet<Digest> {
        let named = records
            .into_iter()
            .filter(|record| self.files.contains(&record.sha256));
        let files = named.flat_map(EvidenceRecord::all_files);
        files.chain(self.files.iter().copied()).collect()
    }
}

/// Gives a node of the open question more time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Extend {
    /// The request that it grants, when there was one.
    #[n(0)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<ChangeHash>,
    /// How much more, as a limit in the catalogue's spelling.
    #[n(1)]
    pub limit: String,
    /// The unit whose limit grows; `None`: the lead.
    #[n(2)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
    /// The digest of the remark.
    #[n(3)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Digest>,
}

/// Decides a request that changes nothing about the open question: refuses any, or grants an appeal, a
/// proposal, a withdrawal that was already carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Decide {
    /// The request.
    #[n(0)]
    pub request: ChangeHash,
    /// Whether it is granted.
    #[n(1)]
    pub granted: bool,
    /// Which step of a review decided, from 1, where the policy has several.
    #[n(2)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<u8>,
    /// The reason, by the policy's code.
    #[n(3)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The digest of the remark.
    #[n(4)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Digest>,
}

/// Presses units or persons for an answer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Supervise {
    /// The units that are pressed.
    #[n(0)]
    #[serde(default)]
    pub units: Vec<UnitId>,
    /// The persons who are pressed. Units and persons together are at least one.
    #[n(1)]
    #[serde(default)]
    pub persons: Vec<UserId>,
    /// Within what an answer is expected, as a limit in the catalogue's spelling.
    #[n(2)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_within: Option<String>,
    /// The digest of the remark.
    #[n(3)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Digest>,
}

/// How a case stands to another.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Encode, Decode,
)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Relationship {
    /// It is a duplicate of the other, which is worked on. That links do not run in a circle is
    /// the server's duty: one case does not show it.
    #[n(0)]
    DuplicateOf,
    /// The other is a duplicate of it.
    #[n(1)]
    HasDuplicate,
    /// They have to do with each other.
    #[n(2)]
    Related,
    /// A tie that was made in error is undone.
    #[n(3)]
    Nothing,
}

/// Ties the case to another. The last link to a case is the one that holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct LinkCase {
    /// The other case.
    #[n(0)]
    pub other: CaseId,
    /// How this one stands to it.
    #[n(1)]
    pub relation: Relationship,
    /// The suggestion that it follows.
    #[n(2)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<ChangeHash>,
    /// The due time from elsewhere that comes with the other case; the stricter one holds.
    #[n(3)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_due: Option<Millis>,
    /// The digest of the remark.
    #[n(4)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Digest>,
}

/// Corrects what the report says. The report stays as it is; the correction is shown beside it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Correct {
    /// The right class.
    #[n(0)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<ClassRef>,
    /// The right filing condition.
    #[n(1)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// The right place.
    #[n(2)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
    /// The right grid.
    #[n(3)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grid: Option<GridRef>,
    /// The right component.
    #[n(4)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub component: Option<String>,
    /// The area's grade (区域等级), on which limits depend.
    #[n(5)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub area_grade: Option<String>,
    /// The digest of the remark.
    #[n(6)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Digest>,
    /// When somebody elsewhere wants the case over, in the place of what was said of it before: the one way
    /// to a later time.
    #[n(7)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_due: Option<Millis>,
}

/// Names other packs, by which the case is judged from here on. At least one is named.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Repin {
    /// The policy.
    #[n(0)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<Digest>,
    /// The catalogue.
    #[n(1)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub catalogue: Option<Digest>,
    /// The catalogue's edition.
    #[n(2)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edition: Option<String>,
    /// The digest of the remark.
    #[n(3)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Digest>,
    /// What the replaced policy switched in the fold, where the new one switches otherwise. The server
    /// fills it in: what was asked before goes on being judged by it, and nobody needs the old
    /// policy for that.
    #[n(4)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<Switches>,
}

/// What a policy switches in the fold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Switches {
    /// Whether the check of somebody who handled the work counts for nothing (监管分离).
    #[n(0)]
    pub separation: bool,
    /// Roles whose check counts all the same.
    #[n(1)]
    pub exempt: Vec<Role>,
    /// Whether work counts as handled only once the unit has confirmed it.
    #[n(2)]
    pub confirm: bool,
}

/// Says whose the object is. Three different fields, never merged.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Ownership {
    /// The request that it grants, when there was one.
    #[n(0)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<ChangeHash>,
    /// The competent authority (主管部门).
    #[n(1)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority: Option<UnitId>,
    /// The owner (权属单位).
    #[n(2)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<UnitId>,
    /// The handling unit (处置单位).
    #[n(3)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handler: Option<UnitId>,
    /// The digest of the remark.
    #[n(4)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Digest>,
}

/// What became of a reward.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Encode, Decode,
)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum RewardState {
    /// It is due.
    #[n(0)]
    Granted,
    /// It is not due.
    #[n(1)]
    Refused,
    /// It was paid out.
    #[n(2)]
    Paid,
}

/// A reward for the report, written by the server as the city's rule says. The last one holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Reward {
    /// What became of it.
    #[n(0)]
    pub state: RewardState,
    /// The rule, by the policy's code.
    #[n(1)]
    pub rule: String,
    /// Points, 1 to [`MOST_REWARD_POINTS`](super::MOST_REWARD_POINTS) where it is given anew.
    #[n(2)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points: Option<u32>,
    /// Money in hundredths of the currency unit, 1 to
    /// [`MOST_REWARD_CENTS`](super::MOST_REWARD_CENTS) where it is given anew.
    #[n(3)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cents: Option<u64>,
    /// The reason, by the policy's code.
    #[n(4)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The digest of the remark.
    #[n(5)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Digest>,
}

impl Part for Reply {
    fn text(&self) -> Option<Digest> {
        Some(self.text)
    }
}

part!(Erase, note: note, check: |it| {
    let named = it.texts.len() + it.files.len();
    let fits = (1..=MAX_ERASED).contains(&named);
    fits.then_some(()).ok_or(PayloadError::Bounds("erased"))
});
part!(Extend, note: note, check: |it| {
    part::code("limit", &it.limit)?;
    part::optional("unit", it.unit.as_ref())
});
part!(Decide, note: note, check: |it| part::optional("reason", it.reason.as_ref()));
part!(Supervise, note: note, check: |it| {
    part::codes("units", usize::from(it.persons.is_empty()), &it.units)?;
    part::codes("persons", 0, &it.persons)?;
    part::optional("reply_within", it.reply_within.as_ref())
});
part!(LinkCase, note: note);
part!(Correct, note: note, position: position, check: |it| {
    it.class.as_ref().map_or(Ok(()), ClassRef::check)?;
    part::optional("condition", it.condition.as_ref())?;
    part::optional("component", it.component.as_ref())?;
    part::optional("area_grade", it.area_grade.as_ref())
});
impl Part for Repin {
    fn note_mut(&mut self) -> Option<&mut Option<Digest>> {
        Some(&mut self.note)
    }

    fn text(&self) -> Option<Digest> {
        self.note
    }

    fn check(&self) -> Result<(), PayloadError> {
        if self.policy.is_none() && (self.catalogue.is_none() || self.was.is_some()) {
            return Err(PayloadError::Bounds("policy"));
        }
        if let Some(was) = &self.was {
            let mut roles = was.exempt.iter();
            roles.try_for_each(|role| part::code("exempt", role.as_ref()))?;
        }
        part::optional("edition", self.edition.as_ref())
    }

    // An app that does not know of it would judge what was asked before by the new switches.
    fn version(&self) -> u64 {
        1 + u64::from(self.was.is_some())
    }
}
part!(Ownership, note: note, check: |it| {
    part::optional("authority", it.authority.as_ref())?;
    part::optional("owner", it.owner.as_ref())?;
    part::optional("handler", it.handler.as_ref())
});
part!(Reward, note: note, check: |it| {
    part::code("rule", &it.rule)?;
    part::optional("reason", it.reason.as_ref())
});
