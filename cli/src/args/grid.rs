//! Arguments of `gewu grid`.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, Subcommand, ValueEnum};
use gewu_grid::file::{Audience, Sensitivity};
use gewu_gridpack::Layer;

#[derive(Debug, Subcommand)]
pub(crate) enum GridCommand {
    /// Make a pack from GeoJSON and FlatGeobuf.
    Pack(PackArgs),
    /// Say what a pack holds, and verify its checksums.
    Info(InfoArgs),
    /// Find the grids of many points.
    Locate(LocateArgs),
    /// Write a made-up city as GeoJSON.
    Synth(SynthArgs),
}

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
    /// Who the layers are made for.
    #[arg(long, value_enum, default_value_t = AudienceArg::Field)]
    pub(crate) audience: AudienceArg,
    /// How the layers must be handled.
    #[arg(long, value_enum, default_value_t = SensitivityArg::Internal)]
    pub(crate) sensitivity: SensitivityArg,
    /// Metres within which points and borders are one.
    #[arg(long, value_name = "METRES", default_value_t = gewu_gridpack::DEFAULT_TOLERANCE_M)]
    pub(crate) tolerance: f64,
    /// Decide by rule what otherwise is refused: the smallest code wins an overlap.
    #[arg(long)]
    pub(crate) heal: bool,
    /// Refuse any finding, repaired ones included.
    #[arg(long, conflicts_with = "heal")]
    pub(crate) strict: bool,
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
    /// A CSV file with the columns id, lat, lon and, optionally, accuracy_m.
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

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum DatumArg {
    Wgs84,
    Cgcs2000,
}

impl From<DatumArg> for gewu_model::place::Datum {
    fn from(arg: DatumArg) -> Self {
        match arg {
            DatumArg::Wgs84 => Self::Wgs84,
            DatumArg::Cgcs2000 => Self::Cgcs2000,
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
