//! Real processes on loopback, where the tests of single crates do not reach.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod accounts;
mod bad_input;
mod bundles;
mod catalogues;
mod contacts;
mod damaged;
mod edges;
mod elsewhere;
mod erasure;
mod handset;
mod lost;
mod offline;
mod packs;
mod place;
mod restored;
mod scrub;
mod services;
mod stops;
mod watching;
mod workflow;

use std::path::PathBuf;

use gewu_tests::fixtures;
use gewu_tests::process::{Device, Server};
use serde_json::Value;
use tempfile::TempDir;

/// A server and an inspector's device that has synced once.
struct Town {
    folder: TempDir,
    server: Server,
    device: Device,
}

impl Town {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let server = Server::start(&folder.path().join("server")).unwrap();
        let device = server
            .inspector(&folder.path().join("chen"), "chen")
            .unwrap();
        Self {
            folder,
            server,
            device,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

fn photo(name: &str) -> String {
    let path = fixtures::directory().join("photos").join(name);
    path.to_str().unwrap().to_owned()
}

/// The words of a report at the market, with more words after them.
fn report<'a>(more: &[&'a str]) -> Vec<&'a str> {
    let place = ["--lon", "123.422729", "--lat", "41.7999616"];
    [&["report", "--class", "01002"], place.as_slice(), more].concat()
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name]
        .as_str()
        .unwrap_or_else(|| panic!("no {name} in {value}"))
}
