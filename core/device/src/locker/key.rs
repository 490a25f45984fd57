//! The key of a locker, and a part under it.

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{Key, KeyInit, XChaCha20Poly1305, XNonce};
use gewu_model::crypto::sha256_parts;
use zeroize::Zeroizing;

use crate::error::{DeviceError, Result};

/// How many random bytes tell one locker's key from another's under the same passphrase.
pub(crate) const SALT: usize = 16;
/// What growing a key costs: 19 MiB, passed over twice, in one lane. The least that OWASP's Password
/// Storage Cheat Sheet gives for Argon2id, for a cheap phone has to do it too.
const COST: (u32, u32, u32) = (19 * 1024, 2, 1);

/// The key of one locker.
pub(crate) struct LockerKey {
    bytes: Zeroizing<[u8; 32]>,
    salt: [u8; SALT],
}

/// Where a part stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) number: u64,
    pub(super) last: bool,
}

impl LockerKey {
    /// The key of a passphrase and the key store's secret. Takes some tenths of a second on purpose.
    pub(crate) fn grown(passphrase: &str, salt: [u8; SALT], secret: &[u8]) -> Result<Self> {
        let (memory, passes, lanes) = COST;
        let mut grown = Zeroizing::new([0; 32]);
        // Fails for costs and lengths that are out of range, which ours are not.
        let params = Params::new(memory, passes, lanes, Some(grown.len()));
        let done = params.and_then(|params| {
            let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
            argon.hash_password_into(passphrase.as_bytes(), &salt, &mut *grown)
        });
        done.map_err(|_| DeviceError::Damaged)?;
        let bytes = sha256_parts(&[b"gewu.locker-key.v1\0", &*grown, secret]).0;
        Ok(Self {
            bytes: Zeroizing::new(bytes),
            salt,
        })
    }

    /// Tells the right key from a wrong one and says nothing else of it.
    pub(crate) fn check(&self) -> String {
        let digest = sha256_parts(&[b"gewu.locker-check.v1\0", &*self.bytes]);
        gewu_model::ids::to_hex(&digest.0[..8])
    }

    pub(super) fn seal(&self, place: Place, plain: &[u8]) -> Result<Vec<u8>> {
        let payload = Payload {
            msg: plain,
            aad: &self.bound_to(place),
        };
        let sealed = self.cipher().encrypt(&nonce(place), payload);
        sealed.map_err(|_| DeviceError::Damaged)
    }

    pub(super) fn open(&self, place: Place, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        let payload = Payload {
            msg: sealed,
            aad: &self.bound_to(place),
        };
        let plain = self.cipher().decrypt(&nonce(place), payload);
        plain.map(Zeroizing::new).map_err(|_| DeviceError::Damaged)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&Key::from(*self.bytes))
    }

    fn bound_to(&self, place: Place) -> Vec<u8> {
        let number = place.number.to_be_bytes();
        let last = [u8::from(place.last)];
        [b"gewu.locker.v1\0".as_slice(), &self.salt, &number, &last].concat()
    }
}

/// No key serves twice, for its salt is random, and no part has another's number.
fn nonce(place: Place) -> XNonce {
    let mut nonce = [0; 24];
    nonce[16..].copy_from_slice(&place.number.to_be_bytes());
    XNonce::from(nonce)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_needs_passphrase_salt_and_secret() {
        let key = |passphrase, salt, secret: &[u8]| {
            LockerKey::grown(passphrase, [salt; SALT], secret)
                .unwrap()
                .check()
        };
        let one = key("six or more", 1, b"store");
        assert_eq!(one, key("six or more", 1, b"store"));
        assert_ne!(one, key("six or less", 1, b"store"));
        assert_ne!(one, key("six or more", 2, b"store"));
        assert_ne!(one, key("six or more", 1, b"other"));
    }

    #[test]
    fn a_part_opens_in_its_own_place_alone() {
        let key = LockerKey::grown("six or more", [1; SALT], b"store").unwrap();
        let place = |number, last| Place { number, last };
        let mut sealed = key.seal(place(3, false), b"work").unwrap();
        assert_eq!(**key.open(place(3, false), &sealed).unwrap(), *b"work");
        assert!(key.open(place(4, false), &sealed).is_err());
        assert!(key.open(place(3, true), &sealed).is_err());
        sealed[0] ^= 1;
        assert!(key.open(place(3, false), &sealed).is_err());
    }
}
