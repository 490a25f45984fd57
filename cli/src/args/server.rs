//! Arguments of the server's commands and of the demo.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// The server's folder; made on first use, with a city of its own.
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// The address to listen on. Port 0 takes a free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8420")]
    pub(crate) listen: SocketAddr,
    /// Speak TLS with the certificate in this PEM file, with those between it and the root after it.
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub(crate) tls_cert: Option<PathBuf>,
    /// The certificate's private key, in PEM without a passphrase.
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub(crate) tls_key: Option<PathBuf>,
    /// Serve plain HTTP beyond the loopback address, to a proxy that speaks TLS. Without TLS, whoever is
    /// on the way reads texts and photos.
    #[arg(long, conflicts_with = "tls_cert")]
    pub(crate) plain_http: bool,
    /// Write the server's URL into this file when it is ready.
    #[arg(long, value_name = "FILE")]
    pub(crate) ready_file: Option<PathBuf>,
    /// A grid pack (.gewugrid, see `gewu grid pack`) to publish with its slices for citizens and for
    /// each duty grid; a higher version replaces, the same does nothing. The fictional district by
    /// default.
    #[arg(long, value_name = "FILE")]
    pub(crate) grid: Option<PathBuf>,
    /// A catalogue (JSON) to publish, or 2013 or 2026 for the national lists that ship with this
    /// program; a handful of 2026 classes by default.
    #[arg(long, value_name = "FILE")]
    pub(crate) catalogue: Option<PathBuf>,
    /// A policy (JSON) to publish; the built-in one by default.
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
    /// The file with the key that seals contact cards; made when the first card comes. It must lie
    /// outside DIR, and no backup of DIR holds it: keep a copy apart. By default
    /// gewu/cards-CITY.key in your state folder ($XDG_STATE_HOME or ~/.local/state).
    #[arg(long, value_name = "FILE", env = "GEWU_CARD_KEY")]
    pub(crate) card_key: Option<PathBuf>,
    /// The most bytes that all unfinished uploads together may take. Without it they may take as much as
    /// stays free beside them on their disk; more than that they never take.
    #[arg(long, value_name = "BYTES")]
    pub(crate) unfinished_bytes: Option<u64>,
    /// Refuse devices without a code.
    #[arg(long)]
    pub(crate) no_citizens: bool,
    /// How often services (direct dispatch, filing, resuming) look for what is due; with 0 only
    /// `gewu op run-services` has them do it.
    #[arg(long, value_name = "SECONDS", default_value_t = 1, value_parser = clap::value_parser!(u64).range(..=3600))]
    pub(crate) services_every: u64,
    /// The machine's clock is right, though what was written here last lies in the future: it was ahead then.
    #[arg(long)]
    pub(crate) clock_is_right: bool,
    /// What is told on standard error: failures, also which devices send too much (by the names of their keys),
    /// or every request. No line holds what somebody wrote.
    #[arg(long, value_name = "LEVEL", env = "GEWU_LOG", default_value = "warn")]
    pub(crate) log: LogLevel,
    /// Lines for people, or one JSON object each.
    #[arg(
        long,
        value_name = "FORMAT",
        env = "GEWU_LOG_FORMAT",
        default_value = "text"
    )]
    pub(crate) log_format: LogFormat,
}

/// How much the server tells of its work.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum LogLevel {
    /// Nothing.
    Off,
    /// What failed by the server's own fault.
    Error,
    /// Also devices that send too many exchanges at once.
    Warn,
    /// Also every request.
    Info,
}

/// How a line of the log is written.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people.
    Text,
    /// One JSON object.
    Json,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ServerCommand {
    /// Copy a server's folder, also while it runs.
    Backup {
        /// The server's folder.
        #[arg(long, value_name = "DIR")]
        dir: PathBuf,
        /// The folder to write; must not exist or be empty.
        #[arg(long, value_name = "DIR")]
        to: PathBuf,
    },
    /// Read every stored file again, also while the server runs. What is damaged is moved aside into
    /// DIR/media/damaged; like what is gone it is asked for again from the devices that brought it and
    /// still hold it, also where it was acknowledged.
    Scrub {
        /// The server's folder.
        #[arg(long, value_name = "DIR")]
        dir: PathBuf,
    },
    /// Make a server's folder from a backup. It starts a new generation, and devices offer it again
    /// what it has forgotten.
    Restore {
        /// The backup.
        #[arg(long, value_name = "DIR")]
        from: PathBuf,
        /// The folder to write; must not exist, be empty, or hold nothing but the erased.log of the
        /// server that is lost: then what was erased since the backup is erased again.
        #[arg(long, value_name = "DIR")]
        dir: PathBuf,
    },
}

#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Leave the server running afterwards and say how to look around.
    #[arg(long)]
    pub(crate) keep: bool,
    /// Work in this folder instead of a temporary one; must not exist or be empty.
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
}
