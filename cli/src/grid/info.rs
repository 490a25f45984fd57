//! `gewu grid info`.

use gewu_grid::file::{About, Counts, Crs, GridFile, LayerMeta, Planar};
use memmap2::Mmap;
use serde_json::{Value, json};

use super::{about, map};
use crate::args::InfoArgs;
use crate::out::{Out, Outcome};

/// All that is said about a pack.
struct Facts {
    about: About,
    counts: Counts,
    /// West, south, east, north in degrees.
    extent: Option<[f64; 4]>,
    sections: Vec<(String, usize)>,
    bytes: usize,
    sha256: String,
}

pub(super) fn run(args: &InfoArgs, out: Out) -> Outcome {
    let file = map::open_hashed(&args.file)?;
    file.verify_all()
        .map_err(|fault| about(&args.file, &fault))?;
    let facts = Facts::of(&file).map_err(|fault| about(&args.file, &fault))?;
    out.say(&facts.json(), || facts.text());
    Ok(())
}

impl Facts {
    fn of(file: &GridFile<Mmap>) -> Result<Self, gewu_grid::file::PackFault> {
        let counts = file.counts()?;
        let corners = match counts.units {
            0 => None,
            _ => file.units()?.extent()?,
        };
        let degrees = |e7: i32| f64::from(e7) / 1e7;
        let sections = file.sections();
        Ok(Self {
            about: file.about()?,
            counts,
            extent: corners
                .map(|(low, high)| [low.lon_e7, low.lat_e7, high.lon_e7, high.lat_e7].map(degrees)),
            sections: sections
                .map(|(section, size)| (format!("{section:?}"), size))
                .collect(),
            bytes: file.size(),
            sha256: file.digest().to_string(),
        })
    }

    fn layers(&self) -> [(&'static str, u32, LayerMeta); 4] {
        let (about, counts) = (&self.about, &self.counts);
        [
            ("units", counts.units, about.units),
            ("roads", counts.roads, about.roads),
            ("components", counts.components, about.components),
            ("plates", counts.plates, about.plates),
        ]
    }

    fn json(&self) -> Value {
        let layer = |(name, count, meta): (&str, u32, LayerMeta)| {
            let (audience, sensitivity) = handling(meta);
            let of = json!({ "count": count, "audience": audience, "sensitivity": sensitivity });
            (name.to_owned(), of)
        };
        let size =
            |(section, bytes): &(String, usize)| json!({ "section": section, "bytes": bytes });
        json!({
            "city": self.about.city,
            "version": self.about.version,
            "crs": crs_json(&self.about.crs),
            "extent": self.extent,
            "gap_free": self.about.gap_free,
            "units": self.counts.units,
            "layers": self.layers().into_iter().map(layer).collect::<serde_json::Map<_, _>>(),
            "sha256": self.sha256,
            "bytes": self.bytes,
            "sections": self.sections.iter().map(size).collect::<Vec<_>>(),
        })
    }

    fn text(&self) -> String {
        let about = &self.about;
        let mut lines = vec![
            format!(
                "{}, version {}",
                crate::out::plain(&about.city),
                about.version
            ),
            format!("coordinates: {}", crs_text(&about.crs)),
        ];
        if let Some([west, south, east, north]) = self.extent {
            lines.push(format!(
                "extent: {west:.7},{south:.7} to {east:.7},{north:.7}"
            ));
        }
        for (name, count, meta) in self.layers().into_iter().filter(|layer| layer.1 > 0) {
            let (audience, sensitivity) = handling(meta);
            let whole = match (name, about.gap_free) {
                ("units", true) => ", no enclosed gap between them",
                ("units", false) => ", with enclosed gaps between them",
                _ => "",
            };
            lines.push(format!(
                "{count} {name}{whole} (for {audience}, {sensitivity})"
            ));
        }
        lines.push(format!("{} bytes, checksums good", self.bytes));
        lines.push(format!("sha256 {}", self.sha256));
        let sizes = self.sections.iter();
        lines.extend(sizes.map(|(section, size)| format!("{size:>10}  {section}")));
        lines.join("\n")
    }
}

fn handling(meta: LayerMeta) -> (String, String) {
    let lower = |text: String| text.to_lowercase();
    (
        lower(format!("{:?}", meta.audience)),
        lower(format!("{:?}", meta.sensitivity)),
    )
}

fn crs_json(crs: &Crs) -> Value {
    match crs {
        Crs::Wgs84 => json!("wgs84"),
        Crs::Cgcs2000 => json!("cgcs2000"),
        Crs::Planar(p) => json!({ "plane": {
            "lon": p.lon, "lat": p.lat, "east": p.east, "north": p.north,
        }}),
    }
}

fn crs_text(crs: &Crs) -> String {
    match crs {
        Crs::Wgs84 => "WGS-84".to_owned(),
        Crs::Cgcs2000 => "CGCS2000".to_owned(),
        Crs::Planar(plane) => plane_text(plane),
    }
}

fn plane_text(p: &Planar) -> String {
    let turn = p.north[1].atan2(p.east[1]).to_degrees();
    format!(
        "measured in the city's plane of {:.7},{:.7} (east {:.3}, north {:.3} there; turned by {turn:.5}°)",
        p.lon, p.lat, p.east[0], p.north[0]
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plane_is_told_by_its_origin_and_turn() {
        let plane = Planar {
            lon: 123.43,
            lat: 41.8,
            east: [67_000.0, 1.0, 0.0],
            north: [55_000.0, 0.0, 1.0],
        };
        let text = crs_text(&Crs::Planar(plane));
        assert!(
            text.contains("123.4300000,41.8000000") && text.contains("67000.000"),
            "{text}"
        );
        let back = serde_json::to_string(&crs_json(&Crs::Planar(plane))).unwrap_or_default();
        let read = gewu_gridpack::SourceCrs::from_json(&back);
        assert_eq!(read, Ok(gewu_gridpack::SourceCrs::Plane(plane)));
    }
}
