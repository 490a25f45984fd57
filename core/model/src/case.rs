//! The root of a case: what is fixed before anything is said.

use crate::change::{Body, DecodedChange, Fields, PlainChange, Scalar};
use crate::entry::{Entry, EntryError};
use crate::fold::{Row, Written};
use crate::ids::{ActorId, CaseId, Digest};

/// The fold's table that this library writes. Every table ever shipped stays readable.
pub const SCHEMA: u64 = 1;

/// What the root change says. Nothing personal: everyone who may write in the case gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseRoot {
    /// The fold's table.
    pub schema: u64,
    /// The case.
    pub id: CaseId,
    /// The catalogue edition of its class.
    pub edition: String,
    /// SHA-256 of the policy pack that holds for it.
    pub policy: Digest,
    /// SHA-256 of the catalogue pack that holds for it.
    pub catalogue: Digest,
}

impl CaseRoot {
    /// The scalars of `/case`.
    pub fn to_fields(&self) -> Fields {
        vec![
            ("schema".into(), Scalar::Uint(self.schema)),
            ("id".into(), Scalar::Bytes(self.id.0.to_vec())),
            ("edition".into(), Scalar::Str(self.edition.clone())),
            ("policy".into(), Scalar::Bytes(self.policy.0.to_vec())),
            ("catalogue".into(), Scalar::Bytes(self.catalogue.0.to_vec())),
        ]
    }

    /// Reads the scalars of `/case`; unknown ones are ignored here and stay in the change.
    ///
    /// # Errors
    /// [`EntryError`] names the field that is absent or malformed.
    pub fn from_fields(fields: &Fields) -> Result<Self, EntryError> {
        let find = |name: &'static str| {
            let found = fields
                .iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value);
            found.ok_or(EntryError::Missing(name))
        };
        let bytes = |name: &'static str| match find(name)? {
            Scalar::Bytes(bytes) => Ok(bytes.as_slice()),
            _ => Err(EntryError::Malformed(name)),
        };
        let digest = |name: &'static str| {
            Digest::from_slice(bytes(name)?).ok_or(EntryError::Malformed(name))
        };
        let schema = match find("schema")? {
            Scalar::Uint(schema) => *schema,
            _ => return Err(EntryError::Malformed("schema")),
        };
        let edition = match find("edition")? {
            Scalar::Str(edition) if (1..=64).contains(&edition.len()) => edition.clone(),
            _ => return Err(EntryError::Malformed("edition")),
        };
        Ok(Self {
            schema,
            id: CaseId::from_slice(bytes("id")?).ok_or(EntryError::Malformed("id"))?,
            edition,
            policy: digest("policy")?,
            catalogue: digest("catalogue")?,
        })
    }

    /// The root change of the case by `actor`.
    pub fn change(&self, actor: ActorId) -> PlainChange {
        PlainChange {
            actor,
            seq: 1,
            start_op: 1,
            deps: Vec::new(),
            body: Body::Root {
                case: self.to_fields(),
            },
        }
    }
}

/// A decoded change as the fold reads it.
///
/// # Errors
/// [`EntryError`] when its scalars are no entry.
pub fn row(decoded: &DecodedChange) -> Result<Row, EntryError> {
    let entry = match &decoded.change.body {
        Body::Root { .. } => None,
        Body::Entry { fields, .. } => Some(Written::from(Entry::from_fields(fields.clone())?)),
    };
    Ok(Row {
        hash: decoded.hash,
        deps: decoded.change.deps.clone(),
        entry,
    })
}
