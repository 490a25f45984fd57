//! Syncing, with progress, stopped by ctrl-c at any instant.

use std::collections::BTreeSet;

use gewu::schedule::Pace;
use gewu::{
    CancelToken, CommandState, CommandStatus, Gewu, GewuError, SyncOutcome, SyncProgress,
    SyncReport,
};
use gewu_model::ids::Digest;

use super::print;
use crate::out::{Failure, Out, Outcome};

/// Exchanges until nothing is left to send or fetch.
pub(super) fn sync(gewu: &Gewu, out: Out) -> Outcome {
    let waiting = unsent(gewu)?;
    let report = gewu.sync(&mut |step| tell(out, step), &CancelToken::new())?;
    said(gewu, &waiting, &report, out)?;
    match &report.outcome {
        SyncOutcome::Complete => Ok(()),
        SyncOutcome::Cancelled => Err(Failure::new("stopped; sync again whenever it suits")),
        SyncOutcome::Later { why, .. } => Err(Failure::new(format!(
            "{why}; nothing is lost, {} unsent: sync again later",
            report.unsent
        ))),
        SyncOutcome::Stopped { why } => Err(Failure::new(format!(
            "{why}; nothing is lost, {} unsent",
            report.unsent
        ))),
    }
}

/// The commands that wait for an exchange.
fn unsent(gewu: &Gewu) -> Result<BTreeSet<Digest>, Failure> {
    let commands = gewu.status()?.commands.into_iter();
    let unsent = commands.filter(|one| one.outcome == CommandState::Unsent);
    Ok(unsent.map(|one| one.command).collect())
}

/// Says how a sync went, and which of the commands that waited for it were not carried out.
fn said(gewu: &Gewu, waiting: &BTreeSet<Digest>, report: &SyncReport, out: Out) -> Outcome {
    let refused = |one: &CommandStatus| {
        let refused = matches!(
            one.outcome,
            CommandState::Stale | CommandState::Denied { .. }
        );
        refused && waiting.contains(&one.command)
    };
    let commands = gewu.status()?.commands.into_iter();
    let refused: Vec<CommandStatus> = commands.filter(refused).collect();
    let mut value = serde_json::to_value(report)?;
    value["refused_commands"] = serde_json::to_value(&refused)?;
    out.say(&value, || print::sync(report) + &print::refused(&refused));
    Ok(())
}

/// Syncs whenever there is a reason to, until the process is stopped.
pub(super) fn watch(gewu: &Gewu, out: Out) -> Outcome {
    let (nudge, ear) = gewu::nudge();
    nudge.foreground(true);
    let mut told = |ran: &Result<SyncReport, GewuError>| match ran {
        Ok(report) => {
            let value = serde_json::to_value(report).unwrap_or_default();
            out.say(&value, || print::sync(report));
            if let SyncOutcome::Later { why, .. } | SyncOutcome::Stopped { why } = &report.outcome {
                out.progress(why);
            }
        }
        Err(error) => out.progress(&error.to_string()),
    };
    Ok(gewu.stay_synced(ear, &Pace::default(), &mut told, &CancelToken::new())?)
}

/// Tells people how far a sync is.
pub(super) fn tell(out: Out, step: SyncProgress) {
    match step {
        SyncProgress::Uploading {
            sha256,
            sent,
            total,
            overall,
        } => {
            let name: String = sha256.to_string().chars().take(8).collect();
            out.progress(&format!(
                "file {name}: {sent} of {total} bytes; in all {} of {} files, {} of {} bytes",
                overall.files_done, overall.files, overall.bytes_done, overall.bytes
            ));
        }
        SyncProgress::Waiting { ms } => {
            out.progress(&format!("trying again in {} s", ms.div_ceil(1000)))
        }
        SyncProgress::DownloadingPack { .. } => out.progress("fetching a pack"),
        // What ends with one exchange needs no telling: the report follows at once.
        SyncProgress::Exchanging { .. } | SyncProgress::Exchanged { left: Some(0), .. } => {}
        SyncProgress::Exchanged { cases, left, .. } => out.progress(&fetched(cases, left)),
    }
}

fn fetched(cases: u32, left: Option<u64>) -> String {
    match left {
        Some(left) => format!("{cases} cases so far, about {left} still to come"),
        None => format!("{cases} cases so far"),
    }
}

#[cfg(test)]
mod tests {
    use super::fetched;

    #[test]
    fn how_much_is_left_is_said_where_the_server_says_it() {
        let said = "40 cases so far, about 960 still to come";
        assert_eq!(fetched(40, Some(960)), said);
        assert_eq!(fetched(40, None), "40 cases so far");
    }
}
