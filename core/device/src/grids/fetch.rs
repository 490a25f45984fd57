//! A grid pack from the server, part by part.

use gewu_grid::file::{GridFile, PackFault};
use gewu_grid::transfer;
use gewu_model::crypto::sha256;
use gewu_model::ids::Digest;
use gewu_model::pack::{PackHeader, SignedPack};
use gewu_sync::machine::Failure;

use super::{PARTS, path};
use crate::api::{CancelToken, PackWhy};
use crate::error::Result;
use crate::files::Files;
use crate::host::{HttpRequest, HttpResponse, LogLevel, Method};
use crate::sdk::Core;
use crate::store::faults::{self, Came};
use crate::store::packs;
use crate::sync::{Traffic, Trouble, send_resource};

/// The size of a part while the connection holds.
const PART: u64 = 256 << 10;
/// The smallest part that a bad connection is asked to carry.
const LEAST: u64 = 8 << 10;
/// The largest pack that a device takes, in bytes.
const MOST_BYTES: u64 = 512 << 20;

/// One pack on its way.
pub(crate) struct Fetch<'a> {
    pub(crate) core: &'a Core,
    pub(crate) header: &'a PackHeader,
    pub(crate) signed: &'a SignedPack,
    pub(crate) cancel: &'a CancelToken,
    pub(crate) traffic: &'a mut Traffic,
}

/// What comes over the wire: the compressed form where this version knows it, or the body itself.
#[derive(Debug, Clone, Copy)]
struct Form {
    sha256: Digest,
    bytes: u64,
    compressed: bool,
}

/// Why what came is of no use.
enum Useless {
    /// It is not what was asked for, or the server has none: another time it may be.
    Now,
    /// It is what the city signed, and no pack that this version can open.
    Ever,
}

type Step<T> = std::result::Result<T, Trouble>;

impl Fetch<'_> {
    /// Fetches the pack and puts it in force, all or nothing. `false` when it is of no use.
    pub(crate) fn run(mut self) -> Step<bool> {
        let form = self.form();
        let useless = match self.parts(form)? {
            true => match self.take(form)? {
                Ok(()) => return Ok(true),
                Err(useless) => useless,
            },
            false => Useless::Now,
        };
        // Nothing of it serves another try.
        self.forget_parts(&form.sha256)?;
        let now = self.core.stamp().at;
        self.core.write(|tx| match useless {
            Useless::Now => faults::put_rest(tx, self.came(), now),
            Useless::Ever => faults::put_refusal(tx, self.came(), PackWhy::Unreadable),
        })?;
        self.core
            .log(LogLevel::Warn, "a grid pack could not be used");
        Ok(false)
    }

    fn came(&self) -> Came<'_> {
        Came {
            digest: &self.header.body,
            kind: &self.header.kind,
            version: self.header.version,
        }
    }

    fn form(&self) -> Form {
        let known = self.header.transfer.as_ref();
        match known.filter(|form| form.encoding == transfer::ENCODING) {
            Some(form) => Form {
                sha256: form.sha256,
                bytes: form.bytes,
                compressed: true,
            },
            None => Form {
                sha256: self.header.body,
                bytes: self.header.bytes,
                compressed: false,
            },
        }
    }

    fn files(&self) -> &dyn Files {
        &*self.core.options.host.files
    }

    /// Fetches what is missing; whether all parts are here.
    fn parts(&mut self, form: Form) -> Step<bool> {
        if form.bytes.max(self.header.bytes) > MOST_BYTES {
            return Ok(false);
        }
        let mut have = self.held(form)?;
        while have < form.bytes {
            if self.cancel.is_cancelled() {
                return Err(Failure::Cancelled.into());
            }
            // What is still to come, and the pack itself beside its parts.
            let needed = (form.bytes - have).saturating_add(self.header.bytes);
            self.core.check_disk(needed)?;
            have = match self.part(form, have)? {
                Some(have) => have,
                None => return Ok(false),
            };
        }
        Ok(true)
    }

    /// How many bytes lie here one behind the other; what does not fit goes.
    fn held(&self, form: Form) -> Result<u64> {
        let files = self.files();
        let mut have = 0;
        for part in files.list(&folder(&form.sha256))? {
            let len = files.len(&part)?.unwrap_or(0);
            if part == part_path(&form.sha256, have) && len > 0 && have + len <= form.bytes {
                have += len;
            } else {
                files.remove(&part)?;
            }
        }
        Ok(have)
    }

    /// One part from `have` on; how much is here then, or `None` when the server has no such bytes.
    fn part(&mut self, form: Form, have: u64) -> Step<Option<u64>> {
        let cuts = self.core.read(|tx| faults::cuts(tx, self.came()))?;
        let size = (PART >> cuts.min(16)).max(LEAST);
        let end = form.bytes.min(have + size);
        let request = HttpRequest::new(Method::Get, format!("/v1/packs/{}", form.sha256))
            .header("range", format!("bytes={have}-{}", end - 1));
        let response = match send_resource(self.core, request, self.traffic) {
            Err(Trouble::Failed(Failure::Offline)) => {
                // A connection that breaks within a part is asked for less the next time.
                self.core
                    .write(|tx| faults::put_cut(tx, self.came(), cuts + 1))?;
                return Err(Failure::Offline.into());
            }
            answer => answer?,
        };
        match response.status {
            206 if begins_at(&response, have) && fits(&response, form.bytes - have) => {
                self.put(form, have, &response.body)
            }
            // A server that knows no ranges sends everything.
            200 if response.body.len() as u64 == form.bytes => {
                self.forget_parts(&form.sha256)?;
                self.put(form, 0, &response.body)
            }
            _ => Ok(None),
        }
    }

    fn put(&self, form: Form, at: u64, bytes: &[u8]) -> Step<Option<u64>> {
        let path = part_path(&form.sha256, at);
        let put = self.files().put_atomic(&path, bytes);
        put.map_err(crate::error::DeviceError::from)?;
        Ok(Some(at + bytes.len() as u64))
    }

    fn forget_parts(&self, sha256: &Digest) -> Result<()> {
        let files = self.files();
        for part in files.list(&folder(sha256))? {
            files.remove(&part)?;
        }
        Ok(())
    }

    /// Makes the parts a pack and puts it in force.
    fn take(&self, form: Form) -> Step<std::result::Result<(), Useless>> {
        let files = self.files();
        let mut came = Vec::new();
        for part in files
            .list(&folder(&form.sha256))
            .map_err(crate::error::DeviceError::from)?
        {
            came.extend(files.read(&part).map_err(crate::error::DeviceError::from)?);
        }
        if sha256(&came) != form.sha256 {
            return Ok(Err(Useless::Now));
        }
        let body = match form.compressed {
            true => transfer::unpack(&came, self.header.bytes).ok(),
            false => Some(came),
        };
        let Some(body) = body.filter(|body| self.header.check_body(body).is_ok()) else {
            return Ok(Err(Useless::Ever));
        };
        if check(&body, self.header).is_err() {
            return Ok(Err(Useless::Ever));
        }
        Ok(Ok(self.activate(form, body)?))
    }

    /// The file first, then the row that names it.
    fn activate(&self, form: Form, body: Vec<u8>) -> Result<()> {
        let digest = self.header.body;
        self.files().put_atomic(&path(&digest), &body)?;
        drop(body);
        let mapped = self.files().map(&path(&digest))?;
        GridFile::open(mapped, digest).map_err(|_| crate::error::DeviceError::Damaged)?;
        self.core.write(|tx| {
            packs::activate(tx, self.header, self.signed, None)?;
            faults::forget(tx, &digest)
        })?;
        self.core.forget_packs();
        self.forget_parts(&form.sha256)
    }
}

/// A pack that can be opened, whole, of the version that the header says.
fn check(body: &[u8], header: &PackHeader) -> std::result::Result<(), PackFault> {
    let file = GridFile::open(body, header.body)?;
    file.verify_all()?;
    file.cut()?;
    let about = file.about()?;
    match about.version == header.version {
        true => Ok(()),
        false => Err(PackFault::Header),
    }
}

fn folder(sha256: &Digest) -> String {
    format!("{PARTS}/{sha256}")
}

/// The names of parts sort by where they begin.
fn part_path(sha256: &Digest, at: u64) -> String {
    format!("{}/{at:012}", folder(sha256))
}

fn begins_at(response: &HttpResponse, at: u64) -> bool {
    let range = response.header("content-range");
    range.is_some_and(|range| range.trim().starts_with(&format!("bytes {at}-")))
}

fn fits(response: &HttpResponse, most: u64) -> bool {
    (1..=most).contains(&(response.body.len() as u64))
}
