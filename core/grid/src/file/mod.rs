//! The binary pack (`.gewugrid`): a city's place data in one file that is opened by mapping.
//!
//! `docs/grid-pack.md` states the format byte by byte.

mod about;
mod arc;
mod bytes;
mod counts;
mod cut;
mod fault;
mod frame;
pub mod input;
mod layout;
mod open;
mod texts;
mod write;

pub(crate) use arc::{Arc, Steps, narrow_step, pieces};
pub(crate) use bytes::{array, i32_at, put_u24, u16_at, u24_at, u32_at, u64_at};
pub(crate) use frame::{FRAME_BYTES, FastFrame, Frame, InCell};
pub(crate) use layout::{assemble, check_head, sections_of};
pub(crate) use texts::{BLOCK as CODES_PER_BLOCK, Codes, Texts};
pub(crate) use write::faces::encode as encode_faces;
pub(crate) use write::raster::{MANY, Raster, WHOLE};

pub use about::About;
pub use counts::Counts;
pub use cut::Cut;
pub use fault::PackFault;
pub use input::{
    ArcInput, Audience, Crs, LayerMeta, PackInput, Planar, PointInput, RoadInput, Sensitivity,
    UnitInput, UnitLayer,
};
pub use layout::{FORMAT_VERSION, MAGIC, Section};
pub use open::GridFile;
pub use write::{WriteError, write};
