//! Names in a policy that nothing in the city has, as far as its catalogues and maps tell.

use std::collections::BTreeSet;
use std::sync::PoisonError;

use gewu_grid::file::PackFault;
use gewu_model::entry::ClassKind;
use gewu_model::ids::GridCode;
use gewu_model::policy::{Around, Policy};

use super::Core;
use super::grids::Grids;

/// What stands above units on the maps in force.
#[derive(Default)]
struct Above {
    levels: BTreeSet<String>,
    codes: BTreeSet<GridCode>,
}

impl Core {
    /// What to look at again in a policy, by the catalogues and maps that are published here.
    pub(super) fn strange(&self, policy: &Policy, body: &[u8]) -> Vec<String> {
        let kinds = self.class_kinds();
        let grids = self.grids.read().unwrap_or_else(PoisonError::into_inner);
        let grids = std::sync::Arc::clone(&grids);
        let above = grids.above();
        let has_area = |code: &GridCode| {
            let above = above.as_ref();
            above.is_some_and(|above| above.codes.contains(code)) || grids.has_unit(code)
        };
        let levels = above.as_ref().map(|above| &above.levels);
        policy.strange(
            body,
            &Around {
                kinds: (!kinds.is_empty()).then_some(&kinds),
                levels,
                has_area: levels.map(|_| &has_area as &dyn Fn(&GridCode) -> bool),
            },
        )
    }

    /// Whether a map in force has an area, duty grid, road section or unit grid of that code.
    pub(super) fn is_on_map(&self, code: &GridCode) -> bool {
        let grids = self.grids.read().unwrap_or_else(PoisonError::into_inner);
        let grids = std::sync::Arc::clone(&grids);
        let above = grids.above();
        above.is_some_and(|above| above.codes.contains(code)) || grids.has_unit(code)
    }

    fn class_kinds(&self) -> BTreeSet<ClassKind> {
        let rules = self.rules();
        let mut kinds = BTreeSet::new();
        for catalogue in rules.catalogues.values() {
            let editions = catalogue.editions();
            let classes = editions.flat_map(|about| catalogue.classes_of(&about.edition));
            kinds.extend(classes.map(|class| class.kind));
        }
        kinds
    }
}

impl Grids {
    /// What stands above the units of the maps in force; `None` where there is no map, or one that cannot be
    /// read.
    fn above(&self) -> Option<Above> {
        let mut above = Above::default();
        for file in self.whole() {
            above.add(file).ok()?;
        }
        self.whole().next().map(|_| above)
    }

    /// Whether a map in force has a unit grid of that code.
    fn has_unit(&self, code: &GridCode) -> bool {
        let found = |file: &gewu_grid::file::GridFile<Vec<u8>>| file.units()?.find(code);
        self.whole().any(|file| matches!(found(file), Ok(Some(_))))
    }
}

impl Above {
    fn add(&mut self, file: &gewu_grid::file::GridFile<Vec<u8>>) -> Result<(), PackFault> {
        let units = file.units()?;
        for unit in units.all()? {
            let belongs = units.belongs(unit)?;
            let grids = [belongs.duty()?, belongs.road()?].into_iter().flatten();
            self.codes.extend(grids.map(GridCode::from));
            for level in belongs.levels()? {
                let (level, code) = level?;
                if !self.levels.contains(level) {
                    self.levels.insert(level.to_owned());
                }
                self.codes.insert(GridCode::from(code));
            }
        }
        Ok(())
    }
}
