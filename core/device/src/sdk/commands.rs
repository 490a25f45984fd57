//! Asking the centre for an instruction.

use gewu_model::command::{Command, CommandRecord};
use gewu_model::content::ContentItem;
use gewu_model::entry::{Body, Kind};
use gewu_model::ids::{CaseId, Digest};
use gewu_model::policy::variant_of;

use super::{Answer, Core, Gewu, no_case};
use crate::api::QueuedCommand;
use crate::error::{DeviceError, Result};
use crate::store::commands;
use crate::write::CaseLog;

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

impl Core {
    fn command(&self, case: CaseId, body: Body, note: Option<&str>) -> Result<QueuedCommand> {
        let pen = self.pen()?;
        if pen.identity.is_citizen() {
            return Err(gewu_model::policy::Denied::NotYours.into());
        }
        let text = self.text(note)?;
        let body = with_note(body, text.as_ref().map(ContentItem::digest))?;
        let now = self.options.host.clock.now();
        self.write(|tx| {
            let log = CaseLog::load(tx, &case)?;
            let policy = log.root().and(log.pins()).map(|pins| pins.policy);
            let policy = pen.packs.policy_of(&policy.ok_or(no_case(&case))?)?;
            let view = log.view(&pen.packs);
            let user = pen.user_in(tx, &case)?;
            let kind = Kind::Instruction(body.kind());
            let asked = (&kind, variant_of(&body));
            let capacity = pen.capacity(policy, &user, asked, &view, (None, None), false)?;
            let author = pen.author(tx, &case, capacity.role.clone(), capacity.unit.clone())?;
            let command = Command {
                case,
                view: view.token(),
                kind: body.kind().name().to_owned(),
                body: body.to_cbor(),
                by: user,
                role: capacity.role,
                unit: capacity.unit,
                claimed_at: pen.stamp.at,
                counter: author.take_counters(tx, 1)?,
            };
            let record = CommandRecord::sign(&*author.signer, &author.city, &command)?;
            commands::insert(tx, &case, &command.kind, &record, text.as_ref(), now)?;
            Ok(QueuedCommand {
                case,
                command: record.digest(),
            })
        })
    }
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
