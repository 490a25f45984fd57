//! An entry as it lies in the document: header scalars, payload bytes, and whatever else a newer
//! app put beside them.

use crate::change::{Fields, Scalar};
use crate::ids::{ChangeHash, Digest, Role, UnitId, UserId};
use crate::time::{ClockTrust, Millis};

use super::kind::Kind;

/// The longest name of a kind, user, unit or role in bytes.
const MAX_NAME_BYTES: usize = 128;

/// Who wrote an entry, in which capacity, about what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryHeader {
    /// What it is.
    pub kind: Kind,
    /// The version of the payload's shape.
    pub version: u64,
    /// The person, or a citizen's pseudonym for this case.
    pub by: UserId,
    /// The unit in whose name the author acted.
    pub unit: Option<UnitId>,
    /// The role in which the author acted.
    pub role: Role,
    /// The certificate, or a citizen's endorsement, that gave this capacity.
    pub cert: Digest,
    /// When the author's clock said it was written.
    pub claimed_at: Millis,
    /// How far that claim may be believed.
    pub clock: ClockTrust,
    /// The instruction that the entry answers.
    pub answers: Option<ChangeHash>,
    /// Another entry that the entry speaks about.
    pub about: Option<ChangeHash>,
    /// The set-aside change in whose place this one was written.
    pub replaces: Option<ChangeHash>,
}

/// One entry, whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Who, what, when.
    pub header: EntryHeader,
    /// The payload as canonical CBOR, never re-encoded.
    pub payload: Vec<u8>,
    /// Scalars that this version does not know.
    pub extra: Fields,
}

/// Why a map of scalars is no entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// A field that every entry has is absent.
    #[error("the entry lacks the field {0}")]
    Missing(&'static str),
    /// A field has the wrong type or length.
    #[error("the field {0} has a wrong type or length")]
    Malformed(&'static str),
}

/// The name of the scalar in which a program says what it is.
const APP: &str = "app";

impl Entry {
    /// The entry with the program that wrote it, and its version. It is the author's word.
    #[must_use]
    pub fn written_by(mut self, app: &str) -> Self {
        self.extra
            .push((APP.to_owned(), Scalar::Str(app.to_owned())));
        self
    }

    /// The program that wrote it, as it says itself.
    pub fn app(&self) -> Option<&str> {
        self.extra.iter().find_map(|(name, value)| match value {
            Scalar::Str(app) if name == APP => Some(app.as_str()),
            _ => None,
        })
    }

    /// The scalars of the entry in the order in which we write them.
    pub fn to_fields(&self) -> Fields {
        let h = &self.header;
        let mut fields: Fields = vec![
            ("kind".into(), Scalar::Str(h.kind.name().to_owned())),
            ("v".into(), Scalar::Uint(h.version)),
            ("by".into(), Scalar::Str(h.by.0.clone())),
        ];
        fields.extend(
            h.unit
                .iter()
                .map(|unit| ("unit".into(), Scalar::Str(unit.0.clone()))),
        );
        fields.push(("role".into(), Scalar::Str(h.role.0.clone())));
        fields.push(("cert".into(), Scalar::Bytes(h.cert.0.to_vec())));
        fields.push(("at".into(), Scalar::Int(h.claimed_at.0)));
        fields.push(("clock".into(), Scalar::Uint(h.clock.code())));
        let links = [
            ("answers", h.answers),
            ("about", h.about),
            ("replaces", h.replaces),
        ];
        for (name, link) in links {
            fields.extend(link.map(|hash| (name.to_owned(), Scalar::Bytes(hash.0.to_vec()))));
        }
        fields.push(("p".into(), Scalar::Bytes(self.payload.clone())));
        fields.extend(self.extra.iter().cloned());
        fields
    }

    /// Reads an entry from its scalars; unknown ones are kept in [`Entry::extra`].
    ///
    /// # Errors
    /// [`EntryError`] names the field that is absent or malformed.
    pub fn from_fields(fields: Fields) -> Result<Self, EntryError> {
        let mut fields = Taker(fields);
        let header = EntryHeader {
            kind: Kind::from_name(&fields.name("kind")?),
            version: fields.uint("v")?,
            by: UserId(fields.name("by")?),
            unit: fields.optional_name("unit")?.map(UnitId),
            role: Role(fields.name("role")?),
            cert: fields
                .hash("cert")?
                .map(|hash| Digest(hash.0))
                .ok_or(EntryError::Missing("cert"))?,
            claimed_at: Millis(fields.int("at")?),
            clock: ClockTrust::from_code(fields.uint("clock")?),
            answers: fields.hash("answers")?,
            about: fields.hash("about")?,
            replaces: fields.hash("replaces")?,
        };
        let payload = fields.bytes("p")?;
        Ok(Self {
            header,
            payload,
            extra: fields.0,
        })
    }
}

/// Takes known fields out of the list, so that what is left is what we do not know.
struct Taker(Fields);

impl Taker {
    fn take(&mut self, name: &'static str) -> Option<Scalar> {
        let at = self.0.iter().position(|(key, _)| key == name)?;
        Some(self.0.remove(at).1)
    }

    fn optional_name(&mut self, name: &'static str) -> Result<Option<String>, EntryError> {
        match self.take(name) {
            None => Ok(None),
            Some(Scalar::Str(text))
                if (1..=MAX_NAME_BYTES).contains(&text.len()) && !text.contains('\0') =>
            {
                Ok(Some(text))
            }
            Some(_) => Err(EntryError::Malformed(name)),
        }
    }

    fn name(&mut self, name: &'static str) -> Result<String, EntryError> {
        self.optional_name(name)?.ok_or(EntryError::Missing(name))
    }

    fn uint(&mut self, name: &'static str) -> Result<u64, EntryError> {
        match self.take(name).ok_or(EntryError::Missing(name))? {
            Scalar::Uint(value) => Ok(value),
            _ => Err(EntryError::Malformed(name)),
        }
    }

    fn int(&mut self, name: &'static str) -> Result<i64, EntryError> {
        match self.take(name).ok_or(EntryError::Missing(name))? {
            Scalar::Int(value) => Ok(value),
            _ => Err(EntryError::Malformed(name)),
        }
    }

    fn bytes(&mut self, name: &'static str) -> Result<Vec<u8>, EntryError> {
        match self.take(name).ok_or(EntryError::Missing(name))? {
            Scalar::Bytes(bytes) => Ok(bytes),
            _ => Err(EntryError::Malformed(name)),
        }
    }

    fn hash(&mut self, name: &'static str) -> Result<Option<ChangeHash>, EntryError> {
        match self.take(name) {
            None => Ok(None),
            Some(Scalar::Bytes(bytes)) => ChangeHash::from_slice(&bytes)
                .map(Some)
                .ok_or(EntryError::Malformed(name)),
            Some(_) => Err(EntryError::Malformed(name)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::FieldKind;

    fn entry() -> Entry {
        Entry {
            header: EntryHeader {
                kind: Kind::Field(FieldKind::Handle),
                version: 1,
                by: "li".into(),
                unit: Some("drainage".into()),
                role: "crew".into(),
                cert: Digest([3; 32]),
                claimed_at: Millis(-5),
                clock: ClockTrust::Doubtful,
                answers: Some(ChangeHash([1; 32])),
                about: None,
                replaces: None,
            },
            payload: vec![0xa0],
            extra: vec![("weather".into(), Scalar::Str("rain".into()))],
        }
    }

    #[test]
    fn unknown_fields_survive_a_round_trip() {
        let entry = entry();
        assert_eq!(Entry::from_fields(entry.to_fields()), Ok(entry));
    }

    #[test]
    fn absent_and_malformed_fields_are_named() {
        let mut fields = entry().to_fields();
        fields.retain(|(name, _)| name != "cert");
        assert_eq!(Entry::from_fields(fields), Err(EntryError::Missing("cert")));
        let mut fields = entry().to_fields();
        fields[2].1 = Scalar::Str("x".repeat(200));
        assert_eq!(Entry::from_fields(fields), Err(EntryError::Malformed("by")));
    }
}
