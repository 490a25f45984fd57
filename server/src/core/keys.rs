//! The city's root key and the server's own, made on first use.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::sync::Arc;

use gewu_model::cbor;
use gewu_model::cert::{Certificate, SignedCertificate, SubjectKind, TrustAnchor};
use gewu_model::crypto::{Ed25519Signer, Signer, StandardSuite};
use gewu_model::fold::CENTRE;
use gewu_model::ids::CityId;
use gewu_model::time::Millis;
use gewu_sync::gate::Credential;

use super::{CoreOptions, KeySource, OpenError};
use crate::seam::{Entropy, random};
use crate::store::{self, Store, StoreError};

/// The server's certificate outlives every device's; a new one is issued by hand with the root key.
const SERVER_YEARS: i64 = 20;
const DAY_MS: i64 = 86_400_000;

const KEYS: [&str; 2] = ["root.key", "server.key"];

/// The keys of an open server.
pub(super) struct CityKeys {
    pub(super) signer: Arc<dyn Signer>,
    pub(super) anchor: TrustAnchor,
    pub(super) credential: Credential,
}

/// Takes up the keys, and issues the server's certificate when there is none yet.
pub(super) fn take_up(
    options: &CoreOptions,
    store: &dyn Store,
    now: Millis,
) -> Result<CityKeys, OpenError> {
    let (root, signer) = match &options.keys {
        KeySource::Given { root, server } => (Arc::clone(root), Arc::clone(server)),
        KeySource::Folder(folder) => from_folder(folder, store, &*options.entropy)?,
    };
    let root_key = root.public_key();
    let server = store::write(store, |tx| match tx.meta("server_certificate")? {
        Some(bytes) => cbor::from_slice::<SignedCertificate>(&bytes)
            .map_err(|_| OpenError::Store(StoreError::Corrupt("the server's certificate"))),
        None => {
            let city = CityId(root_key.digest().0);
            let issued = issue(&*root, &*signer, city, now)?;
            tx.put_meta("server_certificate", &cbor::to_vec(&issued))?;
            Ok(issued)
        }
    })?;
    let anchor = TrustAnchor {
        root: root_key,
        server,
    };
    let certificate = anchor
        .server(&StandardSuite)
        .map_err(|_| OpenError::OtherCity)?;
    if certificate.key != signer.public_key() {
        return Err(OpenError::OtherCity);
    }
    let credential = Credential {
        digest: anchor.server.digest(),
        certificate,
    };
    Ok(CityKeys {
        signer,
        anchor,
        credential,
    })
}

fn issue(
    root: &dyn Signer,
    server: &dyn Signer,
    city: CityId,
    now: Millis,
) -> Result<SignedCertificate, OpenError> {
    let certificate = Certificate {
        city,
        kind: SubjectKind::Server,
        key: server.public_key(),
        user: CENTRE.into(),
        roles: vec![CENTRE.into()],
        units: vec![],
        duty_grids: vec![],
        not_before: now.plus(-DAY_MS),
        not_after: now.plus(SERVER_YEARS * 365 * DAY_MS),
        serial: 1,
        reach: None,
    };
    Ok(SignedCertificate::issue(root, &certificate)?)
}

/// Refuses keys whose database is gone: an empty server that signs as the city would take its place
/// unseen.
pub(super) fn check_database(options: &CoreOptions) -> Result<(), OpenError> {
    let (KeySource::Folder(folder), None) = (&options.keys, &options.database.vfs) else {
        return Ok(());
    };
    let path = &options.database.path;
    let gone = fs::metadata(path).map_or(true, |file| file.len() == 0);
    if gone && KEYS.iter().any(|name| folder.join(name).exists()) {
        return Err(OpenError::Database(path.clone(), folder.clone()));
    }
    Ok(())
}

/// The server's key and the public face of its city, for signing packs beside a running server.
///
/// # Errors
/// [`OpenError`] when the folder holds no server that was ever started, or its keys are gone.
pub fn signing_keys(folder: &Path) -> Result<(Arc<dyn Signer>, TrustAnchor), OpenError> {
    let options = CoreOptions::in_folder(folder)?;
    if !options.database.path.is_file() {
        return Err(OpenError::NoServer(folder.to_owned()));
    }
    let keys = folder.join("keys");
    let [root, signer] = KEYS.map(|name| read_key(&keys.join(name)));
    let (root, signer) = (root?, signer?);
    let store = store::sqlite::Sqlite::open(&options.database)?;
    let issued = store::read(&store, |tx| {
        let bytes = tx.meta("server_certificate")?;
        let bytes = bytes.ok_or_else(|| OpenError::NoServer(folder.to_owned()))?;
        cbor::from_slice::<SignedCertificate>(&bytes)
            .map_err(|_| OpenError::Store(StoreError::Corrupt("the server's certificate")))
    })?;
    let anchor = TrustAnchor {
        root: root.public_key(),
        server: issued,
    };
    match anchor.server(&StandardSuite) {
        Ok(server) if server.key == signer.public_key() => Ok((signer, anchor)),
        _ => Err(OpenError::OtherCity),
    }
}

type Signers = (Arc<dyn Signer>, Arc<dyn Signer>);

/// Reads both keys. They are made together and only for a database that has no certificate yet: a
/// new key beside an old database would be another city.
fn from_folder(
    folder: &Path,
    store: &dyn Store,
    entropy: &dyn Entropy,
) -> Result<Signers, OpenError> {
    let fresh = store::read(store, |tx| {
        Ok::<_, OpenError>(tx.meta("server_certificate")?.is_none())
    })?;
    let paths = KEYS.map(|name| folder.join(name));
    if fresh {
        fs::create_dir_all(folder).map_err(|error| OpenError::folder(folder, &error))?;
        for path in &paths {
            make_secret(path, &random::<32>(entropy)).map_err(|e| OpenError::folder(path, &e))?;
        }
        sync_parent(folder).map_err(|error| OpenError::folder(folder, &error))?;
    }
    let [root, server] = paths.map(|path| read_key(&path));
    Ok((root?, server?))
}

/// A city without its keys could never be opened again, so their folder's own name is made durable
/// before the database knows of them.
fn sync_parent(folder: &Path) -> std::io::Result<()> {
    match folder.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => File::open(parent)?.sync_all(),
        _ => File::open(".")?.sync_all(),
    }
}

/// Reads a secret key as a server's folder holds it.
///
/// # Errors
/// [`OpenError`] when there is none.
pub fn read_key(path: &Path) -> Result<Arc<dyn Signer>, OpenError> {
    let text = fs::read_to_string(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound | ErrorKind::InvalidData => OpenError::Key(path.to_owned()),
        _ => OpenError::folder(path, &error),
    })?;
    let seed: Option<[u8; 32]> =
        gewu_model::ids::from_hex(text.trim()).and_then(|seed| seed.try_into().ok());
    let seed = seed.ok_or_else(|| OpenError::Key(path.to_owned()))?;
    Ok(Arc::new(Ed25519Signer::from_seed(&seed)))
}

/// Writes a secret as hexadecimal into a file that its owner alone may read, unless there is one.
/// The file appears whole or not at all.
pub(crate) fn make_secret(path: &Path, secret: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let aside = path.with_extension("new");
    match fs::remove_file(&aside) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = private(&aside)?;
    writeln!(file, "{}", gewu_model::ids::to_hex(secret))?;
    file.sync_all()?;
    match fs::hard_link(&aside, path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    fs::remove_file(&aside)?;
    File::open(folder)?.sync_all()
}

#[cfg(unix)]
fn private(path: &Path) -> std::io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    File::options()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
}

#[cfg(not(unix))]
fn private(path: &Path) -> std::io::Result<File> {
    File::options().write(true).create_new(true).open(path)
}
