//! What a server's certificate is checked against.

use std::sync::Arc;

use rustls::client::WantsClientCert;
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

/// For plain HTTP: loads nothing and would accept no server.
pub(super) fn trusting_nobody() -> Result<ClientConfig, HttpSetupError> {
    Ok(builder()?
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth())
}
