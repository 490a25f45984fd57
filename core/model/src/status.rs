//! What a citizen sees of a case: a signed, versioned public status, and nothing internal.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::cbor;
use crate::content::ContentItem;
use crate::crypto::{Domain, PublicKey, SignError, Signature, Signer, Verifier};
use crate::entry::{FieldKind, RewardState};
use crate::fold::{CaseView, Stage};
use crate::ids::{CaseId, ChangeHash, Digest};
use crate::time::Millis;

/// Where a case stands by the centre's public word, which is all that a citizen is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum PublicStage {
    /// The report arrived.
    #[n(0)]
    Received,
    /// Someone is looking into it.
    #[n(1)]
    Verifying,
    /// It became a case.
    #[n(2)]
    Accepted,
    /// It was not accepted.
    #[n(3)]
    Declined,
    /// Somebody is working on it.
    #[n(4)]
    InProgress,
    /// It is settled.
    #[n(5)]
    Closed,
    /// The reporter took it back.
    #[n(6)]
    Withdrawn,
}

impl PublicStage {
    /// The neutral name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Verifying => "verifying",
            Self::Accepted => "accepted",
            Self::Declined => "declined",
            Self::InProgress => "in_progress",
            Self::Closed => "closed",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Whether nothing more is expected of anybody.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Declined | Self::Closed | Self::Withdrawn)
    }
}

/// What the centre tells a citizen, and what the citizen may do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct PublicStatus {
    /// The case.
    #[n(0)]
    pub case: CaseId,
    /// Rises with every status of the case.
    #[n(1)]
    pub version: u64,
    /// Where it stands.
    #[n(2)]
    pub stage: PublicStage,
    /// The kinds of entries that the citizen may write now, by name.
    #[n(3)]
    pub may: Vec<String>,
    /// The instruction behind this status, which such entries answer.
    #[n(4)]
    pub behind: Option<ChangeHash>,
    /// The number to quote.
    #[n(5)]
    pub task_number: Option<String>,
    /// What the centre last replied.
    #[n(6)]
    pub reply: Option<ContentItem>,
    /// When the centre last moved it.
    #[n(7)]
    pub updated_at: Millis,
    /// The server's generation.
    #[n(8)]
    pub generation: u64,
    /// Texts and files, among those that the citizen holds, that the centre erased in all: the
    /// device removes its copies.
    #[n(9)]
    #[serde(default)]
    pub erased: Option<Vec<Digest>>,
    /// How often the centre heard the citizen ask to hurry; absent: never.
    #[n(10)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub urged: Option<u32>,
    /// The citizen's rating as it counts, from 1 (worst) to 5 (best).
    #[n(11)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rated: Option<u8>,
    /// What became of the reward, when there is anything to say of one.
    #[n(12)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reward: Option<PublicReward>,
    /// Whether the centre found that the matter had been reported before and goes on with that
    /// report. Which one it is nobody is told.
    #[n(13)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duplicate: Option<bool>,
    /// The kind of the reporter's last wish, `withdraw` or `reopen_request`, while the centre's word on it
    /// is that it is refused. Why is internal; a reply may say it.
    #[n(14)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
    /// How the matter ended in the case that a duplicate was joined to: closed or declined; absent while it
    /// is dealt with.
    #[n(15)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub joined: Option<PublicStage>,
    /// Whether the case was voided. Its stage is `declined` for apps that know no other word for that.
    #[n(16)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voided: Option<bool>,
}

impl PublicStatus {
    /// The word for how the case stands: its stage, or `voided`.
    pub fn word(&self) -> &'static str {
        match self.voided {
            Some(true) => "voided",
            _ => self.stage.name(),
        }
    }

    /// The neutral names of what is to be told in words, as labels have them: how the case stands, what
    /// became of the case that it was joined to, and that a wish was refused.
    pub fn told(&self) -> Vec<String> {
        let mut names = vec![format!("public.{}", self.word())];
        match self.joined {
            Some(ended) => names.push(format!("public.joined.{}", ended.name())),
            None if self.duplicate == Some(true) => names.push("public.joined".to_owned()),
            None => {}
        }
        let refused = self.refused.as_ref();
        names.extend(refused.map(|wish| format!("public.refused.{wish}")));
        names
    }
}

/// What a citizen is told of a reward: what, and not by which rule or why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct PublicReward {
    /// What became of it.
    #[n(0)]
    pub state: RewardState,
    /// Points.
    #[n(1)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points: Option<u32>,
    /// Money in hundredths of the currency unit.
    #[n(2)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cents: Option<u64>,
}

/// A public status under the server's signature.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SignedStatus {
    /// The encoded [`PublicStatus`].
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    pub body: Vec<u8>,
    /// The server's signature.
    #[n(1)]
    pub signature: Signature,
}

impl SignedStatus {
    /// Signs a status with the server's key.
    ///
    /// # Errors
    /// [`SignError`] when the key cannot be used now.
    pub fn sign(signer: &dyn Signer, status: &PublicStatus) -> Result<Self, SignError> {
        let body = cbor::to_vec(status);
        let signature = signer.sign(Domain::PublicStatus, &[&body])?;
        Ok(Self { body, signature })
    }

    /// The status, if `server` signed it.
    pub fn verify(&self, verifier: &dyn Verifier, server: &PublicKey) -> Option<PublicStatus> {
        let signed = verifier.verify(server, Domain::PublicStatus, &[&self.body], &self.signature);
        if signed {
            cbor::from_slice(&self.body).ok()
        } else {
            None
        }
    }
}

/// What the public is told of a stage.
pub fn public_stage(view: &CaseView) -> PublicStage {
    match view.standing() {
        Stage::Reported => PublicStage::Received,
        Stage::Withdrawn => PublicStage::Withdrawn,
        Stage::Verifying
        | Stage::VerifiedExists
        | Stage::VerifiedUnable
        | Stage::VerifiedNotExists => PublicStage::Verifying,
        Stage::Filed => PublicStage::Accepted,
        Stage::Declined | Stage::Void => PublicStage::Declined,
        Stage::Dispatched
        | Stage::Suspended
        | Stage::Worked
        | Stage::Handled
        | Stage::Checking
        | Stage::CheckPassed
        | Stage::CheckUnable
        | Stage::CheckFailed => PublicStage::InProgress,
        Stage::Closed => PublicStage::Closed,
    }
}

/// What a reporter may write, by how the case stands.
pub fn reporter_may(view: &CaseView) -> Vec<FieldKind> {
    match view.standing() {
        Stage::Closed => vec![FieldKind::Rate, FieldKind::ReopenRequest],
        Stage::Declined | Stage::Void => vec![FieldKind::ReopenRequest],
        stage if stage.is_final() => vec![],
        _ => vec![FieldKind::Supplement, FieldKind::Withdraw, FieldKind::Urge],
    }
}
