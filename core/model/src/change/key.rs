//! The key of an entry in `/entries`.

use sha2::{Digest as _, Sha256};

use crate::ids::ActorId;

const DOMAIN: &[u8] = b"gewu.entry-key.v1";
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The only key under which change `seq` of `actor` may place its entry.
///
/// It follows from the author and the number alone, so that two authors never meet on a key and
/// nobody can take another's. Hashed, because a key is read by all who hold the case, and the
/// actor's key id is nothing to print beside each entry.
///
/// ```
/// use gewu_model::change::entry_key;
/// use gewu_model::ids::ActorId;
///
/// let key = entry_key(&ActorId([7; 24]), 2);
/// assert_eq!(key.len(), 22);
/// assert_ne!(key, entry_key(&ActorId([7; 24]), 3));
/// ```
pub fn entry_key(actor: &ActorId, seq: u64) -> String {
    let digest = Sha256::new()
        .chain_update(DOMAIN)
        .chain_update(actor.as_bytes())
        .chain_update(seq.to_be_bytes())
        .finalize();
    base64url(&digest[..16])
}

/// RFC 4648 base64url without padding.
fn base64url(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let bits = group
            .iter()
            .fold(0u32, |bits, byte| bits << 8 | u32::from(*byte))
            << (8 * (3 - group.len()));
        for place in 0..=group.len() {
            out.push(char::from(
                ALPHABET[(bits >> (18 - 6 * place) & 63) as usize],
            ));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64url_follows_the_rfc_vectors_without_padding() {
        for (plain, coded) in [
            ("", ""),
            ("f", "Zg"),
            ("fo", "Zm8"),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg"),
        ] {
            assert_eq!(base64url(plain.as_bytes()), coded);
        }
        assert_eq!(base64url(&[0xfb, 0xff]), "-_8");
    }

    #[test]
    fn entry_keys_never_change() {
        assert_eq!(entry_key(&ActorId([7; 24]), 2), "z3hfBfsgNS8GxB8ebvyhfQ");
    }
}
