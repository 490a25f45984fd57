//! What rules and timers at the centre may do by themselves.

use serde::Deserialize;

use super::matrix::{ClassPrefix, KindName, covers};
use super::relation::Whereabouts;
use crate::entry::{ClassRef, Kind};
use crate::fold::Stage;
use crate::ids::{GridCode, UnitId};

/// One right of a service actor: direct dispatch (点对点直派), filing or resuming by rule.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceRule {
    /// The actor's name, such as `direct_dispatch`, `auto_file`, `auto_resume`.
    pub service: String,
    /// What it may do.
    pub kinds: Vec<KindName>,
    /// For which classes; all when it is missing.
    #[serde(default)]
    pub classes: Vec<ClassPrefix>,
    /// In which areas, duty grids or road sections, by code; everywhere when it is missing.
    #[serde(default)]
    pub areas: Vec<GridCode>,
    /// At which stages; all when it is missing.
    #[serde(default, rename = "in")]
    pub stages: Option<Vec<Stage>>,
    /// To which unit it dispatches.
    #[serde(default)]
    pub unit: Option<UnitId>,
    /// The limit of the dispatch, as it is written.
    #[serde(default)]
    pub limit: Option<String>,
}

impl ServiceRule {
    /// Whether the rule gives `kind` to the service for a case of that class, place and stage.
    pub fn gives(
        &self,
        kind: &Kind,
        class: Option<&ClassRef>,
        place: &Whereabouts,
        stage: Stage,
    ) -> bool {
        let staged = self
            .stages
            .as_ref()
            .is_none_or(|stages| stages.contains(&stage));
        let here = self.areas.is_empty() || self.areas.iter().any(|code| place.lies_in(code));
        let kinds = self.kinds.iter();
        let mut kinds = kinds.filter(|own| own.covers(kind, None));
        staged && here && covers(&self.classes, class) && kinds.next().is_some()
    }
}
