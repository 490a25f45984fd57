//! Packs and photos down, each checked against the hash that it was asked for by.

use std::sync::Arc;

use gewu_model::crypto::{StandardSuite, sha256};
use gewu_model::entry::SeenState;
use gewu_model::ids::Digest;
use rusqlite::Connection;

use super::apply::Wanted;
use super::http::{Traffic, Trouble, refused, send_resource};
use crate::api::{CancelToken, PackWhy};
use crate::error::{DeviceError, Result};
use crate::grids::Fetch;
use crate::host::{HttpRequest, LogLevel, Method};
use crate::packs::{GRID, Packs, check};
use crate::sdk::Core;
use crate::store::faults::{self, Came};
use crate::store::{cases, packs};
use crate::write::{CaseLog, project, sign_for};

/// Fetches a pack, checks it and puts it in force, all or nothing. `false` when the server has
/// none or this version cannot use it.
pub(crate) fn download_pack(
    core: &Core,
    digest: &Digest,
    wanted: &Wanted,
    cancel: &CancelToken,
    traffic: &mut Traffic,
) -> std::result::Result<bool, Trouble> {
    if let Wanted::Offered { signed, .. } = wanted {
        let identity = core.identity()?;
        let header = signed.verify(&StandardSuite, &identity.server_key, &identity.city);
        let header = header.map_err(DeviceError::from)?;
        if header.kind == GRID {
            let fetch = Fetch {
                core,
                header: &header,
                signed,
                cancel,
                traffic,
            };
            return fetch.run();
        }
    }
    let useful = match fetched(core, digest, traffic)? {
        Some(body) => keep(core, digest, wanted, &body)?,
        None => false,
    };
    match useful {
        true => core.forget_packs(),
        false => core.log(LogLevel::Warn, "a pack could not be used"),
    }
    Ok(useful)
}

/// The body of that digest: one that lies here under another name, or the server's.
fn fetched(
    core: &Core,
    digest: &Digest,
    traffic: &mut Traffic,
) -> std::result::Result<Option<Vec<u8>>, Trouble> {
    if let Some(held) = core.read(|tx| packs::body(tx, digest))?
        && sha256(&held) == *digest
    {
        return Ok(Some(held));
    }
    let request = HttpRequest::new(Method::Get, format!("/v1/packs/{digest}"));
    let response = send_resource(core, request, traffic)?;
    let right = response.is_success() && sha256(&response.body) == *digest;
    Ok(right.then_some(response.body))
}

/// Keeps a body that this version can use, and remembers of any other why not: the bytes are those that
/// the city signed, so they will not be better the next time.
fn keep(core: &Core, digest: &Digest, wanted: &Wanted, body: &[u8]) -> Result<bool> {
    let identity = core.identity()?;
    let header = match wanted {
        Wanted::Offered { signed, .. } => {
            let key = &identity.server_key;
            Some((signed, signed.verify(&StandardSuite, key, &identity.city)?))
        }
        Wanted::Pinned(_) => None,
    };
    let (kind, version) = match (wanted, &header) {
        (Wanted::Pinned(kind), _) => (kind.as_str(), 0),
        (_, Some((_, header))) => (header.kind.as_str(), header.version),
        (Wanted::Offered { .. }, None) => return Ok(false),
    };
    let came = Came {
        digest,
        kind,
        version,
    };
    let whole = header
        .as_ref()
        .is_none_or(|(_, header)| header.check_body(body).is_ok());
    let checked = match whole {
        true => check(kind, body),
        false => Err(PackWhy::Unreadable),
    };
    if let Err(why) = checked {
        core.write(|tx| faults::put_refusal(tx, came, why))?;
        return Ok(false);
    }
    put(core, digest, |tx| {
        faults::forget(tx, digest)?;
        match &header {
            Some((signed, header)) => packs::activate(tx, header, signed, Some(body)),
            None => packs::keep_pinned(tx, digest, kind, body),
        }
    })?;
    Ok(true)
}

/// Keeps a pack, and folds the cases that waited for it by its rules, all in one transaction.
fn put(core: &Core, digest: &Digest, keep: impl FnOnce(&Connection) -> Result<()>) -> Result<()> {
    core.write(|tx| {
        keep(tx)?;
        let waiting = cases::pinning(tx, digest)?;
        if waiting.is_empty() {
            return Ok(());
        }
        let pen = core.pen_with(Arc::new(Packs::load(tx, &core.options.bundled)?))?;
        for case in waiting {
            let mut log = CaseLog::load(tx, &case)?;
            project(tx, &pen.packs, &log)?;
            // The task may have come before the rules that want its receipt.
            sign_for(tx, &pen, &mut log, SeenState::Received)?;
        }
        Ok(())
    })
}

/// The bytes of a photo, from the server.
pub(crate) fn download_photo(core: &Core, digest: &Digest) -> Result<Vec<u8>> {
    let request = HttpRequest::new(Method::Get, format!("/v1/media/{digest}"));
    let response = send_resource(core, request, &mut Traffic::default())?;
    match response.status {
        200 if sha256(&response.body) == *digest => Ok(response.body),
        200 => Err(DeviceError::Untrusted(
            "the photo is not the one that was asked for",
        )),
        403 | 404 | 410 => Err(DeviceError::NotFound("the photo")),
        _ => Err(refused(&response)),
    }
}
