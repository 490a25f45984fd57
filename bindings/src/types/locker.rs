//! What people left on a shared handset.

use gewu_model::time::Millis;

pub use gewu::{Locker, MovedAside};

/// A database of this device that was damaged and moved aside.
#[uniffi::remote(Record)]
pub struct MovedAside {
    /// The name of its file, beside that of the database in use.
    pub name: String,
    /// When it was moved, by this device's clock.
    pub moved_at: Option<Millis>,
    /// How many bytes it has with its log.
    pub bytes: u64,
}

/// What somebody locked up on this handset when they left it to others.
#[uniffi::remote(Record)]
pub struct Locker {
    /// Its name among the device's lockers, in hexadecimal digits.
    pub name: String,
    /// Whose it is. Who that really is shows only when it is unlocked.
    pub user: String,
    /// When it was locked, by the device's clock.
    pub sealed_at: Millis,
    /// How many things in it the server has not acknowledged.
    pub unsent: u32,
    /// How many drafts are in it.
    pub drafts: u32,
    /// Why it cannot be opened, in words: its head is damaged or gone, or a newer app locked it. Then nothing
    /// else but the name is known of it.
    pub problem: Option<String>,
}
