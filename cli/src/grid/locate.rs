//! `gewu grid locate`: a table of points becomes a table of grids.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};

use gewu_grid::Point;
use gewu_grid::lookup::{Place, Units};
use gewu_model::place::{Datum, GridCertainty, Position};

use super::{about, csv, open};
use crate::args::LocateArgs;
use crate::out::{Failure, Out, Outcome};

const HEADER: &str = "id,unit,duty,road,border_m,certainty,candidates";

pub(super) fn run(args: &LocateArgs, out: Out) -> Outcome {
    let pack = open(&args.pack)?;
    let units = pack.units().map_err(|fault| about(&args.pack, &fault))?;
    let file = File::open(&args.points).map_err(|error| about(&args.points, &error))?;
    let mut lines = BufReader::new(file).lines();
    let header = lines.next().transpose()?.unwrap_or_default();
    let [id, lat, lon, accuracy] = csv::columns(&header, ["id", "lat", "lon", "accuracy_m"]);
    let (Some(id), Some(lat), Some(lon)) = (id, lat, lon) else {
        return Err(wrong(args, 1, "needs a header with id, lat and lon"));
    };
    let mut writer: Box<dyn Write> = match &args.output {
        Some(path) => Box::new(BufWriter::new(
            File::create(path).map_err(|error| about(path, &error))?,
        )),
        None => Box::new(BufWriter::new(std::io::stdout())),
    };
    writeln!(writer, "{HEADER}")?;
    let mut done = 0_usize;
    for (number, line) in lines.enumerate() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let row = csv::fields(&line);
        let at = position(&row, [lat, lon], accuracy, args.datum.into())
            .map_err(|reason| wrong(args, number + 2, &reason))?;
        let name = row.get(id).map_or("", String::as_str);
        write_row(&mut writer, name, &units, &at)?;
        done += 1;
    }
    writer.flush()?;
    out.progress(&format!("{done} points located"));
    Ok(())
}

fn wrong(args: &LocateArgs, line: usize, reason: &str) -> Failure {
    Failure::new(format!("{} line {line}: {reason}", args.points.display()))
}

fn position(
    row: &[String],
    [lat, lon]: [usize; 2],
    accuracy: Option<usize>,
    datum: Datum,
) -> Result<Position, String> {
    let text = |column: usize| row.get(column).map_or("", |text| text.trim());
    let number = |column: usize, name: &str| {
        let parsed = text(column).parse::<f64>();
        parsed.map_err(|_| format!("{name} '{}' is no number", text(column)))
    };
    let accuracy = accuracy.filter(|&column| !text(column).is_empty());
    let accuracy = accuracy
        .map(|column| number(column, "accuracy_m"))
        .transpose()?;
    let (lat, lon) = (number(lat, "lat")?, number(lon, "lon")?);
    Position::from_degrees(lon, lat, datum, accuracy).map_err(|error| error.to_string())
}

fn write_row<B: AsRef<[u8]>>(
    writer: &mut dyn Write,
    id: &str,
    units: &Units<'_, B>,
    at: &Position,
) -> Outcome {
    let id = csv::quoted(id);
    let Some(place) = units.locate(at)? else {
        return Ok(writeln!(writer, "{id},,,,,,")?);
    };
    let road = place.road()?.map(|code| code.0).unwrap_or_default();
    writeln!(
        writer,
        "{id},{},{},{},{:.3},{},{}",
        csv::quoted(place.code()?.as_str()),
        csv::quoted(place.duty()?.unwrap_or_default()),
        csv::quoted(&road),
        f64::from(place.border_mm) / 1_000.0,
        certainty(place.certainty),
        csv::quoted(&candidates(&place, at)?)
    )?;
    Ok(())
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
