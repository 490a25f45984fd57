//! How an author stands to a case, and what that is decided from.

use std::collections::BTreeMap;

use crate::small::Gather as _;
use serde::{Deserialize, Serialize};

use super::Capacity;
use super::units::UnitTree;
use crate::cert::Certificate;
use crate::entry::FieldKind;
use crate::fold::{CaseView, OpenQuestion};
use crate::ids::{GridCode, UnitId};
use crate::place::GridRef;

/// How an author stands to a case. Roles say what somebody is, relations to what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// Any holder of the role.
    Anyone,
    /// Reported the case.
    Reporter,
    /// Is asked by the question that is open.
    Asked,
    /// The open dispatch names the person as who does it.
    Assigned,
    /// Acts for a team that the open dispatch was assigned to.
    Team,
    /// Acts for a unit that the open dispatch names (lead, forwarded to, or assisting).
    WorkingUnit,
    /// Acts for a unit that the open dispatch names as lead or was forwarded to.
    LeadUnit,
    /// Acts for a unit that was ever sent the case.
    InvolvedUnit,
    /// Acts for a unit that the open dispatch names, or for one above it in the unit tree.
    UnitSubtree,
    /// Acts for a unit that was ever sent the case, or for one above it in the unit tree.
    InvolvedSubtree,
    /// The case lies in one of the person's own duty grids (责任网格).
    OwnDutyGrid,
    /// The case lies in one of the person's own areas, at the rule's level or, without one, at any.
    OwnArea,
    /// The case lies at one of the person's own road sections (路段).
    OwnRoad,
    /// Has a handle in the latest round of work, on any device, whatever became of it.
    Handled,
    /// Answered a request to verify, whatever became of the answer.
    Verified,
    /// Answered a request to check, whatever became of the answer.
    Checked,
}

impl Relation {
    /// Every relation, in the order of the documentation.
    pub const ALL: [Self; 16] = [
        Self::Anyone,
        Self::Reporter,
        Self::Asked,
        Self::Assigned,
        Self::Team,
        Self::WorkingUnit,
        Self::LeadUnit,
        Self::InvolvedUnit,
        Self::UnitSubtree,
        Self::InvolvedSubtree,
        Self::OwnDutyGrid,
        Self::OwnArea,
        Self::OwnRoad,
        Self::Handled,
        Self::Verified,
        Self::Checked,
    ];

    /// The name in packs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Anyone => "anyone",
            Self::Reporter => "reporter",
            Self::Asked => "asked",
            Self::Assigned => "assigned",
            Self::Team => "team",
            Self::WorkingUnit => "working_unit",
            Self::LeadUnit => "lead_unit",
            Self::InvolvedUnit => "involved_unit",
            Self::UnitSubtree => "unit_subtree",
            Self::InvolvedSubtree => "involved_subtree",
            Self::OwnDutyGrid => "own_duty_grid",
            Self::OwnArea => "own_area",
            Self::OwnRoad => "own_road",
            Self::Handled => "handled",
            Self::Verified => "verified",
            Self::Checked => "checked",
        }
    }
}

/// What a certificate gives beside user, roles and units, as far as relations ask for it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// Duty grids.
    pub duty_grids: Vec<GridCode>,
    /// Areas of any level, by code.
    pub areas: Vec<GridCode>,
    /// Road sections.
    pub roads: Vec<GridCode>,
}

impl From<&Certificate> for Standing {
    fn from(certificate: &Certificate) -> Self {
        let reach = certificate.reach.clone().unwrap_or_default();
        Self {
            duty_grids: certificate.duty_grids.clone(),
            areas: reach.areas,
            roads: reach.roads,
        }
    }
}

/// Where a case lies, as far as it is known to whoever judges.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Whereabouts {
    /// The unit grid.
    pub unit: Option<GridCode>,
    /// The duty grid.
    pub duty: Option<GridCode>,
    /// The road section.
    pub road: Option<GridCode>,
    /// The areas above the unit grid, by level, such as `community`.
    pub areas: BTreeMap<String, GridCode>,
}

impl Whereabouts {
    /// What the report itself says. It names the unit grid or, where its author had none, one area.
    pub fn of(view: &CaseView) -> Self {
        let grid = view.report.as_ref().and_then(|report| report.grid.as_ref());
        grid.map_or_else(Self::default, Self::in_grid)
    }

    /// What a grid says of itself.
    pub fn in_grid(grid: &GridRef) -> Self {
        let (unit, areas) = match &grid.level {
            None => (Some(grid.unit.clone()), BTreeMap::new()),
            Some(level) => (
                None,
                [(level.clone(), grid.unit.clone())].into_iter().into_map(),
            ),
        };
        Self {
            unit,
            duty: grid.duty.clone(),
            road: grid.road.clone(),
            areas,
        }
    }

    /// Whether the place lies in the grid, road section or area of that code.
    pub fn lies_in(&self, code: &GridCode) -> bool {
        let own = [&self.unit, &self.duty, &self.road];
        own.into_iter()
            .flatten()
            .chain(self.areas.values())
            .any(|own| own == code)
    }
}

/// Who stands how to which case.
pub(super) struct Stands<'a> {
    pub(super) who: &'a Capacity,
    pub(super) standing: &'a Standing,
    pub(super) place: &'a Whereabouts,
    pub(super) units: &'a UnitTree,
    pub(super) view: &'a CaseView,
}

impl Stands<'_> {
    /// Whether the relation holds; `level` narrows [`Relation::OwnArea`].
    pub(super) fn holds(&self, relation: Relation, level: Option<&str>) -> bool {
        let (who, view) = (self.who, self.view);
        match relation {
            Relation::Anyone => true,
            Relation::Reporter => {
                view.reporter.is_none() || view.reporter.as_ref() == Some(&who.user)
            }
            Relation::Asked => self.open(|open| open.persons.contains(&who.user)),
            Relation::Assigned => {
                self.open(|open| open.kind.is_work() && open.persons.contains(&who.user))
            }
            Relation::Team => self.open(|open| self.acts_for(open.teams.iter())),
            Relation::WorkingUnit => {
                self.open(|open| self.acts_for(open.units.iter().chain(&open.assist)))
            }
            Relation::LeadUnit => self.open(|open| self.acts_for(open.units.iter())),
            Relation::InvolvedUnit => self.acts_for(view.units.iter()),
            Relation::UnitSubtree => {
                self.open(|open| self.acts_above(open.units.iter().chain(&open.assist)))
            }
            Relation::InvolvedSubtree => self.acts_above(view.units.iter()),
            Relation::OwnDutyGrid => is_among(&self.standing.duty_grids, self.place.duty.as_ref()),
            Relation::OwnArea => self.own_area(level),
            Relation::OwnRoad => is_among(&self.standing.roads, self.place.road.as_ref()),
            Relation::Handled => view.handled_by(&who.user),
            Relation::Verified => self.wrote(FieldKind::Verify),
            Relation::Checked => self.wrote(FieldKind::Check),
        }
    }

    fn open(&self, asked: impl FnOnce(&OpenQuestion) -> bool) -> bool {
        self.view.question.as_ref().is_some_and(asked)
    }

    fn acts_for<'u>(&self, mut named: impl Iterator<Item = &'u UnitId>) -> bool {
        let own = self.who.unit.as_ref();
        own.is_some_and(|own| named.any(|unit| unit == own))
    }

    pub(super) fn acts_above<'u>(&self, mut named: impl Iterator<Item = &'u UnitId>) -> bool {
        let own = self.who.unit.as_ref();
        own.is_some_and(|own| named.any(|unit| self.units.lies_under(unit, own)))
    }

    fn own_area(&self, level: Option<&str>) -> bool {
        let areas = self.place.areas.iter();
        let mut areas = areas.filter(|(at, _)| level.is_none_or(|level| level == at.as_str()));
        areas.any(|(_, code)| self.standing.areas.contains(code))
    }

    fn wrote(&self, kind: FieldKind) -> bool {
        let entries = &self.view.entries;
        entries
            .iter()
            .any(|entry| entry.kind == kind.name() && entry.by == self.who.user)
    }
}

fn is_among(own: &[GridCode], place: Option<&GridCode>) -> bool {
    place.is_some_and(|place| own.contains(place))
}
