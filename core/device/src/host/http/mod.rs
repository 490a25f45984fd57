//! The transport over a network of one's own: HTTP/1.1 with reqwest, TLS with rustls and ring.
//!
//! One thread with a small runtime drives every connection; callers hand a request over and wait
//! on a channel. So a call may come from any thread, one inside another runtime included, and
//! nothing here panics for being in the wrong place.

mod base;
mod driver;
mod exchange;
mod tls;

use std::io::{ErrorKind, Write};
use std::time::Duration;

use super::{HttpRequest, HttpResponse, HttpSetupError, Transport, TransportError};
use base::BaseUrl;
use driver::Driver;
use exchange::{Event, Flow};

pub use tls::TlsRoots;

/// How long an unused connection is kept. Shorter than a server or a carrier's gateway keeps it, so
/// that a request seldom meets one that is already gone.
const IDLE: Duration = Duration::from_secs(15);

/// Bounds of one transport.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HttpOptions {
    /// How long to wait for a connection.
    pub connect_timeout: Duration,
    /// How long the server may be silent.
    pub read_timeout: Duration,
    /// How long the whole exchange may take.
    pub total_timeout: Duration,
    /// The largest body that is kept in memory. A body that is written as it comes has no bound
    /// but the writer's.
    pub max_body: usize,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            read_timeout: Duration::from_secs(30),
            total_timeout: Duration::from_secs(600),
            max_body: 64 << 20,
        }
    }
}

/// A [`Transport`] to one server.
#[derive(Debug)]
pub struct HttpTransport {
    base: BaseUrl,
    client: reqwest::Client,
    driver: Driver,
    max_body: usize,
}

impl HttpTransport {
    /// A transport to the server at `base_url`: `http` or `https`, a host, and maybe a port and a
    /// path that goes before every request's path.
    ///
    /// The proxy that the environment names is used, except for a server on this machine.
    ///
    /// # Errors
    /// When the address is not usable, or TLS is wanted and there is nothing to trust.
    pub fn new(base_url: &str, options: HttpOptions) -> Result<Self, HttpSetupError> {
        Self::trusting(base_url, options, None)
    }

    /// Like [`HttpTransport::new`], with certificates to trust in place of the system's.
    ///
    /// # Errors
    /// As [`HttpTransport::new`].
    pub fn trusting(
        base_url: &str,
        options: HttpOptions,
        roots: Option<&TlsRoots>,
    ) -> Result<Self, HttpSetupError> {
        let base = BaseUrl::parse(base_url)?;
        let config = match (base.is_secure(), roots) {
            (false, _) => tls::trusting_nobody(),
            (true, None) => tls::platform(),
            (true, Some(roots)) => tls::trusting(roots),
        };
        Self::with_tls(base, options, config?)
    }

    fn with_tls(
        base: BaseUrl,
        options: HttpOptions,
        config: rustls::ClientConfig,
    ) -> Result<Self, HttpSetupError> {
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(config)
            .redirect(reqwest::redirect::Policy::none())
            .pool_idle_timeout(IDLE)
            .connect_timeout(options.connect_timeout)
            .read_timeout(options.read_timeout)
            .timeout(options.total_timeout);
        if base.is_loopback() {
            builder = builder.no_proxy();
        }
        let client = builder.build().map_err(|_| HttpSetupError::Tls)?;
        Ok(Self {
            base,
            client,
            driver: Driver::start()?,
            max_body: options.max_body,
        })
    }

    fn start(&self, request: HttpRequest) -> Result<Flow, TransportError> {
        let url = self.base.join(&request.path_and_query)?;
        let method = reqwest::Method::from_bytes(request.method.as_str().as_bytes())
            .map_err(|_| TransportError::Other("the request's method is malformed"))?;
        let mut builder = self.client.request(method, url);
        for (name, value) in request.headers {
            builder = builder.header(name, value);
        }
        if !request.body.is_empty() {
            builder = builder.body(request.body);
        }
        let (outlet, flow) = exchange::channel();
        self.driver.spawn(exchange::run(builder, outlet));
        Ok(flow)
    }

    /// The answer to `request`; its body goes to `out` if there is one and the answer is a 2xx.
    fn run(
        &self,
        request: HttpRequest,
        mut out: Option<&mut dyn Write>,
    ) -> Result<HttpResponse, TransportError> {
        let flow = self.start(request)?;
        let mut response = flow.head()?;
        if !response.is_success() {
            out = None;
        }
        loop {
            match flow.next()? {
                Event::Chunk(chunk) => match &mut out {
                    Some(out) => write(*out, &chunk)?,
                    None if response.body.len() + chunk.len() > self.max_body => {
                        return Err(TransportError::Other("the server's answer is too large"));
                    }
                    None => response.body.extend_from_slice(&chunk),
                },
                Event::End => return Ok(response),
                Event::Head(_) => {}
            }
        }
    }
}

fn write(out: &mut dyn Write, chunk: &[u8]) -> Result<(), TransportError> {
    out.write_all(chunk).map_err(|error| {
        TransportError::Write(match error.kind() {
            // What an exhausted fixed buffer says; for the caller it is the same as a full disk.
            ErrorKind::WriteZero => ErrorKind::StorageFull,
            kind => kind,
        })
    })
}

impl Transport for HttpTransport {
    fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        self.run(request, None)
    }

    fn download(
        &self,
        request: HttpRequest,
        out: &mut dyn Write,
    ) -> Result<HttpResponse, TransportError> {
        self.run(request, Some(out))
    }

    fn cancel(&self) {
        self.driver.cancel();
    }
}

#[cfg(test)]
mod tests;
