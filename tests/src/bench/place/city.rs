//! The made-up city: as GeoJSON, as rings for the peers, as a mapped pack.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use gewu_grid::Point;
use gewu_grid::file::{GridFile, write};
use gewu_gridpack::{Layer, Options, Source, build, synth};
use gewu_model::ids::Digest;
use memmap2::Mmap;
use serde::Deserialize;

use crate::bench::BenchError;

/// As many as a city of nine million has.
const CELLS: usize = 51_495;
/// The texts that the pack keeps of each unit.
pub(super) const FIELDS: [&str; 5] = ["code", "district", "street", "community", "duty"];

pub(super) struct Cell {
    /// In the order of [`FIELDS`].
    pub(super) texts: [String; 5],
    /// Without the closing point.
    pub(super) ring: Vec<Point>,
}

pub(super) struct City {
    pub(super) cells: Vec<Cell>,
    pub(super) pack: PathBuf,
    pub(super) size: u64,
    pub(super) min: Point,
    pub(super) max: Point,
}

#[derive(Deserialize)]
struct Collection {
    features: Vec<Feature>,
}

#[derive(Deserialize)]
struct Feature {
    properties: BTreeMap<String, String>,
    geometry: Geometry,
}

#[derive(Deserialize)]
struct Geometry {
    coordinates: Vec<Vec<[f64; 2]>>,
}

impl City {
    /// Writes the city, packs it as `gewu grid pack` would, and reads the rings back.
    pub(super) fn build(folder: &Path) -> Result<Self, BenchError> {
        let json = folder.join("city.geojson");
        let mut out = BufWriter::new(File::create(&json)?);
        synth::write(CELLS, &mut out)?;
        out.flush()?;
        let pack = folder.join("city.gewugrid");
        std::fs::write(&pack, packed(&json)?)?;
        let read: Collection = serde_json::from_reader(BufReader::new(File::open(&json)?))?;
        let cells: Vec<Cell> = read.features.into_iter().map(Cell::from).collect();
        let points = || cells.iter().flat_map(|cell| &cell.ring);
        let corner = |pick: fn(i32, i32) -> i32| {
            let both = points().copied().reduce(|a, b| Point {
                lon_e7: pick(a.lon_e7, b.lon_e7),
                lat_e7: pick(a.lat_e7, b.lat_e7),
            });
            both.ok_or(BenchError::Missing("a vertex of the city"))
        };
        Ok(Self {
            min: corner(i32::min)?,
            max: corner(i32::max)?,
            size: std::fs::metadata(&pack)?.len(),
            pack,
            cells,
        })
    }

    pub(super) fn open(&self) -> Result<GridFile<Mmap>, BenchError> {
        open(&self.pack)
    }
}

/// The pack, its digest taken for checked as a device takes it.
pub(super) fn open(path: &Path) -> Result<GridFile<Mmap>, BenchError> {
    let file = File::open(path)?;
    // SAFETY: the file lies in a temporary folder of this process and nobody changes it.
    let map = unsafe { Mmap::map(&file) }?;
    Ok(GridFile::open(map, Digest([0; 32]))?)
}

fn packed(json: &Path) -> Result<Vec<u8>, BenchError> {
    let source = Source {
        path: json.to_owned(),
        layer: Layer::Unit,
        code_field: "code".to_owned(),
    };
    let options = Options {
        city: "synthetic".to_owned(),
        parent_fields: FIELDS[1..4].iter().map(|&name| name.to_owned()).collect(),
        strict: true,
        ..Options::default()
    };
    let built = build(&[source], &options, &mut |_| {})?;
    let input = built.pack.ok_or(BenchError::Missing("the city's pack"))?;
    Ok(write(&input)?)
}

impl From<Feature> for Cell {
    fn from(mut feature: Feature) -> Self {
        let unit = |degrees: f64| (degrees * 1e7).round() as i32;
        let mut rings = feature.geometry.coordinates.into_iter();
        let mut ring: Vec<Point> = rings
            .next()
            .unwrap_or_default()
            .into_iter()
            .map(|[lon, lat]| Point {
                lon_e7: unit(lon),
                lat_e7: unit(lat),
            })
            .collect();
        ring.pop();
        Self {
            texts: FIELDS.map(|name| feature.properties.remove(name).unwrap_or_default()),
            ring,
        }
    }
}
