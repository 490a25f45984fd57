//! Where files lie: whole ones in an object store under their hash, parts of unfinished ones in a
//! folder.

use std::fs::{self, File};
use std::future::Future;
use std::io::{ErrorKind, Write};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use gewu_model::ids::Digest;
use object_store::path::Path;
use object_store::{GetOptions, GetRange, GetResult, ObjectStore, ObjectStoreExt};
use sha2::{Digest as _, Sha256};

use crate::core::{CoreError, OpenError};

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

fn kind(error: object_store::Error) -> std::io::Error {
    let kind = match &error {
        object_store::Error::NotFound { .. } => ErrorKind::NotFound,
        _ => ErrorKind::Other,
    };
    std::io::Error::new(kind, error)
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

    /// Makes a part's name durable; its bytes are already.
    pub(crate) fn sync_parts(&self) -> Result<(), CoreError> {
        Ok(File::open(&self.parts)?.sync_all()?)
    }

    /// Writes a part durably.
    pub(crate) fn write_part(&self, name: &str, bytes: &[u8]) -> Result<(), CoreError> {
        let mut file = File::create(self.part(name))?;
        file.write_all(bytes)?;
        file.sync_all()?;
        self.sync_parts()
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

    /// The whole that the parts make, with its hash.
    pub(crate) fn compose(&self, names: &[String]) -> Result<(Vec<u8>, Digest), CoreError> {
        let mut whole = Vec::new();
        for name in names {
            whole.extend(fs::read(self.part(name))?);
        }
        let digest = Digest(Sha256::digest(&whole).into());
        Ok((whole, digest))
    }

    /// Stores a whole file durably under its hash.
    pub(crate) fn put(&self, file: Digest, bytes: Vec<u8>) -> Result<(), CoreError> {
        wait(self.store.put(&place(file), bytes.into())).map(|_| ())
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
