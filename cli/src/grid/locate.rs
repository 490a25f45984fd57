//! `gewu grid locate`: a table of points becomes a table of grids.

use gewu_grid::Point;
use gewu_grid::datum::{DatumPoint, Frame};
use gewu_grid::lookup::{Place, Units};
use gewu_model::place::{GridCertainty, Position};

use super::table::{ACCURACY, ID, LAT, LON, Row, Table};
use super::{about, map};
use crate::args::LocateArgs;
use crate::out::{Failure, Out, Outcome};
use crate::save::Target;

const HEADER: [&str; 7] = [
    "id",
    "unit",
    "duty",
    "road",
    "border_m",
    "certainty",
    "candidates",
];

/// How often progress is told.
const EVERY: u64 = 1_000_000;

pub(super) fn run(args: &LocateArgs, out: Out) -> Outcome {
    if out.is_json() {
        let words = "locate writes a table and no JSON; leave --json away";
        return Err(Failure::usage(words));
    }
    let pack = map::open(&args.pack)?;
    let units = pack.units().map_err(|fault| about(&args.pack, &fault))?;
    let mut table = Table::open(Some(&args.points))?;
    let columns = Columns::of(&table)?;
    let target = Target::open(args.output.as_deref(), &[&args.points, &args.pack])?;
    let mut writer = csv::Writer::from_writer(target);
    writer.write_record(HEADER)?;
    let (mut inside, mut done) = (0_u64, 0_u64);
    let rows = table.each(|row| {
        let at = columns.position(row, args.datum.into())?;
        inside += u64::from(write_row(&mut writer, row.text(columns.id), &units, &at)?);
        done += 1;
        if done.is_multiple_of(EVERY) {
            out.progress(&format!("{done} points located"));
        }
        Ok(())
    })?;
    let target = writer
        .into_inner()
        .map_err(csv::IntoInnerError::into_error)?;
    target.finish()?;
    out.progress(&format!("{rows} points located, {inside} of them inside"));
    Ok(())
}

/// Where the table has what.
pub(super) struct Columns {
    pub(super) id: usize,
    lon: usize,
    lat: usize,
    accuracy: Option<usize>,
}

impl Columns {
    pub(super) fn of(table: &Table) -> Result<Self, Failure> {
        Ok(Self {
            id: table.need(ID)?,
            lon: table.need(LON)?,
            lat: table.need(LAT)?,
            accuracy: table.find(ACCURACY),
        })
    }

    /// The row's position, as it would be stored.
    pub(super) fn position(&self, row: &Row<'_>, frame: Frame) -> Result<Position, Failure> {
        let (lon, lat) = (row.number(self.lon, "lon")?, row.number(self.lat, "lat")?);
        let accuracy = self.accuracy.filter(|&column| !row.text(column).is_empty());
        let accuracy = accuracy.map(|column| row.number(column, "accuracy_m"));
        let accuracy = accuracy.transpose()?;
        DatumPoint::new(lon, lat, frame)
            .and_then(|point| point.to_position(accuracy))
            .map_err(|error| row.wrong(&error.to_string()))
    }
}

/// Whether the point lies inside.
fn write_row<B: AsRef<[u8]>>(
    writer: &mut csv::Writer<Target>,
    id: &[u8],
    units: &Units<'_, B>,
    at: &Position,
) -> Result<bool, Failure> {
    let Some(place) = units.locate(at)? else {
        writer.write_record([id, b"", b"", b"", b"", b"", b""])?;
        return Ok(false);
    };
    writer.write_record([
        id,
        place.code()?.as_str().as_bytes(),
        place.duty()?.unwrap_or_default().as_bytes(),
        place
            .road()?
            .map(|code| code.0)
            .unwrap_or_default()
            .as_bytes(),
        format!("{:.3}", f64::from(place.border_mm) / 1_000.0).as_bytes(),
        certainty(place.certainty).as_bytes(),
        candidates(&place, at)?.as_bytes(),
    ])?;
    Ok(true)
}

const fn certainty(certainty: GridCertainty) -> &'static str {
    match certainty {
        GridCertainty::Certain => "certain",
        GridCertainty::Border => "border",
        GridCertainty::Unknown => "unknown",
    }
}

/// The units inside the accuracy circle with their shares, when there are several.
fn candidates<B: AsRef<[u8]>>(place: &Place<'_, B>, at: &Position) -> Result<String, Failure> {
    let Some(radius) = at
        .accuracy_mm
        .filter(|_| place.certainty == GridCertainty::Border)
    else {
        return Ok(String::new());
    };
    let radius = radius.min(gewu_grid::lookup::MAX_RADIUS_MM);
    let mut parts = Vec::new();
    for candidate in place.units.candidates(Point::from(at), radius)? {
        let code = place.units.code(candidate.unit)?;
        parts.push(format!("{code}:{:.2}", candidate.share));
    }
    Ok(parts.join(" "))
}
