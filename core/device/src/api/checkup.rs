//! What a device finds when it looks itself over.
//!
//! Everything here is a number, a digest of a pack or one of a fixed set of words: no field can hold
//! what a person wrote, who they are or where they were. That is why a [`Checkup`] may be sent to
//! whoever helps.

use gewu_model::ids::Digest;
use gewu_model::time::Millis;
use serde::Serialize;

use super::status::AsideFound;

/// A fixed set of words with one for whatever another version of the app wrote.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $variant:ident = $word:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name {
            $($(#[$of])* $variant,)*
            /// What this version of the app does not know.
            Unknown,
        }

        impl $name {
            /// The word in databases and JSON.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                    Self::Unknown => "unknown",
                }
            }

            /// What that word stands for.
            pub fn named(word: &str) -> Self {
                match word {
                    $($word => Self::$variant,)*
                    _ => Self::Unknown,
                }
            }
        }
    };
}

words! {
    /// How a sync ended.
    SyncEnd {
        /// Everything was exchanged.
        Complete = "complete",
        /// Somebody stopped it.
        Cancelled = "cancelled",
        /// It is tried again.
        Later = "later",
        /// Somebody has to do something.
        Stopped = "stopped",
        /// The device itself failed.
        Failed = "failed",
    }
}

words! {
    /// What was in the way of a sync.
    SyncCause {
        /// No connection, or it broke.
        Offline = "offline",
        /// The server did not prove who it is.
        Insecure = "insecure",
        /// The network wants a login first.
        CaptivePortal = "captive_portal",
        /// Something that is no Gewu server answered.
        NotAServer = "not_a_server",
        /// The server was overloaded or broken.
        Unready = "unready",
        /// The device's clock is wrong.
        Skew = "skew",
        /// One of the two speaks an older protocol.
        TooOld = "too_old",
        /// The server does not take the device any more.
        Revoked = "revoked",
        /// The answer could not be trusted.
        Untrusted = "untrusted",
        /// The device could not keep what came.
        Storage = "storage",
        /// The server refused files.
        FilesRefused = "files_refused",
        /// Files on the device are damaged.
        FilesDamaged = "files_damaged",
    }
}

/// A sync of the past.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct PastSync {
    /// When it ended, by this device's clock.
    pub ended_at: Millis,
    /// How.
    pub outcome: SyncEnd,
    /// What was in its way.
    pub cause: Option<SyncCause>,
    /// Exchanges that were carried out.
    pub exchanges: u32,
    /// Bytes sent in bodies.
    pub bytes_up: u64,
    /// Bytes received in bodies.
    pub bytes_down: u64,
}

/// What waits for a receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum UnsentKind {
    /// A signed entry.
    Entry,
    /// A text.
    Text,
    /// A sealed contact card.
    ContactCard,
    /// A command.
    Command,
    /// The small picture of a photo.
    SmallPicture,
    /// A photo or another original.
    Photo,
    /// A case that a restored server is offered again.
    CaseOfferedAgain,
}

/// Why something still waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum UnsentWhy {
    /// It goes with the next exchange.
    NextSync,
    /// What it was made upon has not arrived at the server.
    Dependencies,
    /// The server has it and has not judged it yet.
    Judgement,
    /// A part of it is at the server.
    PartlySent,
    /// All of it is at the server, which has not acknowledged it.
    Acknowledgement,
    /// It was tried in vain; `gewu status` says why.
    TriedInVain,
    /// Uploads are paused.
    Paused,
    /// It waits for another network.
    Network,
    /// The platform's uploader has it.
    HandedOver,
    /// The server refused it.
    Refused,
    /// Its file is gone.
    Missing,
    /// Its file is damaged.
    Damaged,
}

/// What waits for one reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct UnsentGroup {
    /// What.
    pub what: UnsentKind,
    /// Why.
    pub why: UnsentWhy,
    /// How many.
    pub count: u32,
    /// Bytes of the files among them.
    pub bytes: u64,
    /// Since how many milliseconds the oldest waits, by this device's clock; `None` when that is not
    /// noted.
    pub oldest_ms: Option<u64>,
}

/// What the disk has done to files.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct FilesFound {
    /// Files that were read and hashed.
    pub files: u32,
    /// Damaged ones that nobody else has.
    pub damaged: u32,
    /// Ones that are gone and that nobody else has.
    pub missing: u32,
    /// Damaged ones and ones that are gone that the server has: a scrub lets them be fetched.
    pub restorable: u32,
}

words! {
    /// How a locker looks from outside.
    LockerLooks {
        /// Its head says what lies there.
        Whole = "whole",
        /// Its head is damaged or gone, or parts of it are.
        Damaged = "damaged",
        /// A newer app made it.
        Newer = "newer",
    }
}

/// What somebody locked up on the device, without whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct LockerFound {
    /// How it looks. What is in it is not looked at: that needs its passphrase.
    pub looks: LockerLooks,
    /// When it was locked.
    pub sealed_at: Option<Millis>,
    /// How many things wait in it for a receipt.
    pub unsent: u32,
    /// How many reports in it are not handed in.
    pub drafts: u32,
    /// How many bytes it has.
    pub bytes: u64,
}

/// A pack on the device. Its name is left out: that of a slice tells where somebody works. So do a grid's
/// digest and size, for anybody to whom all slices are known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PackFound {
    /// `grid`, `catalogue`, `policy`, …
    pub kind: String,
    /// Its version.
    pub version: u64,
    /// Its digest; `None` of a grid.
    pub digest: Option<Digest>,
    /// Whether it is in force.
    pub active: bool,
    /// Its size; `None` of a grid.
    pub bytes: Option<u64>,
    /// Whether its bytes are those of its digest.
    pub sound: bool,
}

words! {
    /// Why a pack that the city signed is not used here.
    PackWhy {
        /// This version of the app cannot read it.
        Unreadable = "unreadable",
        /// This version of the app has no use for packs of that kind.
        UnknownKind = "unknown_kind",
    }
}

/// A pack that the city signed and that this version of the app has no use for. It is not fetched again
/// before a later version of it, or of the app, is here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PackRefused {
    /// `grid`, `catalogue`, `policy`, …
    pub kind: String,
    /// Its version; 0 for one that was fetched because a case pins it.
    pub version: u64,
    /// Its digest; `None` of a grid, whose slice tells where somebody works.
    pub digest: Option<Digest>,
    /// Why.
    pub why: PackWhy,
}

/// Something that is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ailment {
    /// Pages of the database are damaged.
    DatabaseDamaged,
    /// A part of the device could not be read.
    Unreadable,
    /// What is unsent is not all listed, for parts of it cannot be read.
    UnsentUnknown,
    /// What lists show is not what the entries say.
    ProjectionDiffers,
    /// Files are damaged and nobody else has them.
    FilesDamaged,
    /// Files are gone and nobody else has them.
    FilesMissing,
    /// Files are damaged or gone that the server has.
    FilesRestorable,
    /// Packs are damaged.
    PacksDamaged,
    /// The city published packs that this version of the app cannot use.
    PacksRefused,
    /// The server refused files.
    FilesRefused,
    /// Cases arrived damaged and were not taken.
    CasesNotTaken,
    /// Something waits for days.
    WaitsForDays,
    /// The last sync stopped until somebody does something.
    SyncStopped,
    /// The clock is too far from the server's.
    ClockWrong,
    /// The key store lost the key that the device was enrolled with.
    KeyLost,
    /// Contacts were lost with a key before they reached the server.
    ContactsLost,
    /// Databases were damaged and moved aside.
    DatabasesAside,
    /// Lockers are damaged.
    LockersDamaged,
    /// A newer app locked something up here.
    LockersNewer,
}

impl Ailment {
    /// What it is and what to do.
    pub const fn words(self) -> &'static str {
        match self {
            Self::DatabaseDamaged => {
                "the database is damaged: copy the folder, export unsent work, then ask for help"
            }
            Self::Unreadable => {
                "parts of the device cannot be read: copy its folder before going on"
            }
            Self::UnsentUnknown => "more may be unsent than listed: export it, then ask for help",
            Self::ProjectionDiffers => {
                "cases are listed otherwise than their entries say: ask for help"
            }
            Self::FilesDamaged => {
                "files are damaged and not at the server: keep the folder for rescue"
            }
            Self::FilesMissing => {
                "files are gone and not at the server: put them back if you have them"
            }
            Self::FilesRestorable => {
                "files are damaged or gone that the server has: scrub, and they are fetched when looked at"
            }
            Self::PacksDamaged => "packs are damaged: sync to fetch them again",
            Self::PacksRefused => {
                "this version cannot use packs that the city published: update the app, or tell the centre"
            }
            Self::FilesRefused => "the server refused files: status says why",
            Self::CasesNotTaken => {
                "cases arrived damaged and were not taken: ask the server's operator"
            }
            Self::WaitsForDays => {
                "something waits for more than three days: sync, and see why it stays"
            }
            Self::SyncStopped => {
                "the last sync cannot go on by itself: sync again and do what it says"
            }
            Self::ClockWrong => "the clock is far from the server's: set it",
            Self::KeyLost => {
                "the key store lost the device's key: enrol again, entries and photos are kept"
            }
            Self::ContactsLost => {
                "contacts were lost with a key before they were sent: status names the cases, tell the centre how to reach who reported"
            }
            Self::DatabasesAside => {
                "damaged databases lie aside, and what was unsent in them: status names them, hand the device in for rescue"
            }
            Self::LockersDamaged => {
                "lockers are damaged: lockers names them, keep the folder for rescue"
            }
            Self::LockersNewer => {
                "a newer app locked something up here: update the app to unlock it"
            }
        }
    }
}

/// An ailment with how often it was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What is wrong.
    pub what: Ailment,
    /// How many things are concerned.
    pub count: u32,
}

/// What a device found when it looked itself over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Checkup {
    /// When, by this device's clock.
    pub at: Millis,
    /// The version of this library.
    pub version: &'static str,
    /// The version of the database's schema.
    pub schema: u32,
    /// Whether the device can write and sync in somebody's name.
    pub enrolled: bool,
    /// Cases on the device.
    pub cases: u32,
    /// Reports that are not handed in.
    pub drafts: u32,
    /// Files.
    pub files: FilesFound,
    /// Databases that were damaged and moved aside, the oldest first.
    pub aside: Vec<AsideFound>,
    /// What people locked up here, the oldest first.
    pub lockers: Vec<LockerFound>,
    /// What waits for a receipt, by kind and reason.
    pub unsent: Vec<UnsentGroup>,
    /// The last syncs, the latest first, twenty at most.
    pub syncs: Vec<PastSync>,
    /// The server's clock minus this device's, in milliseconds, as last learned.
    pub clock_offset_ms: Option<i64>,
    /// Packs.
    pub packs: Vec<PackFound>,
    /// Packs that the city signed and that are of no use here.
    pub refused_packs: Vec<PackRefused>,
    /// What is wrong; empty when nothing is.
    pub findings: Vec<Finding>,
}
