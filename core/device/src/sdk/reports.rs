//! Reporting: a case begins.

use gewu_model::case::{CaseRoot, SCHEMA};
use gewu_model::content::ContentItem;
use gewu_model::entry::{ClassRef, FieldKind, Kind, Payload, Report, Source};
use gewu_model::fold::fold;
use gewu_model::ids::{CaseId, ChangeHash, Digest, Role};
use gewu_model::media::EvidenceRecord;
use gewu_model::place::{GridRef, Position};
use gewu_model::policy::{Capacity, DutyRule};
use rusqlite::Connection;

use super::photos::{Prepared, Setting, check_firsts};
use super::{Answer, Core, Gewu, bounds};
use crate::api::{DraftId, ReportInput, Saved, Warning};
use crate::error::{DeviceError, Result};
use crate::grids::{Grids, unless_damaged};
use crate::store::cards::{self, SealedCard};
use crate::store::{changes, content, drafts, media, packs};
use crate::write::{CaseLog, Links, Pen, project};

impl Gewu {
    /// Reports a case. When this returns, the report, its text and its photos survive power loss.
    ///
    /// # Errors
    /// [`crate::GewuError::InvalidInput`] names the field; nothing is half-saved.
    pub fn report(&self, input: ReportInput) -> Answer<Saved> {
        self.core.require_consent()?;
        bounds::check(&input)?;
        check_firsts(&input.photos)?;
        let _naming = self.core.name_files();
        let case = CaseId::v7(self.core.stamp().at.0, self.core.random());
        let setting = self.core.setting(Some(case), input.class.clone())?;
        let photos = self.core.prepare_all(&input.photos, &setting)?;
        Ok(self.core.report(&input, photos, case, None)?)
    }

    /// Hands a draft in: the report is saved and the draft is gone, both or neither.
    ///
    /// # Errors
    /// As [`Gewu::report`]; the draft stays as it was.
    pub fn report_draft(&self, draft: DraftId) -> Answer<Saved> {
        self.core.require_consent()?;
        let naming = self.core.name_files();
        let read = |tx: &rusqlite::Transaction<'_>| {
            let found = self.core.whole_draft(tx, draft)?;
            let found = found.ok_or(DeviceError::NotFound("the draft"))?;
            Ok((found.case_id(), found.input, drafts::photos(tx, draft)?))
        };
        let (case, input, photos) = self.core.read(read)?;
        let setting = self.core.setting(Some(case), input.class.clone())?;
        let photos = decide_originals(photos, &setting);
        let saved = self.core.report(&input, photos, case, Some(draft))?;
        drop(naming);
        // What stays behind when this fails is removed another time.
        let _ = self.core.remove_doomed();
        Ok(saved)
    }
}

/// The photos of a draft as they are handed in: the class says whether their originals are kept.
fn decide_originals(photos: Vec<(EvidenceRecord, u64)>, setting: &Setting) -> Vec<Prepared> {
    let keeps = setting.keeps_original();
    let prepared = photos.into_iter().map(|(record, thumb_bytes)| Prepared {
        record: EvidenceRecord {
            original_kept: (keeps && record.original_sha256.is_some()).then_some(true),
            ..record
        },
        thumb_bytes,
    });
    prepared.collect()
}

/// A report that is ready to be written.
struct Ready {
    root: CaseRoot,
    report: Report,
    text: Option<ContentItem>,
    card: Option<SealedCard>,
    photos: Vec<Prepared>,
    capacity: Capacity,
}

impl Core {
    fn report(
        &self,
        input: &ReportInput,
        photos: Vec<Prepared>,
        case: CaseId,
        draft: Option<DraftId>,
    ) -> Result<Saved> {
        // A sync may put other rules in force between reading them and writing. What the device has
        // told the server that it holds, it must begin its cases under.
        loop {
            let pen = self.pen()?;
            let (ready, warning) = self.ready(&pen, input, photos.clone(), case)?;
            let written = self.write(|tx| {
                if overtaken(tx, &ready.root)? {
                    return Ok(None);
                }
                if let Some(draft) = draft {
                    self.hand_in(tx, draft, input, &ready.photos)?;
                }
                write(tx, &pen, &ready).map(Some)
            })?;
            if let Some(change) = written {
                return Ok(Saved {
                    case,
                    change,
                    warning,
                });
            }
            self.forget_packs();
        }
    }

    fn ready(
        &self,
        pen: &Pen,
        input: &ReportInput,
        photos: Vec<Prepared>,
        case: CaseId,
    ) -> Result<(Ready, Option<Warning>)> {
        let class = bounds::class_of(input)?;
        if input.self_handled && pen.identity.is_citizen() {
            return Err(DeviceError::input(
                "self_handled",
                "only the city's own people settle a matter on the spot: say in words what you did",
            ));
        }
        let catalogue = pen.packs.catalogue()?;
        let edition = input.edition.as_deref().unwrap_or(catalogue.edition());
        catalogue.check(edition, class, input.condition.as_deref())?;
        let position = bounds::position_of(input)?;
        let text = self.text(input.text.as_deref())?;
        let card = self.card(input.contact.as_ref())?;
        let card = card.map(|card| self.seal_card(case, &card)).transpose()?;
        let grids = self.grids(&pen.packs)?;
        let grid = unless_damaged(grids.grid_ref(&position))?;
        let warning = duty(pen, grids, &position, grid.as_ref())?;
        let capacity = self.reporter(pen)?;
        let records: Vec<EvidenceRecord> = photos.iter().map(|one| one.record.clone()).collect();
        let kind = Kind::Field(FieldKind::Report);
        let policy = pen.packs.policy();
        policy.check_photos(&kind, &capacity.role, Some(class), &records)?;
        let root = CaseRoot {
            schema: SCHEMA,
            id: case,
            edition: edition.to_owned(),
            policy: pen.packs.policy().hash(),
            catalogue: catalogue.hash(),
        };
        let report = form(
            input,
            class,
            position,
            grid,
            &capacity.role,
            (
                text.as_ref().map(ContentItem::digest),
                card.as_ref().map(|card| card.digest),
            ),
            &photos,
        );
        let ready = Ready {
            root,
            report,
            text,
            card,
            photos,
            capacity,
        };
        Ok((ready, warning))
    }

    /// The capacity in which the user may report.
    fn reporter(&self, pen: &Pen) -> Result<Capacity> {
        let kind = Kind::Field(FieldKind::Report);
        let user = pen.identity.certificate.user.clone();
        pen.capacity(
            pen.packs.policy(),
            &user,
            (&kind, None),
            &fold(&[]),
            (None, None),
            false,
        )
    }

    /// A text as a content item with a fresh salt.
    pub(crate) fn text(&self, text: Option<&str>) -> Result<Option<ContentItem>> {
        let item = |text| Ok(ContentItem::new(text, self.random())?);
        text.map(item).transpose()
    }

    /// Takes a draft away, if it still says what was read from it.
    fn hand_in(
        &self,
        tx: &Connection,
        draft: DraftId,
        input: &ReportInput,
        photos: &[Prepared],
    ) -> Result<()> {
        let found = self.whole_draft(tx, draft)?;
        let found = found.ok_or(DeviceError::NotFound("the draft"))?;
        let attached = found.photos.into_iter().map(|photo| photo.record);
        // Whether the original is kept was decided since.
        let now = photos.iter().map(|photo| EvidenceRecord {
            original_kept: None,
            ..photo.record.clone()
        });
        if found.input != *input || !attached.eq(now) {
            return Err(DeviceError::Busy("edit of this draft"));
        }
        drafts::delete(tx, draft)?;
        // Originals that the class does not keep.
        let records = photos.iter().map(|photo| &photo.record);
        let spare = records.filter(|record| record.kept_original().is_none());
        spare
            .filter_map(|record| record.original_sha256)
            .try_for_each(|original| media::discard(tx, &original))
    }
}

/// What the report says.
pub(super) fn form(
    input: &ReportInput,
    class: &ClassRef,
    position: Position,
    grid: Option<GridRef>,
    role: &Role,
    (description, contact): (Option<Digest>, Option<Digest>),
    photos: &[Prepared],
) -> Report {
    let own_role = || Source {
        code: role.0.clone(),
        channel: None,
        external_id: None,
    };
    Report {
        class: class.clone(),
        condition: input.condition.clone(),
        position,
        grid,
        component: input.component.clone(),
        source: input.source.clone().unwrap_or_else(own_role),
        measured_milli: input.measured_milli,
        campaign: input.campaign.clone(),
        self_handled: input.self_handled,
        language: input.language.clone().unwrap_or_else(|| "zh".to_owned()),
        description,
        photos: photos.iter().map(|photo| photo.record.clone()).collect(),
        contact,
    }
}

/// Whether a version of what the root pins is in force that is later than that.
fn overtaken(tx: &Connection, root: &CaseRoot) -> Result<bool> {
    Ok(packs::is_replaced(tx, &root.policy)? || packs::is_replaced(tx, &root.catalogue)?)
}

/// What the policy says of a report from there. A place whose accuracy circle reaches one of the
/// author's own duty grids may lie there, and so is not outside.
fn duty(
    pen: &Pen,
    grids: &Grids,
    position: &Position,
    grid: Option<&GridRef>,
) -> Result<Option<Warning>> {
    let own = &pen.identity.certificate.duty_grids;
    let inside = grid
        .and_then(|grid| grid.duty.as_ref())
        .is_some_and(|duty| own.contains(duty));
    if own.is_empty() || inside || unless_damaged(grids.reaches(position, own))? {
        return Ok(grid.is_none().then_some(Warning::OutsideEveryGrid));
    }
    let rule = pen.packs.policy().outside_duty_grid();
    if rule != DutyRule::Allow && !grids.knows(own) {
        return Ok(Some(Warning::MapMissing));
    }
    let warning = if grid.is_some() {
        Warning::OutsideDutyGrid
    } else {
        Warning::OutsideEveryGrid
    };
    match rule {
        DutyRule::Block => Err(DeviceError::NotNow(
            "the place lies outside your duty grids; report it to its own inspector",
        )),
        DutyRule::Warn => Ok(Some(warning)),
        DutyRule::Allow => Ok(None),
    }
}

fn write(tx: &Connection, pen: &Pen, ready: &Ready) -> Result<ChangeHash> {
    let case = ready.root.id;
    let payload = Payload::Report(ready.report.clone());
    let bytes = payload.to_cbor();
    // Bounds that only the payload knows, such as over-long codes.
    Payload::decode(&payload.kind(), &bytes)?;
    let Capacity { role, unit, .. } = ready.capacity.clone();
    let author = pen.author(tx, &case, role, unit)?;
    let counter = author.take_counters(tx, 2)?;
    let mut log = CaseLog::empty(case);
    let root = author.root(tx, &mut log, &ready.root, counter)?;
    let intent = changes::insert_intent(tx, &case, payload.kind().name(), None, &bytes)?;
    let links = Links::default();
    let deps = vec![root];
    let hash = author.entry(
        tx,
        &mut log,
        deps,
        &payload,
        links,
        pen.stamp,
        counter + 1,
        intent,
    )?;
    if let Some(text) = &ready.text {
        content::insert(tx, &case, text, true)?;
    }
    if let Some(card) = &ready.card {
        cards::insert(tx, card)?;
    }
    ready
        .photos
        .iter()
        .try_for_each(|photo| photo.keep(tx, &case))?;
    media::queue(tx, &case, pen.is_urgent(&log), pen.stamp.at)?;
    project(tx, &pen.packs, &log)?;
    Ok(hash)
}
