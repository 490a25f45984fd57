//! Running a server, and looking after its folder.

use std::path::Path;

use gewu::host::{Clock, SystemClock};
use gewu_grid::file::GridFile;
use gewu_model::crypto::sha256;
use gewu_model::policy;
use gewu_server::{CardKeySource, Core, CoreOptions, Publication, Running, ServeOptions, TlsFiles};
use serde_json::{Value, json};

use crate::args::{ServeArgs, ServerCommand};
use crate::out::{Failure, Out, Outcome};
use crate::packs;

/// Serves until the process is asked to end.
pub(crate) fn serve(args: &ServeArgs, out: Out) -> Outcome {
    crate::log::begin(args.log, args.log_format);
    let packs = Packs::read(args)?;
    let mut options = ServeOptions::new(&args.dir);
    options.listen = args.listen;
    options.plain_http = args.plain_http;
    let tls = args.tls_cert.clone().zip(args.tls_key.clone());
    options.tls = tls.map(|(cert, key)| TlsFiles { cert, key });
    options.settings.citizens = !args.no_citizens;
    options.settings.max_unfinished_bytes = args.unfinished_bytes;
    options.clock_is_right = args.clock_is_right;
    let every = std::time::Duration::from_secs(args.services_every);
    options.services = (!every.is_zero()).then_some(every);
    if let Some(file) = &args.card_key {
        options.card_key = CardKeySource::File(file.clone());
    }
    gewu_server::run(options, |running| ready(args, &packs, running, out))
}

/// The packs that were named, read and looked at before a folder is made for a server that could not
/// publish them.
struct Packs {
    policy: Option<Vec<u8>>,
    catalogue: Option<Vec<u8>>,
    grid: Option<Vec<u8>>,
}

impl Packs {
    fn read(args: &ServeArgs) -> Result<Self, Failure> {
        Ok(Self {
            policy: named("policy", args.policy.as_deref())?,
            catalogue: named("catalogue", args.catalogue.as_deref())?,
            grid: named("grid", args.grid.as_deref())?,
        })
    }
}

/// The body in a file, if its kind's own reader takes it.
fn named(kind: &str, file: Option<&Path>) -> Result<Option<Vec<u8>>, Failure> {
    let Some(path) = file else { return Ok(None) };
    let body = match packs::national(kind, path) {
        Some(body) => body.to_vec(),
        None => crate::pack::read_body(path).map_err(|error| {
            Failure::new(format!(
                "cannot read the {kind} {}: {error}",
                path.display()
            ))
        })?,
    };
    let allowed = crate::pack::check_decides(kind, &body);
    match allowed.and_then(|()| crate::pack::check(kind, &body)) {
        Ok(_) => Ok(Some(body)),
        Err(why) => Err(unpublished(kind, path, &why)),
    }
}

fn unpublished(kind: &str, path: &Path, why: &str) -> Failure {
    Failure::new(format!(
        "the {kind} {} is not published: {why}",
        path.display()
    ))
}

/// Publishes the packs that were named, fills in what a new city lacks, and says where it listens.
fn ready(args: &ServeArgs, named: &Packs, running: &Running, out: Out) -> Outcome {
    let core = running.core();
    let policy = named.policy.as_deref().zip(args.policy.as_deref());
    publish(core, "policy", policy, policy::BUILT_IN)?;
    let catalogue = named.catalogue.as_deref().zip(args.catalogue.as_deref());
    publish(core, "catalogue", catalogue, packs::CATALOGUE)?;
    let grid = named.grid.as_deref().zip(args.grid.as_deref());
    publish(core, "grid", grid, packs::GRID)?;
    let packs = core.packs_in_force()?;
    if args.grid.is_some() {
        let maps = packs.iter().filter(|pack| pack.kind == "grid");
        maps.for_each(|pack| out.progress(&format!("map in force: {}", crate::pack::line(pack))));
    }
    let warning = core.clock_warning(SystemClock.now())?;
    if let Some(warning) = &warning {
        out.progress(warning);
    }
    let url = running.url();
    if let Some(file) = &args.ready_file {
        // Written aside and renamed: whoever waits for the file never reads half a URL.
        let aside = file.with_extension("part");
        std::fs::write(&aside, &url)?;
        std::fs::rename(&aside, file)?;
    }
    let token = args.dir.join("operator.token");
    let root = crate::bundle::spell(&core.anchor().root);
    let packs: Vec<Value> = packs.iter().map(crate::pack::header_json).collect();
    let mut value = json!({ "url": url, "token_file": token, "root": root, "packs": packs });
    if let Some(warning) = warning {
        value["warning"] = json!(warning);
    }
    out.say(&value, || {
        format!(
            "listening on {url}; the operator's token is in {}; end with ctrl-c\nthe city's root key is {root}",
            token.display()
        )
    });
    Ok(())
}

/// Publishes what a file held, or `built_in` where the city has no pack of that kind yet.
fn publish(core: &Core, kind: &str, read: Option<(&[u8], &Path)>, built_in: &[u8]) -> Outcome {
    let now = SystemClock.now();
    match read {
        Some((body, path)) => {
            // What is in force goes on, whatever a newer program would refuse.
            let in_force = core.packs_in_force()?;
            let allowed = match in_force.iter().any(|pack| pack.body == sha256(body)) {
                true => Ok(()),
                false => crate::pack::check_allows(kind, body),
            };
            let published = allowed
                .and_then(|()| version(kind, body))
                .and_then(|version| {
                    let publication = Publication {
                        kind,
                        name: kind,
                        version,
                        audience: None,
                        body,
                        // The fictional district that a new server begins with gives way to a real one.
                        over: Some(sha256(built_in)),
                    };
                    let done = core.publish_as(&publication, now);
                    done.map_err(|error| error.to_string())
                });
            published.map_err(|why| unpublished(kind, path, &why))?;
        }
        None if core.has_pack(kind)? => {}
        None => {
            core.publish_pack(
                kind,
                kind,
                version(kind, built_in).map_err(Failure::new)?,
                built_in,
                now,
            )?;
        }
    }
    Ok(())
}

/// The version that a pack's body gives itself.
fn version(kind: &str, body: &[u8]) -> Result<u64, String> {
    if kind == "grid" {
        let file = GridFile::open_unsigned(body).map_err(|fault| fault.to_string())?;
        return Ok(file.about().map_err(|fault| fault.to_string())?.version);
    }
    let own = serde_json::from_slice::<Value>(body).ok();
    Ok(own.and_then(|body| body["version"].as_u64()).unwrap_or(1))
}

/// Reads a server's files again; a failure when one is damaged or gone.
fn scrub(dir: &Path, out: Out) -> Outcome {
    if !dir.join("gewu.db").is_file() {
        return Err(Failure::new(format!(
            "{} holds no server: name the folder with gewu.db in it",
            dir.display()
        )));
    }
    let now = SystemClock.now();
    let core = Core::open_beside(CoreOptions::in_folder(dir)?, now)?;
    let found = core.scrub(now, &mut |files| {
        if files % 1_000 == 0 {
            out.progress(&format!("{files} files read"));
        }
    })?;
    out.say(&serde_json::to_value(&found)?, || {
        let damaged = found.damaged.iter().map(|file| format!("\ndamaged {file}"));
        let missing = found.missing.iter().map(|file| format!("\nmissing {file}"));
        let lost: String = damaged.chain(missing).collect();
        format!(
            "{} files read ({} bytes): {} damaged, {} missing{lost}",
            found.files,
            found.bytes,
            found.damaged.len(),
            found.missing.len()
        )
    });
    match found.damaged.len() + found.missing.len() {
        0 => Ok(()),
        lost => Err(Failure::new(format!(
            "{lost} files are damaged or gone: the devices that brought them are asked to send them again; what no device holds any more is in a backup"
        ))),
    }
}

/// Backs a server up, restores one, or looks after its files.
pub(crate) fn maintain(command: &ServerCommand, out: Out) -> Outcome {
    let (copied, words) = match command {
        ServerCommand::Scrub { dir } => return scrub(dir, out),
        ServerCommand::Backup { dir, to } => (
            gewu_server::backup(dir, to, SystemClock.now())?,
            format!("backed up to {}", to.display()),
        ),
        ServerCommand::Restore { from, dir } => (
            gewu_server::restore(from, dir)?,
            format!(
                "restored to {}; devices will offer again what it lacks; devices retired, marked as compromised or to be \
                 cleared and tokens revoked since the copy are in use again: `gewu op devices`, `gewu op tokens`",
                dir.display()
            ),
        ),
    };
    out.say(&json!({ "done": true, "files": copied.files }), || words);
    Ok(())
}
