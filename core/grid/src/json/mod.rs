//! The JSON pack: one district's cells as text, for fixtures, demos and small towns.

mod error;
mod locate;
mod pack;
mod ring;

pub use error::GridError;
pub use locate::Located;
pub use pack::{Cell, FORMAT, GridPack, MAX_BODY_BYTES, MAX_CELLS, MAX_CODE_BYTES};
pub use ring::Ring;
