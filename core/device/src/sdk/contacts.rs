//! Contact cards on the device: sealed with a key that the key store keeps.

use gewu_model::contact::{CardKey, Contact, ContactCard, NONCE_BYTES, open, seal};
use gewu_model::content::Salt;
use gewu_model::ids::{CaseId, Digest};
use rusqlite::Connection;

use super::{Answer, Core, Gewu};
use crate::api::{CaseContact, Draft, DraftId};
use crate::error::{DeviceError, Result};
use crate::identity::{CASE_SECRET, secret};
use crate::store::cards::{self, SealedCard};
use crate::store::drafts;

impl Gewu {
    /// How to reach who reported a case: all of it to the reporter on the device that reported, a
    /// mask to those whom the city's policy shows one, and nothing to everybody else.
    ///
    /// # Errors
    /// [`crate::GewuError::Storage`].
    pub fn contact(&self, case: CaseId) -> Answer<CaseContact> {
        let core = &self.core;
        Ok(core.read(|tx| {
            let own = cards::of_case(tx, &case)?;
            let key = own.as_ref().map(|_| core.card_key()).transpose()?;
            let card = own.zip(key).map(|(card, key)| open_card(&key, &card));
            Ok(match card {
                Some(Ok(card)) => CaseContact {
                    masked: Some(card.masked()),
                    own: Some(card.contact()),
                    unreadable: false,
                },
                Some(Err(_)) => CaseContact {
                    unreadable: true,
                    ..CaseContact::default()
                },
                None => CaseContact {
                    masked: cards::masked(tx, &case)?,
                    ..CaseContact::default()
                },
            })
        })?)
    }
}

impl Core {
    /// The key under which this device's cards lie.
    pub(crate) fn card_key(&self) -> Result<CardKey> {
        let host = &self.options.host;
        let secret = secret(&*host.secrets, &*host.entropy, CASE_SECRET)?;
        Ok(CardKey::grown(&secret))
    }

    /// A checked contact as a card with a fresh salt.
    pub(crate) fn card(&self, contact: Option<&Contact>) -> Result<Option<ContactCard>> {
        let card = contact
            .filter(|contact| !contact.is_empty())
            .map(|contact| ContactCard::new(contact, self.random()));
        Ok(card.transpose()?)
    }

    pub(crate) fn seal_card(&self, case: CaseId, card: &ContactCard) -> Result<SealedCard> {
        let nonce = self.random::<NONCE_BYTES>();
        Ok(SealedCard {
            case,
            digest: card.digest(),
            sealed: seal(&self.card_key()?, &case, card, nonce),
        })
    }

    /// A draft's contact as it lies; it may still be half typed, so nothing of it is checked.
    pub(super) fn seal_draft(
        &self,
        draft: DraftId,
        contact: Option<&Contact>,
    ) -> Result<Option<Vec<u8>>> {
        let Some(contact) = contact.filter(|contact| !contact.is_empty()) else {
            return Ok(None);
        };
        let card = ContactCard {
            salt: Salt(self.random()),
            phone: contact.phone.clone(),
            name: contact.name.clone(),
            id_number: contact.id_number.clone(),
        };
        let sealed = self.seal_card(CaseId(draft.0), &card)?;
        Ok(Some([sealed.digest.0.as_slice(), &sealed.sealed].concat()))
    }

    /// A draft with its contact.
    pub(super) fn whole_draft(&self, tx: &Connection, draft: DraftId) -> Result<Option<Draft>> {
        let mut found = drafts::get(tx, draft)?;
        if let Some(found) = &mut found {
            found.input.contact = self.contact_of(tx, draft)?;
        }
        Ok(found)
    }

    /// The contact of a draft; `None` as well when the key store lost the key.
    pub(super) fn contact_of(&self, tx: &Connection, draft: DraftId) -> Result<Option<Contact>> {
        let stored = drafts::contact(tx, draft)?;
        let Some((digest, sealed)) = stored.as_deref().and_then(|it| it.split_at_checked(32))
        else {
            return Ok(None);
        };
        let digest = Digest::from_slice(digest).ok_or(DeviceError::Damaged)?;
        let opened = open(&self.card_key()?, &CaseId(draft.0), &digest, sealed);
        Ok(opened.ok().map(|card| card.contact()))
    }
}

pub(crate) fn open_card(
    key: &CardKey,
    card: &SealedCard,
) -> std::result::Result<ContactCard, gewu_model::contact::SealError> {
    open(key, &card.case, &card.digest, &card.sealed)
}

/// The unsent cards that can be read, each with its case.
pub(crate) fn readable_unsent(
    tx: &Connection,
    key: &CardKey,
) -> Result<Vec<(CaseId, ContactCard)>> {
    let sealed = cards::unsent(tx)?;
    let opened = sealed.iter().filter_map(|card| {
        let opened = open_card(key, card).ok()?;
        Some((card.case, opened))
    });
    Ok(opened.collect())
}
