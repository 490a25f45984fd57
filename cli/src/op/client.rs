//! The operator's API over HTTP.

use std::path::Path;
use std::time::Duration;

use gewu::host::{HttpOptions, HttpRequest, HttpResponse, HttpTransport, Method, Transport};
use serde_json::Value;

use crate::args::TlsRootArg;
use crate::out::Failure;

/// A session at the centre.
pub(crate) struct Client {
    transport: HttpTransport,
    token: String,
}

impl Client {
    pub(crate) fn new(server: &str, token_file: &Path, tls: &TlsRootArg) -> Result<Self, Failure> {
        let token = std::fs::read_to_string(token_file).map_err(|error| {
            Failure::new(format!(
                "cannot read the token file {}: {error}; a server writes operator.token into its folder",
                token_file.display()
            ))
        })?;
        let options = HttpOptions {
            connect_timeout: Duration::from_secs(10),
            ..HttpOptions::default()
        };
        let transport =
            HttpTransport::trusting(server, options, crate::trust::roots(tls)?.as_ref())?;
        Ok(Self {
            transport,
            token: token.trim().to_owned(),
        })
    }

    pub(crate) fn get(&self, path: &str) -> Result<Value, Failure> {
        self.send(HttpRequest::new(Method::Get, path))
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Result<Value, Failure> {
        let request = HttpRequest::new(Method::Post, path)
            .header("content-type", "application/json")
            .body(body.to_string().into_bytes());
        self.send(request)
    }

    pub(crate) fn delete(&self, path: &str) -> Result<Value, Failure> {
        self.send(HttpRequest::new(Method::Delete, path))
    }

    /// Sends bytes as they are.
    pub(crate) fn post_bytes(&self, path: &str, body: Vec<u8>) -> Result<Value, Failure> {
        let request = HttpRequest::new(Method::Post, path)
            .header("content-type", "application/octet-stream")
            .body(body);
        self.send(request)
    }

    fn send(&self, request: HttpRequest) -> Result<Value, Failure> {
        let request = request.header("authorization", format!("Bearer {}", self.token));
        let response = self.transport.send(request)?;
        let value: Option<Value> = serde_json::from_slice(&response.body).ok();
        match (response.status, value) {
            (200..=299, Some(value)) => Ok(value),
            (200..=299, None) => Err(Failure::new(
                "the answer is not a Gewu server's: check the address, or sign in to the network first",
            )),
            (_, value) => Err(refusal(&response, &value.unwrap_or_default())),
        }
    }
}

/// A problem document in one line.
fn refusal(response: &HttpResponse, problem: &Value) -> Failure {
    let words = [&problem["detail"], &problem["title"]]
        .into_iter()
        .find_map(Value::as_str);
    let words = words.unwrap_or("the address may not be a Gewu server's");
    Failure::new(match response.status {
        401 => format!("the server does not know this token: {words}"),
        409 => words.to_owned(),
        status => format!("the server refused ({status}): {words}"),
    })
}

/// A path segment with everything escaped that is not a plain letter, digit, dash or dot.
pub(crate) fn segment(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect()
}
