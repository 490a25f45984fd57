//! Arguments of `gewu grid`.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, Subcommand, ValueEnum};
use gewu_grid::file::{Audience, Sensitivity};
use gewu_gridpack::Layer;

use super::DatumArg;

#[derive(Debug, Subcommand)]
pub(crate) enum GridCommand {
    /// Make a pack from GeoJSON and FlatGeobuf.
    ///
    /// Borders that nearly fit are made one within --tolerance, small defects are repaired and told.
    /// Overlaps, duplicate or missing codes and unusable rings are refused with code, place and
    /// size, unless --heal lets a rule decide. Exit status 1 and no pack when anything was refused.
    #[command(after_help = PACK_EXAMPLES)]
    Pack(Box<PackArgs>),
    /// Say what a pack holds, and verify its checksums.
    Info(InfoArgs),
    /// Find the grids of many points.
    ///
    /// Writes id, unit, duty, road, border_m (metres to the nearest border), certainty (certain,
    /// border, unknown) and candidates (CODE:SHARE of the accuracy circle, when it crosses a
    /// border). A point outside all units has an empty unit.
    Locate(LocateArgs),
    /// Find the components nearest to a point, and its address.
    Near(GridNearArgs),
    /// Fit the descriptor of a city's own plane from control points.
    ///
    /// The descriptor is what --crs of `gewu grid pack` reads. The residuals tell whether it may be
    /// used: without the plane's own --meridian an affine map follows it to about a metre over a large
    /// city.
    FitPlane(FitArgs),
    /// Write a made-up city as GeoJSON.
    Synth(SynthArgs),
}

const PACK_EXAMPLES: &str = "\
Examples:
  gewu grid pack cells.geojson --code-field BGCODE -o city.gewugrid
  gewu grid pack cells.fgb road=roads.geojson component=parts.geojson plate=doors.geojson \\
      --code-field plate=address --parent-field street --parent-field community -o city.gewugrid
  gewu grid pack cells.geojson --crs EPSG:4528 --report findings.geojson -o city.gewugrid";

#[derive(Debug, Args)]
pub(crate) struct PackArgs {
    /// Files of the layer that --layer names; LAYER=FILE for a file of another layer.
    #[arg(value_name = "[LAYER=]INPUT", required = true)]
    pub(crate) inputs: Vec<Input>,
    /// The pack to write.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
    /// What the inputs' features are.
    #[arg(long, value_enum, default_value_t = LayerArg::Unit)]
    pub(crate) layer: LayerArg,
    /// The field that holds the code: NAME for all inputs, LAYER=NAME for one layer.
    #[arg(long, value_name = "[LAYER=]NAME", default_value = "code")]
    pub(crate) code_field: Vec<Input>,
    /// A field that holds the code of a level above; the field names the level. May be repeated.
    #[arg(long, value_name = "NAME")]
    pub(crate) parent_field: Vec<String>,
    /// The field of a unit grid that names its duty grid.
    #[arg(long, value_name = "NAME", default_value = "duty")]
    pub(crate) duty_field: String,
    /// The field of a unit grid that names its road section.
    #[arg(long, value_name = "NAME", default_value = "road")]
    pub(crate) road_field: String,
    /// The field of a component that holds its class.
    #[arg(long, value_name = "NAME", default_value = "class")]
    pub(crate) class_field: String,
    /// What the coordinates are, when the files do not say it or say it wrongly: wgs84, cgcs2000,
    /// gcj02, bd09, EPSG:4491 to 4554 (CGCS2000 Gauss-Kruger), EPSG:32601 to 32760 (UTM), EPSG:3857,
    /// gk:MERIDIAN[,EAST[,NORTH]], planar:LON,LAT,A0,A1,A2,B0,B1,B2, or the JSON file of a plane's
    /// descriptor (see fit-plane). Degrees of WGS-84 by default.
    #[arg(long, value_name = "NAME|FILE.json")]
    pub(crate) crs: Option<String>,
    /// Who the layers are made for.
    #[arg(long, value_enum, default_value_t = AudienceArg::Field)]
    pub(crate) audience: AudienceArg,
    /// How the layers must be handled.
    #[arg(long, value_enum, default_value_t = SensitivityArg::Internal)]
    pub(crate) sensitivity: SensitivityArg,
    /// Metres within which points and borders are one.
    #[arg(long, value_name = "METRES", default_value_t = gewu_gridpack::DEFAULT_TOLERANCE_M)]
    pub(crate) tolerance: f64,
    /// Decide by rule what otherwise is refused: the smallest code wins an overlap, features of one
    /// code merge, what has no code or no usable ring is left out.
    #[arg(long)]
    pub(crate) heal: bool,
    /// Refuse any finding, repaired ones included; only the way that a ring runs is let pass.
    #[arg(long, conflicts_with = "heal")]
    pub(crate) strict: bool,
    /// Write all findings as GeoJSON points, to be seen on a map.
    #[arg(long, value_name = "FILE.geojson")]
    pub(crate) report: Option<PathBuf>,
    /// The city that issues the pack.
    #[arg(long, value_name = "NAME", default_value = "city")]
    pub(crate) city: String,
    /// The pack's version; rises with every state of the survey.
    #[arg(long = "pack-version", value_name = "N", default_value_t = 1)]
    pub(crate) pack_version: u64,
}

#[derive(Debug, Args)]
pub(crate) struct InfoArgs {
    /// The pack.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct LocateArgs {
    /// The pack.
    #[arg(long, value_name = "FILE")]
    pub(crate) pack: PathBuf,
    /// A CSV file with the columns id, lat, lon and, optionally, accuracy_m, in any order; - for
    /// standard input.
    #[arg(long, value_name = "FILE.csv")]
    pub(crate) points: PathBuf,
    /// What the coordinates are.
    #[arg(long, value_enum, default_value_t = DatumArg::Wgs84)]
    pub(crate) datum: DatumArg,
    /// Where to write; standard output by default.
    #[arg(short, long, value_name = "OUT.csv")]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct GridNearArgs {
    /// The pack.
    #[arg(long, value_name = "FILE")]
    pub(crate) pack: PathBuf,
    /// Longitude in degrees.
    #[arg(
        long,
        value_name = "DEGREES",
        requires = "lat",
        conflicts_with = "points",
        allow_negative_numbers = true
    )]
    pub(crate) lon: Option<f64>,
    /// Latitude in degrees.
    #[arg(
        long,
        value_name = "DEGREES",
        requires = "lon",
        allow_negative_numbers = true
    )]
    pub(crate) lat: Option<f64>,
    /// A CSV file with the columns id, lat and lon instead of one point.
    #[arg(long, value_name = "FILE.csv", required_unless_present = "lon")]
    pub(crate) points: Option<PathBuf>,
    /// What the coordinates are; what is printed is WGS-84.
    #[arg(long, value_enum, default_value_t = DatumArg::Wgs84)]
    pub(crate) datum: DatumArg,
    /// How far to look, in metres, at most 2000.
    #[arg(long, value_name = "METRES", default_value_t = 50.0, value_parser = radius)]
    pub(crate) radius: f64,
    /// Components of this class only.
    #[arg(long, value_name = "CLASS")]
    pub(crate) class: Option<String>,
    /// How many, at most 100.
    #[arg(short = 'k', long, value_name = "N", default_value_t = 5, value_parser = count)]
    pub(crate) count: usize,
    /// Where to write the table of --points; standard output by default.
    #[arg(short, long, value_name = "OUT.csv", requires = "points")]
    pub(crate) output: Option<PathBuf>,
}

fn radius(text: &str) -> Result<f64, String> {
    let metres = text.parse().ok().filter(|m| (0.0..=2_000.0).contains(m));
    metres.ok_or_else(|| "give metres between 0 and 2000".to_owned())
}

fn count(text: &str) -> Result<usize, String> {
    let count = text.parse().ok().filter(|n| (1..=100).contains(n));
    count.ok_or_else(|| "give a number between 1 and 100".to_owned())
}

#[derive(Debug, Args)]
pub(crate) struct FitArgs {
    /// A CSV file with the columns lon, lat (degrees) and east, north (metres in the city's plane).
    #[arg(value_name = "CONTROL.csv")]
    pub(crate) control: PathBuf,
    /// The plane's central meridian in degrees, when it is known; the points' middle otherwise.
    #[arg(long, value_name = "DEGREES", allow_negative_numbers = true)]
    pub(crate) meridian: Option<f64>,
    /// Where to write the descriptor; standard output by default.
    #[arg(short, long, value_name = "FILE.json")]
    pub(crate) output: Option<PathBuf>,
}

/// Arguments of `gewu convert`.
#[derive(Debug, Args)]
pub(crate) struct ConvertArgs {
    /// What the coordinates are.
    #[arg(long, value_enum)]
    pub(crate) from: DatumArg,
    /// What they are to become.
    #[arg(long, value_enum)]
    pub(crate) to: DatumArg,
    /// A CSV file with the columns lon and lat among others; standard input by default.
    #[arg(value_name = "IN.csv")]
    pub(crate) input: Option<PathBuf>,
    /// Where to write; standard output by default.
    #[arg(short, long, value_name = "OUT.csv")]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct SynthArgs {
    /// How many unit grids.
    #[arg(long, value_name = "N", default_value_t = 51_495)]
    pub(crate) cells: usize,
    /// The GeoJSON file to write.
    #[arg(short, long, value_name = "FILE.geojson")]
    pub(crate) output: PathBuf,
}

/// A text that may belong to one layer: `LAYER=TEXT`.
#[derive(Debug, Clone)]
pub(crate) struct Input {
    pub(crate) layer: Option<Layer>,
    pub(crate) text: String,
}

impl FromStr for Input {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let named = text
            .split_once('=')
            .and_then(|(layer, rest)| Some((LayerArg::from_str(layer, false).ok()?, rest)));
        Ok(Self {
            layer: named.map(|(layer, _)| layer.into()),
            text: named.map_or(text, |(_, rest)| rest).to_owned(),
        })
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum LayerArg {
    Unit,
    Duty,
    Road,
    Component,
    Plate,
}

impl From<LayerArg> for Layer {
    fn from(arg: LayerArg) -> Self {
        match arg {
            LayerArg::Unit => Self::Unit,
            LayerArg::Duty => Self::Duty,
            LayerArg::Road => Self::Road,
            LayerArg::Component => Self::Component,
            LayerArg::Plate => Self::Plate,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum AudienceArg {
    Public,
    Field,
    Operator,
}

impl From<AudienceArg> for Audience {
    fn from(arg: AudienceArg) -> Self {
        match arg {
            AudienceArg::Public => Self::Public,
            AudienceArg::Field => Self::Field,
            AudienceArg::Operator => Self::Operator,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum SensitivityArg {
    Open,
    Internal,
    Restricted,
}

impl From<SensitivityArg> for Sensitivity {
    fn from(arg: SensitivityArg) -> Self {
        match arg {
            SensitivityArg::Open => Self::Open,
            SensitivityArg::Internal => Self::Internal,
            SensitivityArg::Restricted => Self::Restricted,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> (Option<Layer>, String) {
        let Ok(input) = text.parse::<Input>();
        (input.layer, input.text)
    }

    #[test]
    fn only_a_layers_name_before_the_sign_is_taken_off() {
        assert_eq!(parsed("road=r.fgb"), (Some(Layer::Road), "r.fgb".into()));
        assert_eq!(parsed("a=b.geojson"), (None, "a=b.geojson".into()));
        assert_eq!(parsed("plain.geojson"), (None, "plain.geojson".into()));
    }
}
