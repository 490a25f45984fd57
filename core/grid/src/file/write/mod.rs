//! From a checked input to the bytes of a pack. The same input gives the same bytes everywhere.

mod check;
mod error;
pub(crate) mod faces;
mod points;
pub(crate) mod raster;
mod roads;
mod texts;
mod units;

use super::arc::put_arc;
use super::bytes::put_u32;
use super::cut::{self, Cut};
use super::input::{Crs, LayerMeta, PackInput};
use super::layout::{Section, assemble};
use texts::{AttributeTable, TextTable};

pub use error::WriteError;

/// The words of the arc section that a unit number or word reference can hold.
const MAX_WORDS: usize = 1 << 24;

const TOO_MANY_BORDERS: WriteError = WriteError::TooMany { what: "borders" };

type Sections = Vec<(Section, Vec<u8>)>;

/// The pack of `input`.
///
/// # Errors
/// [`WriteError`] names the first fault; what a builder must repair before.
pub fn write(input: &PackInput) -> Result<Vec<u8>, WriteError> {
    let mut texts = TextTable::new();
    let mut attributes = AttributeTable::default();
    let mut sections = vec![(Section::Meta, meta(input, &mut texts))];
    if let Some(layer) = &input.units {
        sections.extend(units::sections(layer, &mut texts)?);
    }
    if !input.roads.is_empty() {
        sections.extend(roads::sections(&input.roads, &mut texts, &mut attributes)?);
    }
    for (section, layer) in [
        (Section::Components, &input.components),
        (Section::Plates, &input.plates),
    ] {
        if !layer.is_empty() {
            sections.push((
                section,
                points::section(layer, &mut texts, &mut attributes)?,
            ));
        }
    }
    if input.cut != Cut::default() {
        let section = cut::encode(&input.cut, |text| texts.number(text));
        sections.push((Section::Cut, section));
    }
    sections.push((Section::Attributes, attributes.encode()));
    let texts = texts
        .encode()
        .ok_or(WriteError::TooMany { what: "texts" })?;
    sections.push((Section::Texts, texts));
    Ok(assemble(sections))
}

fn meta<'a>(input: &'a PackInput, texts: &mut TextTable<'a>) -> Vec<u8> {
    let mut out = input.version.to_le_bytes().to_vec();
    put_u32(&mut out, texts.number(&input.city));
    let layers = [
        input
            .units
            .as_ref()
            .map_or(LayerMeta::default(), |layer| layer.meta),
        input.roads_meta,
        input.components_meta,
        input.plates_meta,
    ];
    for layer in layers {
        out.extend_from_slice(&[layer.audience as u8, layer.sensitivity as u8]);
    }
    out.push(u8::from(
        input.units.as_ref().is_some_and(|layer| layer.gap_free),
    ));
    put_crs(&mut out, &input.crs);
    out
}

fn put_crs(out: &mut Vec<u8>, crs: &Crs) {
    match crs {
        Crs::Wgs84 => out.push(0),
        Crs::Cgcs2000 => out.push(1),
        Crs::Planar(plane) => {
            out.push(3);
            let numbers = [plane.lon, plane.lat]
                .into_iter()
                .chain(plane.east)
                .chain(plane.north);
            numbers.for_each(|number| out.extend_from_slice(&number.to_le_bytes()));
        }
    }
}

/// Appends the pieces of one arc, unless the section grows beyond its numbers.
fn put_checked(
    out: &mut Vec<u8>,
    points: &[crate::geometry::Point],
    sides: (u32, u32),
) -> Result<(), WriteError> {
    put_arc(out, points, sides.0, sides.1);
    match out.len() / 4 < MAX_WORDS {
        true => Ok(()),
        false => Err(TOO_MANY_BORDERS),
    }
}
