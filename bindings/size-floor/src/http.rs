//! A network of one's own.

use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls_platform_verifier::BuilderVerifierExt as _;

use crate::{FloorError, failed};

/// Fetches over TLS, with roots of one's own or the platform's.
#[uniffi::export]
fn fetch(url: String, body: Vec<u8>, roots: Option<Vec<u8>>) -> Result<Vec<u8>, FloorError> {
    let builder = rustls::ClientConfig::builder_with_provider(Arc::new(
        rustls::crypto::ring::default_provider(),
    ))
    .with_safe_default_protocol_versions()
    .map_err(failed)?;
    let config = match roots {
        None => builder.with_platform_verifier().map_err(failed)?,
        Some(pem) => {
            let mut store = rustls::RootCertStore::empty();
            for certificate in CertificateDer::pem_slice_iter(&pem) {
                store
                    .add(certificate.map_err(|it| failed(format!("{it:?}")))?)
                    .map_err(failed)?;
            }
            builder.with_root_certificates(store)
        }
    }
    .with_no_client_auth();
    let client = reqwest::Client::builder()
        .tls_backend_preconfigured(config)
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .map_err(failed)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .map_err(failed)?;
    let answer = runtime.spawn(async move {
        let mut response = client.post(url).body(body).send().await?;
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            bytes.extend_from_slice(&chunk);
        }
        Ok::<_, reqwest::Error>(bytes)
    });
    runtime.block_on(answer).map_err(failed)?.map_err(failed)
}
