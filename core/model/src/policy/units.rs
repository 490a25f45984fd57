//! The tree of units, as a policy tells it.

use std::collections::BTreeMap;

use super::PolicyError;
use crate::ids::UnitId;

/// The most steps from a unit to its uppermost one. Real trees have four or five levels.
const MAX_DEPTH: usize = 16;

/// Which unit stands under which.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UnitTree(BTreeMap<UnitId, UnitId>);

impl UnitTree {
    /// The tree that these pairs of a unit and the one above it make.
    ///
    /// # Errors
    /// [`PolicyError`] when a unit stands under itself, or deeper than 16 steps.
    pub(super) fn new(above: BTreeMap<UnitId, UnitId>) -> Result<Self, PolicyError> {
        let tree = Self(above);
        match tree
            .0
            .keys()
            .find(|unit| tree.above(unit).count() > MAX_DEPTH)
        {
            Some(unit) => Err(PolicyError(format!(
                "units.{unit} stands under itself, or deeper than {MAX_DEPTH} steps"
            ))),
            None => Ok(tree),
        }
    }

    /// The units above `unit`, from below.
    pub fn above<'a>(&'a self, unit: &UnitId) -> impl Iterator<Item = &'a UnitId> {
        let first = self.0.get(unit);
        std::iter::successors(first, |unit| self.0.get(*unit)).take(MAX_DEPTH + 1)
    }

    /// Whether `unit` is `top` or stands somewhere under it.
    pub fn lies_under(&self, unit: &UnitId, top: &UnitId) -> bool {
        unit == top || self.above(unit).any(|above| above == top)
    }

    /// Every unit that the tree names, from above and from below; some twice.
    pub fn all(&self) -> impl Iterator<Item = &UnitId> {
        self.0.iter().flat_map(|(below, above)| [below, above])
    }

    /// The unit right above.
    pub fn parent(&self, unit: &UnitId) -> Option<&UnitId> {
        self.0.get(unit)
    }

    /// Whether the policy tells of no tree.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
