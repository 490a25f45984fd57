//! What may be done with any bytes at all. The fuzz target runs it, and a test replays its findings
//! with it.

use std::sync::LazyLock;

use gewu_bundle::container::{Reader, Writer};
use gewu_bundle::record::{CaseRecord, HeldChange};
use gewu_bundle::sample::City;
use gewu_bundle::{Outcome, verify};
use gewu_model::cbor;
use gewu_model::crypto::{Ed25519Signer, Signer, sha256};
use gewu_model::ids::CaseId;
use gewu_model::signed::SignedChange;

const SAMPLE: &[u8] = include_bytes!("../../../../fixtures/bundle/sample.gewu");

/// The city of the sample, with everybody's keys.
static CITY: LazyLock<City> = LazyLock::new(|| City::new("sample"));

/// By the first byte: the rest is a container; or it stands in the place of one member of the
/// sample, with the container's checksums put right; or, from 16 on, it is a case whose changes get
/// their own checksums and everybody's genuine signatures. Only the sample itself comes out whole.
pub(crate) fn bundle_read(data: &[u8]) {
    let Some((mode, content)) = data.split_first() else {
        return;
    };
    let bytes = match mode % 32 {
        15 => Some(content.to_vec()),
        which @ 0..15 => with_member(which.into(), content),
        which => resigned(content).and_then(|content| with_member((which - 16).into(), &content)),
    };
    let Some(bytes) = bytes else { return };
    let report = verify(bytes.as_slice(), &CITY.anchor.root.digest());
    if report.outcome != Outcome::Altered {
        assert_eq!(bytes, SAMPLE);
    }
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

/// A case as its authors would have written it, if it is one at all.
fn resigned(content: &[u8]) -> Option<Vec<u8>> {
    let mut record: CaseRecord = cbor::from_slice(content).ok()?;
    for change in &mut record.changes {
        match change {
            HeldChange::Signed(signed) => resign(record.case, signed),
            HeldChange::Vouched(bytes) => checksum(bytes),
        }
    }
    for aside in &mut record.set_aside {
        resign(record.case, &mut aside.change);
    }
    Some(cbor::to_vec(&record))
}

fn resign(case: CaseId, signed: &mut SignedChange) {
    checksum(&mut signed.bytes);
    let people = [&CITY.server, &CITY.wang, &CITY.zhao, &CITY.stranger];
    let staff = people.into_iter().map(|person| &person.signer);
    let signer: Option<&Ed25519Signer> = staff
        .chain([&CITY.citizen])
        .find(|signer| signer.public_key().id() == signed.key);
    if let Some(signer) = signer {
        let bytes = std::mem::take(&mut signed.bytes);
        *signed = SignedChange::sign(signer, &CITY.id, &case, signed.counter, bytes)
            .expect("keys in memory can sign");
    }
}

/// An Automerge chunk: four bytes that are always the same, the first four of the SHA-256 of what
/// follows, the rest.
fn checksum(chunk: &mut [u8]) {
    if let Some((head, rest)) = chunk.split_at_mut_checked(8) {
        head[4..].copy_from_slice(&sha256(rest).0[..4]);
    }
}
