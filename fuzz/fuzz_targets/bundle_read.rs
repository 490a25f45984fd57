//! A bundle from anywhere: whatever the bytes are, reading ends with a report, and only what the
//! fixture's city signed comes out whole. Checksums are recomputed, so that the fuzzer gets past
//! them.
#![no_main]

use gewu_bundle::container::{Reader, Writer};
use gewu_bundle::{Outcome, verify};
use gewu_model::ids::Digest;
use libfuzzer_sys::fuzz_target;

const SAMPLE: &[u8] = include_bytes!("../../fixtures/bundle/sample.gewu");
const ROOT: &str = include_str!("../../fixtures/bundle/root.txt");

fn root() -> Digest {
    let digest = ROOT.lines().nth(1).and_then(|line| line.parse().ok());
    digest.unwrap_or(Digest([0; 32]))
}

/// The sample with one member exchanged for `content`.
fn with_member(which: usize, content: &[u8]) -> Option<Vec<u8>> {
    let (mut reader, mut writer) = (Reader::new(SAMPLE), Writer::new(Vec::new()));
    let mut at = 0;
    while let Some(entry) = reader.next().ok()? {
        let own = reader.read(&entry, u64::MAX).ok()?;
        let content = if at == which { content } else { &own };
        writer.add(&entry.name, content).ok()?;
        at += 1;
    }
    writer.finish().ok()
}

fuzz_target!(|data: &[u8]| {
    let Some((which, content)) = data.split_first() else {
        return;
    };
    let bytes = match which % 16 {
        15 => Some(content.to_vec()),
        which => with_member(which.into(), content),
    };
    let Some(bytes) = bytes else { return };
    let report = verify(bytes.as_slice(), &root());
    if report.outcome != Outcome::Altered {
        assert_eq!(bytes, SAMPLE);
    }
});
