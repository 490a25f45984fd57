//! What ground the units cover.

use super::units::{Unit, Units};
use crate::file::PackFault;
use crate::geometry::Point;

impl<B: AsRef<[u8]>> Units<'_, B> {
    /// The south-western and north-eastern corners of the box around all units; `None` without
    /// any. Reads every border.
    ///
    /// # Errors
    /// [`PackFault`] when a border is damaged.
    pub fn extent(&self) -> Result<Option<(Point, Point)>, PackFault> {
        let mut corners: Option<(Point, Point)> = None;
        for unit in 0..self.count()? {
            for p in self.border(Unit(unit))?.into_iter().flatten() {
                let (low, high) = corners.get_or_insert((p, p));
                low.lon_e7 = low.lon_e7.min(p.lon_e7);
                low.lat_e7 = low.lat_e7.min(p.lat_e7);
                high.lon_e7 = high.lon_e7.max(p.lon_e7);
                high.lat_e7 = high.lat_e7.max(p.lat_e7);
            }
        }
        Ok(corners)
    }
}
