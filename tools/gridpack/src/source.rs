//! What a pack is made of: files by layer, and how to read them.

use std::path::PathBuf;

use gewu_grid::file::LayerMeta;
use serde::Serialize;

use crate::crs::SourceCrs;

/// What a file's features are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Layer {
    /// Unit grids (单元网格): polygons that share borders.
    #[default]
    Unit,
    /// Duty grids (责任网格): polygons, each a set of unit grids.
    Duty,
    /// Road sections (路段): lines.
    Road,
    /// Components (部件): points.
    Component,
    /// Door plates (门牌): points.
    Plate,
}

/// One file.
#[derive(Debug, Clone)]
pub struct Source {
    /// GeoJSON or FlatGeobuf; told apart by content.
    pub path: PathBuf,
    /// What its features are.
    pub layer: Layer,
    /// The field that holds the code of a cell or road, the identifier of a component, the spoken
    /// address of a plate.
    pub code_field: String,
}

/// How to make the pack.
#[derive(Debug, Clone)]
pub struct Options {
    /// The city that issues the pack.
    pub city: String,
    /// Rises with every state of the survey.
    pub version: u64,
    /// What the coordinates are; `None` when the files say it or are in degrees of WGS-84.
    pub crs: Option<SourceCrs>,
    /// Metres within which points and borders are one.
    pub tolerance_m: f64,
    /// Decide by rule what otherwise is refused.
    pub heal: bool,
    /// Refuse any finding, repaired ones included, but not the way that a ring runs.
    pub strict: bool,
    /// Fields of a unit grid that hold the codes of the levels above; the field names the level.
    pub parent_fields: Vec<String>,
    /// The field of a unit grid that names its duty grid.
    pub duty_field: String,
    /// The field of a unit grid that names its road section.
    pub road_field: String,
    /// The field of a component that holds its class.
    pub class_field: String,
    /// Who may hold the unit layer, and how sensitive it is.
    pub unit_meta: LayerMeta,
    /// The same of the roads.
    pub road_meta: LayerMeta,
    /// The same of the components.
    pub component_meta: LayerMeta,
    /// The same of the door plates.
    pub plate_meta: LayerMeta,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            city: String::new(),
            version: 1,
            crs: None,
            tolerance_m: DEFAULT_TOLERANCE_M,
            heal: false,
            strict: false,
            parent_fields: Vec::new(),
            duty_field: "duty".to_owned(),
            road_field: "road".to_owned(),
            class_field: "class".to_owned(),
            unit_meta: LayerMeta::default(),
            road_meta: LayerMeta::default(),
            component_meta: LayerMeta::default(),
            plate_meta: LayerMeta::default(),
        }
    }
}

/// One centimetre: below what a survey of borders measures, above what rounding moves.
pub const DEFAULT_TOLERANCE_M: f64 = 0.01;

/// The widest tolerance that is still a repair and not a redrawing.
pub const MAX_TOLERANCE_M: f64 = 100.0;

/// Where the builder is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// So many features were read.
    Read(usize),
    /// Borders are being noded, in this round.
    Noding(usize),
    /// The faces are being labelled and the borders cut.
    Assembling,
}
