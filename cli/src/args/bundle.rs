//! Arguments of the commands about bundles.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::DirArg;

#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    #[command(flatten)]
    pub(crate) device: DirArg,
    /// The cases: ids, task numbers, or first digits of ids.
    #[arg(required_unless_present = "unsent", conflicts_with = "unsent")]
    pub(crate) case: Vec<String>,
    /// Everything that was not handed in: cases with something unsent, commands, drafts, photos.
    #[arg(long)]
    pub(crate) unsent: bool,
    /// The file to write.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
    /// First fetch photos of these cases, their thumbnails and kept originals, that are not on the device;
    /// needs the network.
    #[arg(long, conflicts_with = "unsent")]
    pub(crate) fetch: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum BundleCommand {
    /// Check a bundle offline against a city's root key.
    ///
    /// Ends with 0 when everything is there and proven, 1 when something is not what it claims to
    /// be, 2 for wrong usage or a file that cannot be opened, 3 when something is missing that nobody lawfully erased, and 4 when
    /// part of it has no receipt of the server yet or was not delivered. When several apply, 1 goes before 4,
    /// and 4 before 3.
    Verify(VerifyBundleArgs),
    /// Print the statement of a bundle. It is not checked: verify does that.
    Show(ShowBundleArgs),
}

#[derive(Debug, Args)]
pub(crate) struct VerifyBundleArgs {
    /// The bundle.
    pub(crate) file: PathBuf,
    /// The city's root key as `gewu root` prints it: ed25519:HEX, or the city's id, which is the
    /// key's SHA-256. Take it from the city, not from whoever gave you the bundle.
    #[arg(long, value_name = "KEY")]
    pub(crate) root: String,
}

#[derive(Debug, Args)]
pub(crate) struct ShowBundleArgs {
    /// The bundle.
    pub(crate) file: PathBuf,
    /// The language of the statement.
    #[arg(long, value_enum, default_value_t = LanguageArg::Zh)]
    pub(crate) language: LanguageArg,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum LanguageArg {
    /// Chinese.
    Zh,
    /// English.
    En,
}
