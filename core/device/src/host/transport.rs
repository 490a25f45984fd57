//! One HTTP request, one answer.

use std::io::{ErrorKind, Write};

/// What a request wants done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// Read.
    Get,
    /// Read the headers only.
    Head,
    /// Hand in.
    Post,
    /// Replace.
    Put,
    /// Append, in resumable uploads.
    Patch,
    /// Remove.
    Delete,
}

impl Method {
    /// The method as it stands in the request line and in the signed request.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// A request to the server that the transport was made for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpRequest {
    /// What to do.
    pub method: Method,
    /// Path and query, beginning with `/`, already percent-encoded.
    pub path_and_query: String,
    /// Header names and values in the order they are sent.
    pub headers: Vec<(String, String)>,
    /// The body; empty for none.
    pub body: Vec<u8>,
}

impl HttpRequest {
    /// A request without headers and body.
    pub fn new(method: Method, path_and_query: impl Into<String>) -> Self {
        Self {
            method,
            path_and_query: path_and_query.into(),
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    /// The request with one more header.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// The request with this body.
    #[must_use]
    pub fn body(mut self, body: Vec<u8>) -> Self {
        self.body = body;
        self
    }
}

/// What came back, whatever its status: a refusal by the server is an answer, not an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpResponse {
    /// The status code.
    pub status: u16,
    /// Header names in lower case, and values. A value that is not text is left out.
    pub headers: Vec<(String, String)>,
    /// The whole body.
    pub body: Vec<u8>,
}

impl HttpResponse {
    /// The first header of this name, in either case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self
            .headers
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// Whether the status is one of the 2xx.
    pub const fn is_success(&self) -> bool {
        matches!(self.status, 200..=299)
    }
}

/// Why there is no answer. The request may have been carried out all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// No connection, or it broke before the answer was complete.
    #[error("the server cannot be reached")]
    Offline,
    /// Nothing came for too long.
    #[error("the server did not answer in time")]
    Timeout,
    /// The server did not prove who it is, or does not speak TLS.
    #[error(
        "no secure connection to the server; check its address and certificate, and the date of this device"
    )]
    Tls,
    /// Somebody called [`Transport::cancel`], or the transport is going away.
    #[error("the request was cancelled")]
    Cancelled,
    /// A download could not be written where it should go.
    #[error("the download could not be written: {0}")]
    Write(ErrorKind),
    /// Anything else; the text is fixed and safe to log.
    #[error("{0}")]
    Other(&'static str),
}

/// Why a transport could not be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HttpSetupError {
    /// The address is not one of a server.
    #[error("the server address is not usable: {0}")]
    Address(&'static str),
    /// There is nothing to verify a server's certificate with.
    #[error(
        "no trusted certificates; install the system's certificate store or let the host app make the connections"
    )]
    Tls,
    /// The certificates to trust are not usable.
    #[error("the file of certificates to trust holds none in PEM that can be a root")]
    Roots,
    /// There is no network of one's own in this build, and the host handed no transport in.
    #[error("this build makes no connections itself; hand a transport in when opening")]
    NoTransport,
    /// The operating system gave no thread or no timer.
    #[error("the network driver could not start")]
    Start,
}

/// Checks an address for a transport that is not this crate's own, without looking anything up, and
/// gives it back without the slash at its end.
///
/// # Errors
/// [`HttpSetupError::Address`] says what to write.
pub fn check_address(text: &str) -> Result<&str, HttpSetupError> {
    let bad = |why| Err(HttpSetupError::Address(why));
    let text = text.trim().trim_end_matches('/');
    let Some((scheme, rest)) = text.split_once("://") else {
        return bad("write it like https://city.example or http://127.0.0.1:8080");
    };
    if !matches!(scheme, "http" | "https") {
        return bad("it must begin with http:// or https://");
    }
    if rest.contains(['?', '#']) {
        return bad("it must not hold '?' or '#'");
    }
    let host = rest.split('/').next().unwrap_or_default();
    if host.contains('@') {
        return bad("it must not hold a user name or password");
    }
    if host.is_empty() || text.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return bad("write it like https://city.example or http://127.0.0.1:8080");
    }
    Ok(text)
}

/// Carries requests to one server.
///
/// Implementations follow no redirect (a signed request is meant for one address, and a captive
/// portal answers with a redirect), keep no cookies, and bound what they read. Calls block; they
/// may come from several threads at once.
pub trait Transport: Send + Sync {
    /// Sends the request and waits for the whole answer.
    ///
    /// # Errors
    /// When there is no answer; a status of 4xx or 5xx is one.
    fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError>;

    /// Like [`Transport::send`], but the body of a 2xx answer goes to `out` as it arrives and
    /// the response's own body stays empty. Any other answer carries its body as usual and
    /// writes nothing.
    ///
    /// # Errors
    /// As for `send`, and when `out` fails. `out` may then hold a part of the body.
    fn download(
        &self,
        request: HttpRequest,
        out: &mut dyn Write,
    ) -> Result<HttpResponse, TransportError> {
        let mut response = self.send(request)?;
        if response.is_success() {
            let body = std::mem::take(&mut response.body);
            out.write_all(&body)
                .map_err(|error| TransportError::Write(error.kind()))?;
        }
        Ok(response)
    }

    /// Ends the requests under way with [`TransportError::Cancelled`] as soon as it can. Later
    /// requests are not affected.
    fn cancel(&self) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_checked_without_a_network() {
        for good in [
            "http://127.0.0.1:8420",
            "https://city.example/gewu",
            "http://[::1]:1",
        ] {
            assert_eq!(check_address(&format!(" {good}/ ")), Ok(good));
        }
        for bad in [
            "",
            "city hall",
            "city.example",
            "ftp://city.example",
            "http://",
            "http:///x",
            "https://u:p@x",
            "http://x/?a",
            "http://x/#a",
            "http://a b",
        ] {
            assert!(
                matches!(check_address(bad), Err(HttpSetupError::Address(_))),
                "{bad:?}"
            );
        }
    }
}
