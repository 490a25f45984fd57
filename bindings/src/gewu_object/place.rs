//! What the map on the device says of a place. Needs no network.

use crate::error::Answer;
use crate::gewu_object::Gewu;
use crate::types::{Located, NearbyComponent, PositionInput};

#[uniffi::export]
impl Gewu {
    /// Where a position lies: its unit grid with everything above it, how far the border is, and
    /// which other grids the accuracy circle reaches. Nothing outside of all that the device knows.
    pub fn locate(&self, position: PositionInput) -> Answer<Option<Located>> {
        Ok(self.sdk.locate(&position)?)
    }

    /// The components nearest to a position within a radius in metres (2 km at most), nearest first,
    /// of one class or of all; 100 at most.
    #[uniffi::method(default(class = None, count = 20))]
    pub fn components_near(
        &self,
        position: PositionInput,
        radius_m: f64,
        class: Option<String>,
        count: u32,
    ) -> Answer<Vec<NearbyComponent>> {
        let class = class.as_deref();
        let found = self
            .sdk
            .components_near(&position, radius_m, class, count)?;
        Ok(found.into_iter().map(Into::into).collect())
    }

    /// The position as seen from the nearest door plate within 500 m, such as
    /// `瑞祥路11号的东北方向13.76米`; nothing without a plate nearby.
    pub fn address(&self, position: PositionInput) -> Answer<Option<String>> {
        Ok(self.sdk.address(&position)?)
    }
}
