//! Where the server's own grids place a case.

use gewu_model::ids::{CaseId, Digest, GridCode};

use super::StoreError;

/// How the grid that a report names fails against the pack that it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Doubt {
    /// That pack gives another answer for the position.
    Differs,
    /// There is no such pack here.
    UnknownPack,
}

impl Doubt {
    /// Its name in the database and for operators.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Differs => "differs",
            Self::UnknownPack => "unknown_pack",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        let all = [Self::Differs, Self::UnknownPack];
        all.into_iter().find(|doubt| doubt.name() == name)
    }
}

/// Where a case lies by the city's whole pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PlaceRow {
    /// The pack that gave the answer.
    pub(crate) pack: Digest,
    /// The unit grid; `None` outside all of them.
    pub(crate) unit: Option<GridCode>,
    pub(crate) duty_grid: Option<GridCode>,
    pub(crate) road: Option<GridCode>,
    pub(crate) doubt: Option<Doubt>,
}

/// The places of cases.
pub(crate) trait Places {
    fn place(&self, case: CaseId) -> Result<Option<PlaceRow>, StoreError>;
    fn put_place(&self, case: CaseId, place: &PlaceRow) -> Result<(), StoreError>;
}
