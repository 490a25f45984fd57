//! Making a bundle.

use std::io::{self, Read, Write};

use gewu_model::cbor;
use gewu_model::crypto::{SignError, Signer, sha256};
use gewu_model::ids::Digest;
use gewu_model::small::Arrange as _;
use gewu_model::time::{ClockTrust, Millis};
use sha2::{Digest as _, Sha256};

use crate::container::{Writer, WriterError};
use crate::examine::{Contents, Examined, examine};
use crate::fault::Finding;
use crate::name::Member;
use crate::record::{Seal, SealedMember, SignedSeal, formats};
use crate::statement::{Language, render};

/// Where files come from.
pub trait FileSource {
    /// The file of that hash, from its beginning; `None` when it is not held.
    ///
    /// # Errors
    /// When it is there and cannot be read.
    fn open(&self, file: &Digest) -> io::Result<Option<Box<dyn Read + '_>>>;
}

/// Who exports, when, with what.
pub struct Exporter<'a> {
    /// The key that seals. The contents' trust has to name it.
    pub signer: &'a dyn Signer,
    /// The exporter's clock.
    pub at: Millis,
    /// How far it may be believed.
    pub clock: ClockTrust,
    /// The program and its version.
    pub app: &'a str,
}

/// Why a bundle cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The container cannot hold it or the output failed.
    #[error(transparent)]
    Writer(#[from] WriterError),
    /// The key cannot be used now.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// A file cannot be read.
    #[error("a file cannot be read: {0}")]
    File(io::Error),
    /// What is held would not verify, so it is not given out as proof. The first finding is here.
    #[error("what is held does not prove itself; sync and try again ({0})")]
    Unsound(Finding),
    /// Nobody in the contents' trust has the exporter's key.
    #[error("the exporter's key is certified by nobody here")]
    Exporter,
}

/// Writes a bundle of `contents`. [`Contents::files`] is filled in here: of the files that the cases
/// and the unsent work name, those that `files` holds whole are taken; one that is damaged counts as
/// missing. Reads each file twice and keeps none. The same contents and exporter give the same bytes.
///
/// # Errors
/// Any [`WriteError`]. The bundle was checked as [`crate::verify`] would before anything is written.
pub fn write<W: Write>(
    mut contents: Contents,
    files: &dyn FileSource,
    exporter: &Exporter<'_>,
    out: W,
) -> Result<W, WriteError> {
    let mut findings = Vec::new();
    let parts = Parts::of(&mut contents, files, exporter, &mut findings)?;
    match findings.into_iter().next() {
        Some(first) => Err(WriteError::Unsound(first)),
        None => parts.write(&contents, files, exporter, out),
    }
}

/// [`write()`] for unsent work that has to leave a device in any case: what does not prove itself is
/// written too, and comes back as findings.
///
/// # Errors
/// As [`write()`], but never [`WriteError::Unsound`] for a change.
pub fn rescue<W: Write>(
    mut contents: Contents,
    files: &dyn FileSource,
    exporter: &Exporter<'_>,
    out: W,
) -> Result<(W, Vec<Finding>), WriteError> {
    let mut findings = Vec::new();
    let parts = Parts::of(&mut contents, files, exporter, &mut findings)?;
    Ok((parts.write(&contents, files, exporter, out)?, findings))
}

/// Everything that is known before the first byte is written.
struct Parts {
    examined: Examined,
    held: Vec<Held>,
}

impl Parts {
    fn of(
        contents: &mut Contents,
        files: &dyn FileSource,
        exporter: &Exporter<'_>,
        findings: &mut Vec<Finding>,
    ) -> Result<Self, WriteError> {
        let root = contents.trust.anchor.root.digest();
        let held = hold(contents, files, &root)?;
        let examined = examine(contents, &root, findings);
        let examined = examined.ok_or_else(|| match findings.pop() {
            Some(finding) => WriteError::Unsound(finding),
            None => WriteError::Exporter,
        })?;
        examined.unneeded(contents, &exporter.signer.public_key().id(), findings);
        Ok(Self { examined, held })
    }

    fn write<W: Write>(
        &self,
        contents: &Contents,
        files: &dyn FileSource,
        exporter: &Exporter<'_>,
        out: W,
    ) -> Result<W, WriteError> {
        let Self { examined, held } = self;
        let records = records(contents);
        let unsent = contents.unsent.as_ref();
        let lacking = !examined.missing_parts.is_empty();
        let format = formats(unsent.is_some(), lacking).last().copied();
        let format = format.unwrap_or(1);
        let seal = seal(exporter, format, sealed(&records, held));
        let sealer = examined.sealer(&seal).ok_or(WriteError::Exporter)?;
        let statement = |language| render(examined, &sealer, (unsent, format), language);
        let signed = SignedSeal::sign(exporter.signer, &seal)?;
        let mut writer = Writer::new(out);
        writer.add(
            &Member::Chinese.to_string(),
            statement(Language::Zh).as_bytes(),
        )?;
        writer.add(
            &Member::English.to_string(),
            statement(Language::En).as_bytes(),
        )?;
        writer.add(&Member::Seal.to_string(), &cbor::to_vec(&signed))?;
        for (name, content) in &records {
            writer.add(name, content)?;
        }
        for file in held {
            let mut content = reopened(files, &file.digest)?;
            writer.add_stream(&file.name, file.bytes, file.crc, &mut content)?;
        }
        Ok(writer.finish()?)
    }
}

fn seal(exporter: &Exporter<'_>, format: u32, members: Vec<SealedMember>) -> Seal {
    Seal {
        format,
        made_at: exporter.at,
        clock: exporter.clock,
        app: exporter.app.to_owned(),
        by: exporter.signer.public_key().id(),
        members,
    }
}

/// A file that goes into the bundle.
struct Held {
    name: String,
    digest: Digest,
    bytes: u64,
    crc: u32,
}

/// Finds the files that are named, and hashes each.
fn hold(
    contents: &mut Contents,
    files: &dyn FileSource,
    root: &Digest,
) -> Result<Vec<Held>, WriteError> {
    contents.files.clear();
    let named = examine(contents, root, &mut Vec::new());
    let names = named.map(|examined| examined.names).unwrap_or_default();
    let mut held = Vec::new();
    for (digest, name) in names {
        if let Some((bytes, crc)) = measure(files, &digest)? {
            contents.files.insert(digest, bytes);
            held.push(Held {
                name,
                digest,
                bytes,
                crc,
            });
        }
    }
    held.arrange_by_key(|file| Member::parse(&file.name));
    Ok(held)
}

/// Size and CRC-32 of a file, when it is whole.
fn measure(files: &dyn FileSource, digest: &Digest) -> Result<Option<(u64, u32)>, WriteError> {
    let Some(mut content) = files.open(digest).map_err(WriteError::File)? else {
        return Ok(None);
    };
    let (mut sha, mut crc, mut bytes) = (Sha256::new(), crc32fast::Hasher::new(), 0);
    let mut buffer = vec![0; 64 << 10];
    loop {
        match content.read(&mut buffer).map_err(WriteError::File)? {
            0 => break,
            read => {
                sha.update(&buffer[..read]);
                crc.update(&buffer[..read]);
                bytes += read as u64;
            }
        }
    }
    let whole = Digest(sha.finalize().into()) == *digest;
    Ok(whole.then(|| (bytes, crc.finalize())))
}

fn reopened<'f>(
    files: &'f dyn FileSource,
    digest: &Digest,
) -> Result<Box<dyn Read + 'f>, WriteError> {
    let found = files.open(digest).map_err(WriteError::File)?;
    found.ok_or(WriteError::Writer(WriterError::Changed))
}

/// The records by name, in the order of the container.
fn records(contents: &Contents) -> Vec<(String, Vec<u8>)> {
    let mut records = vec![(Member::Trust.to_string(), cbor::to_vec(&contents.trust))];
    for ((kind, digest), body) in &contents.packs {
        records.push((Member::Pack(*kind, *digest).to_string(), body.clone()));
    }
    for case in &contents.cases {
        records.push((Member::Case(case.case).to_string(), cbor::to_vec(case)));
    }
    let unsent = contents.unsent.iter();
    records.extend(unsent.map(|unsent| (Member::Unsent.to_string(), cbor::to_vec(unsent))));
    records.arrange_by_key(|(name, _)| Member::parse(name));
    records
}

fn sealed(records: &[(String, Vec<u8>)], held: &[Held]) -> Vec<SealedMember> {
    let records = records.iter().map(|(name, content)| SealedMember {
        name: name.clone(),
        bytes: content.len() as u64,
        sha256: sha256(content),
    });
    let files = held.iter().map(|file| SealedMember {
        name: file.name.clone(),
        bytes: file.bytes,
        sha256: file.digest,
    });
    records.chain(files).collect()
}
