//! Documents, the database, keys, and how they are written.

use std::io::{Read as _, Write as _};

use argon2::{Algorithm, Argon2, Params, Version};
use automerge::transaction::Transactable as _;
use automerge::{AutoCommit, ReadDoc as _};
use base64::Engine as _;
use chacha20poly1305::aead::Aead as _;
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305};
use chrono::TimeZone as _;
use ed25519_dalek::Signer as _;
use sha2::Digest as _;

use crate::{FloorError, failed};

/// Something with fields, to be written and read.
#[derive(serde::Serialize, serde::Deserialize, minicbor::Encode, minicbor::Decode)]
struct Record {
    #[n(0)]
    name: String,
    #[n(1)]
    number: i64,
    #[n(2)]
    words: Vec<String>,
}

/// Loads a document, applies changes, writes into it and saves it.
#[uniffi::export]
fn document(saved: Vec<u8>, changes: Vec<Vec<u8>>) -> Result<Vec<u8>, FloorError> {
    let mut document = AutoCommit::load(&saved).map_err(failed)?;
    let changes: Result<Vec<_>, _> = changes
        .into_iter()
        .map(|bytes| automerge::Change::try_from(bytes.as_slice()))
        .collect();
    document
        .apply_changes(changes.map_err(failed)?)
        .map_err(failed)?;
    let at = document.get_heads();
    let value = document.get_all(automerge::ROOT, "key").map_err(failed)?;
    document
        .put(
            automerge::ROOT,
            "count",
            i64::try_from(value.len()).map_err(failed)?,
        )
        .map_err(failed)?;
    let mut fork = document.fork_at(&at).map_err(failed)?;
    let expanded: Vec<_> = fork.get_changes(&[]).iter().map(|it| it.decode()).collect();
    for change in expanded {
        let change = automerge::Change::from(change);
        fork.apply_changes([change]).map_err(failed)?;
    }
    Ok(fork.save())
}

/// Runs statements with a parameter and reads a row of each kind.
#[uniffi::export]
fn database(path: String, sql: String, text: String) -> Result<Vec<u8>, FloorError> {
    let mut connection = rusqlite::Connection::open(path).map_err(failed)?;
    connection
        .pragma_update(None, "journal_mode", "wal")
        .map_err(failed)?;
    connection
        .update_hook(Some(|_, _: &str, _: &str, _| ()))
        .map_err(failed)?;
    let transaction = connection.transaction().map_err(failed)?;
    let found = {
        let mut statement = transaction.prepare_cached(&sql).map_err(failed)?;
        let rows = statement
            .query_map(rusqlite::params![text, 1_i64], |row| {
                Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, Option<i64>>(1)?))
            })
            .map_err(failed)?;
        rows.collect::<Result<Vec<_>, _>>().map_err(failed)?
    };
    transaction.commit().map_err(failed)?;
    Ok(found.into_iter().flat_map(|(bytes, _)| bytes).collect())
}

/// Signs, checks, encrypts, decrypts and hashes.
#[uniffi::export]
fn keys(text: Vec<u8>) -> Result<Vec<u8>, FloorError> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(failed)?;
    let key = ed25519_dalek::SigningKey::from_bytes(&seed);
    let signature = key.sign(&text);
    key.verifying_key()
        .verify_strict(&text, &signature)
        .map_err(failed)?;
    let cipher = XChaCha20Poly1305::new(&seed.into());
    let nonce = chacha20poly1305::XNonce::from([7; 24]);
    let hidden = cipher.encrypt(&nonce, text.as_slice()).map_err(failed)?;
    let shown = cipher.decrypt(&nonce, hidden.as_slice()).map_err(failed)?;
    Ok(sha2::Sha256::digest(shown).to_vec())
}

/// A record through each of the formats.
#[uniffi::export]
fn formats(json: String) -> Result<String, FloorError> {
    let record: Record = serde_json::from_str(&json).map_err(failed)?;
    let cbor = minicbor::to_vec(&record).map_err(failed)?;
    let record: Record = minicbor::decode(&cbor).map_err(failed)?;
    let value: serde_json::Value = serde_json::from_str(&json).map_err(failed)?;
    let id = uuid::Uuid::parse_str(&record.name).map_err(failed)?;
    let time = chrono::Local
        .timestamp_millis_opt(record.number)
        .single()
        .ok_or_else(|| failed("no such time"))?;
    let read = chrono::DateTime::parse_from_rfc3339(&record.name).map_err(failed)?;
    let code = base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let bytes = code.decode(code.encode(cbor)).map_err(failed)?;
    Ok(format!(
        "{value} {id} {} {read} {}",
        time.format("%Y-%m-%dT%H:%M:%S%:z"),
        crc32fast::hash(&bytes)
    ))
}

/// Packs and unpacks what a mapped file holds.
#[uniffi::export]
fn packed(path: String) -> Result<Vec<u8>, FloorError> {
    let file = std::fs::File::open(path).map_err(failed)?;
    // SAFETY: nobody calls this; it is linked and weighed.
    let mapped = unsafe { memmap2::Mmap::map(&file) }.map_err(failed)?;
    let mut packing = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    packing.write_all(&mapped).map_err(failed)?;
    let small = packing.finish().map_err(failed)?;
    let mut out = Vec::new();
    flate2::read::DeflateDecoder::new(small.as_slice())
        .read_to_end(&mut out)
        .map_err(failed)?;
    Ok(out)
}

/// Packs and unpacks as exchanges do.
#[uniffi::export]
fn exchanged(body: Vec<u8>) -> Result<Vec<u8>, FloorError> {
    let small = ruzstd::encoding::compress_to_vec(
        body.as_slice(),
        ruzstd::encoding::CompressionLevel::Fastest,
    );
    let mut out = Vec::new();
    ruzstd::decoding::StreamingDecoder::new(small.as_slice())
        .map_err(failed)?
        .read_to_end(&mut out)
        .map_err(failed)?;
    Ok(out)
}

/// Grows a key of a passphrase.
#[uniffi::export]
fn grown(passphrase: String, salt: Vec<u8>) -> Result<Vec<u8>, FloorError> {
    let mut key = vec![0; 32];
    let params = Params::new(19 * 1024, 2, 1, Some(key.len())).map_err(failed)?;
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.as_bytes(), &salt, &mut key)
        .map_err(failed)?;
    Ok(key)
}

/// How much room a medium has, and a curve of the functions that a plane takes.
#[uniffi::export]
fn measured(folder: String, x: f64, y: f64) -> Result<f64, FloorError> {
    let room = rustix::fs::statvfs(folder.as_str()).map_err(failed)?;
    let curve = libm::atan2(libm::sin(x), libm::cos(y)) + libm::hypot(x, y) + libm::sqrt(x);
    let high = libm::sinh(x) + libm::cosh(y) + libm::asinh(x) + libm::atanh(y);
    Ok(libm::round(curve + high) * room.f_bavail as f64)
}
