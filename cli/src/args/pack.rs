//! Arguments of the commands about packs.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum PackCommand {
    /// Sign a policy, a catalogue, a calendar or labels with the server's key, into one file that
    /// `gewu op publish` takes and that can be checked from the city's root key alone.
    Sign(SignArgs),
    /// Check a signed pack against a city's root key, offline. Ends with 1 when it does not hold.
    Verify(VerifyPackArgs),
    /// Say what a pack is, signed or not. Nothing is checked but that it can be read.
    Info(PackInfoArgs),
}

#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("signer").required(true)))]
pub(crate) struct SignArgs {
    /// The pack's body, such as policy.json.
    pub(crate) file: PathBuf,
    /// The folder of the server that signs; it may be running.
    #[arg(long, value_name = "DIR", group = "signer")]
    pub(crate) server: Option<PathBuf>,
    /// A file with the server's secret key, as the server keeps it in keys/server.key.
    #[arg(long, value_name = "FILE", group = "signer", requires = "root")]
    pub(crate) key: Option<PathBuf>,
    /// The city's root key as `gewu root` prints it.
    #[arg(long, value_name = "KEY")]
    pub(crate) root: Option<String>,
    /// `policy`, `catalogue`, `calendar` or `labels`; what the body calls itself by default.
    #[arg(long, value_parser = super::words::pack_name)]
    pub(crate) kind: Option<String>,
    /// The name within the kind, under which a later version replaces an earlier one; the kind's own
    /// name by default, which is what the server publishes its own under.
    #[arg(long, value_parser = super::words::pack_name)]
    pub(crate) name: Option<String>,
    /// The version; what the body says by default.
    #[arg(long, value_name = "N")]
    pub(crate) pack_version: Option<u64>,
    /// Whom it is for: `public`, `staff`, `operator` or `duty-grid:G`; everybody by default.
    #[arg(long)]
    pub(crate) audience: Option<String>,
    /// The file to write.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct VerifyPackArgs {
    /// The signed pack.
    pub(crate) file: PathBuf,
    /// The city's root key as `gewu root` prints it: ed25519:HEX. Take it from the city, not from
    /// whoever gave you the pack.
    #[arg(long, value_name = "KEY")]
    pub(crate) root: String,
}

#[derive(Debug, Args)]
pub(crate) struct PackInfoArgs {
    /// The pack, signed or its body alone.
    pub(crate) file: PathBuf,
}
