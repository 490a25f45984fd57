//! The sample city, and the tools of somebody who bends a bundle.

use std::io::Write as _;
use std::path::Path;

use gewu_bundle::container::{Reader, Writer};
use gewu_bundle::record::{Seal, SealedMember, SignedSeal};
use gewu_bundle::sample::Sample;
use gewu_bundle::{Report, verify};
use gewu_model::cbor;
use gewu_model::crypto::sha256;

pub(crate) type Members = Vec<(String, Vec<u8>)>;

pub(crate) fn fixture(path: &str) -> Vec<u8> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    std::fs::read(root.join(path)).unwrap()
}

pub(crate) fn sample() -> Sample {
    Sample::usual(
        &fixture("photos/lamp-before.png"),
        &fixture("photos/lamp-after.png"),
    )
}

/// The members with their contents.
pub(crate) fn unpack(bytes: &[u8]) -> Members {
    let mut reader = Reader::new(bytes);
    let mut members = Vec::new();
    while let Some(entry) = reader.next().unwrap() {
        let content = reader.read(&entry, u64::MAX).unwrap();
        members.push((entry.name, content));
    }
    members
}

/// A container of these members, with every checksum right.
pub(crate) fn pack(members: &Members) -> Vec<u8> {
    let mut writer = Writer::new(Vec::new());
    for (name, content) in members {
        writer.add(name, content).unwrap();
    }
    writer.finish().unwrap()
}

pub(crate) fn member<'m>(members: &'m mut Members, name: &str) -> &'m mut Vec<u8> {
    let found = members
        .iter_mut()
        .find(|(known, _)| known.starts_with(name));
    &mut found.unwrap().1
}

/// The exporter's own seal over what the members have become.
pub(crate) fn reseal(sample: &Sample, members: &mut Members) {
    let signed: SignedSeal = cbor::from_slice(member(members, "seal.cbor")).unwrap();
    let mut seal: Seal = cbor::from_slice(&signed.body).unwrap();
    let loose = |name: &str| name.starts_with("STATEMENT") || name == "seal.cbor";
    seal.members = members
        .iter()
        .filter(|(name, _)| !loose(name))
        .map(|(name, content)| SealedMember {
            name: name.clone(),
            bytes: content.len() as u64,
            sha256: sha256(content),
        })
        .collect();
    let signed = SignedSeal::sign(sample.sealer(), &seal).unwrap();
    *member(members, "seal.cbor") = cbor::to_vec(&signed);
}

pub(crate) fn judge(sample: &Sample, bytes: &[u8]) -> Report {
    verify(bytes, &sample.root())
}

/// What is wrong, in words.
pub(crate) fn findings(report: &Report) -> String {
    let mut all = Vec::new();
    for finding in &report.findings {
        writeln!(all, "{finding}").unwrap();
    }
    String::from_utf8(all).unwrap()
}
