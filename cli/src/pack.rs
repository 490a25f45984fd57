//! Packs on the command line: signing, checking, reading.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use gewu::host::{Clock, SystemClock};
use gewu_evidence::Font;
use gewu_grid::file::GridFile;
use gewu_model::catalogue::Catalogue;
use gewu_model::cert::{CertError, SignedCertificate};
use gewu_model::crypto::{PublicKey, Signer, StandardSuite, sha256};
use gewu_model::deadline::{Calendar, Limit};
use gewu_model::ids::{CityId, Digest};
use gewu_model::labels::LabelTable;
use gewu_model::once::check_once;
use gewu_model::pack::{PackAudience, PackFile, PackHeader, SignedPack};
use gewu_model::policy::Policy;
use serde_json::{Value, json};

use crate::args::{PackCommand, PackInfoArgs, SignArgs, VerifyPackArgs};
use crate::out::{Failure, Out, Outcome, plain};

pub(crate) fn run(command: &PackCommand, out: Out) -> Outcome {
    match command {
        PackCommand::Sign(args) => sign(args, out),
        PackCommand::Verify(args) => verify(args, out),
        PackCommand::Info(args) => info(args, out),
    }
}

/// What a body says of itself.
pub(crate) struct About {
    pub(crate) kind: Option<String>,
    pub(crate) version: Option<u64>,
}

/// Reads what a JSON body calls itself: `"format": "gewu-KIND/N"` and `"version"`.
pub(crate) fn about(body: &[u8]) -> About {
    let read: Value = serde_json::from_slice(body).unwrap_or_default();
    let format = read["format"]
        .as_str()
        .and_then(|format| format.strip_prefix("gewu-"));
    let kind = format.and_then(|format| format.split('/').next());
    About {
        kind: kind.map(str::to_owned),
        version: read["version"].as_u64(),
    }
}

/// Refuses a body that the kind's own reader refuses, or that nobody could use; what to look at again in
/// one that it takes.
pub(crate) fn check(kind: &str, body: &[u8]) -> Result<Vec<String>, String> {
    match kind {
        "policy" => {
            let policy = Policy::from_json(body).map_err(|error| error.to_string())?;
            let unknown = policy.unknown_kinds().into_iter();
            Ok(unknown
                .map(|kind| format!("this version knows no kind {kind}: check its spelling"))
                .chain(policy.idle(body, None))
                .collect())
        }
        "catalogue" => {
            let read = Catalogue::from_json(body).map_err(|error| error.to_string())?;
            read.check_whole().map_err(|error| error.to_string())?;
            Ok(unread_limits(&read).into_iter().collect())
        }
        "calendar" => {
            let read = Calendar::from_json(body).map_err(|error| error.to_string())?;
            match read.ever_works() {
                true => Ok(unknown_keys(body)),
                false => Err("no day of the calendar has working time".to_owned()),
            }
        }
        "labels" => LabelTable::from_json(body)
            .map(|_| Vec::new())
            .map_err(|error| error.to_string()),
        "font" => Font::new(body.to_vec())
            .map(|_| Vec::new())
            .map_err(|error| error.to_string()),
        "grid" => {
            let file = GridFile::open_unsigned(body).map_err(|fault| fault.to_string())?;
            file.verify_all().map_err(|fault| fault.to_string())?;
            Ok(Vec::new())
        }
        other => Ok(vec![format!(
            "this version reads no packs of the kind {}: devices will have no use for it",
            plain(other)
        )]),
    }
}

/// Keys that no calendar has.
fn unknown_keys(body: &[u8]) -> Vec<String> {
    let keys = Calendar::unknown_keys(body).into_iter();
    keys.map(|key| {
        format!(
            "no calendar has the key {}: check its spelling",
            plain(&key)
        )
    })
    .collect()
}

/// Refuses a policy or calendar that cannot be meant. One that is signed already is only looked at.
pub(crate) fn check_allows(kind: &str, body: &[u8]) -> Result<(), String> {
    check_once(body).map_err(|twice| twice.to_string())?;
    match kind {
        "policy" => {
            let policy = Policy::from_json(body).map_err(|error| error.to_string())?;
            policy.check_allows(body).map_err(|error| error.to_string())
        }
        "calendar" => {
            Calendar::check_week(body).map_err(str::to_owned)?;
            unknown_keys(body).into_iter().next().map_or(Ok(()), Err)
        }
        _ => Ok(()),
    }
}

/// Refuses a policy under which every case would stay as it is.
pub(crate) fn check_decides(kind: &str, body: &[u8]) -> Result<(), String> {
    match kind {
        "policy" => {
            let policy = Policy::from_json(body).map_err(|error| error.to_string())?;
            policy
                .check_decides(body)
                .map_err(|error| error.to_string())
        }
        _ => Ok(()),
    }
}

/// Limits that no calendar can reckon with stay as they are written.
fn unread_limits(catalogue: &Catalogue) -> Option<String> {
    let limits = catalogue.limits().map(|(_, limit)| limit);
    let unread: BTreeSet<&str> = limits
        .filter(|limit| Limit::parse(limit).is_err())
        .collect();
    let first: Vec<String> = unread.iter().take(3).map(|limit| plain(limit)).collect();
    let more = if unread.len() > first.len() {
        ", …"
    } else {
        ""
    };
    (!unread.is_empty()).then(|| {
        format!(
            "{} limits cannot be read, and no clock will run by them: {}{more}",
            unread.len(),
            first.join(", ")
        )
    })
}

/// Refuses to keep from some what every case pins, as the server does.
fn check_audience(kind: &str, audience: Option<&PackAudience>) -> Outcome {
    match audience {
        Some(PackAudience::Unknown) => Err(Failure::usage(
            "--audience is public, staff, operator or duty-grid:G",
        )),
        Some(some) if matches!(kind, "policy" | "catalogue") && *some != PackAudience::Public => {
            Err(Failure::usage(format!(
                "a {kind} is for everybody: whoever holds a case reads it by the {kind} that the case pins; leave --audience out"
            )))
        }
        _ => Ok(()),
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    read_body(path).map_err(|error| Failure::usage(format!("{}: {error}", path.display())))
}

/// The bytes of a pack's file. JSON loses the mark that some editors put before it (BOM): a device would
/// not read past it.
pub(crate) fn read_body(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = std::fs::read(path)?;
    let marked = bytes.strip_prefix(b"\xef\xbb\xbf");
    if marked.is_some_and(|json| json.trim_ascii_start().starts_with(b"{")) {
        bytes.drain(..3);
    }
    Ok(bytes)
}

/// Who signs for which city.
struct Pen {
    signer: Arc<dyn Signer>,
    city: CityId,
    server: Option<SignedCertificate>,
}

fn pen(args: &SignArgs) -> Result<Pen, Failure> {
    if let Some(folder) = &args.server {
        let (signer, anchor) = gewu_server::signing_keys(folder)?;
        return Ok(Pen {
            signer,
            city: anchor.city(),
            server: Some(anchor.server),
        });
    }
    let (Some(key), Some(root)) = (&args.key, &args.root) else {
        return Err(Failure::usage(
            "name the server's folder, or its key and the city's root",
        ));
    };
    Ok(Pen {
        signer: gewu_server::read_key(key)?,
        city: CityId(crate::bundle::root_key(root)?.digest().0),
        server: None,
    })
}

fn sign(args: &SignArgs, out: Out) -> Outcome {
    let body = read(&args.file)?;
    let own = about(&body);
    let kind = args
        .kind
        .clone()
        .or(own.kind)
        .ok_or_else(|| Failure::usage("the body does not say what it is: name its --kind"))?;
    if kind == "grid" {
        return Err(Failure::usage(
            "a map is cut and signed by the server itself: give it to gewu serve --grid, or to gewu op publish",
        ));
    }
    let warnings = check(&kind, &body).map_err(Failure::new)?;
    check_allows(&kind, &body).map_err(Failure::new)?;
    let version = args.pack_version.or(own.version).ok_or_else(|| {
        Failure::usage("the body does not say its version: name it with --pack-version")
    })?;
    if own.version.is_some_and(|own| own != version) {
        return Err(Failure::usage(
            "the body says another version than --pack-version: change one of them",
        ));
    }
    let audience = args.audience.as_deref().map(PackAudience::from_text);
    check_audience(&kind, audience.as_ref())?;
    let pen = pen(args)?;
    let header = PackHeader {
        city: pen.city,
        name: args.name.clone().unwrap_or_else(|| kind.clone()),
        kind,
        version,
        issued_at: SystemClock.now(),
        body: Digest([0; 32]),
        bytes: 0,
        audience: audience.as_ref().map(PackAudience::to_string),
        transfer: None,
    };
    let pack = SignedPack::sign(&*pen.signer, header, &body)?;
    let file = PackFile::new(pack, pen.server, body);
    let header = file.header()?;
    crate::save::write(&args.output, &[&args.file], &file.to_bytes())?;
    warnings
        .iter()
        .for_each(|words| out.progress(&format!("look again: {words}")));
    let mut value = header_json(&header);
    value["warnings"] = json!(warnings);
    out.say(&value, || format!("signed: {}", line(&header)));
    Ok(())
}

fn verify(args: &VerifyPackArgs, out: Out) -> Outcome {
    let root = crate::bundle::root_key(&args.root)?;
    let file = PackFile::from_bytes(&read(&args.file)?)
        .ok_or_else(|| Failure::new("this is no signed pack: sign it with gewu pack sign"))?;
    let header = file.verify(&StandardSuite, &root)?;
    check(&header.kind, &file.body).map_err(Failure::new)?;
    let mut value = header_json(&header);
    value["good"] = json!(true);
    out.say(&value, || {
        format!("signed by the city's server: {}", line(&header))
    });
    Ok(())
}

fn info(args: &PackInfoArgs, out: Out) -> Outcome {
    let bytes = read(&args.file)?;
    let Some(file) = PackFile::from_bytes(&bytes) else {
        return bare(&bytes, out);
    };
    let header = file.header()?;
    let mut value = header_json(&header);
    let signer = signer(&file);
    value["signed"] = json!(true);
    value["signer"] = json!(signer);
    value["body_matches"] = json!(header.check_body(&file.body).is_ok());
    describe(&mut value, &header.kind, &file.body);
    out.say(&value, || {
        let matches = match header.check_body(&file.body) {
            Ok(()) => String::new(),
            Err(error) => format!("\n{error}"),
        };
        format!(
            "{}\nsigned for the city {} by {}{matches}{}",
            line(&header),
            header.city,
            signer
                .as_deref()
                .unwrap_or("a server whose certificate is not in the file"),
            notes(&value)
        )
    });
    usable(&value)
}

/// Fails for a pack that nobody could use, after all that is known of it was said.
fn usable(value: &Value) -> Outcome {
    match (value["unreadable"].as_str(), &value["body_matches"]) {
        (None, Value::Bool(false)) => Err(Failure::new(
            "the pack cannot be used: its body is not the one that was signed",
        )),
        (Some(why), _) => Err(Failure::new(format!("the pack cannot be used: {why}"))),
        (None, _) => Ok(()),
    }
}

fn bare(body: &[u8], out: Out) -> Outcome {
    let own = about(body);
    let kind = own
        .kind
        .ok_or_else(|| Failure::new("this is no pack that gewu pack knows"))?;
    let mut value = json!({
        "kind": kind, "version": own.version, "sha256": sha256(body), "bytes": body.len(),
        "signed": false,
    });
    describe(&mut value, &kind, body);
    out.say(&value, || {
        let version = own
            .version
            .map_or("?".to_owned(), |version| version.to_string());
        let digest = sha256(body);
        format!(
            "{kind} version {version}, {} bytes, {digest}\nnot signed{}",
            body.len(),
            notes(&value)
        )
    });
    usable(&value)
}

/// Whose certificate the file brings.
fn signer(file: &PackFile) -> Option<String> {
    let named = |certificate: Result<_, CertError>| {
        let certificate: gewu_model::cert::Certificate = certificate.ok()?;
        Some(certificate.key)
    };
    let key: PublicKey = named(file.server.as_ref()?.certificate())?;
    Some(crate::bundle::spell(&key))
}

/// What the kind's own reader says of the body.
fn describe(value: &mut Value, kind: &str, body: &[u8]) {
    match check(kind, body) {
        Ok(warnings) => value["warnings"] = json!(warnings),
        Err(why) => value["unreadable"] = json!(why),
    }
}

fn notes(value: &Value) -> String {
    let warnings = value["warnings"].as_array().into_iter().flatten();
    let warnings = warnings
        .filter_map(Value::as_str)
        .map(|words| format!("\nlook again: {words}"));
    warnings.collect()
}

pub(crate) fn header_json(header: &PackHeader) -> Value {
    json!({
        "kind": header.kind, "name": header.name, "version": header.version,
        "sha256": header.body, "bytes": header.bytes, "audience": header.audience,
        "city": header.city, "issued_at": header.issued_at,
    })
}

pub(crate) fn line(header: &PackHeader) -> String {
    let audience = header.audience.as_deref().unwrap_or("everybody");
    format!(
        "{} {} version {}, for {}, {} bytes, {}",
        plain(&header.kind),
        plain(&header.name),
        header.version,
        plain(audience),
        header.bytes,
        header.body
    )
}
