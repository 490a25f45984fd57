//! What no city takes of a report, whatever its rules.

use gewu_model::contact::ContactCard;
use gewu_model::content::ContentItem;
use gewu_model::entry::{ClassRef, FieldKind, Kind, Payload, check_code};
use gewu_model::ids::Role;
use gewu_model::place::Position;

use super::reports::form;
use super::{Answer, Gewu};
use crate::api::ReportInput;
use crate::error::{DeviceError, Result};
use crate::grids::to_position;

impl Gewu {
    /// Refuses what no city takes of a report: a class or position that is missing, a position that is
    /// none, a text, code or contact out of bounds. Photos are not looked at, and the city's own rules are
    /// not asked: [`Gewu::report`] does both. Needs neither consent nor a city.
    ///
    /// # Errors
    /// [`crate::GewuError::InvalidInput`] names the field.
    pub fn check_report(&self, input: &ReportInput) -> Answer<()> {
        Ok(check(input)?)
    }
}

/// See [`Gewu::check_report`].
pub(super) fn check(input: &ReportInput) -> Result<()> {
    let (class, position) = (class_of(input)?, position_of(input)?);
    // What becomes of these is thrown away: their salts need not be random.
    let text = input.text.as_deref();
    let text = text.map(|text| ContentItem::new(text, Default::default()));
    let text = text.transpose()?;
    let contact = input.contact.as_ref().filter(|it| !it.is_empty());
    let card = contact.map(|contact| ContactCard::new(contact, Default::default()));
    let card = card.transpose()?;
    if let Some(edition) = &input.edition {
        check_code("edition", edition)?;
    }
    let digests = (
        text.map(|text| text.digest()),
        card.map(|card| card.digest()),
    );
    let somebody = Role::from("citizen");
    let report = form(input, class, position, None, &somebody, digests, &[]);
    let bytes = Payload::Report(report).to_cbor();
    Payload::decode(&Kind::Field(FieldKind::Report), &bytes)?;
    Ok(())
}

/// What is reported.
pub(super) fn class_of(input: &ReportInput) -> Result<&ClassRef> {
    let missing = DeviceError::input("class", "choose a class");
    input.class.as_ref().ok_or(missing)
}

/// Where it is.
pub(super) fn position_of(input: &ReportInput) -> Result<Position> {
    let missing = DeviceError::input("position", "a report needs a position");
    to_position(input.position.as_ref().ok_or(missing)?)
}
