//! The user of the device.

use gewu_model::ids::{CityId, GridCode, KeyId, Role, UnitId, UserId};
use gewu_model::time::Millis;

pub use gewu::{Enrolment, SignInRequest, WhoAmI};

/// Who uses the device.
#[uniffi::remote(Record)]
pub struct WhoAmI {
    /// The user. Citizens write under a pseudonym per case instead.
    pub user: UserId,
    /// The device's key.
    pub device: KeyId,
    /// The city.
    pub city: CityId,
    /// The server.
    pub server: String,
    /// The user's roles.
    pub roles: Vec<Role>,
    /// The units in whose name the user may act.
    pub units: Vec<UnitId>,
    /// The user's own duty grids.
    pub duty_grids: Vec<GridCode>,
    /// The certificate holds until then.
    pub valid_until: Millis,
    /// The host app under whose account a citizen's reports go, as the server said last; none while they are
    /// anonymous.
    pub account: Option<String>,
}

/// What a host app's backend puts into the token with which a citizen signs in.
#[uniffi::remote(Record)]
pub struct SignInRequest {
    /// The city: the token's `aud`.
    pub city: CityId,
    /// This device's key: the token's `nonce`.
    pub device: KeyId,
}

/// The result of enrolling.
#[uniffi::remote(Record)]
pub struct Enrolment {
    /// Who the device now is.
    pub who: WhoAmI,
    /// Whether classes and grids are here; if not, the next sync fetches them.
    pub packs_ready: bool,
}
