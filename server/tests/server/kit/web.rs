//! HTTP over a plain socket, so that tests say every byte themselves.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use gewu_model::crypto::Signer;
use gewu_model::time::Millis;
use gewu_server::{Clock, Running, ServeOptions, SystemClock, serve};
use tempfile::TempDir;

use super::publish;

/// A server over HTTP on a runtime of its own.
pub(crate) struct Web {
    pub(crate) dir: TempDir,
    pub(crate) running: Option<Running>,
    runtime: tokio::runtime::Runtime,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }
}

/// Sends these bytes and reads until the server closes.
pub(crate) fn raw_to(addr: SocketAddr, bytes: &[u8]) -> Answer {
    let mut stream = TcpStream::connect(addr).expect("connected");
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .expect("set");
    // The server may answer and close before it has read everything.
    let _ = stream.write_all(bytes);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    parse(&answer)
}

impl Web {
    pub(crate) fn start() -> Self {
        Self::start_with(|_| {})
    }

    pub(crate) fn start_with(change: impl FnOnce(&mut ServeOptions)) -> Self {
        let dir = TempDir::new().expect("a folder");
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let mut options = ServeOptions::new(dir.path());
        change(&mut options);
        let running = runtime.block_on(serve(options)).expect("a server");
        publish(running.core());
        Self {
            dir,
            running: Some(running),
            runtime,
        }
    }

    pub(crate) fn running(&self) -> &Running {
        self.running.as_ref().expect("it runs")
    }

    pub(crate) fn addr(&self) -> SocketAddr {
        self.running().addr()
    }

    pub(crate) fn stop(&mut self) {
        let running = self.running.take().expect("it runs");
        self.runtime
            .block_on(running.shutdown())
            .expect("a clean end");
    }

    pub(crate) fn token(&self) -> String {
        let token = std::fs::read_to_string(self.dir.path().join("operator.token"));
        token.expect("a token").trim().to_owned()
    }

    pub(crate) fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(String, String)],
        body: &[u8],
    ) -> Answer {
        let mut head = format!("{method} {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n");
        if !body.is_empty() || matches!(method, "POST" | "PATCH") {
            head += &format!("content-length: {}\r\n", body.len());
        }
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        let raw = [head.as_bytes(), b"\r\n", body].concat();
        self.raw(&raw)
    }

    pub(crate) fn raw(&self, bytes: &[u8]) -> Answer {
        raw_to(self.addr(), bytes)
    }

    /// Sends as the device of `signer`, with the clock off by `skew_ms`.
    pub(crate) fn signed_at(
        &self,
        signer: &dyn Signer,
        skew_ms: i64,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        let at = Millis(SystemClock.now().0 + skew_ms);
        let mut all = gewu_sync::auth::sign(signer, method, path, body, at).expect("signed");
        all.extend(
            headers
                .iter()
                .map(|(name, value)| (name.to_string(), value.to_string())),
        );
        self.send(method, path, &all, body)
    }

    pub(crate) fn signed(
        &self,
        signer: &dyn Signer,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        self.signed_at(signer, 0, method, path, headers, body)
    }

    /// Sends as the first operator.
    pub(crate) fn op(&self, method: &str, path: &str, body: Option<serde_json::Value>) -> Answer {
        let body = body.map_or_else(Vec::new, |body| body.to_string().into_bytes());
        self.op_raw(method, path, &body)
    }

    /// Sends these bytes as the first operator.
    pub(crate) fn op_raw(&self, method: &str, path: &str, body: &[u8]) -> Answer {
        let headers = [(
            "authorization".to_owned(),
            format!("Bearer {}", self.token()),
        )];
        self.send(method, path, &headers, body)
    }
}

fn parse(answer: &[u8]) -> Answer {
    let split = answer
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .expect("a head");
    let head = std::str::from_utf8(&answer[..split]).expect("text");
    let mut lines = head.split("\r\n");
    let status = lines
        .next()
        .and_then(|line| line.split(' ').nth(1))
        .expect("a status");
    let headers: Vec<_> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let mut body = answer[split + 4..].to_vec();
    if headers
        .iter()
        .any(|(name, value)| name == "transfer-encoding" && value == "chunked")
    {
        body = unchunk(&body);
    }
    Answer {
        status: status.parse().expect("a number"),
        headers,
        body,
    }
}

fn unchunk(mut bytes: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    while let Some(end) = bytes.windows(2).position(|two| two == b"\r\n") {
        let size = std::str::from_utf8(&bytes[..end]).expect("digits");
        let size = usize::from_str_radix(size, 16).expect("a size");
        whole.extend_from_slice(&bytes[end + 2..end + 2 + size]);
        bytes = &bytes[end + 4 + size..];
        if size == 0 {
            break;
        }
    }
    whole
}
