//! Lockers: what somebody left on a shared handset, sealed until they come back.
//!
//! A locker is a folder of files. Everything in it is one stream of named items, cut into parts of a
//! mebibyte; each part lies under XChaCha20-Poly1305, bound to the locker, its own number and whether it
//! is the last, so that none can be changed, moved, left out or added. The head, which is put last, says
//! to whoever looks at the handset whose locker it is and how much waits in it.
//!
//! The key is grown from two things: a passphrase through Argon2id (RFC 9106), and a secret of the key
//! store. A copy of the folder cannot be guessed at without the key store, and whoever has the handset
//! opens nothing without the passphrase.

mod head;
mod key;
mod stream;

pub(crate) use head::{
    Head, folder, head, is_locker, lockers, lying_bytes, put_head, remove, salt,
};
pub(crate) use key::{LockerKey, SALT};
pub(crate) use stream::{Reader, Writer};

/// How many bytes go into one part.
const PART: usize = 1 << 20;
