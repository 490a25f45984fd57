//! What the builder found, in words that a person with a map can act on.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use serde_json::json;

use crate::partition::Counts;
use crate::source::Layer;

/// What kind of defect a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Several cells claim the same ground.
    Overlap,
    /// Ground between cells that no cell claims, wider than a metre on average.
    Hole,
    /// Ground between cells that no cell claims, a metre wide on average or less.
    Sliver,
    /// Two features with one code.
    DuplicateCode,
    /// A feature without a code, or with one that cannot be used.
    MissingCode,
    /// A ring of fewer than three points, or with coordinates off the globe.
    InvalidRing,
    /// A feature without a geometry of the kind that its layer needs.
    WrongGeometry,
    /// A cell of which nothing was left after snapping and repair.
    Vanished,
    /// A ring that crosses itself.
    BowTie,
    /// A ring whose last point is not its first.
    UnclosedRing,
    /// The same point twice in a row.
    RepeatedPoint,
    /// A shell that runs clockwise or a hole that runs counter-clockwise.
    WrongWinding,
    /// A unit grid that lies in no duty grid, or in several.
    NoDutyGrid,
}

/// What was done about a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Repaired; the meaning was clear.
    Repaired,
    /// Left as it is.
    Left,
    /// Decided by rule, because healing was asked for.
    Healed,
    /// A person has to decide; no pack was made.
    Refused,
}

/// One defect.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Finding {
    /// What it is.
    pub kind: Kind,
    /// The layer it was found in.
    pub layer: Layer,
    /// The codes concerned, ascending; a feature without one is named by its place in the file.
    pub codes: Vec<String>,
    /// Longitude in degrees, when the place is known.
    pub lon: Option<f64>,
    /// Latitude in degrees, when the place is known.
    pub lat: Option<f64>,
    /// Square metres concerned.
    pub area_m2: f64,
    /// Mean width in metres of an overlap, a hole or a sliver; 0 of anything else.
    pub width_m: f64,
    /// What was done.
    pub action: Action,
}

impl Kind {
    /// The defect in words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Overlap => "overlap",
            Self::Hole => "hole between cells",
            Self::Sliver => "sliver between cells",
            Self::DuplicateCode => "duplicate code",
            Self::MissingCode => "missing or unusable code",
            Self::InvalidRing => "invalid ring",
            Self::WrongGeometry => "no geometry of the layer's kind",
            Self::Vanished => "nothing left of the cell",
            Self::BowTie => "ring crosses itself",
            Self::UnclosedRing => "ring not closed",
            Self::RepeatedPoint => "point repeated",
            Self::WrongWinding => "ring runs the wrong way",
            Self::NoDutyGrid => "not in exactly one duty grid",
        }
    }

    /// What healing does about it, or repair where that needs no leave.
    const fn remedy(self, action: Action) -> &'static str {
        match (action, self) {
            (Action::Left, Self::Sliver) => "left as it is; a wider --tolerance closes it",
            (Action::Left, _) => "left as it is",
            (Action::Refused, _) => self.advice(),
            (_, Self::Overlap) => "given to the smallest code",
            (_, Self::DuplicateCode) => "merged into one cell",
            (_, Self::MissingCode | Self::WrongGeometry | Self::Vanished) => "left out",
            (_, Self::InvalidRing) => "ring left out",
            (_, Self::BowTie) => "split by even-odd",
            (_, Self::UnclosedRing) => "closed",
            (_, Self::RepeatedPoint) => "dropped",
            (_, Self::WrongWinding) => "turned",
            (_, Self::Hole | Self::Sliver | Self::NoDutyGrid) => "left as it is",
        }
    }

    /// What a person has to do about a refused finding.
    const fn advice(self) -> &'static str {
        match self {
            Self::Overlap => "refused: correct the border, or --heal gives it to the smallest code",
            Self::DuplicateCode => "refused: give each its own code, or --heal makes them one cell",
            Self::MissingCode => {
                "refused: give it a code of 1 to 64 bytes on one line, or --heal leaves it out"
            }
            Self::InvalidRing => "refused: draw it again, or --heal leaves the ring out",
            Self::WrongGeometry => "refused: draw it again, or --heal leaves it out",
            Self::Vanished => {
                "refused: others cover it whole or it is too small; --heal leaves it out"
            }
            _ => "refused by --strict",
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind.words(), self.codes.join(" + "))?;
        if let (Some(lon), Some(lat)) = (self.lon, self.lat) {
            write!(f, " at {lon:.7},{lat:.7}")?;
        }
        if self.area_m2 > 0.0 {
            write!(f, ", {:.2} m²", self.area_m2)?;
        }
        match self.width_m {
            width if width >= 1.0 => write!(f, ", {width:.1} m wide")?,
            width if width > 0.0 => write!(f, ", {width:.3} m wide")?,
            _ => {}
        }
        write!(f, " ({})", self.kind.remedy(self.action))
    }
}

/// Everything that happened on the way to a pack.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Report {
    /// Features read, all layers together.
    pub features: usize,
    /// Cells of the unit layer in the pack.
    pub units: usize,
    /// Borders in the pack, each counted once.
    pub arcs: usize,
    /// Road sections in the pack.
    pub roads: usize,
    /// Components in the pack.
    pub components: usize,
    /// Door plates in the pack.
    pub plates: usize,
    /// Different points that were closer than the tolerance and became one.
    pub snapped: usize,
    /// Vertices inserted into borders that passed them within the tolerance.
    pub inserted: usize,
    /// Crossings of borders that became vertices.
    pub crossings: usize,
    /// The defects.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Whether a defect stands in the way of a pack.
    pub fn is_refused(&self) -> bool {
        self.findings.iter().any(|f| f.action == Action::Refused)
    }

    /// How many findings are of a kind.
    pub fn count(&self, kind: Kind) -> usize {
        self.findings.iter().filter(|f| f.kind == kind).count()
    }

    /// A line for each kind of finding, and one about what was noded without a finding.
    pub fn summary(&self) -> Vec<String> {
        let mut kinds: BTreeMap<Kind, (usize, f64)> = BTreeMap::new();
        for finding in &self.findings {
            let of = kinds.entry(finding.kind).or_default();
            *of = (of.0 + 1, of.1 + finding.area_m2);
        }
        let line = |(kind, (count, area)): (Kind, (usize, f64))| match area > 0.0 {
            true => format!("{count} × {}, {area:.2} m² in all", kind.words()),
            false => format!("{count} × {}", kind.words()),
        };
        let mut lines: Vec<String> = kinds.into_iter().map(line).collect();
        if self.snapped + self.inserted + self.crossings > 0 {
            lines.push(format!(
                "noded: {} points snapped, {} vertices inserted, {} crossings cut",
                self.snapped, self.inserted, self.crossings
            ));
        }
        lines
    }

    /// The findings that have a place as GeoJSON points, to be laid over the survey.
    pub fn to_geojson(&self) -> String {
        let placed = self
            .findings
            .iter()
            .filter_map(|f| Some((f, f.lon?, f.lat?)));
        let feature = |(finding, lon, lat): (&Finding, f64, f64)| {
            json!({
                "type": "Feature",
                "geometry": { "type": "Point", "coordinates": [lon, lat] },
                "properties": {
                    "kind": finding.kind,
                    "layer": finding.layer,
                    "codes": finding.codes.join(" + "),
                    "area_m2": finding.area_m2,
                    "width_m": finding.width_m,
                    "action": finding.action,
                    "words": finding.to_string(),
                },
            })
        };
        let features: Vec<_> = placed.map(feature).collect();
        json!({ "type": "FeatureCollection", "features": features }).to_string()
    }

    pub(crate) fn counted(&mut self, counts: Counts) {
        self.snapped += counts.snapped;
        self.inserted += counts.inserted;
        self.crossings += counts.crossings;
    }
}
