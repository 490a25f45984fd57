//! Arguments of the commands about host apps and the tokens of their users.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Args)]
pub(crate) struct HostTokenArgs {
    /// The host app's private key: PEM (PKCS #8) of Ed25519 or P-256.
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,
    /// The name under which the city has registered the app.
    #[arg(long, value_name = "NAME")]
    pub(crate) iss: String,
    /// The app's own name for its user.
    #[arg(long, value_name = "USER")]
    pub(crate) sub: String,
    /// The city, as `gewu sign-in-request` prints it.
    #[arg(long, value_name = "CITY")]
    pub(crate) aud: String,
    /// The device's key, as `gewu sign-in-request` prints it.
    #[arg(long, value_name = "KEY")]
    pub(crate) nonce: String,
    /// For how many minutes it holds.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=60))]
    pub(crate) minutes: u32,
}

#[derive(Debug, Args)]
pub(crate) struct HostKeyArgs {
    /// Write the private key into this new file, which its owner alone may read.
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,
    /// Write the public key into this file, for `gewu op host-app add`.
    #[arg(long, value_name = "FILE")]
    pub(crate) public: PathBuf,
}

/// What is done about host apps at the centre.
#[derive(Debug, Subcommand)]
pub(crate) enum HostAppCommand {
    /// Take tokens of an app's backend from now on: its users may report under their accounts there.
    Add {
        /// The name that its tokens give as `iss`.
        #[arg(value_parser = super::words::name)]
        name: String,
        /// The file with its public key: PEM of Ed25519 or P-256.
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
    },
    /// List the apps: with which key, by whom and when added, and since when removed.
    List,
    /// Take no token of an app any more. Phones that are under its accounts stay so.
    Remove {
        /// Its name.
        name: String,
    },
}
