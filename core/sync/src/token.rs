//! Bearer tokens with which other programs bring and fetch files in a device's name.
//!
//! Programs that upload by tus cannot sign each request as [`crate::auth`] wants. The device signs,
//! once and offline, that whoever shows the token may act for it on files until a time. The server
//! keeps nothing of it: it checks the signature with the key on file, so a token ends with its time
//! or with the device, whichever comes first.

use std::fmt;

use gewu_model::cbor;
use gewu_model::crypto::{Algorithm, Domain, PublicKey, SignError, Signature, Signer, Verifier};
use gewu_model::ids::{CityId, KeyId, from_hex, to_hex};
use gewu_model::time::Millis;
use minicbor::{Decode, Encode};

use crate::auth::WINDOW_MS;

/// The longest time that a token may hold, in milliseconds: a day.
pub const MAX_TTL_MS: i64 = 24 * 60 * 60 * 1_000;

/// How every token begins, so that it is told apart from an operator's.
pub const PREFIX: &str = "gewu1.";

/// A token as it stands after `Bearer `. It is as good as the device, as far as files go, so it
/// shows itself to nobody by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct Bearer(String);

impl Bearer {
    /// The text, for the `Authorization` header.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Bearer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bearer(…)")
    }
}

/// What a token is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
enum Purpose {
    /// Everything under `/v1/media`, and nothing else.
    #[n(1)]
    Media,
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
struct Body {
    #[n(0)]
    city: CityId,
    #[n(1)]
    key: KeyId,
    #[n(2)]
    purpose: Purpose,
    #[n(3)]
    not_before: Millis,
    #[n(4)]
    not_after: Millis,
}

/// A token that was read; nothing about it is believed before [`Token::check`].
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    body: Body,
    bytes: Vec<u8>,
    signature: Signature,
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({:?}, …)", self.body)
    }
}

/// Why a token is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It is not a token of ours.
    #[error("the token cannot be read: make one with `gewu token`")]
    Malformed,
    /// Another city, another key, or not signed by it.
    #[error("the token is not signed by a device of this city: make a new one")]
    Signature,
    /// Its time is over, or it claims more time than any token has.
    #[error("the token is out of its time: make a new one")]
    Expired,
    /// Its time has not come by the server's clock: the device that made it did not know how far its own
    /// was ahead, or one of the two was set since.
    #[error(
        "the token begins later than this server's time: the clock of the device was ahead when it was made, so have the device sync, and make a new one"
    )]
    NotYet,
}

/// Signs a token for the files of the signer's device, from `now` on for `ttl_ms` milliseconds, at
/// most [`MAX_TTL_MS`].
///
/// # Errors
/// [`SignError`] when the key cannot be used now.
pub fn issue(
    signer: &dyn Signer,
    city: CityId,
    now: Millis,
    ttl_ms: i64,
) -> Result<Bearer, SignError> {
    let body = cbor::to_vec(&Body {
        city,
        key: signer.public_key().id(),
        purpose: Purpose::Media,
        not_before: now,
        not_after: now.plus(ttl_ms.clamp(0, MAX_TTL_MS)),
    });
    let signature = signer.sign(Domain::Token, &[&body])?;
    let (body, algorithm) = (to_hex(&body), signature.algorithm.id());
    let signature = to_hex(&signature.bytes);
    Ok(Bearer(format!("{PREFIX}{body}.{algorithm}.{signature}")))
}

impl Token {
    /// Reads the text after `Bearer `.
    ///
    /// # Errors
    /// [`TokenError::Malformed`].
    pub fn read(text: &str) -> Result<Self, TokenError> {
        Self::parse(text).ok_or(TokenError::Malformed)
    }

    fn parse(text: &str) -> Option<Self> {
        let mut words = text.strip_prefix(PREFIX)?.split('.');
        let bytes = from_hex(words.next()?)?;
        let algorithm = match words.next()? {
            "1" => Algorithm::Ed25519Sha256,
            "2" => Algorithm::Sm2Sm3,
            _ => return None,
        };
        let signature = Signature {
            algorithm,
            bytes: from_hex(words.next()?)?,
        };
        let body = cbor::from_slice(&bytes).ok()?;
        words.next().is_none().then_some(Self {
            body,
            bytes,
            signature,
        })
    }

    /// The key that it says signed it.
    pub const fn key(&self) -> KeyId {
        self.body.key
    }

    /// Checks it against the city, the key on file and the server's clock, which may be off from the
    /// device's by [`WINDOW_MS`].
    ///
    /// # Errors
    /// [`TokenError::Signature`], [`TokenError::Expired`] or [`TokenError::NotYet`].
    pub fn check(
        &self,
        verifier: &dyn Verifier,
        city: CityId,
        key: &PublicKey,
        now: Millis,
    ) -> Result<(), TokenError> {
        let body = &self.body;
        let ours = body.city == city && body.key == key.id();
        if !ours || !verifier.verify(key, Domain::Token, &[&self.bytes], &self.signature) {
            return Err(TokenError::Signature);
        }
        let lasts = i128::from(body.not_after.0) - i128::from(body.not_before.0);
        let begun = body.not_before.0 <= now.plus(WINDOW_MS).0;
        match lasts > i128::from(MAX_TTL_MS) || now >= body.not_after {
            true => Err(TokenError::Expired),
            false if !begun => Err(TokenError::NotYet),
            false => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gewu_model::crypto::{Ed25519Signer, StandardSuite};

    const HOUR: i64 = 3_600_000;
    const NOW: Millis = Millis(1_700_000_000_000);

    fn check(text: &str, city: CityId, now: Millis) -> Result<(), TokenError> {
        let key = Ed25519Signer::from_seed(&[5; 32]).public_key();
        Token::read(text)?.check(&StandardSuite, city, &key, now)
    }

    #[test]
    fn a_token_holds_for_its_city_key_and_time() {
        let (city, other) = (CityId([1; 32]), CityId([2; 32]));
        let signer = Ed25519Signer::from_seed(&[5; 32]);
        let text = issue(&signer, city, NOW, HOUR).expect("in memory");
        let text = text.expose();
        assert_eq!(check(text, city, NOW), Ok(()));
        assert_eq!(check(text, other, NOW), Err(TokenError::Signature));
        let end = NOW.plus(HOUR);
        assert_eq!(check(text, city, end), Err(TokenError::Expired));
        let early = NOW.plus(-WINDOW_MS - 1);
        let ahead = check(text, city, early).expect_err("a clock was set");
        assert_eq!(ahead, TokenError::NotYet);
        assert!(ahead.to_string().contains("clock of the device was ahead"));
        let stranger = Ed25519Signer::from_seed(&[6; 32]);
        let forged = issue(&stranger, city, NOW, HOUR).expect("in memory");
        assert_eq!(
            check(forged.expose(), city, NOW),
            Err(TokenError::Signature)
        );
    }

    #[test]
    fn nobody_signs_away_more_than_a_day() {
        let city = CityId([1; 32]);
        let signer = Ed25519Signer::from_seed(&[5; 32]);
        let text = issue(&signer, city, NOW, 100 * MAX_TTL_MS).expect("in memory");
        let next_day = NOW.plus(MAX_TTL_MS);
        assert_eq!(
            check(text.expose(), city, next_day),
            Err(TokenError::Expired)
        );
        // Another implementation may claim more; it is not believed.
        let body = cbor::to_vec(&Body {
            city,
            key: signer.public_key().id(),
            purpose: Purpose::Media,
            not_before: NOW,
            not_after: NOW.plus(2 * MAX_TTL_MS),
        });
        let signature = signer.sign(Domain::Token, &[&body]).expect("in memory");
        let text = format!("{PREFIX}{}.1.{}", to_hex(&body), to_hex(&signature.bytes));
        assert_eq!(check(&text, city, NOW), Err(TokenError::Expired));
    }

    #[test]
    fn any_other_byte_is_another_token() {
        let city = CityId([1; 32]);
        let signer = Ed25519Signer::from_seed(&[5; 32]);
        let token = issue(&signer, city, NOW, HOUR).expect("in memory");
        assert_eq!(format!("{token:?}"), "Bearer(…)");
        let text = token.expose();
        for at in 0..text.len() {
            let mut bytes = text.as_bytes().to_vec();
            bytes[at] = if bytes[at] == b'0' { b'1' } else { b'0' };
            let changed = String::from_utf8(bytes).expect("digits");
            assert!(check(&changed, city, NOW).is_err(), "byte {at}");
        }
        assert_eq!(Token::read("secret"), Err(TokenError::Malformed));
    }
}
