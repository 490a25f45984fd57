//! What reporters and onlookers add to a case.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::entry::ClassRef;
use crate::entry::PayloadError;
use crate::entry::part::{self, Part, part};
use crate::ids::{CaseId, ChangeHash, Digest};
use crate::media::EvidenceRecord;
use crate::place::Position;

/// More from the reporter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Supplement {
    /// The digest of the text.
    #[n(0)]
    pub text: Option<Digest>,
    /// The evidence.
    #[n(1)]
    pub photos: Vec<EvidenceRecord>,
}

/// The reporter takes the report back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Withdraw {
    /// The digest of the reason.
    #[n(0)]
    pub reason: Option<Digest>,
}

/// The reporter's rating of the result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Rate {
    /// 1 (worst) to 5 (best).
    #[n(0)]
    pub score: u8,
    /// The digest of the remark.
    #[n(1)]
    pub note: Option<Digest>,
}

/// The reporter asks to hurry.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Urge {
    /// The digest of the text.
    #[n(0)]
    pub note: Option<Digest>,
}

/// Somebody asks to open an ended case again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct ReopenRequest {
    /// The reason, by the policy's code.
    #[n(0)]
    pub reason: Option<String>,
    /// The digest of the text.
    #[n(1)]
    pub note: Option<Digest>,
    /// The evidence.
    #[n(2)]
    pub photos: Vec<EvidenceRecord>,
}

/// Somebody contests a decision or a mark. The entry's `about` names it where it is an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Appeal {
    /// The ground, by the policy's code, such as `overdue`.
    #[n(0)]
    pub reason: String,
    /// The instruction that is contested; `None`: the one that the entry answers.
    #[n(1)]
    pub against: Option<ChangeHash>,
    /// The digest of the text.
    #[n(2)]
    pub note: Option<Digest>,
    /// The evidence.
    #[n(3)]
    pub photos: Vec<EvidenceRecord>,
}

/// The case looks like another one. Only a `link` makes it a duplicate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct DuplicateSuggestion {
    /// The other case.
    #[n(0)]
    pub other: CaseId,
    /// How far apart the two places are, in millimetres.
    #[n(1)]
    pub distance_mm: Option<u32>,
    /// The digest of the remark.
    #[n(2)]
    pub note: Option<Digest>,
}

/// How a component differs from what the map says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum ComponentDifference {
    /// It stands there and the map does not know it.
    #[n(0)]
    Added,
    /// It stands elsewhere.
    #[n(1)]
    Moved,
    /// It is gone.
    #[n(2)]
    Removed,
    /// Something about it is otherwise.
    #[n(3)]
    Altered,
}

/// A component is not as the map has it: a proposal, never an edit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct ComponentChange {
    /// What differs.
    #[n(0)]
    pub difference: ComponentDifference,
    /// The component's identifier, where it has one.
    #[n(1)]
    pub component: Option<String>,
    /// Its class.
    #[n(2)]
    pub class: Option<ClassRef>,
    /// Where it stands.
    #[n(3)]
    pub position: Option<Position>,
    /// The digest of the remark.
    #[n(4)]
    pub note: Option<Digest>,
    /// The evidence.
    #[n(5)]
    pub photos: Vec<EvidenceRecord>,
}

/// A remark.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Note {
    /// The digest of the text.
    #[n(0)]
    pub text: Digest,
    /// Pictures that belong to the remark, such as redacted copies; absent when there are none.
    #[n(1)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub photos: Option<Vec<EvidenceRecord>>,
}

impl Note {
    /// A remark of words alone.
    pub const fn of(text: Digest) -> Self {
        Self { text, photos: None }
    }
}

part!(Supplement, note: text, photos: photos);
part!(Withdraw, note: reason);
part!(Rate, note: note, check: |it| if (1..=5).contains(&it.score) {
    Ok(())
} else {
    Err(PayloadError::Bounds("score"))
});
part!(Urge, note: note);
part!(ReopenRequest, note: note, photos: photos,
    check: |it| part::optional("reason", it.reason.as_ref()));
part!(Appeal, note: note, photos: photos, check: |it| part::code("reason", &it.reason));
part!(DuplicateSuggestion, note: note);
part!(ComponentChange, note: note, photos: photos, position: position,
check: |it| {
    part::optional("component", it.component.as_ref())?;
    it.class.as_ref().map_or(Ok(()), ClassRef::check)
});

impl Part for Note {
    fn text(&self) -> Option<Digest> {
        Some(self.text)
    }

    fn photos(&self) -> &[EvidenceRecord] {
        self.photos.as_deref().unwrap_or_default()
    }

    fn version(&self) -> u64 {
        // A reader of the first version would not see that the entry brings photos.
        if self.photos.is_none() { 1 } else { 2 }
    }
}
