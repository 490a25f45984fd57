//! Cases that reach the centre otherwise than through a device: by telephone, video, import.

use gewu_model::case::{CaseRoot, SCHEMA};
use gewu_model::catalogue::CatalogueError;
use gewu_model::contact::{Contact, ContactCard, ContactError};
use gewu_model::content::{ContentItem, TextError};
use gewu_model::crypto::sha256_parts;
use gewu_model::entry::{Body, ClassRef, InstructionKind, Kind, Register, Report, Source};
use gewu_model::fold::fold;
use gewu_model::ids::{CaseId, Digest};
use gewu_model::place::Position;
use gewu_model::time::Millis;
use gewu_sync::gate::CaseState;

use super::bench::Bench;
use super::contacts::ContactNews;
use super::decide::{DecideError, Decided, attested};
use super::load::load;
use super::names::unseen;
use super::operators::Operator;
use super::packs::newest;
use super::{Core, CoreError, slips, wrong_clock};
use crate::seam::random;
use crate::store::{ExternalRow, StoreError, Tx};

/// What an operator knows of a new case.
#[derive(Debug, Clone)]
pub struct NewCase {
    /// The catalogue edition; the newest published one when `None`.
    pub edition: Option<String>,
    /// The class.
    pub class: ClassRef,
    /// The filing condition.
    pub condition: Option<String>,
    /// Where it is.
    pub position: Position,
    /// What was said.
    pub text: Option<String>,
    /// How to reach who said it.
    pub contact: Option<Contact>,
    /// Where it came from. The same external id of one channel is registered once; a source that
    /// names no channel is one.
    pub source: Source,
    /// When whoever sent it wants it settled.
    pub external_due: Option<Millis>,
    /// Whether whoever sent it waits for a reply.
    pub reply_required: bool,
}

/// What came of registering.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registered {
    /// A case was opened.
    New(Decided),
    /// It was registered before; with what became of the contact, where one was given.
    Known(Option<ContactNews>),
}

/// The sources that every city knows. A policy adds others by labels of the name `source.CODE`.
pub(super) const SOURCES: &[&str] = &[
    "citizen",
    "crew",
    "drone",
    "hotline",
    "import",
    "inspector",
    "operator",
    "platform",
    "unit_lead",
    "video",
];

/// Why a case is not registered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegisterError {
    /// The class, condition or edition is not known.
    #[error(transparent)]
    Class(#[from] CatalogueError),
    /// The text is out of bounds.
    #[error(transparent)]
    Text(#[from] TextError),
    /// The contact is out of bounds.
    #[error(transparent)]
    Contact(#[from] ContactError),
    /// The contact could not be kept safe.
    #[error("the key of contact cards is missing: put its file back, see `gewu op status`")]
    NoCardKey,
    /// No catalogue of that edition, or no policy, is published.
    #[error("this server has no {0}: publish one first")]
    NoPack(String),
    /// The source is not among those that the city knows.
    #[error(
        "the source {0} is not known: take hotline, video, drone, platform or import, or have the policy label source.{0}"
    )]
    Source(String),
    /// The place is 0, 0.
    #[error(
        "the place is 0, 0, in the sea off Africa, as where no place was known: write where it is"
    )]
    Nowhere,
    /// A name of the source has signs in it that nobody sees: under it, one matter would be registered twice.
    #[error("the {name} has {why}")]
    Unseen {
        /// Which of its names.
        name: &'static str,
        /// What is in it, and what to do.
        why: String,
    },
    /// The channel has sent something else under the same id before.
    #[error(
        "this id of the channel was registered with other words as case {case}: send changes as they come to that case, or use another id"
    )]
    Differs {
        /// The case that it became.
        case: CaseId,
    },
    /// The instruction could not be written.
    #[error(transparent)]
    Decide(#[from] DecideError),
}

impl From<StoreError> for RegisterError {
    fn from(error: StoreError) -> Self {
        Self::Decide(error.into())
    }
}

impl From<CoreError> for RegisterError {
    fn from(error: CoreError) -> Self {
        Self::Decide(error.into())
    }
}

impl Core {
    /// Opens a case at the centre. A matter of another system that was registered before, in the same
    /// words, yields the case that it became, without a decision; another contact is carried into that
    /// case.
    ///
    /// # Errors
    /// [`RegisterError`] says what is not known or not permitted.
    pub fn register(
        &self,
        operator: &Operator,
        new: &NewCase,
        now: Millis,
    ) -> Result<(CaseId, Registered), RegisterError> {
        slips::check_due(new.external_due, now).map_err(DecideError::Invalid)?;
        let tidy = tidied(new);
        self.write(|tx| {
            wrong_clock::check(tx, now, None)?;
            // What was registered before ids were tidied is known by what was written then.
            let known = match known(tx, &tidy)? {
                None if tidy.source != new.source => known(tx, new)?,
                found => found,
            };
            let new = &tidy;
            if let Some((known, sum)) = known {
                let case = known.case;
                // A console of the field learns of no case that it may not register.
                if !operator.is_centre() {
                    let bench = Bench::new(tx, load(tx, case)?, now);
                    let kind = Kind::Instruction(InstructionKind::Register);
                    self.capacity(operator, &bench, (&kind, None), &fold(&[]))?;
                }
                if known.sum.is_some_and(|known| known != sum) {
                    return Err(RegisterError::Differs { case });
                }
                let said = new.contact.as_ref();
                let news = self.contact_again(tx, operator, (case, said), now)?;
                return Ok((case, Registered::Known(news)));
            }
            check_seen(&new.source)?;
            check_place(&new.position)?;
            let card = self.card_of(new)?;
            let (case, decided) = self.register_new(tx, operator, (new, card.as_ref()), now)?;
            if let Some(id) = new.source.external_id.as_deref() {
                let row = ExternalRow {
                    case,
                    sum: Some(sum(new)),
                };
                tx.add_external(channel(&new.source), id, &row)?;
            }
            Ok((case, Registered::New(decided)))
        })
    }

    /// The card with the contact of a new case.
    fn card_of(&self, new: &NewCase) -> Result<Option<ContactCard>, RegisterError> {
        let contact = new.contact.as_ref();
        let card = contact.map(|contact| ContactCard::new(contact, random(&*self.entropy)));
        Ok(card.transpose()?)
    }

    /// Opens a case, whatever was registered before, with the card of whoever told it.
    pub(super) fn register_new(
        &self,
        tx: &dyn Tx,
        operator: &Operator,
        (new, card): (&NewCase, Option<&ContactCard>),
        now: Millis,
    ) -> Result<(CaseId, Decided), RegisterError> {
        let case = CaseId::v7(now.0, random(&*self.entropy));
        let root = self.new_root(tx, case, new)?;
        let mut bench = Bench::new(tx, CaseState::new(case), now);
        let change = root.change(self.actor(&bench)?);
        self.write_own(&mut bench, &change)?;
        let decided = self.write_register(&mut bench, operator, (new, card))?;
        Ok((case, decided))
    }

    fn new_root(
        &self,
        tx: &dyn Tx,
        case: CaseId,
        new: &NewCase,
    ) -> Result<CaseRoot, RegisterError> {
        let rules = self.rules();
        let policy = newest(tx, "policy")?.first().copied();
        let policy = policy.ok_or_else(|| RegisterError::NoPack("policy".into()))?;
        let code = new.source.code.as_str();
        let label = format!("source.{code}");
        let labelled = rules.policies.get(&policy);
        let labelled = labelled.is_some_and(|policy| policy.label(&label).is_some());
        if !labelled && !SOURCES.contains(&code) {
            return Err(RegisterError::Source(code.to_owned()));
        }
        let catalogues = newest(tx, "catalogue")?;
        let wanted = new.edition.as_deref();
        let catalogue = catalogues
            .iter()
            .filter_map(|digest| rules.catalogues.get(digest))
            .find(|catalogue| wanted.is_none_or(|edition| catalogue.has_edition(edition)));
        let catalogue = catalogue.ok_or_else(|| {
            RegisterError::NoPack(format!("catalogue {}", wanted.unwrap_or("of any edition")))
        })?;
        let edition = wanted.unwrap_or(catalogue.edition());
        catalogue.check(edition, &new.class, new.condition.as_deref())?;
        Ok(CaseRoot {
            schema: SCHEMA,
            id: case,
            edition: edition.to_owned(),
            policy,
            catalogue: catalogue.hash(),
        })
    }

    fn write_register(
        &self,
        bench: &mut Bench<'_>,
        operator: &Operator,
        (new, card): (&NewCase, Option<&ContactCard>),
    ) -> Result<Decided, RegisterError> {
        let text = match &new.text {
            Some(text) => Some(ContentItem::new(text, random(&*self.entropy))?),
            None => None,
        };
        let view = fold(&[]);
        let kind = Kind::Instruction(InstructionKind::Register);
        let capacity = self.capacity(operator, bench, (&kind, None), &view)?;
        let body = Body::Register(Box::new(Register {
            report: report(new, text.as_ref(), card),
            external_due: new.external_due,
            reply_required: new.reply_required.then_some(true),
        }));
        let (command, record) = attested(bench, &view, &body, capacity, operator.session())?;
        let decided = self.instruct(bench, &view, &command, &record, text.as_slice())?;
        if let Some(card) = card
            && !self.keep_card(bench.tx, bench.state.case, card)?
        {
            return Err(RegisterError::NoCardKey);
        }
        Ok(decided)
    }
}

/// The same without the blanks that slipped in around the names of its source. One of blanks is none.
fn tidied(new: &NewCase) -> NewCase {
    let tidy = |name: &Option<String>| {
        let name = name.as_deref().map(str::trim);
        name.filter(|name| !name.is_empty()).map(str::to_owned)
    };
    let source = Source {
        code: new.source.code.trim().to_owned(),
        channel: tidy(&new.source.channel),
        external_id: tidy(&new.source.external_id),
    };
    NewCase {
        source,
        ..new.clone()
    }
}

/// Refuses the place that programs write for none.
fn check_place(place: &Position) -> Result<(), RegisterError> {
    match (place.lon_e7, place.lat_e7) {
        (0, 0) => Err(RegisterError::Nowhere),
        _ => Ok(()),
    }
}

/// Refuses new ids and channels that look like others. What was registered under such a one goes on.
fn check_seen(source: &Source) -> Result<(), RegisterError> {
    let names = [
        ("channel", &source.channel),
        ("external id", &source.external_id),
    ];
    for (name, text) in names {
        let text = text.as_deref().unwrap_or_default();
        let control = || {
            let words = "a control character, a sign that nobody sees: take it out";
            text.contains(char::is_control).then(|| words.to_owned())
        };
        if let Some(why) = unseen(text).or_else(control) {
            return Err(RegisterError::Unseen { name, why });
        }
    }
    Ok(())
}

/// What was registered under this channel and id, beside the sum of what is said now.
fn known(tx: &dyn Tx, new: &NewCase) -> Result<Option<(ExternalRow, Digest)>, StoreError> {
    let Some(id) = new.source.external_id.as_deref() else {
        return Ok(None);
    };
    let row = tx.external(channel(&new.source), id)?;
    Ok(row.map(|row| (row, sum(new))))
}

/// The channel that a source speaks through.
fn channel(source: &Source) -> &str {
    source.channel.as_deref().unwrap_or(&source.code)
}

/// Tells what was said of a case from anything else. The contact has no part in it: what is derived
/// from a telephone number is not to lie beside the cards.
fn sum(new: &NewCase) -> Digest {
    // The keys of a JSON object come sorted, so the same words give the same bytes.
    let said = serde_json::json!({
        "edition": new.edition, "class": new.class, "condition": new.condition,
        "position": new.position, "text": new.text, "source": new.source,
        "external_due": new.external_due, "reply_required": new.reply_required,
    });
    sha256_parts(&[b"gewu.external.v1\0", said.to_string().as_bytes()])
}

fn report(new: &NewCase, text: Option<&ContentItem>, card: Option<&ContactCard>) -> Report {
    Report {
        class: new.class.clone(),
        condition: new.condition.clone(),
        position: new.position.clone(),
        grid: None,
        component: None,
        source: new.source.clone(),
        measured_milli: None,
        campaign: None,
        self_handled: false,
        language: "zh-CN".into(),
        description: text.map(ContentItem::digest),
        photos: vec![],
        contact: card.map(ContactCard::digest),
    }
}
