//! TLS before the server's HTTP face: its certificate and key, and shaking hands beside the listener.

use std::future::pending;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::serve::Listener;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// How long a client may take to shake hands.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How many may do so at once; others wait in the system's queue.
const HANDSHAKES: usize = 512;
/// How many connections may wait to be served.
const WAITING: usize = 64;

/// Where the server's certificate and its key lie, both in PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The server's certificate, and after it those between it and the root.
    pub cert: PathBuf,
    /// The private key of the first certificate: PKCS #8, PKCS #1 or SEC 1, without a passphrase.
    pub key: PathBuf,
}

/// Why TLS cannot be offered.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read.
    #[error("cannot read {} ({kind}): check the path and its permissions", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        kind: ErrorKind,
    },
    /// There is no certificate in it.
    #[error("{} holds no certificate in PEM (-----BEGIN CERTIFICATE-----)", .0.display())]
    NoCertificate(PathBuf),
    /// There is no key in it.
    #[error("{} holds no private key in PEM without a passphrase (-----BEGIN PRIVATE KEY-----)", .0.display())]
    NoKey(PathBuf),
    /// They do not belong together.
    #[error("the first certificate in {} is not for the key in {}: name the pair that belongs together", .0.cert.display(), .0.key.display())]
    Mismatch(TlsFiles),
    /// The certificate or the key is of a kind that cannot be used.
    #[error("the certificate in {} cannot be used with the key in {}: {why}", .files.cert.display(), .files.key.display())]
    Unusable {
        /// The two.
        files: TlsFiles,
        /// What is wrong with them.
        why: rustls::Error,
    },
}

/// Reads certificate and key, and checks that they belong together.
pub(super) fn acceptor(files: &TlsFiles) -> Result<TlsAcceptor, TlsError> {
    let pem = read(&files.cert)?;
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    let chain = chain.ok().filter(|chain| !chain.is_empty());
    let chain = chain.ok_or_else(|| TlsError::NoCertificate(files.cert.clone()))?;
    let key = PrivateKeyDer::from_pem_slice(&read(&files.key)?)
        .map_err(|_| TlsError::NoKey(files.key.clone()))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key));
    let mut config = config.map_err(|error| match error {
        rustls::Error::InconsistentKeys(_) => TlsError::Mismatch(files.clone()),
        why => TlsError::Unusable {
            files: files.clone(),
            why,
        },
    })?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

fn read(path: &Path) -> Result<Vec<u8>, TlsError> {
    std::fs::read(path).map_err(|error| TlsError::Read {
        path: path.to_owned(),
        kind: error.kind(),
    })
}

type Accepted = (TlsStream<TcpStream>, SocketAddr);

/// Yields connections that have shaken hands. Whoever does so slowly, or not at all, keeps no other
/// from being served.
pub(super) struct TlsListener {
    accepted: mpsc::Receiver<Accepted>,
    addr: SocketAddr,
    task: JoinHandle<()>,
}

impl TlsListener {
    pub(super) fn start(listener: TcpListener, addr: SocketAddr, acceptor: TlsAcceptor) -> Self {
        let (ready, accepted) = mpsc::channel(WAITING);
        Self {
            accepted,
            addr,
            task: tokio::spawn(accept(listener, acceptor, ready)),
        }
    }
}

impl Drop for TlsListener {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> Accepted {
        match self.accepted.recv().await {
            Some(accepted) => accepted,
            None => pending().await,
        }
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        Ok(self.addr)
    }
}

async fn accept(mut listener: TcpListener, acceptor: TlsAcceptor, ready: mpsc::Sender<Accepted>) {
    let places = Arc::new(Semaphore::new(HANDSHAKES));
    while let Ok(place) = Arc::clone(&places).acquire_owned().await {
        let (stream, from) = Listener::accept(&mut listener).await;
        let (acceptor, ready) = (acceptor.clone(), ready.clone());
        tokio::spawn(async move {
            let shaken = tokio::time::timeout(HANDSHAKE, acceptor.accept(stream)).await;
            drop(place);
            if let Ok(Ok(stream)) = shaken {
                // Nobody listens any more: the server stops.
                let _ = ready.send((stream, from)).await;
            }
        });
    }
}
