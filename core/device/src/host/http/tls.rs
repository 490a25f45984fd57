//! What a server's certificate is checked against.

use std::sync::Arc;

use rustls::client::WantsClientCert;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, ConfigBuilder, RootCertStore, WantsVerifier};

use super::HttpSetupError;

/// TLS with ring's cryptography, named here because no process-wide default may be relied on: a
/// host app can have another one, or none.
fn builder() -> Result<ConfigBuilder<ClientConfig, WantsVerifier>, HttpSetupError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|_| HttpSetupError::Tls)
}

/// Trusts what the operating system trusts.
pub(super) fn platform() -> Result<ClientConfig, HttpSetupError> {
    Ok(with_platform_roots(builder()?)?.with_no_client_auth())
}

#[cfg(not(target_os = "android"))]
fn with_platform_roots(
    builder: ConfigBuilder<ClientConfig, WantsVerifier>,
) -> Result<ConfigBuilder<ClientConfig, WantsClientCert>, HttpSetupError> {
    use rustls_platform_verifier::BuilderVerifierExt;
    builder
        .with_platform_verifier()
        .map_err(|_| HttpSetupError::Tls)
}

/// Android's verifier panics before the app has handed over its Java machine, so there the host
/// app makes secure connections.
#[cfg(target_os = "android")]
fn with_platform_roots(
    _builder: ConfigBuilder<ClientConfig, WantsVerifier>,
) -> Result<ConfigBuilder<ClientConfig, WantsClientCert>, HttpSetupError> {
    Err(HttpSetupError::Tls)
}

/// Certificates to trust in place of the system's, for a city whose server has one of its own making.
#[derive(Debug, Clone)]
pub struct TlsRoots(Arc<RootCertStore>);

impl TlsRoots {
    /// The certificates of a file's text in PEM.
    ///
    /// # Errors
    /// [`HttpSetupError::Roots`] when there is none, or one that cannot be a root.
    pub fn from_pem(pem: &[u8]) -> Result<Self, HttpSetupError> {
        let mut store = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(pem) {
            let certificate = certificate.map_err(|_| HttpSetupError::Roots)?;
            store.add(certificate).map_err(|_| HttpSetupError::Roots)?;
        }
        match store.is_empty() {
            true => Err(HttpSetupError::Roots),
            false => Ok(Self(Arc::new(store))),
        }
    }
}

/// Trusts these and nobody else.
pub(super) fn trusting(roots: &TlsRoots) -> Result<ClientConfig, HttpSetupError> {
    Ok(builder()?
        .with_root_certificates(Arc::clone(&roots.0))
        .with_no_client_auth())
}

/// For plain HTTP: loads nothing and would accept no server.
pub(super) fn trusting_nobody() -> Result<ClientConfig, HttpSetupError> {
    Ok(builder()?
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth())
}
