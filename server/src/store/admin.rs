//! What the city publishes and decides: packs, codes, operators, commands, and the server's own
//! values.

use gewu_model::ids::{Digest, KeyId, Role, UnitId, UserId};
use gewu_model::pack::SignedPack;
use gewu_model::time::Millis;
use gewu_sync::verdict::Outcome;

use super::StoreError;

/// A one-time code, known by its hash only.
#[derive(Debug, Clone)]
pub(crate) struct CodeRow {
    pub(crate) hash: Digest,
    /// What it grants, as JSON.
    pub(crate) grant: String,
    pub(crate) expires_at: Millis,
    pub(crate) used_by: Option<KeyId>,
}

/// An operator at a console.
#[derive(Debug, Clone)]
pub(crate) struct OperatorRow {
    pub(crate) token: Digest,
    pub(crate) user: UserId,
    pub(crate) roles: Vec<Role>,
    pub(crate) units: Vec<UnitId>,
    /// When it was made by name; `None` for the server's first one.
    pub(crate) made_at: Option<Millis>,
    pub(crate) made_by: Option<UserId>,
    pub(crate) revoked_at: Option<Millis>,
}

/// A published pack.
#[derive(Debug, Clone)]
pub(crate) struct PackRow {
    pub(crate) digest: Digest,
    pub(crate) kind: String,
    pub(crate) name: String,
    pub(crate) version: u64,
    /// Whom it is for, as its header says; `None` for everybody.
    pub(crate) audience: Option<String>,
    pub(crate) signed: SignedPack,
}

/// The bytes of a pack on their way in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PackBytes<'a> {
    pub(crate) body: &'a [u8],
    /// The compressed form with its SHA-256.
    pub(crate) transfer: Option<(Digest, &'a [u8])>,
}

/// In which of its forms a digest names a pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PackForm {
    Body,
    Transfer,
}

/// A body that was published, in the form that a digest names.
#[derive(Debug, Clone)]
pub(crate) struct FoundPack {
    pub(crate) body: Digest,
    pub(crate) form: PackForm,
    /// How many bytes the form has.
    pub(crate) bytes: u64,
    /// What it was published as, once or more often.
    pub(crate) rows: Vec<PackRow>,
}

/// What is stored of the city.
pub(crate) trait Admin {
    fn meta(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError>;
    fn put_meta(&self, name: &str, value: &[u8]) -> Result<(), StoreError>;

    fn code(&self, hash: Digest) -> Result<Option<CodeRow>, StoreError>;
    fn add_code(&self, code: &CodeRow) -> Result<(), StoreError>;
    fn use_code(&self, hash: Digest, key: KeyId, at: Millis) -> Result<(), StoreError>;
    /// What every code grants, as JSON.
    fn grants(&self) -> Result<Vec<String>, StoreError>;

    /// Whoever the token lets in.
    fn operator(&self, token: Digest) -> Result<Option<OperatorRow>, StoreError>;
    /// Keeps a token. One that was taken back stays so.
    fn put_operator(&self, operator: &OperatorRow) -> Result<(), StoreError>;
    /// Takes a token back, unless it was before.
    fn revoke_operator(&self, token: Digest, at: Millis) -> Result<(), StoreError>;
    /// Every token that was ever made.
    fn operators(&self) -> Result<Vec<OperatorRow>, StoreError>;

    fn command(&self, digest: Digest) -> Result<Option<Outcome>, StoreError>;
    /// Keeps what became of a command; `key` signed it under `counter`, unless a console asked.
    fn add_command(
        &self,
        digest: Digest,
        key: Option<KeyId>,
        counter: u64,
        outcome: &Outcome,
        at: Millis,
    ) -> Result<(), StoreError>;

    /// The newest version of every pack.
    fn packs(&self) -> Result<Vec<PackRow>, StoreError>;
    /// Every version of every pack of a kind.
    fn all_packs(&self, kind: &str) -> Result<Vec<PackRow>, StoreError>;
    fn pack_body(&self, digest: Digest) -> Result<Option<Vec<u8>>, StoreError>;
    /// The pack whose body or compressed form has this digest.
    fn find_pack(&self, digest: Digest) -> Result<Option<FoundPack>, StoreError>;
    /// Bytes of a form of the pack with this body.
    fn pack_part(
        &self,
        body: Digest,
        form: PackForm,
        range: std::ops::Range<u64>,
    ) -> Result<Vec<u8>, StoreError>;
    fn add_pack(&self, pack: &PackRow, bytes: PackBytes<'_>) -> Result<(), StoreError>;
}
