//! Issuing again what was set aside, as the operator's own word on the case as it stands now.
//!
//! Nothing that was set aside is ever applied. What it asked for may be right all the same: an operator
//! then gives the instruction that grants it, or registers what was reported, and answers for that.
//! The set-aside change says from then on by what it was replaced, and so does whatever its author wrote in
//! its place. So its author's device cannot have it twice, and neither can two operators.

mod kin;

use gewu_model::entry::{Kind, Payload, Report, Source};
use gewu_model::ids::{CaseId, ChangeHash, Digest};
use gewu_model::policy::variant_of;
use gewu_model::scope::Scope;
use gewu_model::time::Millis;
use gewu_sync::wire::NoticeCode;
use serde::Serialize;

use kin::Kin;

use super::admit::payload_of;
use super::bench::Bench;
use super::decide::{DecideError, attested, check_view, open};
use super::link::cases_of;
use super::load::load;
use super::notices::{Telling, user_of};
use super::operators::Operator;
use super::register::{NewCase, RegisterError, SOURCES};
use super::requests::granting;
use super::{Core, CoreError, wrong_clock};
use crate::store::{FateRow, Tx};

/// What was set aside, issued again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Reissued {
    /// The case that the instruction stands in.
    pub case: CaseId,
    /// The instruction.
    pub instruction: ChangeHash,
    /// The view with it.
    pub view: Digest,
}

impl Core {
    /// Issues again what a set-aside change asked for or reported. `seen` is the view that the operator
    /// decides on; a report, which opens a case of its own, needs none. With `anyway` also what something
    /// stands for already.
    ///
    /// # Errors
    /// [`RegisterError`] says why not: nothing of that hash was set aside, it was issued again already,
    /// its author wrote it again, or it is something that only its author can say.
    pub fn reissue(
        &self,
        operator: &Operator,
        change: ChangeHash,
        seen: Option<Digest>,
        anyway: bool,
        now: Millis,
    ) -> Result<Reissued, RegisterError> {
        self.write(|tx| {
            wrong_clock::check(tx, now, None)?;
            let row = set_aside(tx, change)?;
            let kin = Kin::of(tx, &row)?;
            if let Some(words) = kin.stands_already(&row).filter(|_| !anyway) {
                return Err(DecideError::Denied(words).into());
            }
            let done = match payload_of(&row.signed) {
                Some(Payload::Report(report)) => {
                    self.register_again(tx, operator, &row, &report, now)?
                }
                Some(payload) => self.grant_again(tx, operator, (&row, &payload), seen, now)?,
                None => {
                    return Err(
                        refuse("it says nothing by itself: take what was written upon it").into(),
                    );
                }
            };
            for open in kin.open() {
                tx.replace_fate(row.case, open, done.instruction)?;
            }
            let bench = Bench::new(tx, load(tx, row.case)?, now);
            bench.tell_reissued(&row)?;
            Ok(done)
        })
    }

    fn register_again(
        &self,
        tx: &dyn Tx,
        operator: &Operator,
        row: &FateRow,
        report: &Report,
        now: Millis,
    ) -> Result<Reissued, RegisterError> {
        let root = load(tx, row.case)?.root;
        let texts = tx.content(row.case)?.into_iter();
        let mut texts = texts.filter(|(digest, _)| Some(*digest) == report.description);
        let new = NewCase {
            edition: root.map(|root| root.edition),
            class: report.class.clone(),
            condition: report.condition.clone(),
            position: report.position.clone(),
            text: texts.next().map(|(_, item)| item.text),
            contact: None,
            source: source(report),
            external_due: None,
            reply_required: false,
        };
        let card = self.card_again(tx, row.case, report.contact)?;
        let (case, decided) = self.register_new(tx, operator, (&new, card.as_ref()), now)?;
        Ok(Reissued {
            case,
            instruction: decided.instruction,
            view: decided.view,
        })
    }

    fn grant_again(
        &self,
        tx: &dyn Tx,
        operator: &Operator,
        (row, payload): (&FateRow, &Payload),
        seen: Option<Digest>,
        now: Millis,
    ) -> Result<Reissued, DecideError> {
        let mut body = granting(payload)
            .ok_or_else(|| refuse("only its author can say that: ask for it anew"))?;
        let mut held = Vec::new();
        for digest in body.content() {
            held.push(tx.has_content(row.case, digest)?);
        }
        if held.contains(&false) {
            // The words never came: the instruction stands without them.
            body.set_note(None);
        }
        tx.hold(&cases_of(row.case, Some(&body)))?;
        let mut bench = open(tx, row.case, now)?;
        let view = self.view(&bench.state);
        let seen = seen
            .ok_or_else(|| DecideError::Invalid("name the view that you decide on".to_owned()))?;
        check_view(&view, seen)?;
        let kind = Kind::Instruction(body.kind());
        let capacity = self.capacity(operator, &bench, (&kind, variant_of(&body)), &view)?;
        let (command, record) = attested(&bench, &view, &body, capacity, operator.session())?;
        let decided = self.instruct(&mut bench, &view, &command, &record, &[])?;
        self.link_back(&bench, operator, (&body, &[]))?;
        Ok(Reissued {
            case: row.case,
            instruction: decided.instruction,
            view: decided.view,
        })
    }
}

impl Bench<'_> {
    fn tell_reissued(&self, row: &FateRow) -> Result<(), CoreError> {
        let author = user_of(self.tx, row.signed.key)?;
        self.tell(&Telling {
            scope: author.map(Scope::User),
            code: NoticeCode::SetAside,
            about: Some(row.hash),
            words: "an operator took up what it said, and issued that in the centre's own name",
        })
    }
}

/// Where the report came from; from the operator's desk, where that is no source of new cases.
fn source(report: &Report) -> Source {
    let own = &report.source;
    let known = SOURCES.iter().find(|known| **known == own.code);
    Source {
        code: (*known.unwrap_or(&"operator")).to_owned(),
        channel: own.channel.clone(),
        external_id: None,
    }
}

fn refuse(words: &str) -> DecideError {
    DecideError::Invalid(words.to_owned())
}

/// The set-aside change of that hash.
fn set_aside(tx: &dyn Tx, change: ChangeHash) -> Result<FateRow, DecideError> {
    let mut rows = tx.set_aside()?.into_iter();
    let row = rows.find(|row| row.hash == change && row.binding);
    Ok(row.ok_or(CoreError::Unknown("a change that was set aside"))?)
}
