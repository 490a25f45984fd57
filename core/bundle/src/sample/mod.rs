//! A small city whose cases tests bend and the fixture shows: keys from fixed seeds, a server that
//! signs, an inspector who exports, a crew, a citizen. The same on every machine.

mod people;
mod story;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read};

use gewu_model::cert::SignedCertificate;
use gewu_model::crypto::{Ed25519Signer, sha256};
use gewu_model::ids::{CaseId, Digest};
use gewu_model::policy;
use gewu_model::time::{ClockTrust, Millis};

pub use people::{City, Person};
pub use story::{Story, checked};

use crate::examine::Contents;
use crate::fault::Finding;
use crate::name::PackKind;
use crate::record::{CaseRecord, HeldChange, Trust};
use crate::write::{Exporter, FileSource, WriteError, rescue, write};

/// When everything begins.
pub const START: i64 = 1_780_000_000_000;

/// One class, so that the pack is small.
pub const CATALOGUE: &str = r#"{"format":"gewu-catalogue/1","edition":"2026","version":1,"classes":[{"kind":"component","code":"01002","name":{"zh":"污水井盖","en":"sewer cover"},"conditions":[]}]}"#;

/// Files in memory.
#[derive(Debug, Clone, Default)]
pub struct Files(pub BTreeMap<Digest, Vec<u8>>);

impl Files {
    /// Adds a file under its hash.
    pub fn add(&mut self, bytes: &[u8]) -> Digest {
        let digest = sha256(bytes);
        self.0.insert(digest, bytes.to_vec());
        digest
    }
}

impl FileSource for Files {
    fn open(&self, file: &Digest) -> io::Result<Option<Box<dyn Read + '_>>> {
        let found = self.0.get(file).map(|bytes| bytes.as_slice());
        Ok(found.map(|bytes| Box::new(bytes) as Box<dyn Read>))
    }
}

/// What goes into a bundle, and who exports it.
pub struct Sample {
    /// The city.
    pub city: City,
    /// The contents.
    pub contents: Contents,
    /// The files.
    pub files: Files,
}

/// The city's rules stay when others are built in: bundles of earlier formats have to be what the same
/// cases make today.
pub(super) const RULES: &[u8] = policy::EARLIER[1];

impl Sample {
    /// A bundle of these cases: certificates of all staff who wrote in them, and the pinned packs.
    pub fn of(city: City, stories: Vec<Story>, files: Files) -> Self {
        let mut cases: Vec<CaseRecord> = stories.into_iter().map(Story::record).collect();
        cases.sort_by_key(|record| record.case);
        let contents = Contents {
            trust: Trust {
                anchor: city.anchor.clone(),
                certificates: certificates(&city, &cases),
                keys: Vec::new(),
            },
            packs: BTreeMap::from([
                (
                    (PackKind::Catalogue, sha256(CATALOGUE.as_bytes())),
                    CATALOGUE.as_bytes().to_vec(),
                ),
                ((PackKind::Policy, sha256(RULES)), RULES.to_vec()),
            ]),
            cases,
            unsent: None,
            files: BTreeMap::new(),
        };
        Self {
            city,
            contents,
            files,
        }
    }

    /// The usual bundle: a case from report to close with two photos, and a citizen's.
    pub fn usual(before: &[u8], after: &[u8]) -> Self {
        let (city, mut files) = (City::new("sample"), Files::default());
        let mut closed = Story::new(&city, CaseId([0x11; 16]));
        closed.from_report_to_close(&city, before, after);
        files.add(before);
        files.add(after);
        let mut citizens = Story::new(&city, CaseId([0x22; 16]));
        citizens.by_a_citizen(&city);
        Self::of(city, vec![closed, citizens], files)
    }

    /// The digest of the city's root key.
    pub fn root(&self) -> Digest {
        self.contents.trust.anchor.root.digest()
    }

    fn exporter(&self) -> Exporter<'_> {
        Exporter {
            signer: &self.city.wang.signer,
            at: Millis(START + 900_000),
            clock: ClockTrust::ServerOffset,
            app: "gewu 0.1.0 (sample)",
        }
    }

    /// The bundle, as an honest exporter writes it.
    ///
    /// # Errors
    /// Any [`WriteError`].
    pub fn bundle(&self) -> Result<Vec<u8>, WriteError> {
        let contents = self.contents.clone();
        write(contents, &self.files, &self.exporter(), Vec::new())
    }

    /// The bundle, as an exporter writes it who checks nothing, with what an honest one would have
    /// found.
    ///
    /// # Errors
    /// Any [`WriteError`].
    pub fn forge(&self) -> Result<(Vec<u8>, Vec<Finding>), WriteError> {
        rescue(
            self.contents.clone(),
            &self.files,
            &self.exporter(),
            Vec::new(),
        )
    }

    /// The exporter's key, for those who seal again what they have bent.
    pub const fn sealer(&self) -> &Ed25519Signer {
        &self.city.wang.signer
    }
}

fn certificates(city: &City, cases: &[CaseRecord]) -> Vec<SignedCertificate> {
    let mut wrote: BTreeSet<_> = BTreeSet::from([city.wang.key()]);
    for record in cases {
        wrote.extend(record.changes.iter().filter_map(|change| match change {
            HeldChange::Signed(signed) => Some(signed.key),
            HeldChange::Vouched(_) => None,
        }));
    }
    let staff = [&city.wang, &city.zhao, &city.stranger];
    let wrote = staff
        .into_iter()
        .filter(|person| wrote.contains(&person.key()));
    let mut certificates: Vec<_> = wrote.map(|person| person.certificate.clone()).collect();
    certificates.sort_by_key(SignedCertificate::digest);
    certificates
}
