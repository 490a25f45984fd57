//! The binary pack (`.gewugrid`): a city's place data in one file that is opened by mapping.
//!
//! `docs/grid-pack.md` states the format byte by byte.

pub mod input;

pub use input::{
    ArcInput, Audience, Crs, LayerMeta, PackInput, Planar, PointInput, RoadInput, Sensitivity,
    UnitInput, UnitLayer,
};
