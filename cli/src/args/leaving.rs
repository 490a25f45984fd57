//! Arguments of the commands with which people leave a device and come back to it.

use std::path::PathBuf;

use clap::Args;

use super::DirArg;

#[derive(Debug, Args)]
pub(crate) struct SignOutArgs {
    #[command(flatten)]
    pub(crate) device: DirArg,
    /// Write what is unsent into this folder first, where it can be handed in otherwise.
    #[arg(long, value_name = "FOLDER", conflicts_with = "lock")]
    pub(crate) export: Option<PathBuf>,
    /// Lock everything up on the device, for `gewu unlock`; others may use the device meanwhile.
    #[arg(long, requires = "passphrase_file")]
    pub(crate) lock: bool,
    /// A file with the passphrase in it, of six characters at least; - reads a line of the input.
    #[arg(long, value_name = "FILE", requires = "lock")]
    pub(crate) passphrase_file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct UnlockArgs {
    #[command(flatten)]
    pub(crate) device: DirArg,
    /// The locker by the first digits of its name; not needed where there is one alone.
    pub(crate) locker: Option<String>,
    /// The file with the passphrase in it; - reads a line of the input.
    #[arg(long, value_name = "FILE")]
    pub(crate) passphrase_file: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct DiscardArgs {
    #[command(flatten)]
    pub(crate) device: DirArg,
    /// The locker by its whole name.
    pub(crate) locker: String,
}
