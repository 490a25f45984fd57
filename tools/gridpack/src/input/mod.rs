//! Features one by one from a file, whatever its format.

/// How other formats become one of ours.
macro_rules! convert {
    () => {
        "convert it to GeoJSON first (for example: ogr2ogr -t_srs EPSG:4326 OUT.geojson IN)"
    };
}

mod fgb;
mod framed;
mod geojson;
mod sink;

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

pub use sink::InputError;
use sink::{Sink, Trouble};

use crate::crs::SourceCrs;

/// A file that was read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Taken {
    /// What its coordinates were.
    pub(crate) crs: SourceCrs,
}

/// One feature: what it is called, what is known about it, where it is.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Feature {
    /// The format's own identifier, when there is one.
    pub(crate) id: Option<String>,
    /// Fields with a value, as text, in the file's order.
    pub(crate) properties: Vec<(String, String)>,
    /// Fields whose value is neither text nor a number: they say something, but are no code.
    pub(crate) no_codes: Vec<String>,
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

/// Calls `each` with every feature of the file, in degrees, holding one at a time. `crs` overrides
/// what the file says of its coordinates.
pub(crate) fn read(
    path: &Path,
    crs: Option<SourceCrs>,
    each: &mut dyn FnMut(Feature),
) -> Result<Taken, InputError> {
    let name = path.display().to_string();
    let io = |error| InputError::Io {
        path: name.clone(),
        error,
    };
    let mut file = BufReader::with_capacity(1 << 18, File::open(path).map_err(io)?);
    let mut head = [0_u8; 16];
    let got = fill(&mut file, &mut head).map_err(io)?;
    let head = &head[..got];
    let mut sink = Sink::new(crs, each);
    let rest = |from: usize| std::io::Cursor::new(head[from..].to_vec()).chain(file);
    let result = if let Some(what) = foreign(head) {
        Err(Trouble::Foreign(what))
    } else if head.starts_with(b"fgb") {
        fgb::read(rest(0), &mut sink)
    } else if head.starts_with(b"\xef\xbb\xbf") {
        geojson::read(rest(3), &mut sink)
    } else {
        geojson::read(rest(0), &mut sink)
    };
    match result {
        Ok(()) => Ok(Taken { crs: sink.crs() }),
        Err(trouble) => Err(trouble.about(name)),
    }
}

/// What a file is when it is neither GeoJSON nor FlatGeobuf, by its first bytes.
fn foreign(head: &[u8]) -> Option<&'static str> {
    let known: [(&[u8], &'static str); 8] = [
        (b"\x1f\x8b", "compressed with gzip; unpack it first"),
        (b"PK\x03\x04", "a zip archive; unpack it first"),
        (b"\0\0\x27\x0a", concat!("a shapefile; ", convert!())),
        (b"SQLite format 3", concat!("a GeoPackage; ", convert!())),
        (b"<", concat!("XML or HTML; ", convert!())),
        (b"GEWUGRID", "a grid pack already"),
        (b"\xff\xfe", "text in UTF-16; save it as UTF-8"),
        (b"\xfe\xff", "text in UTF-16; save it as UTF-8"),
    ];
    let found = known.iter().find(|(magic, _)| head.starts_with(magic))?;
    Some(found.1)
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
