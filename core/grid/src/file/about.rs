//! What a pack says about itself.

use super::bytes::{f64_at, u32_at, u64_at};
use super::fault::PackFault;
use super::input::{Audience, Crs, LayerMeta, Planar, Sensitivity};
use super::layout::Section;
use super::open::GridFile;
use super::texts::Texts;

/// City, version, origin and the handling of the layers.
#[derive(Debug, Clone, PartialEq)]
pub struct About {
    /// The city that issued the pack.
    pub city: String,
    /// Rises with every state of the survey that the city issues.
    pub version: u64,
    /// Where the coordinates came from.
    pub crs: Crs,
    /// Whether the builder found no gap between units inside the covered area.
    pub gap_free: bool,
    /// Who may hold the units, and how sensitive they are.
    pub units: LayerMeta,
    /// The same of the road sections.
    pub roads: LayerMeta,
    /// The same of the components.
    pub components: LayerMeta,
    /// The same of the door plates.
    pub plates: LayerMeta,
}

impl<B: AsRef<[u8]>> GridFile<B> {
    /// What the pack says about itself.
    ///
    /// # Errors
    /// [`PackFault`] when that section is damaged or says what this version does not know.
    pub fn about(&self) -> Result<About, PackFault> {
        let section = Section::Meta;
        let meta = self.section(section)?;
        let fault = PackFault::Malformed { section };
        let city = u32_at(meta, 8).ok_or(fault)?;
        let city = Texts(self.section(Section::Texts)?).get(city)?.to_owned();
        about(meta, city).ok_or(fault)
    }
}

fn about(meta: &[u8], city: String) -> Option<About> {
    Some(About {
        city,
        version: u64_at(meta, 0)?,
        units: layer(meta, 12)?,
        roads: layer(meta, 14)?,
        components: layer(meta, 16)?,
        plates: layer(meta, 18)?,
        gap_free: *meta.get(20)? == 1,
        crs: crs(meta.get(21..)?)?,
    })
}

fn layer(meta: &[u8], at: usize) -> Option<LayerMeta> {
    Some(LayerMeta {
        audience: match meta.get(at)? {
            0 => Audience::Public,
            1 => Audience::Field,
            2 => Audience::Operator,
            _ => return None,
        },
        sensitivity: match meta.get(at + 1)? {
            0 => Sensitivity::Open,
            1 => Sensitivity::Internal,
            2 => Sensitivity::Restricted,
            _ => return None,
        },
    })
}

fn crs(bytes: &[u8]) -> Option<Crs> {
    let number = |place: usize| f64_at(bytes, 1 + place * 8);
    match bytes.first()? {
        0 => Some(Crs::Wgs84),
        1 => Some(Crs::Cgcs2000),
        3 => Some(Crs::Planar(Planar {
            lon: number(0)?,
            lat: number(1)?,
            east: [number(2)?, number(3)?, number(4)?],
            north: [number(5)?, number(6)?, number(7)?],
        })),
        _ => None,
    }
}
