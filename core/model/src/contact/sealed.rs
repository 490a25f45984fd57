//! Contact cards at rest: XChaCha20-Poly1305 (RFC 8439 with the 24-byte nonce of
//! draft-irtf-cfrg-xchacha-03), bound to the case and the digest that name the card.
//!
//! A sealed card is one byte of version, eight bytes that name the key, the nonce, the ciphertext and
//! its tag. The nonce is random and an argument; 24 bytes leave no room for accidents.

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{Key, KeyInit, XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use super::ContactCard;
use crate::cbor;
use crate::crypto::sha256_parts;
use crate::ids::{CaseId, Digest};

/// How many random bytes sealing needs.
pub const NONCE_BYTES: usize = 24;
const VERSION: u8 = 1;
const NAME_BYTES: usize = 8;
const HEAD_BYTES: usize = 1 + NAME_BYTES;

/// A key under which cards lie. It never lies where they do.
#[derive(Clone)]
pub struct CardKey(Zeroizing<[u8; 32]>);

impl std::fmt::Debug for CardKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CardKey")
    }
}

impl CardKey {
    /// The key of these bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// A key for cards, grown from a secret that has other uses.
    pub fn grown(secret: &[u8]) -> Self {
        Self::new(sha256_parts(&[b"gewu.card-key.v1\0", secret]).0)
    }

    /// Names the key without telling it.
    pub fn name(&self) -> [u8; 8] {
        let digest = sha256_parts(&[b"gewu.card-key-name.v1\0", &*self.0]);
        std::array::from_fn(|at| digest.0[at])
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&Key::from(*self.0))
    }
}

/// Why a sealed card cannot be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// It lies under another key than this one.
    #[error("the contact card lies under another key: put the key back with which it was sealed")]
    OtherKey,
    /// Not what was sealed for this case and digest.
    #[error("the contact card is damaged or was moved from elsewhere")]
    Damaged,
}

fn bound_to(case: &CaseId, digest: &Digest) -> Vec<u8> {
    [b"gewu.contact-card.v1\0".as_slice(), &case.0, &digest.0].concat()
}

/// Seals `card` as the one of `case`. `nonce` is random and used once.
pub fn seal(key: &CardKey, case: &CaseId, card: &ContactCard, nonce: [u8; NONCE_BYTES]) -> Vec<u8> {
    let plain = Zeroizing::new(cbor::to_vec(card));
    let payload = Payload {
        msg: &plain,
        aad: &bound_to(case, &card.digest()),
    };
    let mut sealed = vec![VERSION];
    sealed.extend(key.name());
    sealed.extend(nonce);
    // It fails for more than 256 GB only.
    let cipher = key.cipher().encrypt(&XNonce::from(nonce), payload);
    sealed.extend(cipher.unwrap_or_default());
    sealed
}

/// The card that was sealed for `case` under `digest`.
///
/// # Errors
/// [`SealError`] tells another key from damage.
pub fn open(
    key: &CardKey,
    case: &CaseId,
    digest: &Digest,
    sealed: &[u8],
) -> Result<ContactCard, SealError> {
    let (head, rest) = sealed
        .split_at_checked(HEAD_BYTES)
        .ok_or(SealError::Damaged)?;
    if head[0] != VERSION {
        return Err(SealError::Damaged);
    }
    if head[1..] != key.name() {
        return Err(SealError::OtherKey);
    }
    let (nonce, cipher) = rest
        .split_at_checked(NONCE_BYTES)
        .ok_or(SealError::Damaged)?;
    let nonce: [u8; NONCE_BYTES] = nonce.try_into().map_err(|_| SealError::Damaged)?;
    let payload = Payload {
        msg: cipher,
        aad: &bound_to(case, digest),
    };
    let opened = key.cipher().decrypt(&XNonce::from(nonce), payload);
    let plain = Zeroizing::new(opened.map_err(|_| SealError::Damaged)?);
    let card: ContactCard = cbor::from_slice(&plain).map_err(|_| SealError::Damaged)?;
    if card.digest() == *digest {
        Ok(card)
    } else {
        Err(SealError::Damaged)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Contact;
    use super::*;

    fn sample() -> (CardKey, CaseId, ContactCard) {
        let contact = Contact {
            phone: Some("13812345678".to_owned()),
            ..Contact::default()
        };
        let card = ContactCard::new(&contact, [1; 16]).expect("a contact");
        (CardKey::new([7; 32]), CaseId([9; 16]), card)
    }

    #[test]
    fn what_is_sealed_opens_again_and_shows_nothing() {
        let (key, case, card) = sample();
        let sealed = seal(&key, &case, &card, [5; NONCE_BYTES]);
        assert!(!sealed.windows(8).any(|part| part == b"12345678"));
        assert_eq!(open(&key, &case, &card.digest(), &sealed), Ok(card));
    }

    #[test]
    fn another_key_case_or_digest_opens_nothing() {
        let (key, case, card) = sample();
        let digest = card.digest();
        let sealed = seal(&key, &case, &card, [5; NONCE_BYTES]);
        let other = CardKey::new([8; 32]);
        assert_eq!(
            open(&other, &case, &digest, &sealed),
            Err(SealError::OtherKey)
        );
        let elsewhere = CaseId([8; 16]);
        assert_eq!(
            open(&key, &elsewhere, &digest, &sealed),
            Err(SealError::Damaged)
        );
        let wrong = Digest([0; 32]);
        assert_eq!(open(&key, &case, &wrong, &sealed), Err(SealError::Damaged));
    }

    #[test]
    fn every_changed_or_missing_byte_is_noticed() {
        let (key, case, card) = sample();
        let digest = card.digest();
        let sealed = seal(&key, &case, &card, [5; NONCE_BYTES]);
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(open(&key, &case, &digest, &changed).is_err(), "byte {at}");
            assert!(
                open(&key, &case, &digest, &sealed[..at]).is_err(),
                "length {at}"
            );
        }
    }
}
