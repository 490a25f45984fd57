//! Features one by one from a file, whatever its format.

mod fgb;
mod geojson;

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

/// One feature: what it is called, what is known about it, where it is.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Feature {
    /// The format's own identifier, when there is one.
    pub(crate) id: Option<String>,
    /// Fields with a value, as text, in the file's order.
    pub(crate) properties: Vec<(String, String)>,
    pub(crate) shape: Shape,
    /// Whether the format prescribes which way rings run.
    pub(crate) winding_is_defined: bool,
}

impl Feature {
    /// The text of a field, trimmed; `None` when it is missing or blank.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        let (_, text) = self.properties.iter().find(|(field, _)| field == name)?;
        Some(text.trim()).filter(|text| !text.is_empty())
    }
}

/// Longitude and latitude in degrees.
pub(crate) type Coordinate = [f64; 2];

/// A polygon as the file has it: rings with their closing points.
pub(crate) type Area = Vec<Vec<Coordinate>>;

/// The geometries of a feature by dimension; a collection fills several.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Shape {
    pub(crate) points: Vec<Coordinate>,
    pub(crate) lines: Vec<Vec<Coordinate>>,
    pub(crate) areas: Vec<Area>,
}

/// Why a file cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// The file cannot be opened or read.
    #[error("cannot read {path}: {error}")]
    Io {
        /// The file.
        path: String,
        /// What the system said.
        error: std::io::Error,
    },
    /// The file is not what its name or beginning says.
    #[error("{path} cannot be understood: {reason}; give GeoJSON or FlatGeobuf")]
    Format {
        /// The file.
        path: String,
        /// What is wrong.
        reason: String,
    },
    /// The coordinates are not longitude and latitude.
    #[error(
        "{path} has coordinates in {crs}; convert it to WGS-84 or CGCS2000 longitude and latitude first"
    )]
    Crs {
        /// The file.
        path: String,
        /// What the coordinates are.
        crs: String,
    },
}

/// Calls `each` with every feature of the file, holding one at a time.
pub(crate) fn read(path: &Path, each: &mut dyn FnMut(Feature)) -> Result<(), InputError> {
    let name = path.display().to_string();
    let io = |error| InputError::Io {
        path: name.clone(),
        error,
    };
    let mut file = BufReader::with_capacity(1 << 18, File::open(path).map_err(io)?);
    let mut head = [0_u8; 3];
    let got = fill(&mut file, &mut head).map_err(io)?;
    let whole = std::io::Cursor::new(head[..got].to_vec()).chain(file);
    let result = if &head[..got] == b"fgb" {
        fgb::read(whole, each)
    } else if &head[..got] == b"\xef\xbb\xbf" {
        let mut after_mark = whole;
        fill(&mut after_mark, &mut head).map_err(io)?;
        geojson::read(after_mark, each)
    } else {
        geojson::read(whole, each)
    };
    result.map_err(|trouble| match trouble {
        Trouble::Format(reason) => InputError::Format { path: name, reason },
        Trouble::Crs(crs) => InputError::Crs { path: name, crs },
    })
}

/// What a reader says before the file's name is added.
#[derive(Debug)]
enum Trouble {
    Format(String),
    Crs(String),
}

fn fill(from: &mut impl Read, into: &mut [u8]) -> std::io::Result<usize> {
    let mut got = 0;
    while got < into.len() {
        match from.read(&mut into[got..])? {
            0 => break,
            n => got += n,
        }
    }
    Ok(got)
}

/// Whether a coordinate reference system's name means longitude and latitude as we store them.
fn is_geographic(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    ["CRS84", "4326", "4490", "4979", "4480"]
        .iter()
        .any(|known| name.ends_with(known))
}
