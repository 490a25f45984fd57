//! Clients that know nothing of us bring files to a real server with a device's token.
//!
//! They lie in a folder outside the clone, which `cargo xtask test` fills and names in
//! `GEWU_TUS_CLIENTS`. Without it these tests say that they are skipped; with `GEWU_REQUIRE` that
//! names `tus-clients` they fail instead.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::path::{Path, PathBuf};
use std::process::Command;

use gewu_model::crypto::sha256;
use gewu_tests::process::{Device, Server};
use gewu_tests::sim::pictures::large_picture;
use tempfile::TempDir;

fn clients() -> Option<PathBuf> {
    let found = std::env::var_os("GEWU_TUS_CLIENTS").map(PathBuf::from);
    let required = std::env::var("GEWU_REQUIRE").unwrap_or_default();
    if found.is_none() {
        let words = "SKIPPED tus-js-client and tuspy: not installed (cargo xtask test does it)";
        eprintln!("{words}");
        let asked = required.split(',').any(|name| name == "tus-clients");
        assert!(!asked, "{words}");
    }
    found
}

struct Town {
    folder: TempDir,
    server: Server,
    token: String,
    file: PathBuf,
    bytes: Vec<u8>,
}

impl Town {
    fn new(number: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let server = Server::start(&folder.path().join("server")).unwrap();
        let device: Device = server
            .inspector(&folder.path().join("chen"), "chen")
            .unwrap();
        let made = device.ok(&["token", "--ttl", "10m"]).unwrap();
        let (file, bytes) = (folder.path().join("photo.png"), large_picture(number, 700));
        std::fs::write(&file, &bytes).unwrap();
        Self {
            token: made["token"].as_str().unwrap().to_owned(),
            folder,
            server,
            file,
            bytes,
        }
    }

    fn endpoint(&self) -> String {
        format!("{}/v1/media", self.server.url())
    }

    fn run(&self, mut client: Command, more: &[&str]) -> String {
        client.args([&self.endpoint(), &self.token]).arg(&self.file);
        let done = client.args(more).output().unwrap();
        let words = String::from_utf8_lossy(&done.stderr).into_owned();
        assert!(done.status.success(), "{more:?}: {words}");
        String::from_utf8(done.stdout).unwrap().trim().to_owned()
    }

    /// The file is at its place, once and whole, and nothing else is.
    fn check(&self) {
        let name = sha256(&self.bytes).to_string();
        let media = self.folder.path().join("server/media");
        let held = media.join(&name[..2]).join(&name);
        assert_eq!(std::fs::read(held).unwrap(), self.bytes);
        let folders = std::fs::read_dir(media).unwrap().flatten();
        let files: usize = folders
            .map(|one| std::fs::read_dir(one.path()).unwrap().count())
            .sum();
        assert_eq!(files, 1);
        let parts = self.folder.path().join("server/uploads");
        assert_eq!(std::fs::read_dir(parts).unwrap().count(), 0);
    }
}

fn begin_kill_and_go_on(mut town: Town, client: &dyn Fn() -> Command) {
    let place = town.run(client(), &["begin"]);
    assert!(place.starts_with("http"), "{place}");
    town.server.kill();
    town.server.start_again().unwrap();
    assert_eq!(town.run(client(), &["rest", &place]), place);
    town.check();
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("clients")
        .join(name)
}

#[test]
fn tus_js_client_uploads_pauses_and_goes_on_after_a_cut() {
    let Some(folder) = clients() else { return };
    begin_kill_and_go_on(Town::new(1), &|| {
        let mut node = Command::new("node");
        node.env("NODE_PATH", folder.join("node_modules"));
        node.arg(script("upload.mjs"));
        node
    });
}

#[test]
fn tuspy_uploads_with_checksums_and_goes_on_where_it_was_left() {
    let Some(folder) = clients() else { return };
    begin_kill_and_go_on(Town::new(2), &|| {
        let mut python = Command::new(folder.join("venv/bin/python"));
        python.arg(script("upload.py"));
        python
    });
}
