//! HTTP by the host: the platform's proxies, certificates and background transfers.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use gewu::Connector;
use gewu::host::{
    HttpRequest, HttpResponse, HttpSetupError, Transport, TransportError, check_address,
};

use super::HostError;

/// A header of a request or an answer.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct HttpHeader {
    /// The name.
    pub name: String,
    /// The value.
    pub value: String,
}

/// A request to carry out.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct HttpOrder {
    /// `GET`, `HEAD`, `POST`, `PUT`, `PATCH` or `DELETE`.
    pub method: String,
    /// The whole address, percent-encoded already: send it as it stands, the request is signed.
    pub url: String,
    /// The headers, in the order in which they are sent. Keep them out of logs.
    pub headers: Vec<HttpHeader>,
    /// The body; empty for none.
    pub body: Vec<u8>,
    /// Which of the SDK's lines to a server asks: [`HostTransport::cancel`] names one.
    pub line: u64,
}

/// What came back, whatever its status: a refusal by the server is an answer, no error.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct HttpAnswer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: Vec<HttpHeader>,
    /// The whole body.
    pub body: Vec<u8>,
}

/// Carries requests. Calls block and may come from several threads at once.
///
/// An implementation follows no redirect (a signed request is meant for one address, and a captive
/// portal answers with a redirect), keeps no cookies, unpacks no body by itself and bounds what it
/// reads.
#[uniffi::export(foreign)]
pub trait HostTransport: Send + Sync {
    /// Sends the request and waits for the whole answer. The request may have been carried out
    /// even when there is none.
    fn send(&self, order: HttpOrder) -> Result<HttpAnswer, HostError>;

    /// Ends the requests of a line that are under way with [`HostError::Cancelled`] as soon as it can. Those
    /// of other lines and later ones are not affected: somebody else waits for them.
    fn cancel(&self, line: u64) -> Result<(), HostError>;
}

/// Connects through the host.
pub(crate) struct HostConnector(pub(crate) Arc<dyn HostTransport>);

impl Connector for HostConnector {
    fn connect(&self, url: &str) -> Result<Arc<dyn Transport>, HttpSetupError> {
        static LINES: AtomicU64 = AtomicU64::new(1);
        Ok(Arc::new(Carried {
            line: LINES.fetch_add(1, Ordering::Relaxed),
            base: check_address(url)?.to_owned(),
            host: Arc::clone(&self.0),
        }))
    }
}

/// A transport to one server through the host.
struct Carried {
    line: u64,
    base: String,
    host: Arc<dyn HostTransport>,
}

impl Transport for Carried {
    fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        if !request.path_and_query.starts_with('/') {
            let malformed = "the request's path must begin with '/'";
            return Err(TransportError::Other(malformed));
        }
        let header = |(name, value)| HttpHeader { name, value };
        let order = HttpOrder {
            method: request.method.as_str().to_owned(),
            url: format!("{}{}", self.base, request.path_and_query),
            headers: request.headers.into_iter().map(header).collect(),
            body: request.body,
            line: self.line,
        };
        let answer = self.host.send(order).map_err(failed)?;
        let header = |header: HttpHeader| (header.name.to_ascii_lowercase(), header.value);
        Ok(HttpResponse {
            status: answer.status,
            headers: answer.headers.into_iter().map(header).collect(),
            body: answer.body,
        })
    }

    fn cancel(&self) {
        // What the host cannot stop ends by itself.
        let _ = self.host.cancel(self.line);
    }
}

const fn failed(error: HostError) -> TransportError {
    match error {
        HostError::Offline => TransportError::Offline,
        HostError::Timeout => TransportError::Timeout,
        HostError::Insecure => TransportError::Tls,
        HostError::Cancelled => TransportError::Cancelled,
        HostError::Locked | HostError::Failed => {
            TransportError::Other("the app's transport failed")
        }
    }
}
