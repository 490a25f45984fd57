//! The names of the members, and the order in which they lie.

use std::fmt;

use gewu_model::ids::{CaseId, Digest};

/// A kind of pack that a case pins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PackKind {
    /// Its classes.
    Catalogue,
    /// Its rules.
    Policy,
}

impl PackKind {
    /// The name within a member's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Catalogue => "catalogue",
            Self::Policy => "policy",
        }
    }
}

/// What lies in a bundle. The order of the variants is the order in the container.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Member {
    /// The statement in Chinese.
    Chinese,
    /// The statement in English.
    English,
    /// The exporter's signature over everything else.
    Seal,
    /// Root key, certificates, citizens' keys.
    Trust,
    /// A pack that a case pins.
    Pack(PackKind, Digest),
    /// One case.
    Case(CaseId),
    /// Commands and drafts that were not handed in.
    Unsent,
    /// A photo or another file, with its extension.
    File(Digest, String),
}

const PACKS: &str = "packs/";
const CASES: &str = "cases/";
const FILES: &str = "files/";
/// The extensions of files: letters and digits, this many at most.
const EXTENSION: usize = 5;

impl Member {
    /// The member of that name. There is one name for each member, and no name leads out of the
    /// folder in which somebody unpacks the bundle.
    pub fn parse(name: &str) -> Option<Self> {
        let member = match name {
            "STATEMENT.zh.txt" => Self::Chinese,
            "STATEMENT.en.txt" => Self::English,
            "seal.cbor" => Self::Seal,
            "trust.cbor" => Self::Trust,
            "unsent.cbor" => Self::Unsent,
            _ => Self::parse_numbered(name)?,
        };
        (member.to_string() == name).then_some(member)
    }

    fn parse_numbered(name: &str) -> Option<Self> {
        if let Some(pack) = name.strip_prefix(PACKS) {
            let (kind, digest) = pack.strip_suffix(".json")?.split_once('-')?;
            let kinds = [PackKind::Catalogue, PackKind::Policy];
            let kind = kinds.into_iter().find(|known| known.name() == kind)?;
            return Some(Self::Pack(kind, digest.parse().ok()?));
        }
        if let Some(case) = name.strip_prefix(CASES) {
            return Some(Self::Case(case.strip_suffix(".cbor")?.parse().ok()?));
        }
        let (digest, extension) = name.strip_prefix(FILES)?.split_once('.')?;
        let plain = extension.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let fits = plain && (1..=EXTENSION).contains(&extension.len());
        let digest = digest.parse().ok()?;
        fits.then(|| Self::File(digest, extension.to_owned()))
    }
}

impl fmt::Display for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Chinese => f.write_str("STATEMENT.zh.txt"),
            Self::English => f.write_str("STATEMENT.en.txt"),
            Self::Seal => f.write_str("seal.cbor"),
            Self::Trust => f.write_str("trust.cbor"),
            Self::Pack(kind, digest) => write!(f, "{PACKS}{}-{digest}.json", kind.name()),
            Self::Case(case) => write!(f, "{CASES}{case}.cbor"),
            Self::Unsent => f.write_str("unsent.cbor"),
            Self::File(digest, extension) => write!(f, "{FILES}{digest}.{extension}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_member_has_one_name_and_every_other_name_is_refused() {
        let digest = Digest([0xab; 32]);
        let members = [
            Member::Chinese,
            Member::English,
            Member::Seal,
            Member::Trust,
            Member::Pack(PackKind::Catalogue, digest),
            Member::Pack(PackKind::Policy, digest),
            Member::Case(CaseId([7; 16])),
            Member::Unsent,
            Member::File(digest, "jpg".into()),
        ];
        assert!(members.is_sorted());
        for member in members {
            assert_eq!(Member::parse(&member.to_string()), Some(member));
        }
        let upper = format!("files/{}.jpg", "AB".repeat(32));
        let outside = format!("files/../{digest}.jpg");
        let deep = format!("files/{digest}.a/b");
        for bad in [
            upper.as_str(),
            &outside,
            &deep,
            "",
            "/seal.cbor",
            "seal.cbor ",
            "cases/.cbor",
        ] {
            assert_eq!(Member::parse(bad), None, "{bad}");
        }
    }
}
