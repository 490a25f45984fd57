//! The words of tus 1.0: <https://tus.io/protocols/resumable-upload>.

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gewu_model::ids::Digest;

use super::app::header_text;
use super::problem::Problem;
use crate::core::Sum;

/// The version that we speak.
pub(super) const VERSION: &str = "1.0.0";
/// The extensions that we serve.
pub(super) const EXTENSIONS: &str =
    "creation,creation-with-upload,creation-defer-length,checksum,expiration,termination";
/// The algorithms of `Upload-Checksum`.
pub(super) const ALGORITHMS: &str = "sha1,sha256";
/// The type of a body with a part of a file.
pub(super) const PART_TYPE: &str = "application/offset+octet-stream";

/// A header of tus, by its name in lower case.
pub(super) const fn name(name: &'static str) -> HeaderName {
    HeaderName::from_static(name)
}

/// Refuses another version of tus before anything is done.
pub(super) fn check_version(headers: &HeaderMap) -> Result<(), Problem> {
    match header_text(headers, "tus-resumable") {
        Some(VERSION) => Ok(()),
        _ => Err(Problem::new(
            StatusCode::PRECONDITION_FAILED,
            "this server speaks tus 1.0.0",
        )
        .header(name("tus-version"), HeaderValue::from_static(VERSION))),
    }
}

/// A header that is a number; `None` when it is absent.
pub(super) fn number(headers: &HeaderMap, name: &str) -> Result<Option<u64>, Problem> {
    header_text(headers, name)
        .map(|text| {
            text.trim()
                .parse()
                .map_err(|_| Problem::bad(format!("{name} is no number")))
        })
        .transpose()
}

/// The length that a creation announces; `None` when it is deferred.
pub(super) fn announced(headers: &HeaderMap) -> Result<Option<u64>, Problem> {
    let length = number(headers, "upload-length")?;
    let deferred = header_text(headers, "upload-defer-length");
    match (length, deferred) {
        (Some(length), None) => Ok(Some(length)),
        (None, Some("1")) => Ok(None),
        _ => Err(Problem::bad(
            "send either Upload-Length or Upload-Defer-Length: 1",
        )),
    }
}

/// The file's hash in the metadata, as 32 bytes or as their hexadecimal digits.
pub(super) fn announced_hash(metadata: &str) -> Result<Option<Digest>, Problem> {
    let mut pairs = metadata.split(',').map(str::trim);
    let Some(value) = pairs.find_map(|pair| pair.strip_prefix("sha256 ")) else {
        return Ok(None);
    };
    let bytes = STANDARD.decode(value.trim()).unwrap_or_default();
    let spelled = || {
        std::str::from_utf8(&bytes)
            .ok()
            .and_then(|text| text.parse().ok())
    };
    let hash = Digest::from_slice(&bytes).or_else(spelled);
    hash.map(Some)
        .ok_or_else(|| Problem::bad("the sha256 in Upload-Metadata is no SHA-256"))
}

/// Refuses a creation that wants to be part of a whole: it would be taken for a file.
pub(super) fn check_alone(headers: &HeaderMap) -> Result<(), Problem> {
    match header_text(headers, "upload-concat") {
        None => Ok(()),
        Some(_) => Err(Problem::bad(
            "concatenation is not offered here: send the file as one upload",
        )),
    }
}

/// What `Upload-Checksum` says of a body.
pub(super) fn checksum(headers: &HeaderMap) -> Result<Option<Sum>, Problem> {
    let Some(header) = header_text(headers, "upload-checksum") else {
        return Ok(None);
    };
    let Some((algorithm, sum)) = header.trim().split_once(' ') else {
        return Err(Problem::bad(
            "Upload-Checksum is an algorithm, a space and the sum in base64",
        ));
    };
    let kind = match algorithm {
        "sha1" => Sum::Sha1,
        "sha256" => Sum::Sha256,
        _ => return Err(Problem::bad(format!("checksums here are {ALGORITHMS}"))),
    };
    let sum = STANDARD.decode(sum.trim());
    let sum = sum.map_err(|_| Problem::bad("the checksum is not base64"))?;
    Ok(Some(kind(sum)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_may_be_bytes_or_digits() {
        let digest = gewu_model::crypto::sha256(b"photo");
        let bytes = STANDARD.encode(digest.0);
        let digits = STANDARD.encode(digest.to_string());
        for value in [bytes, digits] {
            let metadata = format!("filename cGhvdG8=,sha256 {value}");
            assert_eq!(announced_hash(&metadata).expect("a hash"), Some(digest));
        }
        assert_eq!(announced_hash("filename cGhvdG8=").expect("no hash"), None);
        assert!(announced_hash("sha256 AAAA").is_err());
    }
}
