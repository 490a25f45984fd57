//! Files on their way: tokens, decisions about uploads, scrubbing.

use gewu::{Gewu, Over, UploadPolicy};
use serde_json::json;

use super::open;
use crate::args::{OverArg, ScrubArgs, TokenArgs, UploadsArgs};
use crate::out::{Failure, Out, Outcome};

/// Prints a token for other programs.
pub(super) fn token(args: &TokenArgs, out: Out) -> Outcome {
    let gewu = open(&args.device)?;
    let token = gewu.media_token(args.ttl)?;
    let value = json!({ "token": token.expose(), "ttl_s": args.ttl.as_secs() });
    out.say(&value, || token.expose().to_owned());
    Ok(())
}

/// Reads files again; a failure when something is lost.
pub(super) fn scrub(args: &ScrubArgs, out: Out) -> Outcome {
    let most = args.most.map_or(u64::MAX, |mb| mb.saturating_mul(1 << 20));
    let report = open(&args.device)?.scrub(most)?;
    out.say(&serde_json::to_value(&report)?, || {
        let lost = report
            .damaged
            .iter()
            .map(|file| format!("\ndamaged {file}"));
        let lost: String = lost
            .chain(
                report
                    .missing
                    .iter()
                    .map(|file| format!("\nmissing {file}")),
            )
            .collect();
        format!(
            "{} files read ({} bytes): {} damaged, {} missing, {} to be fetched again, {} unnamed removed{}{lost}",
            report.files,
            report.bytes,
            report.damaged.len(),
            report.missing.len(),
            report.restorable.len(),
            report.unnamed,
            if report.done {
                ""
            } else {
                "; scrub again for the rest"
            }
        )
    });
    match report.damaged.len() + report.missing.len() {
        0 => Ok(()),
        lost => Err(Failure::new(format!(
            "{lost} files are damaged or gone and not at the server: keep the device's folder for rescue"
        ))),
    }
}

/// Decides when files go up, and says how it stands.
pub(super) fn uploads(args: &UploadsArgs, out: Out) -> Outcome {
    let gewu = open(&args.device)?;
    let before = gewu.upload_policy()?;
    let policy = changed(before, args);
    if policy != before {
        gewu.set_upload_policy(&policy)?;
    }
    say(&gewu, &policy, out)
}

fn changed(before: UploadPolicy, args: &UploadsArgs) -> UploadPolicy {
    let over = |asked: Option<OverArg>, before| asked.map_or(before, of);
    UploadPolicy {
        paused: args.pause || (before.paused && !args.resume),
        small_pictures: over(args.small_pictures, before.small_pictures),
        photos: over(args.photos, before.photos),
        large: over(args.large, before.large),
        large_bytes: args
            .large_from
            .map_or(before.large_bytes, |mb| mb.saturating_mul(1 << 20)),
    }
}

const fn of(asked: OverArg) -> Over {
    match asked {
        OverArg::Wifi => Over::Wifi,
        OverArg::Home => Over::Home,
        OverArg::Any => Over::Any,
    }
}

fn say(gewu: &Gewu, policy: &UploadPolicy, out: Out) -> Outcome {
    let status = gewu.status()?;
    let backlog = status.backlog;
    let value = json!({ "policy": policy, "backlog": backlog, "files": status.photos });
    out.say(&value, || {
        let word = |over: Over| json!(over).as_str().unwrap_or("?").to_owned();
        format!(
            "{}; photos over {}, small pictures over {}, photos of more than {} bytes over {}\n{}",
            if policy.paused { "paused" } else { "going" },
            word(policy.photos),
            word(policy.small_pictures),
            policy.large_bytes,
            word(policy.large),
            super::print::files(&status),
        )
    });
    Ok(())
}
