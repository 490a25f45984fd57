//! What the pack weighs, mapped and on its way, and how soon it answers.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use flatgeobuf::geozero::error::Result as GeoResult;
use flatgeobuf::geozero::{ColumnValue, GeomProcessor, GeozeroGeometry, PropertyProcessor};
use flatgeobuf::{ColumnType, FgbWriter, FgbWriterOptions, GeometryType};
use gewu_grid::Point;
use gewu_grid::file::GridFile;
use gewu_grid::transfer;

use super::city::{City, FIELDS};
use super::clock::{middle, timed};
use super::peers::{Sqlite, degrees};
use super::points;
use crate::bench::{Aim, Amount, BenchError, Figure};

const OPENINGS: usize = 200;
const MOST_ON_THE_WAY: u64 = 2_700_000;

pub(super) fn run(city: &City, folder: &Path) -> Result<Vec<Figure>, BenchError> {
    let flat = flatgeobuf(city, &folder.join("city.fgb"))?;
    let packed = transfer::pack(&std::fs::read(&city.pack)?)?;
    let figure = |name, ours, peer, peers, aim| Figure {
        name,
        ours: Amount::Bytes(ours),
        peer,
        peers: Amount::Bytes(peers),
        aim,
    };
    let way = Aim::Within(Amount::Bytes(MOST_ON_THE_WAY));
    Ok(vec![
        figure(
            "mapped file",
            city.size,
            "the layer as FlatGeobuf, with its index",
            flat,
            Aim::Times(1.0 / 3.0),
        ),
        figure(
            "transfer",
            packed.len() as u64,
            "the mapped file",
            city.size,
            way,
        ),
        unpacking(city, &packed)?,
        opening(city, &folder.join("peer.db"))?,
    ])
}

fn unpacking(city: &City, packed: &[u8]) -> Result<Figure, BenchError> {
    let file = std::fs::read(&city.pack)?;
    let (mut ours, mut floor) = (Vec::new(), Vec::new());
    for _ in 0..5 {
        let (unpacked, time) = timed(|| transfer::unpack(packed, city.size));
        std::hint::black_box(unpacked.is_ok());
        ours.push(time);
        floor.push(timed(|| GridFile::open_unsigned(&file[..]).is_ok()).1);
    }
    Ok(Figure {
        name: "unpacking the transfer form",
        ours: Amount::Seconds(middle(ours)),
        peer: "SHA-256 of the file, which the device takes",
        peers: Amount::Seconds(middle(floor)),
        aim: Aim::None,
    })
}

/// Map, check the head, verify what a lookup needs, answer; against SQLite on its own file.
fn opening(city: &City, db: &Path) -> Result<Figure, BenchError> {
    let (mut ours, mut peers) = (Vec::new(), Vec::new());
    for at in points::random(city, OPENINGS, 9) {
        let (answer, time) = timed(|| first_answer(city, at));
        answer?;
        ours.push(time);
        let (answer, time) = timed(|| Sqlite::open(db)?.unit(at));
        answer?;
        peers.push(time);
    }
    Ok(Figure {
        name: "open to first answer, warm pages",
        ours: Amount::Seconds(middle(ours)),
        peer: "SQLite: open to first answer",
        peers: Amount::Seconds(middle(peers)),
        aim: Aim::Within(Amount::Seconds(1e-3)),
    })
}

fn first_answer(city: &City, at: Point) -> Result<bool, BenchError> {
    let file = city.open()?;
    let units = file.units()?;
    let code = units.at(at)?.map(|unit| units.code(unit)).transpose()?;
    Ok(code.is_some())
}

struct Ring<'a>(&'a [Point]);

impl GeozeroGeometry for Ring<'_> {
    fn process_geom<P: GeomProcessor>(&self, to: &mut P) -> GeoResult<()> {
        let closed = self.0.iter().chain(self.0.first());
        to.polygon_begin(true, 1, 0)?;
        to.linestring_begin(false, self.0.len() + 1, 0)?;
        for (number, at) in closed.enumerate() {
            let at = degrees(*at);
            to.xy(at.x, at.y, number)?;
        }
        to.linestring_end(false, 0)?;
        to.polygon_end(true, 0)
    }
}

/// Writes the same rings and texts; gives the size of the file.
fn flatgeobuf(city: &City, path: &Path) -> Result<u64, BenchError> {
    let options = FgbWriterOptions {
        write_index: true,
        detect_type: false,
        promote_to_multi: false,
        ..FgbWriterOptions::default()
    };
    let mut writer = FgbWriter::create_with_options("units", GeometryType::Polygon, options)?;
    for name in FIELDS {
        writer.add_column(name, ColumnType::String, |_, _| {});
    }
    for cell in &city.cells {
        let mut told = Ok(());
        writer.add_feature_geom(Ring(&cell.ring), |feature| {
            for (column, text) in cell.texts.iter().enumerate() {
                let value = ColumnValue::String(text);
                let done = feature.property(column, FIELDS[column], &value);
                told = std::mem::replace(&mut told, Ok(())).and(done.map(|_| ()));
            }
        })?;
        told?;
    }
    writer.write(BufWriter::new(File::create(path)?))?;
    Ok(std::fs::metadata(path)?.len())
}
