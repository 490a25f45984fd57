//! How much memory the pipeline takes at its worst, measured in a process of its own.
#![cfg(target_os = "linux")]
// A helper of a test may fail the test as the test itself may.
#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::process::Command;

use gewu_evidence::{Answer, Recipe, Watch, seal};
use gewu_model::policy::PhotoPolicy;
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

const CHILD: &str = "GEWU_TEST_SEAL_THIS";
const NAME: &str = "large_photos_keep_within_their_memory";

/// A tile of noise over a slope, repeated: as hard to compress as a photo of leaves.
fn photo(width: u16, height: u16, progressive: bool) -> Vec<u8> {
    const TILE: usize = 256;
    let mut state = 0x9e37_79b9_u32;
    let tile: Vec<u8> = (0..TILE * TILE * 3)
        .map(|at| {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            (at / TILE % 200) as u8 + (state % 40) as u8
        })
        .collect();
    let width_bytes = usize::from(width) * 3;
    let mut data = Vec::with_capacity(width_bytes * usize::from(height));
    for y in 0..usize::from(height) {
        let row = &tile[y % TILE * TILE * 3..][..TILE * 3];
        let end = data.len() + width_bytes;
        while data.len() < end {
            let rest = end - data.len();
            data.extend_from_slice(&row[..rest.min(row.len())]);
        }
    }
    let mut out = Vec::new();
    let mut encoder = Encoder::new(&mut out, 85);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    encoder.set_progressive(progressive);
    encoder
        .encode(&data, width, height, ColorType::Rgb)
        .unwrap();
    out
}

fn seal_and_tell(path: &str) {
    let bytes = std::fs::read(path).unwrap();
    let policy = PhotoPolicy {
        max_bytes: 100_000_000,
        ..PhotoPolicy::default()
    };
    let made = seal(
        &bytes,
        &Recipe::of(&policy),
        &mut Watch::new(&mut |_| Answer::GoOn),
    );
    assert_eq!(made.unwrap().photo.width, 1_920);
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let peak = status
        .lines()
        .find(|line| line.starts_with("VmHWM"))
        .unwrap();
    println!("{peak}");
}

/// Peak of a child that seals the file, without the file itself.
fn peak_mb(folder: &Path, bytes: &[u8]) -> u64 {
    let path = folder.join("photo.jpg");
    std::fs::write(&path, bytes).unwrap();
    let output = Command::new(std::env::current_exe().unwrap())
        .args([NAME, "--exact", "--nocapture"])
        .env(CHILD, &path)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}");
    let line = text
        .lines()
        .find_map(|line| line.split_once("VmHWM:"))
        .unwrap()
        .1;
    let kb: u64 = line.trim().trim_end_matches(" kB").parse().unwrap();
    kb / 1_024 - (bytes.len() as u64 >> 20)
}

#[test]
fn large_photos_keep_within_their_memory() {
    if let Ok(path) = std::env::var(CHILD) {
        return seal_and_tell(&path);
    }
    let folder = tempfile::tempdir().unwrap();
    let twelve = peak_mb(folder.path(), &photo(4_000, 3_000, false));
    assert!(twelve <= 45, "12 megapixels took {twelve} MB");
    let fifty = peak_mb(folder.path(), &photo(8_160, 6_144, false));
    assert!(fifty <= 100, "50 megapixels took {fifty} MB");
    let in_scans = peak_mb(folder.path(), &photo(8_160, 6_144, true));
    assert!(
        in_scans <= 300,
        "50 progressive megapixels took {in_scans} MB"
    );
}
