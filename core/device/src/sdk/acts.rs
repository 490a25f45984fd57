//! Everything that people write in a case after its report.

use gewu_model::content::ContentItem;
use gewu_model::entry::{
    Check, CheckResult, FieldKind, Handle, Kind, Mark, Note, Payload, Rate, Supplement, Verify,
    VerifyResult, Withdraw,
};
use gewu_model::ids::{CaseId, ChangeHash, Digest, UserId};
use gewu_model::media::EvidenceRecord;
use gewu_model::place::Position;
use rusqlite::Connection;

use super::photos::Prepared;
use super::{Answer, Core, Gewu, no_case, wishes};
use crate::api::{Act, PhotoInput, Saved};
use crate::error::{DeviceError, Result};
use crate::grids::to_position;
use crate::store::{changes, content, media, told};
use crate::write::{CaseLog, Links, Pen, project};

/// What the parts of an [`Act`] became.
pub(super) struct Parts {
    pub(super) text: Option<Digest>,
    pub(super) photos: Vec<EvidenceRecord>,
    pub(super) position: Option<Position>,
}

macro_rules! act {
    ($(#[$doc:meta])* $name:ident($($arg:ident: $type:ty),* $(,)?) = $kind:ident, |$parts:ident| $payload:expr) => {
        $(#[$doc])*
        ///
        /// # Errors
        /// [`crate::GewuError::NotPermitted`] says why not; [`crate::GewuError::InvalidInput`]
        /// names the part that cannot be taken; nothing is half-saved.
        pub fn $name(&self, case: CaseId, $($arg: $type,)* act: Act) -> Answer<Saved> {
            let make = |$parts: Parts| -> Result<Payload> { $payload };
            Ok(self.core.act(case, FieldKind::$kind, act, &make)?)
        }
    };
}
pub(super) use act;

impl Gewu {
    act!(
        /// Adds text or photos to one's own report.
        supplement() = Supplement, |parts| {
            if parts.text.is_none() && parts.photos.is_empty() {
                return Err(DeviceError::input("text", "add a text or a photo"));
            }
            Ok(Payload::Supplement(Supplement { text: parts.text, photos: parts.photos }))
        }
    );
    act!(
        /// Takes one's own report back.
        withdraw() = Withdraw, |parts| Ok(Payload::Withdraw(Withdraw { reason: parts.text }))
    );
    act!(
        /// Answers a verify request (核实).
        verify(result: VerifyResult) = Verify, |parts| Ok(Payload::Verify(Verify {
            result, note: parts.text, photos: parts.photos, position: parts.position,
        }))
    );
    act!(
        /// Takes a task (接单).
        take() = Take, |parts| Ok(Payload::Take(mark(parts)))
    );
    act!(
        /// Sets out (出发).
        set_out() = SetOut, |parts| Ok(Payload::SetOut(mark(parts)))
    );
    act!(
        /// Has arrived (到达).
        arrive() = Arrived, |parts| Ok(Payload::Arrived(mark(parts)))
    );
    act!(
        /// Reports the work as done (处置).
        handle() = Handle, |parts| Ok(Payload::Handle(Handle {
            note: parts.text, photos: parts.photos, position: parts.position,
        }))
    );
    act!(
        /// Answers a check request (核查).
        check(result: CheckResult) = Check, |parts| Ok(Payload::Check(Check {
            result, note: parts.text, photos: parts.photos, position: parts.position,
        }))
    );
    act!(
        /// Rates the result, from 1 (worst) to 5 (best).
        rate(score: u8) = Rate, |parts| Ok(Payload::Rate(Rate { score, note: parts.text }))
    );
    act!(
        /// Leaves a remark, with photos where they belong to it, such as redacted copies.
        note() = Note, |parts| {
            let missing = DeviceError::input("text", "a remark needs a text");
            let photos = (!parts.photos.is_empty()).then_some(parts.photos);
            Ok(Payload::Note(Note { text: parts.text.ok_or(missing)?, photos }))
        }
    );
}

fn mark(parts: Parts) -> Mark {
    Mark {
        position: parts.position,
        note: parts.text,
        grid: None,
    }
}

/// An entry that is ready to be written, but for what the case itself decides.
struct Ready {
    case: CaseId,
    kind: FieldKind,
    act: Act,
    payload: Payload,
    bytes: Vec<u8>,
    text: Option<ContentItem>,
    photos: Vec<Prepared>,
}

impl Core {
    pub(super) fn act(
        &self,
        case: CaseId,
        kind: FieldKind,
        act: Act,
        make: &dyn Fn(Parts) -> Result<Payload>,
    ) -> Result<Saved> {
        self.require_consent()?;
        let _naming = self.name_files();
        let pen = self.pen()?;
        let text = self.text(act.text.as_deref())?;
        let at = act.position.as_ref().map(to_position).transpose()?;
        if !act.unchecked {
            self.check_redactions(&case, &act.photos)?;
        }
        let photos = self.prepare_all(&act.photos, &self.setting_of_case(&case)?)?;
        if !act.unchecked {
            self.check_copies(&case, &photos)?;
        }
        let payload = make(Parts {
            text: text.as_ref().map(ContentItem::digest),
            photos: photos.iter().map(|photo| photo.record.clone()).collect(),
            position: at,
        })?;
        check_all_used(&act, &payload)?;
        if matches!(&payload, Payload::DuplicateSuggestion(it) if it.other == case) {
            return Err(DeviceError::input(
                "other",
                "name another case than this one",
            ));
        }
        let bytes = payload.to_cbor();
        Payload::decode(&payload.kind(), &bytes)?;
        let ready = Ready {
            case,
            kind,
            act,
            payload,
            bytes,
            text,
            photos,
        };
        let change = self.write(|tx| write(tx, &pen, &ready))?;
        Ok(Saved {
            case,
            change,
            warning: None,
        })
    }
}

impl Core {
    /// Refuses redacted copies of what the case does not hold.
    fn check_redactions(&self, case: &CaseId, photos: &[PhotoInput]) -> Result<()> {
        let mut redacted = photos.iter().filter_map(|photo| photo.redacts).peekable();
        if redacted.peek().is_none() {
            return Ok(());
        }
        let log = self.read(|tx| CaseLog::load(tx, case))?;
        let records = log.live_photos();
        let held = |photo: &Digest| records.iter().any(|record| record.sha256 == *photo);
        match redacted.all(|photo| held(&photo)) {
            true => Ok(()),
            false => Err(DeviceError::input(
                "redacts",
                "names a photo that this case does not hold; take its SHA-256 from the case",
            )),
        }
    }

    /// Refuses as a redacted copy what is the photo itself, or was made of the same camera's file: it
    /// hides nothing, and goes with the photo when that is erased.
    fn check_copies(&self, case: &CaseId, photos: &[Prepared]) -> Result<()> {
        if photos.iter().all(|it| it.record.redaction_of.is_none()) {
            return Ok(());
        }
        let log = self.read(|tx| CaseLog::load(tx, case))?;
        let records = log.live_photos();
        let is_same = |copy: &EvidenceRecord| {
            let redacted = records.iter();
            let mut redacted = redacted.filter(|it| Some(it.sha256) == copy.redaction_of);
            redacted.any(|of| sources(of).any(|file| sources(copy).any(|own| own == file)))
        };
        match photos.iter().any(|it| is_same(&it.record)) {
            true => Err(DeviceError::input(
                "redacts",
                "names the very photo, or one of the same camera's file; redact a copy of it and add that",
            )),
            false => Ok(()),
        }
    }
}

/// The photo and the camera's file that it was made of.
fn sources(record: &EvidenceRecord) -> impl Iterator<Item = Digest> {
    std::iter::once(record.sha256).chain(record.original_sha256)
}

/// A part that the kind has no room for must not vanish in silence.
fn check_all_used(act: &Act, payload: &Payload) -> Result<()> {
    if payload.photos().len() != act.photos.len() {
        return Err(DeviceError::input(
            "photo",
            "this kind of entry takes no photos",
        ));
    }
    if act.position.is_some() && !payload.takes_position() {
        return Err(DeviceError::input(
            "position",
            "this kind of entry takes no position",
        ));
    }
    Ok(())
}

fn write(tx: &Connection, pen: &Pen, ready: &Ready) -> Result<ChangeHash> {
    let case = ready.case;
    let mut log = CaseLog::load(tx, &case)?;
    let policy = log.root().and(log.pins()).map(|pins| pins.policy);
    let policy = pen.packs.policy_of(&policy.ok_or(no_case(&case))?)?;
    let view = log.view(&pen.packs);
    let user = pen.user_in(tx, &case)?;
    let act = &ready.act;
    let wanted = (act.role.as_ref(), act.unit.as_ref());
    let kind = Kind::Field(ready.kind);
    let capacity = pen.capacity(policy, &user, (&kind, None), &view, wanted, act.unchecked)?;
    let class = view.report.as_ref().map(|report| &report.class);
    if !act.unchecked {
        policy.check_photos(&kind, &capacity.role, class, ready.payload.photos())?;
    }
    if !act.unchecked {
        let unit = capacity.unit.as_ref();
        wishes::check(pen, &log, (policy, &view, unit), &ready.payload)?;
    }
    let status = told::status(tx, &case)?;
    let answers = pen.answers(ready.kind, &view, status.as_ref(), act.unchecked)?;
    let mut author = pen.author(tx, &case, capacity.role, capacity.unit)?;
    if let Some(claimed) = &act.claimed_author {
        author.user = UserId::clone(claimed);
    }
    let counter = author.take_counters(tx, 1)?;
    let name = ready.kind.name();
    let intent = changes::insert_intent(tx, &case, name, answers.as_ref(), &ready.bytes)?;
    let waiting = || match ready.kind {
        FieldKind::Confirm => view.work.as_ref().map(|work| work.entry),
        _ => None,
    };
    let about = act.about.or_else(waiting);
    if about.is_some_and(|about| !log.is_live(&about)) {
        return Err(DeviceError::input("about", "names no entry of this case"));
    }
    let links = Links {
        answers,
        about,
        replaces: None,
    };
    let deps = log.heads();
    let payload = &ready.payload;
    let stamp = pen.stamp;
    let hash = author.entry(tx, &mut log, deps, payload, links, stamp, counter, intent)?;
    if let Some(text) = &ready.text {
        content::insert(tx, &case, text, true)?;
    }
    ready
        .photos
        .iter()
        .try_for_each(|photo| photo.keep(tx, &case))?;
    media::queue(tx, &case, pen.is_urgent(&log), pen.stamp.at)?;
    project(tx, &pen.packs, &log)?;
    Ok(hash)
}
