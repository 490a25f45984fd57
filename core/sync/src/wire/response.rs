//! What the server answers.

use gewu_model::cert::SignedCertificate;
use gewu_model::contact::Masked;
use gewu_model::content::ContentItem;
use gewu_model::ids::{CaseId, ChangeHash};
use gewu_model::pack::SignedPack;
use gewu_model::receipt::SignedReceipt;
use gewu_model::scope::Scope;
use gewu_model::signed::SignedChange;
use gewu_model::status::SignedStatus;
use gewu_model::time::Millis;
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use super::reading::Reading;
use super::request::{Cursor, PackHave};
use super::short_receipt::ShortReceipt;
use crate::verdict::SignedVerdicts;

/// A change as the server has it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct PulledChange {
    /// The change with its author's signature.
    #[n(0)]
    pub signed: SignedChange,
    /// The server's clock at acceptance.
    #[n(1)]
    pub received_at: Millis,
}

/// A case's membership in a scope. Leaving and entering again raises the epoch.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Membership {
    /// The scope.
    #[n(0)]
    pub scope: Scope,
    /// The server's epoch of this membership.
    #[n(1)]
    pub epoch: u64,
}

/// What is new of one case.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct CasePull {
    /// The case.
    #[n(0)]
    pub case: CaseId,
    /// Scopes of the device that the case is in now.
    #[n(1)]
    pub entered: Vec<Membership>,
    /// Scopes of the device that it has left.
    #[n(2)]
    pub left: Vec<Membership>,
    /// Changes that the device lacks, each after what it was made upon. When the case enters a
    /// scope, all of them.
    #[n(3)]
    pub changes: Vec<PulledChange>,
    /// Texts that the changes name.
    #[n(4)]
    pub content: Vec<ContentItem>,
    /// The server's word for heads and receipt times.
    #[n(5)]
    pub receipt: Option<SignedReceipt>,
    /// What the reporter's contact card shows to those who may see no more of it; absent where the
    /// city's policy shows nothing to the device's user, or there is no card.
    #[n(6)]
    pub contact: Option<Masked>,
    /// The receipt in its short form, in place of the whole one, for devices that read it.
    #[n(7)]
    pub short: Option<ShortReceipt>,
}

/// What the server has to tell a person beside the case itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum NoticeCode {
    /// An entry of theirs came after the matter was settled.
    #[n(0)]
    Late,
    /// A task was taken back from their unit.
    #[n(1)]
    Recalled,
    /// Work done elsewhere before the reassignment was known counts; theirs is not needed.
    #[n(2)]
    WorkDoneElsewhere,
    /// A change of theirs was set aside.
    #[n(3)]
    SetAside,
    /// They are asked or assigned, or are told of what they asked for, reported or are pressed for. A code of
    /// its own would leave older apps without the whole answer.
    #[n(4)]
    Task,
}

/// One notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Notice {
    /// The case.
    #[n(0)]
    pub case: CaseId,
    /// What it is about.
    #[n(1)]
    pub code: NoticeCode,
    /// The entry or instruction behind it.
    #[n(2)]
    pub about: Option<ChangeHash>,
    /// The server's clock.
    #[n(3)]
    pub at: Millis,
    /// In plain words; no personal data.
    #[n(4)]
    pub words: String,
}

/// That a device was taken out of use. Its data stays its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct OutOfUse {
    /// Whether it is taken to be in wrong hands; retired otherwise.
    #[n(0)]
    pub compromised: bool,
    /// Until when what it still sends is taken without a look, if it is retired.
    #[n(1)]
    pub until: Option<Millis>,
}

/// A pack that the device may want. Its body is fetched by digest.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct PackOffer {
    /// The signed header.
    #[n(0)]
    pub pack: SignedPack,
}

/// One exchange, homeward.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Response {
    /// [`super::PROTOCOL`].
    #[n(0)]
    pub protocol: u32,
    /// The server's generation. Another one than the device knew: the server was restored, and the
    /// device offers again everything that it holds.
    #[n(1)]
    pub generation: u64,
    /// The server's clock.
    #[n(2)]
    pub server_time: Millis,
    /// The verdicts.
    #[n(3)]
    pub verdicts: SignedVerdicts,
    /// Every scope of the device with the position up to which it has now been told. Scopes that
    /// are not listed are no longer the device's. Empty beside [`Response::position`];
    /// [`Response::standing`] reads both.
    #[n(4)]
    pub cursors: Vec<Cursor>,
    /// What is new, by case.
    #[n(5)]
    pub cases: Vec<CasePull>,
    /// Public statuses, for citizens.
    #[n(6)]
    pub statuses: Vec<SignedStatus>,
    /// Notices to the device's user.
    #[n(7)]
    pub notices: Vec<Notice>,
    /// Certificates of the authors of pulled changes.
    #[n(8)]
    pub certificates: Vec<SignedCertificate>,
    /// Packs newer than the device's.
    #[n(9)]
    pub packs: Vec<PackOffer>,
    /// There is more to tell: ask again at once.
    #[n(10)]
    pub more: bool,
    /// What the last backup of the server covers; the device keeps receipted photos until then.
    #[n(11)]
    pub backup_covers: Option<Millis>,
    /// The device's own certificate, when it was renewed, or when the device was taken out of use:
    /// what it sends is taken until that certificate ends.
    #[n(12)]
    pub certificate: Option<SignedCertificate>,
    /// The packs in force that the device may have, by kind, name and version. What a device holds
    /// under another name is in force no more. `None` from servers that do not say it.
    #[n(13)]
    pub in_force: Option<Vec<PackHave>>,
    /// That the device was taken out of use. Absent for one in use, and from servers that do not say it.
    #[n(14)]
    pub out_of_use: Option<OutOfUse>,
    /// A first reading that goes on with the next request. Absent when there is no more.
    #[n(15)]
    pub reading: Option<Reading>,
    /// That the device's scopes are those that the request named, and up to which position all of them
    /// have now been told, in this generation. Absent when [`Response::cursors`] says it.
    #[n(16)]
    pub position: Option<u64>,
    /// The host app under whose account the device's reports go; absent when they are anonymous, for staff,
    /// and from servers that know no accounts.
    #[n(17)]
    pub account: Option<String>,
}
