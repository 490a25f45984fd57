//! Files on their way through the worst of networks, between a real server and real devices as
//! processes: at the end each is at the server once, whole, and the device counts exactly.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::{Duration, Instant};

use gewu_model::crypto::sha256;
use gewu_tests::disk::Dice;
use gewu_tests::mounted::Disk;
use gewu_tests::process::{Device, Server};
use gewu_tests::proxy::Proxy;
use gewu_tests::sim::pictures::large_picture;
use serde_json::Value;
use tempfile::TempDir;

/// How long the faults go on for one seed.
const STORM: Duration = Duration::from_secs(5);
const SEEDS: u64 = 3;

struct Town {
    folder: TempDir,
    server: Server,
    proxy: Proxy,
    device: Device,
    dice: Dice,
    reports: u64,
}

impl Town {
    fn new(seed: u64) -> Self {
        Self::in_folder(tempfile::tempdir().unwrap(), seed)
    }

    fn in_folder(folder: TempDir, seed: u64) -> Self {
        let server = Server::start(&folder.path().join("server")).unwrap();
        let proxy = Proxy::start(server.url(), seed).unwrap();
        let code = server.code("chen", "inspector", &["--duty-grid", "990101Z01"]);
        let device = Device::new(&folder.path().join("chen"));
        device
            .ok(&["enroll", "--server", &proxy.url(), "--code", &code.unwrap()])
            .unwrap();
        device.ok(&["sync"]).unwrap();
        Self {
            folder,
            server,
            proxy,
            device,
            dice: Dice::new(seed),
            reports: 0,
        }
    }

    fn report(&mut self, pixels: u32) {
        self.reports += 1;
        let photo = self.folder.path().join(format!("{}.png", self.reports));
        std::fs::write(&photo, large_picture(self.reports, pixels)).unwrap();
        let place = ["--lon", "123.422729", "--lat", "41.7999616"];
        let photo = ["--photo", photo.to_str().unwrap()];
        let words = [&["report", "--class", "01002"], &place[..], &photo].concat();
        self.device.ok(&words).unwrap();
    }

    /// Like [`Town::report`]; whether there was room for it.
    fn try_report(&mut self, pixels: u32) -> bool {
        let photo = self.folder.path().join("one-more.png");
        let number = self.reports + 1;
        std::fs::write(&photo, large_picture(number, pixels)).unwrap();
        let place = ["--lon", "123.422729", "--lat", "41.7999616"];
        let photo = ["--photo", photo.to_str().unwrap()];
        let words = [&["report", "--class", "01002"], &place[..], &photo].concat();
        let ended = self.device.run(&words).unwrap();
        if ended.code == Some(0) {
            self.reports = number;
            return true;
        }
        assert!(ended.err.contains("the disk is full"), "{ended:?}");
        false
    }

    /// Syncs through a storm, with server and device killed in between.
    fn storm(&mut self) {
        self.proxy.misbehave(true);
        let begun = Instant::now();
        while begun.elapsed() < STORM {
            match self.dice.below(6) {
                0 => self.kill_the_device(),
                1 => self.kill_the_server(),
                _ => drop(self.device.run(&["sync"]).unwrap()),
            }
        }
        self.proxy.misbehave(false);
    }

    fn kill_the_device(&mut self) {
        let mut sync = self.device.spawn(&["sync"]).unwrap();
        self.wait(120);
        end(&mut sync);
    }

    fn kill_the_server(&mut self) {
        let mut sync = self.device.spawn(&["sync"]).unwrap();
        self.wait(120);
        self.server.kill();
        self.server.start_again().unwrap();
        sync.wait().unwrap();
    }

    fn wait(&mut self, most_ms: u64) {
        std::thread::sleep(Duration::from_millis(self.dice.below(most_ms)));
    }

    /// When the storm is over, syncs get through without anybody's help.
    fn calm(&self) {
        for _ in 0..5 {
            drop(self.device.run(&["sync"]).unwrap());
            if self.device.ok(&["status"]).unwrap()["synced"] == true {
                return;
            }
        }
        panic!("{}", self.device.ok(&["status"]).unwrap());
    }

    fn check(&self) {
        let status = self.device.ok(&["status"]).unwrap();
        let none = serde_json::json!({ "changes": 0, "texts": 0, "photos": 0,
            "small_pictures": 0, "commands": 0 });
        assert_eq!(status["unsent"], none, "{status}");
        let at_server = files(&self.folder.path().join("server/media"));
        let at_device = files(&self.folder.path().join("chen/media"));
        assert_eq!(at_server.len() as u64, 2 * self.reports);
        assert_eq!(at_server, at_device, "each file once, whole");
        let media = &self.server.op(&["status"]).unwrap()["media"];
        let of = |name: &str| media[name].as_u64().unwrap();
        assert_eq!(of("present"), self.reports, "{media}");
        assert_eq!((of("missing"), of("thumbnails_missing")), (0, 0), "{media}");
        let parts = std::fs::read_dir(self.folder.path().join("server/uploads"));
        let left: Vec<_> = parts.unwrap().flatten().map(|one| one.path()).collect();
        let sizes: Vec<u64> = left
            .iter()
            .map(|one| one.metadata().unwrap().len())
            .collect();
        println!(
            "{} parts of forgotten uploads wait to expire: {sizes:?}",
            left.len()
        );
    }
}

fn end(child: &mut Child) {
    let _ = child.kill();
    child.wait().unwrap();
}

/// Every file below a folder by name and hash; the name must be the hash.
fn files(folder: &Path) -> BTreeMap<String, PathBuf> {
    let mut found = BTreeMap::new();
    for below in std::fs::read_dir(folder).unwrap().flatten() {
        let name = below.file_name().into_string().unwrap();
        // Packs are no evidence and lie in a folder of their own.
        if name.starts_with('.') || name == "packs" || !below.path().is_dir() {
            continue;
        }
        for file in std::fs::read_dir(below.path()).unwrap().flatten() {
            let name = file.file_name().into_string().unwrap();
            let hash = sha256(&std::fs::read(file.path()).unwrap()).to_string();
            assert_eq!(name, hash, "a file is not what its name says");
            let before = found.insert(name, PathBuf::from(below.file_name()));
            assert_eq!(before, None, "a file is there twice");
        }
    }
    found
}

#[test]
fn whatever_the_network_does_each_file_arrives_once() {
    let mut met: BTreeMap<&str, u32> = BTreeMap::new();
    for seed in 1..=SEEDS {
        let mut town = Town::new(seed);
        for _ in 0..3 {
            town.report(24);
        }
        town.report(1_600);
        town.storm();
        town.calm();
        town.check();
        for (fault, times) in town.proxy.met() {
            *met.entry(fault).or_default() += times;
        }
    }
    println!("met: {met:?}");
    let kinds = met.values().filter(|times| **times > 0).count();
    assert!(kinds >= 7, "the storm was a breeze: {met:?}");
}

#[test]
fn a_paused_device_keeps_its_files_and_says_how_many() {
    let mut town = Town::new(9);
    town.report(24);
    town.device.ok(&["uploads", "--pause"]).unwrap();
    town.device.ok(&["sync"]).unwrap();
    let status: Value = town.device.ok(&["status"]).unwrap();
    assert_eq!(status["unsent"]["changes"], 0, "{status}");
    assert_eq!(status["unsent"]["photos"], 1, "{status}");
    assert_eq!(status["unsent"]["small_pictures"], 1, "{status}");
    assert_eq!(status["backlog"]["held_back"], 2, "{status}");
    let row = town.device.ok(&["list"]).unwrap();
    let case = row["case"].as_str().unwrap().to_owned();
    let complete = |town: &Town| {
        let own = town.device.ok(&["show", &case]).unwrap();
        let theirs = town.server.op(&["show", &case]).unwrap();
        [own, theirs].map(|shown| shown["complete"].clone())
    };
    assert_eq!(complete(&town), [false, false]);
    let media = &town.server.op(&["status"]).unwrap()["media"];
    assert_eq!(
        (&media["missing"], &media["thumbnails_missing"]),
        (&1.into(), &1.into())
    );
    town.device.ok(&["uploads", "--resume"]).unwrap();
    town.calm();
    town.check();
    assert_eq!(complete(&town), [true, true]);
}

#[test]
fn a_server_whose_disk_is_full_loses_nothing_and_goes_on_when_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let Some(disk) = Disk::mount(&folder.path().join("server"), 5) else {
        return;
    };
    let mut town = Town::in_folder(folder, 11);
    for _ in 0..4 {
        town.report(1_600);
    }
    for _ in 0..3 {
        drop(town.device.run(&["sync"]).unwrap());
    }
    let status = town.device.ok(&["status"]).unwrap();
    assert_eq!(status["synced"], false, "{status}");
    assert!(disk.resize(64));
    town.calm();
    town.check();
}

#[test]
fn a_device_whose_disk_fills_refuses_photos_while_it_still_can_write() {
    let folder = tempfile::tempdir().unwrap();
    let Some(disk) = Disk::mount(&folder.path().join("chen"), 22) else {
        return;
    };
    let mut town = Town::in_folder(folder, 12);
    let mut taken = 0;
    while town.try_report(600) {
        taken += 1;
        assert!(taken < 40, "the headroom was never reached");
    }
    assert!(taken > 0, "there was room for one");
    let place = ["--lon", "123.422729", "--lat", "41.7999616"];
    let words = [
        &["report", "--class", "01002", "--text", "无照片"],
        &place[..],
    ]
    .concat();
    town.device.ok(&words).unwrap();
    let status = town.device.ok(&["status"]).unwrap();
    assert_eq!(status["unsent"]["photos"], taken, "{status}");
    town.calm();
    town.check();
    drop(town);
    drop(disk);
}

#[test]
fn a_device_whose_disk_others_filled_tells_sends_and_exports_what_it_owes() {
    let folder = tempfile::tempdir().unwrap();
    let Some(disk) = Disk::mount(&folder.path().join("chen"), 48) else {
        return;
    };
    let mut town = Town::in_folder(folder, 13);
    town.report(600);
    disk.fill().unwrap();
    // More than once: what one command was lent must be there for the next.
    for round in 0..3 {
        let status = town.device.ok(&["status"]).unwrap();
        assert_eq!(status["unsent"]["photos"], 1, "{status}");
        let tail = town.folder.path().join(format!("tail-{round}.gewu"));
        let words = ["export", "--unsent", "-o", tail.to_str().unwrap()];
        town.device.ok(&words).unwrap();
        // Others take at once whatever is left to them.
        disk.fill().unwrap();
    }
    assert!(!town.try_report(600), "there is no room for a photo");
    town.calm();
    town.check();
    disk.fill().unwrap();
    let status = town.device.ok(&["status"]).unwrap();
    assert_eq!(status["synced"], true, "{status}");
    drop(town);
    drop(disk);
}
