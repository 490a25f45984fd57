//! Bundles: cases out of the device in one file that proves itself.

mod collect;

use std::fs::{self, File};
use std::io::{self, BufWriter, Read};
use std::path::{Path, PathBuf};

use gewu_bundle::{Exporter, FileSource, WriteError};
use gewu_model::crypto::{PublicKey, Signer};
use gewu_model::ids::{CaseId, Digest};
use gewu_model::media::EvidenceRecord;
use gewu_model::small::Arrange as _;
use rusqlite::Connection;

use super::scrub::Found;
use super::{Answer, Core, Gewu};
use crate::api::{AbsentFile, Exported, FilePart};
use crate::error::{DeviceError, Result};
use crate::files::{Files, FilesError};
use crate::store::{drafts, media};
use collect::{Collected, Wanted};

impl Gewu {
    /// Writes cases to one file that verifies offline from the city's root: signed history,
    /// receipts, texts, photos as far as they are on the device, and a statement for people. What has
    /// no receipt yet is in it, marked as unconfirmed.
    ///
    /// # Errors
    /// [`crate::GewuError::NotFound`] for a case that is not here,
    /// [`crate::GewuError::NotPermitted`] when what is held would not verify (sync first), and
    /// [`crate::GewuError::Storage`] when the file cannot be written.
    pub fn export_cases(&self, cases: &[CaseId], file: &Path) -> Answer<Exported> {
        if cases.is_empty() {
            return Err(DeviceError::input("case", "name the cases to export").into());
        }
        let wanted = Wanted::Cases(cases.to_vec());
        Ok(self.core.export_bundle(&wanted, file)?)
    }

    /// Writes every case with something unsent, the commands and the drafts to one file, so that the
    /// work can be handed in otherwise. Nothing is left out because it does not verify; what does not
    /// is said.
    ///
    /// # Errors
    /// [`crate::GewuError::Storage`] when the file cannot be written.
    pub fn export_unsent_bundle(&self, file: &Path) -> Answer<Exported> {
        Ok(self.core.export_bundle(&Wanted::Unsent, file)?)
    }

    /// The files that bundles of the case would lack: of each photo that was not erased itself, its
    /// thumbnail and, where it has to be kept, the original, as far as they are not on this device or damaged
    /// on it.
    /// [`Gewu::photo_bytes`] brings those that the server has and gives to this user.
    ///
    /// # Errors
    /// [`crate::GewuError::NotFound`] for a case that is not here.
    pub fn absent_files(&self, case: CaseId) -> Answer<Vec<AbsentFile>> {
        let entries = self.show(case)?.entries;
        let photos = entries.iter().flat_map(|entry| &entry.photos);
        let named = photos
            .filter(|photo| !photo.erased)
            .flat_map(|photo| parts(&photo.record));
        let mut absent: Vec<AbsentFile> = named.collect();
        absent.arrange();
        absent.dedup();
        Ok(self.core.not_whole(absent)?)
    }

    /// The files that [`Gewu::export_unsent_bundle`] would lack: what waits to be sent or lies in a draft, as
    /// far as it is gone from this device or damaged on it. Nobody else may have it.
    ///
    /// # Errors
    /// [`crate::GewuError::Storage`].
    pub fn absent_unsent_files(&self) -> Answer<Vec<AbsentFile>> {
        let named = self.core.read(|tx| unsent_files(tx))?;
        Ok(self.core.not_whole(named)?)
    }

    /// The root key of the city that the device belongs to. Compare it with one that the city
    /// published: it is what bundles are checked against.
    ///
    /// # Errors
    /// [`crate::GewuError::NotEnrolled`].
    pub fn root_key(&self) -> Answer<PublicKey> {
        Ok(self.core.identity()?.anchor.root.clone())
    }
}

/// The files of a record that have to be delivered.
fn parts(record: &EvidenceRecord) -> impl Iterator<Item = AbsentFile> + use<> {
    let original = record.kept_original().map(|(original, _)| original);
    let named = [
        (Some(record.sha256), FilePart::Photo),
        (record.thumb_sha256, FilePart::Thumbnail),
        (original, FilePart::Original),
    ];
    let named = named.into_iter();
    named.filter_map(|(sha256, part)| sha256.map(|sha256| AbsentFile { part, sha256 }))
}

/// The device's photos.
struct Photos<'a>(&'a dyn Files);

impl FileSource for Photos<'_> {
    fn open(&self, file: &Digest) -> io::Result<Option<Box<dyn Read + '_>>> {
        match self.0.open_read(&media::path(file)) {
            Ok(file) => Ok(Some(Box::new(file))),
            Err(FilesError::NotFound) => Ok(None),
            Err(error) => Err(io::Error::other(error)),
        }
    }
}

/// What waits to be sent or lies in a draft.
fn unsent_files(tx: &Connection) -> Result<Vec<AbsentFile>> {
    let part = |thumbnail| match thumbnail {
        true => FilePart::Thumbnail,
        false => FilePart::Photo,
    };
    let owed = media::unsent(tx)?.into_iter().map(|file| AbsentFile {
        part: part(file.thumbnail),
        sha256: file.sha256,
    });
    let drafts = drafts::list(tx)?;
    let photos = drafts.iter().flat_map(|draft| &draft.photos);
    let attached = photos.flat_map(|photo| parts(&photo.record));
    let mut files: Vec<AbsentFile> = owed.chain(attached).collect();
    files.arrange();
    files.dedup_by_key(|file| file.sha256);
    Ok(files)
}

impl Core {
    /// Those that are not on this device with the bytes of their hash.
    fn not_whole(&self, files: Vec<AbsentFile>) -> Result<Vec<AbsentFile>> {
        let mut absent = Vec::new();
        for file in files {
            if !matches!(self.look_at(&file.sha256)?, Found::Whole) {
                absent.push(file);
            }
        }
        Ok(absent)
    }

    fn export_bundle(&self, wanted: &Wanted, file: &Path) -> Result<Exported> {
        let identity = self.identity()?;
        let packs = self.packs()?;
        let collected = self.read(|tx| Collected::read(tx, &identity, &packs, wanted))?;
        let Collected { contents, sealer } = collected;
        let stamp = self.stamp();
        let exporter = Exporter {
            signer: &*sealer,
            at: stamp.at,
            clock: stamp.trust,
            app: &self.options.app,
        };
        let photos = Photos(&*self.options.host.files);
        let cases = contents.cases.len();
        let mut findings = Vec::new();
        let bytes = write_aside(file, |out| match wanted {
            Wanted::Cases(_) => gewu_bundle::write(contents, &photos, &exporter, out),
            Wanted::Unsent => {
                let (out, found) = gewu_bundle::rescue(contents, &photos, &exporter, out)?;
                findings = found;
                Ok(out)
            }
        })?;
        Ok(Exported {
            cases: u32::try_from(cases).unwrap_or(u32::MAX),
            bytes,
            findings: findings.iter().map(ToString::to_string).collect(),
        })
    }
}

/// Writes a file beside its place, and puts it there when all of it is on the disk.
fn write_aside(
    file: &Path,
    write: impl FnOnce(BufWriter<File>) -> std::result::Result<BufWriter<File>, WriteError>,
) -> Result<u64> {
    let aside = aside(file);
    let done = put(&aside, write).and_then(|bytes| {
        fs::rename(&aside, file).map_err(FilesError::from)?;
        sync_folder(file).map_err(FilesError::from)?;
        Ok(bytes)
    });
    if done.is_err() {
        // What is left of a failed export is no bundle. That it cannot be removed is no news.
        let _ = fs::remove_file(&aside);
    }
    done
}

fn put(
    aside: &Path,
    write: impl FnOnce(BufWriter<File>) -> std::result::Result<BufWriter<File>, WriteError>,
) -> Result<u64> {
    let of = |error: io::Error| DeviceError::Files(FilesError::from(error));
    let out = BufWriter::new(File::create(aside).map_err(of)?);
    let out = write(out)?
        .into_inner()
        .map_err(|error| of(error.into_error()))?;
    out.sync_all().map_err(of)?;
    Ok(out.metadata().map_err(of)?.len())
}

fn aside(file: &Path) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    file.with_file_name(name)
}

#[cfg(unix)]
fn sync_folder(file: &Path) -> io::Result<()> {
    let folder = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

/// The key that seals: the device's, or for one case of a citizen that case's, which says no more
/// of the citizen than the case does.
fn sealer(identity: &crate::identity::Identity, cases: &[CaseId]) -> Box<dyn Signer> {
    match cases {
        [case] if identity.is_citizen() => Box::new(identity.case_signer(case)),
        _ => Box::new(Shared(std::sync::Arc::clone(&identity.signer))),
    }
}

/// The device's key, lent.
struct Shared(std::sync::Arc<gewu_model::crypto::Ed25519Signer>);

impl Signer for Shared {
    fn public_key(&self) -> PublicKey {
        self.0.public_key()
    }

    fn sign(
        &self,
        domain: gewu_model::crypto::Domain,
        parts: &[&[u8]],
    ) -> std::result::Result<gewu_model::crypto::Signature, gewu_model::crypto::SignError> {
        self.0.sign(domain, parts)
    }
}
