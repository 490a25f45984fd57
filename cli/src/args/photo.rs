//! Arguments of `gewu photo`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use gewu_model::media::{EvidenceRole, Provenance};

#[derive(Debug, Subcommand)]
pub(crate) enum PhotoCommand {
    /// Make of a camera's file what would be sealed: small, upright, without what it says of the
    /// device.
    Seal(SealArgs),
    /// Say what a file is, whether it is whole, and what it says of itself.
    Inspect(InspectArgs),
}

#[derive(Debug, Args)]
pub(crate) struct SealArgs {
    /// Pictures, films, sounds.
    #[arg(value_name = "IN", required = true)]
    pub(crate) inputs: Vec<PathBuf>,
    /// Where to write: a file, or a folder for several inputs, in which each keeps its name.
    #[arg(short, long, value_name = "OUT")]
    pub(crate) output: PathBuf,
    /// What it shows.
    #[arg(long, value_enum, default_value_t = RoleArg::Scene)]
    pub(crate) role: RoleArg,
    /// The city's policy (JSON), or a file with its section `photo` alone. The built-in one by default.
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
    /// A line to draw onto it instead of those that the policy names; may be given several times.
    #[arg(long, value_name = "TEXT", requires = "font")]
    pub(crate) stamp: Vec<String>,
    /// A TrueType or OpenType font that has the stamp's characters; may be given several times.
    #[arg(long, value_name = "FILE")]
    pub(crate) font: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) origin: OriginArgs,
    /// As for a citizen: nothing of place and device in what is written.
    #[arg(long)]
    pub(crate) private: bool,
    /// Write the thumbnail beside the picture, as NAME.thumb.jpg.
    #[arg(long)]
    pub(crate) thumb: bool,
}

/// Where pictures come from. A file says nothing about that, so whoever names it does.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct OriginArgs {
    /// The pictures were taken just now by this device's camera. Without it they count as imported,
    /// and their own time is taken, never the present.
    #[arg(long, conflicts_with = "from_album")]
    pub(crate) camera: bool,
    /// The pictures were chosen from an album.
    #[arg(long)]
    pub(crate) from_album: bool,
}

impl From<OriginArgs> for Provenance {
    fn from(origin: OriginArgs) -> Self {
        match origin {
            OriginArgs { camera: true, .. } => Self::Camera,
            OriginArgs {
                from_album: true, ..
            } => Self::Picker,
            _ => Self::Import,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct InspectArgs {
    /// The files.
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum RoleArg {
    /// The problem as reported.
    Scene,
    /// Before disposal.
    Before,
    /// After disposal.
    After,
    /// What a verifier or checker saw.
    Inspection,
    /// Anything else.
    Other,
}

impl From<RoleArg> for EvidenceRole {
    fn from(arg: RoleArg) -> Self {
        match arg {
            RoleArg::Scene => Self::Scene,
            RoleArg::Before => Self::Before,
            RoleArg::After => Self::After,
            RoleArg::Inspection => Self::Inspection,
            RoleArg::Other => Self::Other,
        }
    }
}
