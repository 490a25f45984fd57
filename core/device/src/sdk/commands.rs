//! Asking the centre for an instruction.

use gewu_model::command::{Command, CommandRecord};
use gewu_model::content::ContentItem;
use gewu_model::entry::{Body, Close, Kind};
use gewu_model::fold::CaseView;
use gewu_model::ids::{CaseId, Digest};
use gewu_model::policy::variant_of;
use gewu_model::time::Millis;
use rusqlite::Connection;

use super::{Answer, Core, Gewu, no_case};
use crate::api::QueuedCommand;
use crate::error::{DeviceError, Result};
use crate::store::commands::{self, Refused};
use crate::write::{CaseLog, Pen};

impl Gewu {
    /// Asks the centre for an instruction, on the view of the case that this device has. The
    /// command is signed and queued; what became of it stands in [`Gewu::status`] after a sync.
    /// `note` becomes the remark of the instruction, or the text of a reply.
    ///
    /// # Errors
    /// [`crate::GewuError::NotPermitted`] when the rules do not give it to this user.
    pub fn command(&self, case: CaseId, body: Body, note: Option<&str>) -> Answer<QueuedCommand> {
        self.core.require_consent()?;
        Ok(self.core.command(case, body, note)?)
    }
}

impl Gewu {
    /// Asks once more for what was refused, such as a command that was stale: the same instruction with
    /// the same words, on the view of the case that this device has now. Look at the case first.
    ///
    /// # Errors
    /// [`crate::GewuError::NotFound`] for a command that is not here, and
    /// [`crate::GewuError::NotPermitted`] for one that was not refused or that the rules no longer give
    /// to this user.
    pub fn command_again(&self, command: Digest) -> Answer<QueuedCommand> {
        self.core.require_consent()?;
        Ok(self.core.command_again(&command)?)
    }
}

impl Core {
    fn command(&self, case: CaseId, body: Body, note: Option<&str>) -> Result<QueuedCommand> {
        let pen = self.pen()?;
        if pen.identity.is_citizen() {
            return Err(gewu_model::policy::Denied::NotYours.into());
        }
        let text = self.text(note)?;
        let body = with_note(body, text.as_ref().map(ContentItem::digest))?;
        let now = self.options.host.clock.now();
        self.write(|tx| queue(tx, &pen, &case, &body, (text.as_ref(), now)))
    }

    fn command_again(&self, command: &Digest) -> Result<QueuedCommand> {
        let pen = self.pen()?;
        let now = self.options.host.clock.now();
        self.write(|tx| {
            let (record, text) = match commands::refused(tx, command)? {
                Refused::Yes(record, text) => (record, text),
                Refused::Not => {
                    return Err(DeviceError::NotNow("that command was not refused"));
                }
                Refused::Unknown => return Err(DeviceError::NotFound("the command")),
            };
            let before = record.command().ok_or(DeviceError::Damaged)?;
            let kind = before.instruction_kind().ok_or(DeviceError::Damaged)?;
            let body = Body::from_cbor(kind, &before.body).map_err(|_| DeviceError::Damaged)?;
            queue(tx, &pen, &before.case, &body, (text.as_ref(), now))
        })
    }
}

/// Signs and queues a command on the present view.
fn queue(
    tx: &Connection,
    pen: &Pen,
    case: &CaseId,
    body: &Body,
    (text, now): (Option<&ContentItem>, Millis),
) -> Result<QueuedCommand> {
    body.check_sense_of_person()?;
    let log = CaseLog::load(tx, case)?;
    let policy = log.root().and(log.pins()).map(|pins| pins.policy);
    let policy = pen.packs.policy_of(&policy.ok_or(no_case(case))?)?;
    let view = log.view(&pen.packs);
    let user = pen.user_in(tx, case)?;
    let kind = Kind::Instruction(body.kind());
    let asked = (&kind, variant_of(body));
    let capacity = pen.capacity(policy, &user, asked, &view, (None, None), false)?;
    policy.check_passing(&capacity, body, &view)?;
    check_closing(pen, &log, body, &view)?;
    let author = pen.author(tx, case, capacity.role.clone(), capacity.unit.clone())?;
    let view = view.token();
    let command = Command {
        case: *case,
        view,
        kind: body.kind().name().to_owned(),
        body: body.to_cbor(),
        by: user,
        role: capacity.role,
        unit: capacity.unit,
        claimed_at: pen.stamp.at,
        counter: author.take_counters(tx, 1)?,
        after: expected(tx, case, view)?,
    };
    let record = CommandRecord::sign(&*author.signer, &author.city, &command)?;
    commands::insert(tx, case, &command.kind, &record, text, now)?;
    Ok(QueuedCommand {
        case: *case,
        command: record.digest(),
    })
}

/// Refuses a condition that the case's class is not closed by, where its catalogue is here.
fn check_closing(pen: &Pen, log: &CaseLog, body: &Body, view: &CaseView) -> Result<()> {
    let Body::Close(Close {
        condition: Some(condition),
        ..
    }) = body
    else {
        return Ok(());
    };
    let (Some(pins), Some(class)) = (log.pins(), view.class()) else {
        return Ok(());
    };
    match pen.packs.catalogue_of(&pins.catalogue) {
        Ok(held) => Ok(held.check_closing(&pins.edition, class, condition)?),
        Err(_) => Ok(()),
    }
}

/// The command that waits in the case and that the user gave on this very view.
fn expected(tx: &Connection, case: &CaseId, view: Digest) -> Result<Option<Digest>> {
    let last = commands::last_unsent(tx, case)?;
    let upon = |record: &CommandRecord| {
        let command = record.command();
        command.is_some_and(|command| command.view == view)
    };
    Ok(last.filter(upon).map(|record| record.digest()))
}

/// The body with the digest of its remark.
fn with_note(mut body: Body, note: Option<Digest>) -> Result<Body> {
    match &mut body {
        Body::Register(_) => {
            return Err(DeviceError::input(
                "kind",
                "report the case instead of registering it",
            ));
        }
        Body::Reply(reply) => {
            reply.text = note.ok_or(DeviceError::input("text", "a reply needs a text"))?;
        }
        body => {
            body.set_note(note);
        }
    }
    Ok(body)
}
