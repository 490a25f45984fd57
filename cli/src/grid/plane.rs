//! `gewu grid fit-plane`: control points become the descriptor of a city's plane.

use std::io::Write;

use gewu_gridpack::{Control, Fit, SourceCrs, fit};
use serde_json::json;

use super::table::{LAT, LON, Names, Table};
use crate::args::FitArgs;
use crate::out::{Failure, Out, Outcome};
use crate::save::Target;

const EAST: Names = &["east", "easting"];
const NORTH: Names = &["north", "northing"];

pub(super) fn run(args: &FitArgs, out: Out) -> Outcome {
    let controls = controls(args)?;
    let fitted = fit(&controls, args.meridian)?;
    let descriptor = SourceCrs::to_json(&fitted.plane);
    let mut target = Target::open(args.output.as_deref(), &[&args.control])?;
    if args.output.is_some() || !out.is_json() {
        writeln!(target, "{descriptor}")?;
    }
    target.finish()?;
    tell(&fitted, out);
    if out.is_json() {
        let plane: serde_json::Value = serde_json::from_str(&descriptor)?;
        let value =
            json!({ "descriptor": plane, "rms_m": fitted.rms, "residuals_m": fitted.residuals });
        out.say(&value, String::new);
    }
    Ok(())
}

fn controls(args: &FitArgs) -> Result<Vec<Control>, Failure> {
    let mut table = Table::open(Some(&args.control))?;
    let columns = [LON, LAT, EAST, NORTH].map(|names| table.need(names));
    let [lon, lat, east, north] = columns;
    let (lon, lat, east, north) = (lon?, lat?, east?, north?);
    let mut controls = Vec::new();
    table.each(|row| {
        controls.push(Control {
            lon: row.number(lon, "lon")?,
            lat: row.number(lat, "lat")?,
            east: row.number(east, "east")?,
            north: row.number(north, "north")?,
        });
        Ok(())
    })?;
    Ok(controls)
}

fn tell(fitted: &Fit, out: Out) {
    let worst = fitted.residuals.iter().copied().fold(0.0, f64::max);
    for (i, residual) in fitted.residuals.iter().enumerate() {
        out.progress(&format!("control point {}: {residual:.3} m off", i + 1));
    }
    let count = fitted.residuals.len();
    out.progress(&format!(
        "{count} control points, {:.3} m on average (rms), {worst:.3} m at worst",
        fitted.rms
    ));
    if count < 4 {
        out.progress("three points fit exactly and prove nothing; take more");
    }
}
