//! Checks of one entry: whose it claims to be, where it lies, what it speaks about.

use gewu_model::change::{Body, PlainChange, entry_key};
use gewu_model::entry::{
    Entry, EntryHeader, FieldKind, InstructionKind, Kind, Payload, PayloadError,
};
use gewu_model::fold::{CENTRE, table};
use gewu_model::ids::Digest;

use super::author::{Author, CITIZEN, Credential, IssuedStatus};
use super::judgement::{Checked, Judgement};
use super::past::{Past, kind};
use super::state::CaseState;
use crate::verdict::SetAside;

/// The entry with its payload.
pub(super) fn read(change: &PlainChange) -> Checked<Entry> {
    let fields = change.body.fields().clone();
    Entry::from_fields(fields).map_err(|_| SetAside::Payload.into())
}

/// The payload, within its bounds. What a newer app wrote is kept.
pub(super) fn read_payload(entry: &Entry) -> Checked<Payload> {
    Payload::of(entry).map_err(|error| match error {
        PayloadError::Newer => Judgement::Pending,
        PayloadError::Unreadable(_) | PayloadError::Bounds(_) => SetAside::Payload.into(),
    })
}

/// Person, role, unit and certificate are what the signer's certificate or endorsement gives. For a
/// certificate that was lost in a restore the receipt speaks: the server gave it over these bytes.
pub(super) fn check_capacity(author: &Author, header: &EntryHeader, receipted: bool) -> Checked {
    let theirs = match author {
        Author::Citizen {
            endorsement,
            pseudonym,
            ..
        } => {
            header.cert == *endorsement
                && header.by == *pseudonym
                && header.role.as_str() == CITIZEN
                && header.unit.is_none()
        }
        Author::Staff(held) => {
            let lost = receipted && held.iter().all(|held| held.digest != header.cert);
            header.role.as_str() != CENTRE && (lost || gives(held, header))
        }
        Author::Server(held) => header.role.as_str() == CENTRE && gives(held, header),
    };
    if theirs {
        Ok(())
    } else {
        Err(SetAside::Author.into())
    }
}

fn gives(held: &[Credential], header: &EntryHeader) -> bool {
    let named = held.iter().find(|held| held.digest == header.cert);
    named.is_some_and(|Credential { certificate, .. }| {
        certificate.user == header.by
            && certificate.roles.contains(&header.role)
            && header
                .unit
                .as_ref()
                .is_none_or(|unit| certificate.units.contains(unit))
    })
}

/// The server writes instructions and nothing else; nobody else writes any.
pub(super) fn check_side(author: &Author, kind: &Kind) -> Checked {
    match kind {
        Kind::Instruction(_) if !author.is_server() => Err(SetAside::NotPermitted.into()),
        Kind::Field(_) if author.is_server() => Err(SetAside::NotPermitted.into()),
        _ => Ok(()),
    }
}

/// The entry lies in the root's `/entries`, under the key of its own actor and number.
pub(super) fn check_place(case: &CaseState, change: &PlainChange) -> Checked {
    let in_place = matches!(
        &change.body,
        Body::Entry { root_actor, key, .. }
            if Some(root_actor) == case.root_actor()
                && *key == entry_key(&change.actor, change.seq)
    );
    if in_place {
        Ok(())
    } else {
        Err(SetAside::Shape.into())
    }
}

/// The report is the second change of the case, by the root's author, and the only one: all else is
/// made upon it. A report in place of one that was set aside comes under a fresh actor.
pub(super) fn check_opening(
    case: &CaseState,
    past: &Past<'_>,
    change: &PlainChange,
    header: &EntryHeader,
) -> Checked {
    if !opens(&header.kind) {
        let reported = past.changes().filter_map(kind).any(opens);
        return reported.then_some(()).ok_or(SetAside::Dependencies.into());
    }
    let by_opener = case.root_actor().is_some_and(|opener| {
        let instead = header.replaces.is_some() && change.actor.key() == opener.key();
        change.actor == *opener || instead
    });
    if by_opener && !case.changes.iter().filter_map(kind).any(opens) {
        Ok(())
    } else {
        Err(SetAside::SecondRoot.into())
    }
}

/// What the entry's pictures are redacted copies of are pictures of the case that its author had.
pub(super) fn check_redactions(past: &Past<'_>, payload: &Payload) -> Checked {
    let mut redacted = payload.photos().iter().filter_map(|own| own.redaction_of);
    let held = |photo: &Digest| {
        let entries = past
            .changes()
            .filter_map(|change| change.row.entry.as_ref());
        let payloads = entries.filter_map(|written| written.payload.as_ref().ok());
        let mut photos = payloads.flat_map(Payload::photos);
        photos.any(|record| record.sha256 == *photo)
    };
    if redacted.all(|photo| held(&photo)) {
        Ok(())
    } else {
        Err(SetAside::Redaction.into())
    }
}

fn opens(kind: &Kind) -> bool {
    matches!(
        kind,
        Kind::Field(FieldKind::Report) | Kind::Instruction(InstructionKind::Register)
    )
}

/// What the entry answers is an instruction that its author had; for a citizen, one that a public
/// status named with leave to write this kind. Where the centre has said nothing yet, that is for
/// [`check_something_said`] to say, behind the question whether the author might answer at all.
pub(super) fn check_answers(author: &Author, past: &Past<'_>, header: &EntryHeader) -> Checked {
    let had = match (&header.answers, &header.kind, author) {
        (None, Kind::Field(kind), _) => {
            !table::needs_question(*kind) || !was_told_anything(author, past)
        }
        (None, ..) => true,
        (Some(instruction), kind, Author::Citizen { offered, .. }) => {
            let behind = |status: &&IssuedStatus| status.behind == Some(*instruction);
            let mut told = offered.iter().filter(behind).peekable();
            let had = told.peek().is_some();
            if had && !told.any(|status| status.may.iter().any(|may| may == kind.name())) {
                return Err(SetAside::Stage.into());
            }
            had
        }
        (Some(instruction), ..) => past.instructs(instruction),
    };
    if had {
        Ok(())
    } else {
        Err(SetAside::Answers.into())
    }
}

/// An entry that has to answer something answers it.
pub(super) fn check_something_said(header: &EntryHeader) -> Checked {
    match (&header.answers, &header.kind) {
        (None, Kind::Field(kind)) if table::needs_question(*kind) => Err(SetAside::Stage.into()),
        _ => Ok(()),
    }
}

/// Whether the author knew of any instruction.
fn was_told_anything(author: &Author, past: &Past<'_>) -> bool {
    match author {
        Author::Citizen { offered, .. } => offered.iter().any(|status| status.behind.is_some()),
        Author::Staff(_) | Author::Server(_) => {
            let mut kinds = past.changes().filter_map(kind);
            kinds.any(|kind| matches!(kind, Kind::Instruction(_)))
        }
    }
}

/// What the entry speaks about is something that its author had.
pub(super) fn check_about(past: &Past<'_>, header: &EntryHeader) -> Checked {
    match &header.about {
        Some(about) if !past.holds(about) => Err(SetAside::Answers.into()),
        _ => Ok(()),
    }
}
