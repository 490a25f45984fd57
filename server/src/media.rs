//! Where files lie: whole ones in an object store under their hash, parts of unfinished ones in a
//! folder.

use std::fs::{self, File};
use std::future::Future;
use std::io::{ErrorKind, Read};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use gewu_model::ids::Digest;
use gewu_model::time::Millis;
use object_store::path::Path;
use object_store::{GetOptions, GetRange, GetResult, MultipartUpload, ObjectStore, ObjectStoreExt};
use sha2::{Digest as _, Sha256};

use crate::core::{CoreError, OpenError};

/// How much of a part is read at once.
const PIECE: usize = 256 << 10;
/// How much of a whole is handed to the store at once. S3 takes no less than 5 MiB but at the end.
const AT_ONCE: usize = 8 << 20;
/// Where files lie that are not what their name says.
const APART: &str = "damaged";
/// How many bytes tell a picture.
const BEGINNING: usize = 16;

/// The two places where files lie.
#[derive(Clone)]
pub(crate) struct Objects {
    store: Arc<dyn ObjectStore>,
    parts: PathBuf,
}

fn place(file: Digest) -> Path {
    let name = file.to_string();
    Path::from(format!("{}/{name}", &name[..2]))
}

/// Removes what a killed server was still writing: the object store writes `HASH#NUMBER` beside a
/// file and renames it when it is whole.
pub(crate) fn sweep_staged(folder: &std::path::Path) -> std::io::Result<()> {
    for shelf in fs::read_dir(folder)? {
        let shelf = shelf?;
        if !shelf.file_type()?.is_dir() {
            continue;
        }
        for entry in fs::read_dir(shelf.path())? {
            let entry = entry?;
            if entry.file_name().to_str().is_some_and(is_staged) {
                fs::remove_file(entry.path())?;
            }
        }
    }
    Ok(())
}

#[cfg(unix)]
fn free_space(folder: &std::path::Path) -> std::io::Result<Option<u64>> {
    let stat = rustix::fs::statvfs(folder)?;
    Ok(Some(stat.f_bavail.saturating_mul(stat.f_frsize)))
}

#[cfg(not(unix))]
fn free_space(_folder: &std::path::Path) -> std::io::Result<Option<u64>> {
    Ok(None)
}

fn is_staged(name: &str) -> bool {
    name.split_once('#').is_some_and(|(file, number)| {
        file.parse::<Digest>().is_ok() && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// Waits for a future of the object store, on a thread that may block.
fn wait<T>(future: impl Future<Output = object_store::Result<T>>) -> Result<T, CoreError> {
    let done = match tokio::runtime::Handle::try_current() {
        Ok(runtime) => runtime.block_on(future),
        Err(_) => tokio::runtime::Builder::new_current_thread()
            .build()?
            .block_on(future),
    };
    Ok(done.map_err(kind)?)
}

/// What the object store tells of the disk lies behind errors of its own.
fn kind(error: object_store::Error) -> std::io::Error {
    let kind = match &error {
        object_store::Error::NotFound { .. } => ErrorKind::NotFound,
        error => of_the_disk(error).unwrap_or(ErrorKind::Other),
    };
    std::io::Error::new(kind, error)
}

fn of_the_disk(error: &(dyn std::error::Error + 'static)) -> Option<ErrorKind> {
    let causes = std::iter::successors(Some(error), |error| error.source());
    let mut kinds = causes.filter_map(|error| error.downcast_ref::<std::io::Error>());
    kinds.next().map(std::io::Error::kind)
}

impl Objects {
    pub(crate) fn open(store: Arc<dyn ObjectStore>, parts: PathBuf) -> Result<Self, OpenError> {
        fs::create_dir_all(&parts).map_err(|error| OpenError::folder(&parts, &error))?;
        Ok(Self { store, parts })
    }

    /// Where a part of that name lies.
    pub(crate) fn part(&self, name: &str) -> PathBuf {
        self.parts.join(name)
    }

    /// Bytes that are free where parts lie, where the system says it.
    pub(crate) fn free_space(&self) -> Result<Option<u64>, CoreError> {
        Ok(free_space(&self.parts)?)
    }

    /// Makes a part's name durable; its bytes are already.
    pub(crate) fn sync_parts(&self) -> Result<(), CoreError> {
        Ok(File::open(&self.parts)?.sync_all()?)
    }

    /// A new part, without bytes.
    pub(crate) fn create_part(&self, name: &str) -> Result<File, CoreError> {
        Ok(File::create_new(self.part(name))?)
    }

    /// Removes parts; those that are gone already are no matter.
    pub(crate) fn drop_parts(&self, names: &[String]) -> Result<(), CoreError> {
        for name in names {
            match fs::remove_file(self.part(name)) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error.into()),
                _ => {}
            }
        }
        Ok(())
    }

    /// Removes whatever is no part of an upload: what a crash left between file and row.
    pub(crate) fn keep_only(&self, parts: &[String]) -> Result<(), CoreError> {
        for entry in fs::read_dir(&self.parts)? {
            let entry = entry?;
            let known = entry
                .file_name()
                .to_str()
                .is_some_and(|name| parts.iter().any(|p| p == name));
            if !known && entry.file_type()?.is_file() {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    /// Gives what the parts hold to `take`, in order and in pieces of [`PIECE`] bytes at most.
    fn each_piece(
        &self,
        names: &[String],
        mut take: impl FnMut(&[u8]) -> Result<(), CoreError>,
    ) -> Result<(), CoreError> {
        let mut piece = vec![0; PIECE];
        for name in names {
            let mut part = File::open(self.part(name))?;
            loop {
                match part.read(&mut piece)? {
                    0 => break,
                    bytes => take(&piece[..bytes])?,
                }
            }
        }
        Ok(())
    }

    /// The hash of what the parts make.
    pub(crate) fn hash(&self, names: &[String]) -> Result<Digest, CoreError> {
        let mut sha256 = Sha256::new();
        self.each_piece(names, |piece| {
            sha256.update(piece);
            Ok(())
        })?;
        Ok(Digest(sha256.finalize().into()))
    }

    /// The first bytes of what the parts make, enough to tell a picture by.
    pub(crate) fn beginning(&self, names: &[String]) -> Result<Vec<u8>, CoreError> {
        let mut bytes = Vec::new();
        for name in names {
            let left = BEGINNING.saturating_sub(bytes.len()) as u64;
            if left == 0 {
                break;
            }
            File::open(self.part(name))?
                .take(left)
                .read_to_end(&mut bytes)?;
        }
        Ok(bytes)
    }

    /// Stores what the parts make durably under its hash; `size` bytes in all.
    pub(crate) fn put_parts(
        &self,
        file: Digest,
        size: u64,
        names: &[String],
    ) -> Result<(), CoreError> {
        if size <= AT_ONCE as u64 {
            let mut whole = Vec::new();
            self.each_piece(names, |piece| {
                whole.extend_from_slice(piece);
                Ok(())
            })?;
            return self.put(file, whole);
        }
        let mut upload = wait(self.store.put_multipart(&place(file)))?;
        let done = self.put_pieces(&mut *upload, names);
        if done.is_err() {
            // What stays lies aside and is no file; the first error is the one to report.
            let _ = wait(upload.abort());
        }
        done
    }

    fn put_pieces(
        &self,
        upload: &mut dyn MultipartUpload,
        names: &[String],
    ) -> Result<(), CoreError> {
        let mut batch = Vec::with_capacity(AT_ONCE);
        self.each_piece(names, |piece| {
            batch.extend_from_slice(piece);
            if batch.len() + PIECE > AT_ONCE {
                let full = std::mem::replace(&mut batch, Vec::with_capacity(AT_ONCE));
                wait(upload.put_part(full.into()))?;
            }
            Ok(())
        })?;
        if !batch.is_empty() {
            wait(upload.put_part(batch.into()))?;
        }
        wait(upload.complete()).map(|_| ())
    }

    /// Stores a whole file durably under its hash.
    pub(crate) fn put(&self, file: Digest, bytes: Vec<u8>) -> Result<(), CoreError> {
        wait(self.store.put(&place(file), bytes.into())).map(|_| ())
    }

    /// Whether a file of that many bytes lies at its place.
    pub(crate) fn holds(&self, file: Digest, bytes: u64) -> Result<bool, CoreError> {
        let place = place(file);
        wait(async {
            match self.store.head(&place).await {
                Ok(found) => Ok(found.size == bytes),
                Err(object_store::Error::NotFound { .. }) => Ok(false),
                Err(error) => Err(error),
            }
        })
    }

    /// The size and the hash of a file as it lies at its place; `None` when there is none.
    pub(crate) fn look_at(&self, file: Digest) -> Result<Option<(u64, Digest)>, CoreError> {
        let place = place(file);
        let size = match wait(self.store.head(&place)) {
            Err(CoreError::Files(ErrorKind::NotFound)) => return Ok(None),
            found => found?.size,
        };
        let (mut sha256, mut at) = (Sha256::new(), 0);
        while at < size {
            let end = size.min(at + AT_ONCE as u64);
            sha256.update(wait(self.store.get_range(&place, at..end))?);
            at = end;
        }
        Ok(Some((size, Digest(sha256.finalize().into()))))
    }

    /// Moves a file out of its place, where nobody is served it; it is not removed.
    pub(crate) fn set_apart(&self, file: Digest, at: Millis) -> Result<(), CoreError> {
        let apart = Path::from(format!("{APART}/{file}-{at}"));
        wait(self.store.rename(&place(file), &apart))
    }

    /// Removes a whole file, with damaged ones that were moved aside; what is gone already is no matter.
    pub(crate) fn remove(&self, file: Digest) -> Result<(), CoreError> {
        self.delete(&place(file))?;
        let apart = wait(self.store.list_with_delimiter(Some(&Path::from(APART))))?;
        let name = format!("{file}-");
        let theirs = apart.objects.into_iter().map(|object| object.location);
        let theirs =
            theirs.filter(|path| path.filename().is_some_and(|path| path.starts_with(&name)));
        theirs.into_iter().try_for_each(|path| self.delete(&path))
    }

    fn delete(&self, path: &Path) -> Result<(), CoreError> {
        match wait(self.store.delete(path)) {
            Err(CoreError::Files(ErrorKind::NotFound)) => Ok(()),
            done => done,
        }
    }

    /// A whole file.
    pub(crate) fn read(&self, file: Digest) -> Result<Vec<u8>, CoreError> {
        let place = place(file);
        let bytes = wait(async { self.store.get(&place).await?.bytes().await })?;
        Ok(bytes.to_vec())
    }

    /// A file, or a part of it, as a stream.
    pub(crate) async fn stream(
        &self,
        file: Digest,
        range: Option<Range<u64>>,
    ) -> Result<GetResult, CoreError> {
        let options = GetOptions {
            range: range.map(GetRange::Bounded),
            ..GetOptions::default()
        };
        Ok(self
            .store
            .get_opts(&place(file), options)
            .await
            .map_err(kind)?)
    }
}
