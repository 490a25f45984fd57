//! Sign-in tokens of host apps: JSON Web Tokens (RFC 7519) in their compact form, read by the rules of
//! RFC 8725.
//!
//! A host app's backend signs with a key that the city has registered under the app's name. Which
//! algorithm that key is for was said when it was registered: the header of a token may only agree. So
//! there is no `none`, no HMAC under a public key, and no choice of a token's author. What a token says is
//! read for one purpose before the signature is checked: to know whose key it has to be.
//!
//! A token is for one city (`aud`), for one device (`nonce`, its key id in hexadecimal digits) and for a
//! short time (`iat`, `exp`). The device proves by its own signature that it holds that key, so a token that
//! leaks is of no use on another phone.

mod key;
mod mint;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gewu_model::ids::{CityId, KeyId};
use gewu_model::time::Millis;
use gewu_sync::wire::MAX_HOST_TOKEN_BYTES;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Deserializer};

pub use key::{Algorithm, HostKey, HostKeyError};
pub use mint::{Claims, HostSigner, HostSignerError, new_key};

/// The longest time between `iat` and `exp`, in seconds.
pub const MAX_LIFETIME_S: i64 = 3_600;
/// By how much the clocks of the app's backend and of the server may differ.
const LEEWAY_MS: i64 = 300_000;
/// The most bytes of `sub`.
const MAX_SUB_BYTES: usize = 255;

/// Why a token is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HostTokenError {
    /// It is no token, or lacks something.
    #[error("this is no sign-in token of a host app: {0}")]
    Malformed(&'static str),
    /// Nobody of that name is registered.
    #[error("the city has no host app of the name that the token gives (iss): have it registered")]
    UnknownApp,
    /// It names another algorithm than the registered key's.
    #[error("the token is signed by another algorithm than the registered key's, {0}")]
    Algorithm(&'static str),
    /// The registered key did not sign it.
    #[error("the token's signature is not that of the host app's registered key")]
    Signature,
    /// Its time is over.
    #[error("the sign-in token has expired: the server's time is {time}, ask the host app for a new one", time = utc(*.0))]
    Expired(Millis),
    /// Its time has not begun.
    #[error(
        "the sign-in token is from the future: the server's time is {time}, check the clock of the host app's backend",
        time = utc(*.0)
    )]
    Early(Millis),
    /// It would hold for too long.
    #[error("a sign-in token holds for an hour at most, and its exp lies after its iat")]
    Lifetime,
    /// It is for another city.
    #[error("the token is for another city (aud)")]
    Audience,
    /// It is for another device.
    #[error("the token was made for another device (nonce): ask for one with this device's key id")]
    Nonce,
}

impl HostTokenError {
    /// Names the refusal to programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "host_token_malformed",
            Self::UnknownApp => "host_app_unknown",
            Self::Algorithm(_) => "host_token_algorithm",
            Self::Signature => "host_token_signature",
            Self::Expired(_) => "host_token_expired",
            Self::Early(_) => "host_token_early",
            Self::Lifetime => "host_token_lifetime",
            Self::Audience => "host_token_audience",
            Self::Nonce => "host_token_nonce",
        }
    }
}

/// Who is signed in, as a checked token says.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// The registered name of the host app.
    pub iss: String,
    /// The app's own name for its user.
    pub sub: String,
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account")
            .field("iss", &self.iss)
            .finish_non_exhaustive()
    }
}

/// What a token has to be for.
#[derive(Debug, Clone, Copy)]
pub struct Expected {
    /// The city.
    pub city: CityId,
    /// The device.
    pub device: KeyId,
    /// The server's time.
    pub now: Millis,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    typ: Option<String>,
    #[serde(default, deserialize_with = "present")]
    crit: bool,
}

#[derive(Deserialize)]
struct Payload {
    iss: String,
    sub: String,
    aud: Audience,
    iat: f64,
    exp: f64,
    nbf: Option<f64>,
    nonce: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Audience {
    fn names(&self, city: &str) -> bool {
        match self {
            Self::One(one) => one == city,
            Self::Several(all) => all.iter().any(|one| one == city),
        }
    }
}

/// A token whose signature nobody has checked yet.
pub struct Unchecked<'t> {
    header: Header,
    payload: Payload,
    signed: &'t str,
    signature: Vec<u8>,
}

impl<'t> Unchecked<'t> {
    /// Takes a token apart.
    ///
    /// # Errors
    /// [`HostTokenError::Malformed`] says what is wrong with its form.
    pub fn read(token: &'t str) -> Result<Self, HostTokenError> {
        use HostTokenError::Malformed;
        if token.len() > MAX_HOST_TOKEN_BYTES {
            return Err(Malformed("it has more than 8 KiB"));
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(Malformed("it has no parts"))?;
        let (header, payload) = signed.split_once('.').ok_or(Malformed("it has no parts"))?;
        let header: Header = json(header, "its header cannot be read")?;
        if header.crit {
            return Err(Malformed(
                "its header names extensions that have to be known (crit)",
            ));
        }
        let typ = header.typ.as_deref();
        if typ.is_some_and(|typ| !typ.eq_ignore_ascii_case("JWT")) {
            return Err(Malformed("its type (typ) is not JWT"));
        }
        Ok(Self {
            header,
            payload: json(payload, "its claims cannot be read, or one is missing")?,
            signed,
            signature: part(signature, "its signature cannot be read")?,
        })
    }

    /// The host app that it says it is from. To find the key by, and for nothing else.
    pub fn claimed_iss(&self) -> &str {
        &self.payload.iss
    }

    /// Checks it against the key of the host app that it names.
    ///
    /// # Errors
    /// [`HostTokenError`] says why it is not taken.
    pub fn check(self, key: &HostKey, expected: &Expected) -> Result<Account, HostTokenError> {
        if self.header.alg != key.algorithm().name() {
            return Err(HostTokenError::Algorithm(key.algorithm().name()));
        }
        if !key.verify(self.signed.as_bytes(), &self.signature) {
            return Err(HostTokenError::Signature);
        }
        self.payload.check_times(expected.now)?;
        if !self.payload.aud.names(&expected.city.to_string()) {
            return Err(HostTokenError::Audience);
        }
        if self.payload.nonce != expected.device.to_string() {
            return Err(HostTokenError::Nonce);
        }
        let Payload { iss, sub, .. } = self.payload;
        match sub.len() {
            1..=MAX_SUB_BYTES => Ok(Account { iss, sub }),
            _ => Err(HostTokenError::Malformed("its sub has not 1 to 255 bytes")),
        }
    }
}

impl Payload {
    fn check_times(&self, now: Millis) -> Result<(), HostTokenError> {
        let (iat, exp) = (millis(self.iat)?, millis(self.exp)?);
        let begins = self
            .nbf
            .map(millis)
            .transpose()?
            .map_or(iat, |nbf| iat.max(nbf));
        if exp.since(now) <= -LEEWAY_MS {
            return Err(HostTokenError::Expired(now));
        }
        if begins.since(now) > LEEWAY_MS {
            return Err(HostTokenError::Early(now));
        }
        match exp.since(iat) {
            1..=LIFETIME_MS => Ok(()),
            _ => Err(HostTokenError::Lifetime),
        }
    }
}

/// A time as people and logs write it.
fn utc(at: Millis) -> String {
    let time = chrono::DateTime::from_timestamp_millis(at.0);
    time.map_or_else(|| at.to_string(), |time| time.format("%FT%TZ").to_string())
}

/// Whether a field is there, whatever it says.
fn present<'de, D: Deserializer<'de>>(field: D) -> Result<bool, D::Error> {
    IgnoredAny::deserialize(field).map(|_| true)
}

const LIFETIME_MS: i64 = MAX_LIFETIME_S * 1_000;

/// A time in seconds, which RFC 7519 lets have a fraction.
fn millis(seconds: f64) -> Result<Millis, HostTokenError> {
    const YEAR_3000_S: f64 = 32_503_680_000.0;
    match seconds {
        #[allow(
            clippy::cast_possible_truncation,
            reason = "the range was just checked"
        )]
        0.0..=YEAR_3000_S => Ok(Millis((seconds * 1_000.0) as i64)),
        _ => Err(HostTokenError::Malformed("one of its times is none")),
    }
}

fn part(text: &str, wrong: &'static str) -> Result<Vec<u8>, HostTokenError> {
    let bytes = URL_SAFE_NO_PAD.decode(text);
    bytes.map_err(|_| HostTokenError::Malformed(wrong))
}

/// A part that is a JSON object. One that says something twice is refused.
fn json<T: DeserializeOwned>(text: &str, wrong: &'static str) -> Result<T, HostTokenError> {
    let bytes = part(text, wrong)?;
    serde_json::from_slice(&bytes).map_err(|_| HostTokenError::Malformed(wrong))
}

#[cfg(test)]
mod tests;
