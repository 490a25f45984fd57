//! The envelope of everything that a city publishes as data: grids, catalogues, policies, calendars.

mod file;

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::cbor;
use crate::cert::Certificate;
use crate::crypto::{Domain, PublicKey, SignError, Signature, Signer, Verifier, sha256};
use crate::ids::{CityId, Digest, GridCode};
use crate::time::Millis;

pub use file::PackFile;

/// What a pack says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct PackHeader {
    /// The city that publishes it.
    #[n(0)]
    pub city: CityId,
    /// `grid`, `catalogue`, `policy`; kinds are open.
    #[n(1)]
    pub kind: String,
    /// The name within the kind.
    #[n(2)]
    pub name: String,
    /// Rises with every publication of that name.
    #[n(3)]
    pub version: u64,
    /// When it was signed.
    #[n(4)]
    pub issued_at: Millis,
    /// SHA-256 of the body. Cases pin a pack by this.
    #[n(5)]
    pub body: Digest,
    /// Size of the body in bytes.
    #[n(6)]
    pub bytes: u64,
    /// Whom it is for, as [`PackAudience`] writes it; `None` for everybody.
    #[n(7)]
    #[serde(default)]
    pub audience: Option<String>,
    /// The form in which it may be fetched in fewer bytes; `None` when only the body itself is there.
    #[n(8)]
    #[serde(default)]
    pub transfer: Option<PackTransfer>,
}

/// The longest kind or name of a pack, in bytes.
pub const MAX_PACK_NAME: usize = 80;

/// Whether a kind or a name can be published: letters, digits, and `-`, `_`, `.` or blanks within. A slash
/// parts the parts that a server cuts from a pack.
pub fn is_pack_name(text: &str) -> bool {
    let within = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ' ');
    let ends = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    (1..=MAX_PACK_NAME).contains(&text.len())
        && text.chars().all(within)
        && ends(text.chars().next())
        && !text.ends_with([' ', '.'])
        && !text.contains("..")
}

/// The compressed form of a body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct PackTransfer {
    /// How it is compressed. Whoever does not know the name fetches the body.
    #[n(0)]
    pub encoding: String,
    /// SHA-256 of the compressed bytes, by which they are fetched.
    #[n(1)]
    pub sha256: Digest,
    /// How many they are.
    #[n(2)]
    pub bytes: u64,
}

/// Whom a pack is for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PackAudience {
    /// Everybody, citizens included: `public`.
    Public,
    /// People with an office that is not bound to duty grids: `staff`.
    Staff,
    /// The control room: `operator`.
    Operator,
    /// The people of one duty grid: `duty-grid:G`.
    DutyGrid(GridCode),
    /// A word of a later version: nobody.
    Unknown,
}

impl PackAudience {
    /// The audience that a header names; none in the header is everybody.
    pub fn of(header: &PackHeader) -> Self {
        let named = header.audience.as_deref();
        named.map_or(Self::Public, Self::from_text)
    }

    /// The audience of that name.
    pub fn from_text(text: &str) -> Self {
        match (text, text.strip_prefix("duty-grid:")) {
            ("public", _) => Self::Public,
            ("staff", _) => Self::Staff,
            ("operator", _) => Self::Operator,
            (_, Some(grid)) if !grid.is_empty() => Self::DutyGrid(grid.into()),
            _ => Self::Unknown,
        }
    }

    /// Whether the holder of a certificate may have the pack. Who works for the whole city may have
    /// the slices of its duty grids too.
    pub fn admits(&self, holder: &Certificate) -> bool {
        let has = |wanted: fn(&str) -> bool| holder.roles.iter().any(|role| wanted(role.as_str()));
        let staff = || has(|role| !matches!(role, CITIZEN | INSPECTOR));
        match self {
            Self::Public => true,
            Self::Staff => staff(),
            Self::Operator => has(|role| role == OPERATOR),
            Self::DutyGrid(grid) => {
                staff() || (has(|role| role == INSPECTOR) && holder.duty_grids.contains(grid))
            }
            Self::Unknown => false,
        }
    }
}

const CITIZEN: &str = "citizen";
const INSPECTOR: &str = "inspector";
const OPERATOR: &str = "operator";

impl std::fmt::Display for PackAudience {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Public => f.write_str("public"),
            Self::Staff => f.write_str("staff"),
            Self::Operator => f.write_str("operator"),
            Self::DutyGrid(grid) => write!(f, "duty-grid:{grid}"),
            Self::Unknown => f.write_str("nobody"),
        }
    }
}

/// A header with the publisher's signature. The body travels beside it and is checked by digest,
/// so that large bodies can be fetched in parts.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SignedPack {
    /// The encoded [`PackHeader`].
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    pub header: Vec<u8>,
    /// The signature of the server's key over the header.
    #[n(1)]
    pub signature: Signature,
}

/// Why a pack is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PackError {
    /// The header cannot be read.
    #[error("the pack's header cannot be read")]
    Unreadable,
    /// Signed by someone else, or for another city.
    #[error("the pack was not signed by this city")]
    Signature,
    /// Nothing says who signed it.
    #[error("the pack does not bring the certificate of the server that signed it")]
    Signer,
    /// The body is not the one that was signed.
    #[error("the pack's body is damaged or was exchanged")]
    Body,
}

impl SignedPack {
    /// Signs `body` under `header`, whose digest and size are filled in here.
    ///
    /// # Errors
    /// [`SignError`] when the key cannot be used now.
    pub fn sign(signer: &dyn Signer, header: PackHeader, body: &[u8]) -> Result<Self, SignError> {
        let header = PackHeader {
            body: sha256(body),
            bytes: body.len() as u64,
            ..header
        };
        let header = cbor::to_vec(&header);
        let signature = signer.sign(Domain::Pack, &[&header])?;
        Ok(Self { header, signature })
    }

    /// The header, if `key` signed it for `city`.
    ///
    /// # Errors
    /// [`PackError`] names what is wrong.
    pub fn verify(
        &self,
        verifier: &dyn Verifier,
        key: &PublicKey,
        city: &CityId,
    ) -> Result<PackHeader, PackError> {
        let header: PackHeader =
            cbor::from_slice(&self.header).map_err(|_| PackError::Unreadable)?;
        let signed = verifier.verify(key, Domain::Pack, &[&self.header], &self.signature);
        if signed && header.city == *city {
            Ok(header)
        } else {
            Err(PackError::Signature)
        }
    }
}

impl PackHeader {
    /// Checks that `body` is the one that was signed.
    ///
    /// # Errors
    /// [`PackError::Body`].
    pub fn check_body(&self, body: &[u8]) -> Result<(), PackError> {
        let same = body.len() as u64 == self.bytes && sha256(body) == self.body;
        if same { Ok(()) } else { Err(PackError::Body) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::{Ed25519Signer, StandardSuite};

    #[test]
    fn a_pack_is_its_city_s_and_its_body_s() {
        let signer = Ed25519Signer::from_seed(&[4; 32]);
        let city = CityId([1; 32]);
        let header = PackHeader {
            city,
            kind: "grid".into(),
            name: "district".into(),
            version: 3,
            issued_at: Millis(0),
            body: Digest([0; 32]),
            bytes: 0,
            audience: None,
            transfer: None,
        };
        let pack = SignedPack::sign(&signer, header, b"cells").expect("in memory");
        let key = signer.public_key();
        let header = pack.verify(&StandardSuite, &key, &city).expect("ours");
        assert_eq!(header.check_body(b"cells"), Ok(()));
        assert_eq!(header.check_body(b"cellz"), Err(PackError::Body));
        let other = pack.verify(&StandardSuite, &key, &CityId([2; 32]));
        assert_eq!(other, Err(PackError::Signature));
    }

    /// A header as it was before audiences and transfer forms.
    #[derive(Encode)]
    #[cbor(map)]
    struct Older {
        #[n(0)]
        city: CityId,
        #[n(1)]
        kind: String,
        #[n(2)]
        name: String,
        #[n(3)]
        version: u64,
        #[n(4)]
        issued_at: Millis,
        #[n(5)]
        body: Digest,
        #[n(6)]
        bytes: u64,
    }

    #[test]
    fn a_header_of_an_older_version_is_for_everybody() {
        let older = Older {
            city: CityId([1; 32]),
            kind: "grid".into(),
            name: "district".into(),
            version: 3,
            issued_at: Millis(0),
            body: Digest([0; 32]),
            bytes: 0,
        };
        let header: PackHeader = cbor::from_slice(&cbor::to_vec(&older)).expect("readable");
        assert_eq!(PackAudience::of(&header), PackAudience::Public);
        assert_eq!(header.transfer, None);
    }

    fn holder(roles: &[&str], grids: &[&str]) -> Certificate {
        Certificate {
            city: CityId([1; 32]),
            kind: crate::cert::SubjectKind::Device,
            key: Ed25519Signer::from_seed(&[4; 32]).public_key(),
            user: "wang".into(),
            roles: roles.iter().map(|role| (*role).into()).collect(),
            units: vec![],
            duty_grids: grids.iter().map(|grid| (*grid).into()).collect(),
            not_before: Millis(0),
            not_after: Millis(1),
            serial: 1,
            reach: None,
        }
    }

    #[test]
    fn each_holder_may_have_what_is_made_for_them() {
        let may = |roles: &[&str], grids: &[&str]| {
            let holder = holder(roles, grids);
            let asked = [
                "public",
                "staff",
                "operator",
                "duty-grid:D1",
                "vip",
                "duty-grid:",
            ];
            asked.map(|audience| {
                let header = PackHeader {
                    audience: Some(audience.into()),
                    city: CityId([1; 32]),
                    kind: "grid".into(),
                    name: String::new(),
                    version: 1,
                    issued_at: Millis(0),
                    body: Digest([0; 32]),
                    bytes: 0,
                    transfer: None,
                };
                PackAudience::of(&header).admits(&holder)
            })
        };
        let (y, n) = (true, false);
        assert_eq!(may(&["citizen"], &["D1"]), [y, n, n, n, n, n]);
        assert_eq!(may(&["inspector"], &["D1"]), [y, n, n, y, n, n]);
        assert_eq!(may(&["inspector"], &["D2"]), [y, n, n, n, n, n]);
        assert_eq!(may(&["crew"], &[]), [y, y, n, y, n, n]);
        assert_eq!(may(&["inspector", "unit_lead"], &[]), [y, y, n, y, n, n]);
        assert_eq!(may(&["operator"], &[]), [y, y, y, y, n, n]);
        assert_eq!(may(&[], &["D1"]), [y, n, n, n, n, n]);
    }
}
