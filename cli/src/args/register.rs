//! Arguments of registering cases that reached the centre otherwise.

use std::path::PathBuf;

use clap::Args;

use super::device::ContactArgs;

#[derive(Debug, Args)]
pub(crate) struct RegisterArgs {
    /// The class by code.
    #[arg(long, value_name = "CODE")]
    pub(crate) class: String,
    /// `component` or `matter`.
    #[arg(long, default_value = "matter")]
    pub(crate) kind: String,
    /// The catalogue edition; the newest published one by default.
    #[arg(long)]
    pub(crate) edition: Option<String>,
    /// The filing condition by code.
    #[arg(long, value_name = "CODE")]
    pub(crate) condition: Option<String>,
    /// Longitude in degrees, WGS-84.
    #[arg(long, allow_negative_numbers = true)]
    pub(crate) lon: f64,
    /// Latitude in degrees, WGS-84.
    #[arg(long, allow_negative_numbers = true)]
    pub(crate) lat: f64,
    /// What was said.
    #[arg(long, value_parser = super::words::words)]
    pub(crate) text: Option<String>,
    /// Where it came from: hotline, video, drone, platform, import, or a source of the policy's.
    #[arg(long, value_name = "CODE", default_value = "hotline")]
    pub(crate) source: String,
    /// The channel within the source, such as 12345 or a camera.
    #[arg(long)]
    pub(crate) channel: Option<String>,
    /// Its identity in the channel. The same one is registered once: a new contact is carried into the
    /// case, saying something else under it is refused.
    #[arg(long, value_name = "ID")]
    pub(crate) external_id: Option<String>,
    /// When whoever sent it wants it settled, as 2026-09-30T17:00 (+08:00 unless a zone follows).
    #[arg(long, value_name = "TIME")]
    pub(crate) external_due: Option<String>,
    /// Whoever sent it waits for a reply.
    #[arg(long)]
    pub(crate) reply_required: bool,
    #[command(flatten)]
    pub(crate) contact: ContactArgs,
}

/// Columns and fields that a file of cases may have.
pub(crate) const IMPORT_COLUMNS: &str = "\
Columns of a CSV file with a header (commas, semicolons or tabs; UTF-8, UTF-16 or GBK), or keys of the objects in a JSONL file:
  class lon lat                       must be there
  kind edition condition text         as for `gewu op register`
  source channel external_id          where it came from; without an external id, importing again
                                      registers again
  external_due reply_required         a time as 2026-09-30T17:00, and yes or no
  contact_name contact_phone          how to reach who said it: sealed, and each reading is logged
  contact_id                          the number of an identity document, kept like the others

Exit status 1 when a line was refused; the others are registered all the same.";

#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// The file: .csv, .jsonl or .ndjson.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// The source of lines that name none.
    #[arg(long, value_name = "CODE", default_value = "import")]
    pub(crate) source: String,
    /// The channel of lines that name none.
    #[arg(long)]
    pub(crate) channel: Option<String>,
}
