//! Keys: enrolled devices, their certificates, citizens' keys, and what each key has stated.

use gewu_model::cert::{Endorsement, SignedCertificate};
use gewu_model::crypto::PublicKey;
use gewu_model::ids::{CaseId, ChangeHash, Digest, KeyId, UserId};
use gewu_model::scope::Scope;
use gewu_model::time::Millis;
use gewu_sync::wire::PackHave;

use super::StoreError;

/// Whether a device may still write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DeviceStatus {
    Good,
    /// Its backlog is taken until then.
    Retired {
        until: Millis,
    },
    Compromised,
}

/// An enrolled device.
#[derive(Debug, Clone)]
pub(crate) struct DeviceRow {
    pub(crate) key: KeyId,
    pub(crate) public: PublicKey,
    pub(crate) user: UserId,
    /// The digest of its present certificate.
    pub(crate) certificate: Digest,
    pub(crate) status: DeviceStatus,
    pub(crate) enrolled_at: Millis,
    pub(crate) seen_at: Option<Millis>,
}

/// The centre's order that a device is to remove everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WipeRow {
    pub(crate) asked_at: Millis,
    /// Until when it may go on trying to deliver.
    pub(crate) deliver_until: Millis,
    /// When it said that it does it now.
    pub(crate) done_at: Option<Millis>,
}

/// A citizen's key for one case with whoever stands behind it.
#[derive(Debug, Clone)]
pub(crate) struct EndorsementRow {
    pub(crate) user: UserId,
    pub(crate) endorsement: Endorsement,
}

/// What is stored of keys.
pub(crate) trait Keys {
    fn device(&self, key: KeyId) -> Result<Option<DeviceRow>, StoreError>;
    fn devices(&self) -> Result<Vec<DeviceRow>, StoreError>;
    fn put_device(&self, device: &DeviceRow) -> Result<(), StoreError>;
    fn touch_device(&self, key: KeyId, seen_at: Millis) -> Result<(), StoreError>;
    /// The order to clear the device, if one was given.
    fn wipe(&self, key: KeyId) -> Result<Option<WipeRow>, StoreError>;
    /// Puts an order in place of the one there was, or takes it away.
    fn put_wipe(&self, key: KeyId, wipe: Option<WipeRow>) -> Result<(), StoreError>;
    /// The device's last exchange an hour and more before its present ones.
    fn seen_before(&self, key: KeyId) -> Result<Option<Millis>, StoreError>;
    /// How many changes of the device behind the key were accepted since then, counted up to `most`.
    fn accepted_since(&self, key: KeyId, since: Millis, most: u64) -> Result<u64, StoreError>;

    fn certificate(&self, digest: Digest) -> Result<Option<SignedCertificate>, StoreError>;
    fn certificates_of(&self, key: KeyId) -> Result<Vec<SignedCertificate>, StoreError>;
    fn add_certificate(&self, key: KeyId, signed: &SignedCertificate) -> Result<(), StoreError>;

    fn endorsement(&self, key: KeyId) -> Result<Option<EndorsementRow>, StoreError>;
    fn add_endorsement(&self, row: &EndorsementRow) -> Result<(), StoreError>;

    /// Records that the key stated `counter` with everything unsent.
    fn state(&self, key: KeyId, counter: u64, unsent: &[ChangeHash]) -> Result<(), StoreError>;
    /// The earliest statement of the key whose counter is not below `counter`.
    fn statement_from(&self, key: KeyId, counter: u64) -> Result<Option<u64>, StoreError>;
    /// The counter from which on statements listed the change.
    fn listed_since(&self, key: KeyId, change: ChangeHash) -> Result<Option<u64>, StoreError>;
    /// Forgets that the change was listed: it was judged.
    fn unlist(&self, key: KeyId, change: ChangeHash) -> Result<(), StoreError>;

    /// Notes that at `counter` the key had been given `scope` up to `position`.
    fn add_given(
        &self,
        key: KeyId,
        scope: &Scope,
        counter: u64,
        position: u64,
    ) -> Result<(), StoreError>;
    /// The instructions of the case that had been given to the key in requests with a counter
    /// below `counter`.
    fn given(&self, key: KeyId, case: CaseId, counter: u64) -> Result<Vec<ChangeHash>, StoreError>;

    /// Notes that at `counter` the key's device held that version of a pack.
    fn add_held(&self, key: KeyId, pack: &PackHave, counter: u64) -> Result<(), StoreError>;
    /// Notes for a key that is first heard of what its device has said that it holds.
    fn inherit_held(&self, key: KeyId, device: KeyId) -> Result<(), StoreError>;
    /// Notes that a device held that version of a pack, for those of its citizen's keys that it does
    /// not state: what they have signed so far has come.
    fn add_held_unstated(
        &self,
        device: KeyId,
        stated: &[KeyId],
        pack: &PackHave,
    ) -> Result<(), StoreError>;
    /// Whether the key's device said with a counter below `counter` that it holds a later version of
    /// the pack with that digest.
    fn outgrew(&self, key: KeyId, pack: Digest, counter: u64) -> Result<bool, StoreError>;

    /// The highest counter under which a change or command of the key came.
    fn highest_counter(&self, key: KeyId) -> Result<u64, StoreError>;
    /// The change that first came from the key under `counter`.
    fn counter_holder(&self, key: KeyId, counter: u64) -> Result<Option<ChangeHash>, StoreError>;
}
