//! Scopes decide who holds what: a device receives the cases of its scopes and no others.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use crate::small::Gather as _;
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::fold::CaseView;
use crate::ids::{GridCode, ParseIdError, UnitId, UserId};

/// One audience.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Scope {
    /// The collectors of a duty grid.
    DutyGrid(GridCode),
    /// People with an area of any level as their own.
    Area(GridCode),
    /// People with a road section as their own.
    Road(GridCode),
    /// The people of a unit that was ever sent the case.
    Unit(UnitId),
    /// A person who was asked, assigned, or reported in an official role.
    Asked(UserId),
    /// Verdicts and notices of one person.
    User(UserId),
    /// A citizen's own branch and public status.
    Public(UserId),
    /// Everything: the operators of the centre.
    All,
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DutyGrid(grid) => write!(f, "duty-grid:{grid}"),
            Self::Area(area) => write!(f, "area:{area}"),
            Self::Road(road) => write!(f, "road:{road}"),
            Self::Unit(unit) => write!(f, "unit:{unit}"),
            Self::Asked(user) => write!(f, "asked:{user}"),
            Self::User(user) => write!(f, "user:{user}"),
            Self::Public(user) => write!(f, "public:{user}"),
            Self::All => f.write_str("all"),
        }
    }
}

impl From<Scope> for String {
    fn from(scope: Scope) -> Self {
        scope.to_string()
    }
}

impl TryFrom<String> for Scope {
    type Error = ParseIdError;
    fn try_from(text: String) -> Result<Self, ParseIdError> {
        text.parse()
    }
}

impl FromStr for Scope {
    type Err = ParseIdError;
    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        match text.split_once(':') {
            None if text == "all" => Ok(Self::All),
            Some(("duty-grid", grid)) => Ok(Self::DutyGrid(grid.into())),
            Some(("area", area)) => Ok(Self::Area(area.into())),
            Some(("road", road)) => Ok(Self::Road(road.into())),
            Some(("unit", unit)) => Ok(Self::Unit(unit.into())),
            Some(("asked", user)) => Ok(Self::Asked(user.into())),
            Some(("user", user)) => Ok(Self::User(user.into())),
            Some(("public", user)) => Ok(Self::Public(user.into())),
            _ => Err(ParseIdError::new(
                "scope",
                "'all' or 'kind:name' of a known kind",
            )),
        }
    }
}

impl<C> Encode<C> for Scope {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.str(&self.to_string())?.ok()
    }
}

impl<'b, C> Decode<'b, C> for Scope {
    fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        d.str()?
            .parse()
            .map_err(|_| minicbor::decode::Error::message("unknown scope"))
    }
}

/// The scopes that a case is in, by its own entries. A unit, team or person once named stays, and a unit
/// that worked on the case even when a restored server's chain never sent it there, so that whoever
/// did work on a case sees what became of it; `reporter_is_staff` is false for citizens, who hold
/// their own branch only.
pub fn scopes_of(view: &CaseView, reporter_is_staff: bool) -> BTreeSet<Scope> {
    let mut scopes = [Scope::All].into_iter().into_set();
    let duty = view
        .report
        .as_ref()
        .and_then(|report| report.grid.as_ref()?.duty.clone());
    scopes.extend(duty.map(Scope::DutyGrid));
    let asked = view.units.iter().chain(&view.teams);
    scopes.extend(asked.cloned().map(Scope::Unit));
    let at_work = view.entries.iter().filter_map(|entry| entry.unit.clone());
    scopes.extend(at_work.map(Scope::Unit));
    scopes.extend(view.persons.iter().cloned().map(Scope::Asked));
    scopes.extend(
        view.reporter
            .iter()
            .filter(|_| reporter_is_staff)
            .cloned()
            .map(Scope::Asked),
    );
    scopes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_round_trip_as_text() {
        for text in [
            "all",
            "duty-grid:D:1",
            "area:990101",
            "road:R7",
            "unit:排水",
            "asked:u",
            "user:u",
            "public:u",
        ] {
            assert_eq!(
                text.parse::<Scope>()
                    .map(|scope| scope.to_string())
                    .as_deref(),
                Ok(text)
            );
        }
        assert!("everything".parse::<Scope>().is_err());
    }
}
