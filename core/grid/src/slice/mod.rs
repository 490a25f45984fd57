//! Parts of a city's pack for those who may not or need not hold all of it.
//!
//! A [`Cutter`] reads a whole pack once and cuts from it, always the same bytes for the same pack:
//!
//! - [`Cutter::public`]: the administrative areas and nothing finer, for citizens. Unit grids of
//!   one area dissolve into it: a border between two of them goes, and what is left lies between
//!   areas. Of the levels above the units the finest is taken, unless it has an area for each unit
//!   and so would be the unit grids under another name.
//! - [`Cutter::duty`]: the units of duty grids and every unit that shares a border or a corner with
//!   one of them, with the roads, components and door plates there, for those who patrol them.
//! - [`Cutter::field`]: the whole city without what is for the control room only.
//!
//! # What a slice answers
//!
//! A unit keeps its code and, point for point, its border. A point that the whole pack places in a
//! unit of the slice lies in the same unit of the slice, at the same distance from its border. Of
//! the slice's outer border alone the slice says less: a point *exactly* on it may belong, by the
//! smallest code, to a unit that the slice does not have. Neighbours of duty grids are taken in so
//! that no point of a duty grid lies there.
//!
//! # Who may hold a layer
//!
//! A layer for operators is in no slice. Into the public slice go layers whose audience is public
//! and whose sensitivity is open. The areas themselves are public whatever the units are: they are
//! what every map of the city shows.

mod areas;
mod decode;
mod duty;
mod join;

use std::collections::BTreeSet;

use gewu_model::ids::{Digest, GridCode};

use crate::file::{
    Audience, Cut, GridFile, LayerMeta, PackFault, PackInput, Sensitivity, WriteError, write,
};

/// A whole pack, read to be cut.
#[derive(Debug)]
pub struct Cutter {
    whole: PackInput,
    from: Digest,
    register: duty::Register,
}

impl Cutter {
    /// Reads a pack. Takes memory in proportion to the file: for whoever serves packs, not for
    /// devices.
    ///
    /// # Errors
    /// [`PackFault`] when a section is damaged.
    pub fn new<B: AsRef<[u8]>>(file: &GridFile<B>) -> Result<Self, PackFault> {
        let whole = file.to_input()?;
        Ok(Self {
            register: duty::Register::of(file, &whole)?,
            from: file.digest(),
            whole,
        })
    }

    /// The duty grids that the pack's units name, in order.
    pub fn duty_grids(&self) -> BTreeSet<GridCode> {
        self.register.duty_grids()
    }

    /// The pack for everybody; `None` when the units name no level above them and no other layer
    /// is public.
    ///
    /// # Errors
    /// [`WriteError`] when the pack contradicts itself.
    pub fn public(&self) -> Result<Option<Vec<u8>>, WriteError> {
        let areas = self.whole.units.as_ref().and_then(areas::dissolve);
        let (units, level) = areas.unzip();
        self.finish(units, level, |meta| {
            meta.audience == Audience::Public && meta.sensitivity == Sensitivity::Open
        })
    }

    /// The pack for the people of duty grids; `None` when no unit belongs to one, or when the units
    /// are for operators only.
    ///
    /// # Errors
    /// [`WriteError`] when the pack contradicts itself.
    pub fn duty(&self, grids: &BTreeSet<GridCode>) -> Result<Option<Vec<u8>>, WriteError> {
        let units = self.whole.units.as_ref();
        if !units.is_some_and(|layer| is_for_the_field(layer.meta)) {
            return Ok(None);
        }
        match self.register.choose(&self.whole, grids) {
            Some(chosen) => {
                let mut pack = chosen.pack();
                pack.cut.grids = grids.iter().cloned().collect();
                self.finish_with(pack, is_for_the_field)
            }
            None => Ok(None),
        }
    }

    /// Whether a layer is for operators only, so that the whole pack is for nobody else.
    pub fn is_for_operators(&self) -> bool {
        !self.layers().all(is_for_the_field)
    }

    /// The pack for people in the field who are not bound to duty grids: everything but layers for
    /// operators; `None` when nothing is left.
    ///
    /// # Errors
    /// [`WriteError`] when the pack contradicts itself.
    pub fn field(&self) -> Result<Option<Vec<u8>>, WriteError> {
        let units = self.whole.units.as_ref();
        let units = units.filter(|layer| is_for_the_field(layer.meta));
        self.finish(units.cloned(), None, is_for_the_field)
    }

    fn layers(&self) -> impl Iterator<Item = LayerMeta> {
        let whole = &self.whole;
        [
            whole.units.as_ref().map(|layer| layer.meta),
            (!whole.roads.is_empty()).then_some(whole.roads_meta),
            (!whole.components.is_empty()).then_some(whole.components_meta),
            (!whole.plates.is_empty()).then_some(whole.plates_meta),
        ]
        .into_iter()
        .flatten()
    }

    fn finish(
        &self,
        units: Option<crate::file::UnitLayer>,
        level: Option<String>,
        may: impl Fn(LayerMeta) -> bool,
    ) -> Result<Option<Vec<u8>>, WriteError> {
        let mut pack = PackInput {
            units,
            ..self.whole.clone()
        };
        pack.cut.level = level.or(pack.cut.level);
        self.finish_with(pack, may)
    }

    /// Leaves out the layers that nobody of the slice may hold, and writes what is left.
    fn finish_with(
        &self,
        mut pack: PackInput,
        may: impl Fn(LayerMeta) -> bool,
    ) -> Result<Option<Vec<u8>>, WriteError> {
        if !may(pack.roads_meta) {
            pack.roads.clear();
        }
        if !may(pack.components_meta) {
            pack.components.clear();
        }
        if !may(pack.plates_meta) {
            pack.plates.clear();
        }
        let layers = [&pack.components, &pack.plates];
        if pack.units.is_none() && pack.roads.is_empty() && layers.iter().all(|l| l.is_empty()) {
            return Ok(None);
        }
        pack.cut = Cut {
            from: Some(self.from),
            ..pack.cut
        };
        write(&pack).map(Some)
    }
}

const fn is_for_the_field(meta: LayerMeta) -> bool {
    matches!(meta.audience, Audience::Public | Audience::Field)
}
