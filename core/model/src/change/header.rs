//! The chunk, its header and its table of columns: everything before the rows.

use sha2::{Digest as _, Sha256};

use super::columns::{Columns, spec};
use super::cursor::Cursor;
use super::{ChangeError, Limits};
use crate::ids::{ActorId, ChangeHash};

pub(super) const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
pub(super) const CHANGE_CHUNK: u8 = 1;
/// Magic and checksum, which the hash does not cover.
pub(super) const UNHASHED: usize = 8;

/// What stands before the rows of a change.
pub(super) struct Header<'a> {
    pub(super) hash: ChangeHash,
    pub(super) deps: Vec<ChangeHash>,
    pub(super) actor: ActorId,
    pub(super) seq: u64,
    pub(super) start_op: u64,
    /// The one actor besides the author that an entry may need: the root's.
    pub(super) other_actor: Option<ActorId>,
    pub(super) columns: Columns<'a>,
}

/// The header of the one change that `bytes` consist of.
pub(super) fn parse<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Header<'a>, ChangeError> {
    if bytes.len() > limits.max_bytes {
        return Err(ChangeError::TooLong {
            len: bytes.len(),
            max: limits.max_bytes,
        });
    }
    let (hash, body) = chunk(bytes)?;
    let mut body = Cursor::new(body);
    let deps = deps(&mut body)?;
    let actor = actor(&mut body)?;
    let (seq, start_op) = (body.uleb()?, body.uleb()?);
    time_and_message(&mut body)?;
    let other_actor = other_actor(&mut body)?;
    let columns = columns(&mut body)?;
    if !body.is_empty() {
        return Err(ChangeError::ExtraBytes(body.remaining()));
    }
    Ok(Header {
        hash,
        deps,
        actor,
        seq,
        start_op,
        other_actor,
        columns,
    })
}

/// SHA-256 as Automerge takes it: over type, length and body.
pub(super) fn hash_of(bytes: &[u8]) -> ChangeHash {
    ChangeHash(Sha256::digest(bytes.get(UNHASHED..).unwrap_or_default()).into())
}

fn chunk(bytes: &[u8]) -> Result<(ChangeHash, &[u8]), ChangeError> {
    let mut chunk = Cursor::new(bytes);
    if chunk.take(4)? != MAGIC {
        return Err(ChangeError::NotAChunk);
    }
    let checksum = chunk.take(4)?;
    chunk_type(chunk.byte()?)?;
    let body = chunk.counted()?;
    if !chunk.is_empty() {
        return Err(ChangeError::TrailingBytes(chunk.remaining()));
    }
    let hash = hash_of(bytes);
    if hash.0[..4] != *checksum {
        return Err(ChangeError::ChecksumMismatch);
    }
    Ok((hash, body))
}

fn chunk_type(number: u8) -> Result<(), ChangeError> {
    match number {
        CHANGE_CHUNK => Ok(()),
        0 => Err(ChangeError::DocumentChunk),
        2 => Err(ChangeError::CompressedChunk),
        3 => Err(ChangeError::BundleChunk),
        other => Err(ChangeError::UnknownChunkType(other)),
    }
}

fn deps(body: &mut Cursor<'_>) -> Result<Vec<ChangeHash>, ChangeError> {
    let mut deps = Vec::new();
    for _ in 0..body.uleb()? {
        let mut hash = [0; 32];
        hash.copy_from_slice(body.take(32)?);
        deps.push(ChangeHash(hash));
    }
    Ok(deps)
}

fn actor(body: &mut Cursor<'_>) -> Result<ActorId, ChangeError> {
    let bytes = body.counted()?;
    ActorId::from_slice(bytes).ok_or(ChangeError::ActorLength(bytes.len()))
}

fn time_and_message(body: &mut Cursor<'_>) -> Result<(), ChangeError> {
    if body.sleb()? != 0 {
        return Err(ChangeError::TimeSet);
    }
    if !body.counted()?.is_empty() {
        return Err(ChangeError::MessageSet);
    }
    Ok(())
}

fn other_actor(body: &mut Cursor<'_>) -> Result<Option<ActorId>, ChangeError> {
    match body.uleb()? {
        0 => Ok(None),
        1 => actor(body).map(Some),
        _ => Err(ChangeError::UnusedActor),
    }
}

/// The table of columns, and the slice of each.
///
/// The table is bounded by its own order: each spec is above the one before, and few are known.
fn columns<'a>(body: &mut Cursor<'a>) -> Result<Columns<'a>, ChangeError> {
    let mut table: Vec<(u32, u64)> = Vec::new();
    for _ in 0..body.uleb()? {
        let spec = u32::try_from(body.uleb()?).map_err(|_| ChangeError::NumberTooLarge)?;
        spec::check(table.last().map(|(last, _)| *last), spec)?;
        table.push((spec, body.uleb()?));
    }
    let mut columns = Columns::default();
    for (spec, len) in table {
        let len = usize::try_from(len).map_err(|_| ChangeError::Truncated)?;
        columns.push(spec, body.take(len)?);
    }
    Ok(columns)
}
