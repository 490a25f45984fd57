//! Photos and their uploads over HTTP.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gewu_model::crypto::sha256;
use gewu_model::ids::Digest;
use gewu_model::media::{EvidenceRecord, EvidenceRole, MediaType, Provenance};
use gewu_model::time::ClockTrust;
use gewu_server::{Clock, CodeGrant, SystemClock};

use super::Phone;
use super::web::{Answer, Web};

pub(crate) const TUS: (&str, &str) = ("tus-resumable", "1.0.0");
pub(crate) const PART: (&str, &str) = ("content-type", "application/offset+octet-stream");

pub(crate) fn phone(web: &Web, user: &str, grid: &str) -> Phone {
    let now = SystemClock.now();
    let core = web.running().core();
    let grant = CodeGrant {
        user: user.into(),
        roles: vec!["inspector".into()],
        units: vec![],
        duty_grids: vec![grid.into()],
        reach: Default::default(),
        any_grid: false,
    };
    let code = core.new_code(&grant, 1, now).expect("a code").code;
    Phone::enrol(core, Some(&code), user, now).expect("enrolled")
}

pub(crate) fn photo() -> Vec<u8> {
    let mut bytes = b"\xff\xd8\xff\xe0 a picture".to_vec();
    bytes.extend((0..9_000_u32).map(|at| (at % 251) as u8));
    bytes
}

pub(crate) fn metadata(file: Digest) -> String {
    format!(
        "filename cGhvdG8=,sha256 {}",
        STANDARD.encode(file.to_string())
    )
}

pub(crate) fn create(web: &Web, phone: &Phone, bytes: &[u8]) -> String {
    let (length, metadata) = (bytes.len().to_string(), metadata(sha256(bytes)));
    let headers = [
        TUS,
        ("upload-length", &length),
        ("upload-metadata", &metadata),
    ];
    let answer = web.signed(&phone.signer, "POST", "/v1/media", &headers, b"");
    assert_eq!(answer.status, 201);
    assert_eq!(answer.header("tus-resumable"), Some("1.0.0"));
    assert!(
        answer
            .header("upload-expires")
            .expect("a date")
            .ends_with(" GMT")
    );
    answer.header("location").expect("a place").to_owned()
}

pub(crate) fn patch(
    web: &Web,
    phone: &Phone,
    place: &str,
    offset: u64,
    part: &[u8],
    sum: &str,
) -> Answer {
    let offset = offset.to_string();
    let mut headers = vec![TUS, PART, ("upload-offset", offset.as_str())];
    if !sum.is_empty() {
        headers.push(("upload-checksum", sum));
    }
    web.signed(&phone.signer, "PATCH", place, &headers, part)
}

pub(crate) fn offset(web: &Web, phone: &Phone, place: &str) -> Answer {
    web.signed(&phone.signer, "HEAD", place, &[TUS], b"")
}

/// Uploads at once.
pub(crate) fn upload(web: &Web, phone: &Phone, bytes: &[u8]) {
    let place = create(web, phone, bytes);
    let done = patch(web, phone, &place, 0, bytes, "");
    assert_eq!(done.status, 204);
}

pub(crate) fn record(file: Digest, bytes: u64) -> EvidenceRecord {
    EvidenceRecord {
        sha256: file,
        thumb_sha256: None,
        role: EvidenceRole::Scene,
        media_type: MediaType::Jpeg,
        bytes,
        width: 640,
        height: 480,
        captured_at: SystemClock.now(),
        clock: ClockTrust::Device,
        position: None,
        provenance: Provenance::Camera,
        original_sha256: None,
        redaction_of: None,
        direction: None,
        captured_offset_min: None,
        original_bytes: None,
        original_kept: None,
    }
}
