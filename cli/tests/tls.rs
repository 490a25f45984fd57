//! A server with a certificate of a private root, and devices that do or do not trust it.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tempfile::TempDir;

struct Town {
    folder: TempDir,
}

/// A process that ends with the test.
struct Serving {
    child: Child,
    url: String,
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn gewu(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gewu"));
    command.args(words).stdin(Stdio::null());
    command.env_remove("GEWU_TLS_ROOT");
    command
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

impl Town {
    /// `root.pem`, `cert.pem` with `key.pem`, and `other.pem`, a key of nobody's.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut root = CertificateParams::new([]).unwrap();
        root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let root = CertifiedIssuer::self_signed(root, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let names = ["127.0.0.1".to_owned(), "localhost".to_owned()];
        let of_server = CertificateParams::new(names).unwrap();
        let certificate = of_server.signed_by(&key, &root).unwrap();
        let town = Self { folder };
        town.put("root.pem", &root.pem());
        town.put("cert.pem", &certificate.pem());
        town.put("key.pem", &key.serialize_pem());
        town.put("other.pem", &KeyPair::generate().unwrap().serialize_pem());
        town.put("empty.pem", "nothing\n");
        town
    }

    fn put(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn word(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    fn serve_command(&self, more: &[&str]) -> Command {
        let (dir, key) = (self.word("server"), self.word("cards.key"));
        let mut command = gewu(&["serve", "--dir", &dir, "--card-key", &key]);
        command.args(more);
        command
    }

    fn serve(&self) -> Serving {
        let (cert, key) = (self.word("cert.pem"), self.word("key.pem"));
        let words = [
            "--listen",
            "127.0.0.1:0",
            "--tls-cert",
            &cert,
            "--tls-key",
            &key,
        ];
        let mut command = self.serve_command(&words);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        let out = child.stdout.take().unwrap();
        BufReader::new(out).read_line(&mut line).unwrap();
        let url = line.split("listening on ").nth(1).unwrap();
        let url = url.split(';').next().unwrap().to_owned();
        Serving { child, url }
    }

    fn device(&self, name: &str, words: &[&str]) -> Output {
        let dir = self.word(name);
        let mut command = gewu(words);
        command.args(["--dir", &dir]).output().unwrap()
    }

    fn refused(&self, words: &[&str]) -> String {
        let output = self.serve_command(words).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{words:?} {output:?}");
        said(&output)
    }
}

#[test]
fn a_device_that_trusts_the_root_reports_over_tls_and_others_send_nothing() {
    let town = Town::new();
    let server = town.serve();
    assert!(
        server.url.starts_with("https://127.0.0.1:"),
        "{}",
        server.url
    );
    let root = town.word("root.pem");
    let enroll = ["enroll", "--citizen", "--server", &server.url];
    let trusting = ["--tls-root", &root];
    let stranger = town.device("stranger", &enroll);
    assert_ne!(stranger.status.code(), Some(0));
    assert!(
        said(&stranger).contains("no secure connection"),
        "{}",
        said(&stranger)
    );

    let done = town.device("chen", &[&enroll[..], &trusting].concat());
    assert!(done.status.success(), "{}", said(&done));
    for words in [
        &["sync"][..],
        &[
            "report",
            "--class",
            "01002",
            "--lon",
            "123.422729",
            "--lat",
            "41.7999616",
        ],
        &["sync"],
    ] {
        let done = town.device("chen", &[words, &trusting].concat());
        assert!(done.status.success(), "{words:?} {}", said(&done));
    }
    let token = town.word("server/operator.token");
    let words = ["op", "--server", &server.url, "--token-file", &token];
    let list = gewu(&[&words[..], &trusting, &["--json", "list"]].concat())
        .output()
        .unwrap();
    assert!(list.status.success(), "{}", said(&list));
    assert_eq!(String::from_utf8_lossy(&list.stdout).lines().count(), 1);

    // Without the root the same device keeps what it has and says why.
    let later = town.device("chen", &["sync"]);
    assert!(
        said(&later).contains("no secure connection"),
        "{}",
        said(&later)
    );
}

#[test]
fn whoever_does_not_shake_hands_keeps_nobody_waiting() {
    let town = Town::new();
    let server = town.serve();
    let addr = server.url.strip_prefix("https://").unwrap();
    let silent: Vec<TcpStream> = (0..50).map(|_| TcpStream::connect(addr).unwrap()).collect();
    let mut plain = TcpStream::connect(addr).unwrap();
    plain
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    plain
        .write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n")
        .unwrap();
    let mut answer = Vec::new();
    let _ = plain.read_to_end(&mut answer);
    assert!(!answer.starts_with(b"HTTP"), "plain HTTP was answered");
    let root = town.word("root.pem");
    let done = town.device(
        "chen",
        &[
            "enroll",
            "--citizen",
            "--server",
            &server.url,
            "--tls-root",
            &root,
        ],
    );
    assert!(done.status.success(), "{}", said(&done));
    drop(silent);
}

#[test]
fn a_server_says_what_is_wrong_with_its_files_and_does_not_serve_plainly_to_the_world() {
    let town = Town::new();
    let of = |name: &str| town.word(name);
    let (cert, key) = (of("cert.pem"), of("key.pem"));
    let pair = |cert: &str, key: &str| {
        town.refused(&[
            "--listen",
            "127.0.0.1:0",
            "--tls-cert",
            cert,
            "--tls-key",
            key,
        ])
    };
    let missing = of("nowhere.pem");
    for (said, expected) in [
        (pair(&missing, &key), "cannot read"),
        (pair(&cert, &missing), "cannot read"),
        (pair(&of("empty.pem"), &key), "no certificate"),
        (pair(&cert, &of("empty.pem")), "no private key"),
        (pair(&cert, &cert), "no private key"),
        (pair(&cert, &of("other.pem")), "is not for the key"),
        (
            town.refused(&["--listen", "0.0.0.0:0"]),
            "not the loopback address",
        ),
    ] {
        assert!(said.contains(expected), "{expected}: {said}");
    }
    let alone = town.serve_command(&["--tls-cert", &cert]).output().unwrap();
    assert_eq!(alone.status.code(), Some(2), "a certificate needs its key");
    assert!(!Path::new(&of("server")).exists(), "nothing was made");
}
