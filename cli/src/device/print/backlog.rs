//! What is still owed, and how a sync went.

use gewu::{
    CommandState, CommandStatus, Locker, MovedAside, PhotoUnsent, Status, SyncOutcome, SyncReport,
};
use serde_json::{Value, json};

use super::short;
use crate::clock::lasting;
use crate::language::{reads_chinese, refusal, set_aside};
use crate::out::plain;

/// What is unsent with the sums that scripts want.
pub(in crate::device) fn status_json(status: &Status, aside: &[MovedAside]) -> Value {
    let mut value = serde_json::to_value(status).unwrap_or(Value::Null);
    value["moved_aside"] = json!(aside);
    value["unsent"] = json!({
        "changes": status.cases.iter().map(|case| case.changes.len()).sum::<usize>(),
        "texts": status.cases.iter().map(|case| case.texts).sum::<u32>(),
        "photos": status.backlog.photos,
        "small_pictures": status.backlog.small_pictures,
        "commands": status.commands.iter().filter(|one| one.outcome == CommandState::Unsent).count(),
    });
    value
}

/// The sums of what files still have to be delivered.
fn backlog(status: &Status) -> String {
    let backlog = &status.backlog;
    let since = status.waiting_since;
    let age = since.and_then(|since| {
        let waits = gewu::host::Clock::now(&gewu::host::SystemClock).since(since);
        let waits = waits.unsigned_abs();
        (waits >= 60_000).then(|| format!("; the oldest waits for {}", lasting(waits)))
    });
    format!(
        "{} photos and {} small pictures to deliver, {} of {} bytes at the server, {} held back{}",
        backlog.photos,
        backlog.small_pictures,
        backlog.bytes_sent,
        backlog.bytes,
        backlog.held_back,
        age.unwrap_or_default()
    )
}

/// The sums, and each file that is not acknowledged.
pub(in crate::device) fn files(status: &Status) -> String {
    let files = status.photos.iter().map(|one| format!("\n{}", file(one)));
    std::iter::once(backlog(status)).chain(files).collect()
}

/// A file that is not acknowledged.
fn file(file: &PhotoUnsent) -> String {
    let (state, held) = (json!(file.state), json!(file.held_back));
    let held = held.as_str().map(|why| format!(", held back ({why})"));
    format!(
        "{} {}: {}, {} of {} bytes at the server{}{}",
        if file.thumbnail {
            "small picture"
        } else {
            "photo"
        },
        short(&file.sha256),
        state.as_str().unwrap_or("?"),
        file.sent,
        file.bytes,
        held.unwrap_or_default(),
        file.reason
            .as_deref()
            .map_or_else(String::new, |why| format!(": {}", plain(why)))
    )
}

/// A damaged database that was moved aside.
pub(in crate::device) fn aside(aside: &MovedAside) -> String {
    let since = aside.moved_at.map(|at| crate::op::time(&json!(at)));
    format!(
        "damaged database {}{}, {} bytes: what was unsent in it is nowhere else; hand the device in for rescue, or remove it for good with gewu doctor --discard-damaged {0}",
        plain(&aside.name),
        since.map_or_else(String::new, |since| format!(", moved aside {since}")),
        aside.bytes
    )
}

/// What is unsent and why, in words.
pub(in crate::device) fn status(
    status: &Status,
    aside: &[MovedAside],
    lockers: &[Locker],
) -> String {
    let mut lines: Vec<String> = aside.iter().map(self::aside).collect();
    lines.extend(lockers.iter().filter(|one| one.unsent > 0).map(|one| {
        format!(
            "locked up by {}: {} without a receipt; gewu unlock {}",
            plain(&one.user),
            one.unsent,
            one.name
        )
    }));
    for case in &status.cases {
        lines.push(format!(
            "case {}: {} entries and {} texts without a receipt",
            short(&case.case),
            case.changes.len(),
            case.texts
        ));
        lines.extend(case.waiting.iter().map(|waiting| {
            let why = if waiting.for_dependencies {
                "waits for what it was made upon"
            } else {
                "waits for a judgement"
            };
            format!("  {}: {why}", short(&waiting.change))
        }));
    }
    if !status.photos.is_empty() {
        lines.push(backlog(status));
    }
    lines.extend(status.photos.iter().map(file));
    if let Some(SyncOutcome::Stopped { why }) = status.last_sync.as_ref().map(|last| &last.outcome)
    {
        lines.push(format!("last sync: {}", plain(why)));
    }
    lines.extend(
        status
            .damaged
            .iter()
            .map(|file| format!("file {}: damaged, and not at the server", short(file))),
    );
    lines.extend(status.lost_contacts.iter().map(|case| {
        format!(
            "case {}: its contact was lost with a key of this device before it was sent; tell the centre how to reach who reported",
            short(case)
        )
    }));
    lines.extend(status.commands.iter().map(command));
    if status.drafts > 0 {
        lines.push(format!("{} drafts, not handed in", status.drafts));
    }
    let chinese = reads_chinese();
    lines.extend(status.set_aside.iter().map(|aside| {
        let kind = aside.kind.as_deref().unwrap_or("the beginning of the case");
        format!(
            "set aside in case {}: {kind}: {}",
            short(&aside.case),
            set_aside(&aside.reason, &aside.words, chinese)
        )
    }));
    lines.extend(status.notices.iter().map(|notice| {
        format!(
            "notice on case {}: {}",
            short(&notice.case),
            plain(&notice.words)
        )
    }));
    if status.synced {
        lines.insert(0, "everything has its receipt".to_owned());
    }
    lines.join("\n")
}

/// A command with what became of it.
fn command(command: &CommandStatus) -> String {
    let state = match &command.outcome {
        CommandState::Unsent => "unsent".to_owned(),
        CommandState::Done { .. } => "done".to_owned(),
        CommandState::Stale => format!(
            "not carried out: the case had moved; look again, then `gewu again {}`",
            short(&command.command)
        ),
        CommandState::Denied { why } => format!("refused: {}", plain(&refusal(why))),
    };
    let (kind, case) = (&command.kind, short(&command.case));
    format!("command {kind} on case {case}: {state}")
}

/// Commands that were not carried out, each on its line.
pub(in crate::device) fn refused(commands: &[CommandStatus]) -> String {
    let lines = commands.iter().map(|one| format!("\n{}", command(one)));
    lines.collect()
}

/// How a sync went.
pub(in crate::device) fn sync(report: &SyncReport) -> String {
    format!(
        "{} exchanges: {} entries sent, {} accepted, {} set aside, {} received, {} photos and {} small pictures acknowledged; {} unsent ({} bytes up, {} down)",
        report.exchanges,
        report.sent,
        report.accepted,
        report.set_aside.len(),
        report.received,
        report.photos_acknowledged,
        report.small_acknowledged,
        report.unsent,
        report.bytes_up,
        report.bytes_down
    )
}
