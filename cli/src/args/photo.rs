//! Arguments of `gewu photo`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use gewu_model::media::EvidenceRole;

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
    /// The city's policy (JSON); its section `photo` decides. The built-in one by default.
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
    /// A line to draw onto it; may be given several times.
    #[arg(long, value_name = "TEXT", requires = "font")]
    pub(crate) stamp: Vec<String>,
    /// A TrueType or OpenType font that has the stamp's characters; may be given several times.
    #[arg(long, value_name = "FILE")]
    pub(crate) font: Vec<PathBuf>,
    /// As for a citizen: nothing of place and device in what is written.
    #[arg(long)]
    pub(crate) private: bool,
    /// Write the thumbnail beside the picture, as NAME.thumb.jpg.
    #[arg(long)]
    pub(crate) thumb: bool,
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
