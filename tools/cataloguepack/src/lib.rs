//! Makes a catalogue pack from what cities have: spreadsheets that lost their leading zeros, carry
//! line breaks inside names, are written in GBK, repeat rows and leave merged cells empty.
//!
//! What can be healed without a guess is healed and told with its line. What cannot is refused with
//! line and reason, and no pack is made unless the caller takes it without those rows. Limits stay as
//! they are written; those that no reader knows are listed.
//!
//! The pack carries how each name is read (pinyin), so that a device needs no dictionary.

mod build;
mod cells;
mod codes;
mod columns;
mod decode;
mod diff;
mod identify;
mod line;
mod mapping;
mod measure;
mod numbers;
mod quotes;
mod reading;
mod report;
mod said;
mod scope;
mod sheet;
mod table;

pub use build::{Options, Sheet, pack};
pub use cells::{check_value, is_rounded};
pub use columns::Column;
pub use decode::{Encoding, decode};
pub use diff::{Change, diff};
pub use mapping::{propose, read_map, write_map};
pub use reading::reading;
pub use report::{Note, Report, Unknown};
pub use sheet::{Rows, SheetError, SheetRow, rows};

/// Why no pack was made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PackError {
    /// The bytes are no table.
    #[error("{sheet} cannot be read as a table: {why}")]
    NoTable {
        /// The sheet.
        sheet: String,
        /// What is wrong.
        why: String,
    },
    /// Columns that cannot be done without are not there.
    #[error("{sheet} lacks {missing}; its first line has: {found}")]
    Columns {
        /// The sheet.
        sheet: String,
        /// What is missing, with the names by which it is recognised.
        missing: String,
        /// What stands in its header.
        found: String,
    },
    /// The classes together are no catalogue.
    #[error(transparent)]
    Catalogue(#[from] gewu_model::catalogue::CatalogueError),
}
