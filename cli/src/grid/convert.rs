//! `gewu convert`: a table's coordinates from one frame to another; other columns pass unchanged.

use std::path::Path;

use csv::ByteRecord;
use gewu_grid::datum::{DatumPoint, Frame};

use super::table::{LAT, LON, Row, Table};
use crate::args::ConvertArgs;
use crate::out::{Failure, Out, Outcome};
use crate::save::Target;

pub(crate) fn run(args: &ConvertArgs, out: Out) -> Outcome {
    let input = args.input.as_deref();
    let mut table = Table::open(input)?;
    let columns = (table.need(LON)?, table.need(LAT)?);
    let inputs: Vec<&Path> = input.into_iter().collect();
    let target = Target::open(args.output.as_deref(), &inputs)?;
    let mut writer = table.writer_like(target)?;
    writer.write_byte_record(table.header())?;
    let frames: (Frame, Frame) = (args.from.into(), args.to.into());
    let mut moved = 0_u64;
    let rows = table.each(|row| {
        let converted = converted(row, columns, frames)?;
        moved += u64::from(converted.is_some());
        Ok(writer.write_byte_record(converted.as_ref().unwrap_or(row.fields()))?)
    })?;
    let target = writer
        .into_inner()
        .map_err(csv::IntoInnerError::into_error)?;
    target.finish()?;
    if args.output.is_some() {
        out.progress(&format!("{rows} rows, {moved} of them converted"));
    }
    Ok(())
}

/// The row with new coordinates, or `None` when they stay as they are written.
fn converted(
    row: &Row<'_>,
    (lon, lat): (usize, usize),
    (from, to): (Frame, Frame),
) -> Result<Option<ByteRecord>, Failure> {
    let at = DatumPoint::new(row.number(lon, "lon")?, row.number(lat, "lat")?, from)
        .map_err(|error| row.wrong(&error.to_string()))?;
    let there = at.to(to);
    if (there.lon(), there.lat()) == (at.lon(), at.lat()) {
        return Ok(None);
    }
    // Ten decimals are a hundredth of a millimetre: the way back finds the same stored position.
    let (new_lon, new_lat) = (
        format!("{:.10}", there.lon()),
        format!("{:.10}", there.lat()),
    );
    let field = |(column, text): (usize, &[u8])| match column {
        column if column == lon => new_lon.as_bytes().to_vec(),
        column if column == lat => new_lat.as_bytes().to_vec(),
        _ => text.to_vec(),
    };
    Ok(Some(row.fields().iter().enumerate().map(field).collect()))
}
