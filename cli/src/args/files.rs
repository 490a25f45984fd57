//! Arguments of the commands about files on their way.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::DirArg;

#[derive(Debug, Args)]
pub(crate) struct TokenArgs {
    #[command(flatten)]
    pub(crate) device: DirArg,
    /// For how long it holds, such as 30m or 8h; 24h at most.
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = span)]
    pub(crate) ttl: Duration,
}

#[derive(Debug, Args)]
pub(crate) struct ScrubArgs {
    #[command(flatten)]
    pub(crate) device: DirArg,
    /// Read about so many megabytes, and go on there next time; everything by default.
    #[arg(long, value_name = "MB")]
    pub(crate) most: Option<u64>,
}

#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {
    #[command(flatten)]
    pub(crate) device: DirArg,
    /// Write what was found into a new file for whoever helps. It holds codes, numbers and digests of
    /// packs; no texts, names, positions, telephone numbers, photos, addresses or paths.
    #[arg(long, value_name = "FILE")]
    pub(crate) bundle: Option<PathBuf>,
    /// Remove a damaged database that was moved aside, by the name that `gewu status` shows, with everything
    /// that was unsent in it.
    #[arg(long, value_name = "NAME", conflicts_with = "bundle")]
    pub(crate) discard_damaged: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct UploadsArgs {
    #[command(flatten)]
    pub(crate) device: DirArg,
    /// Let nothing go up.
    #[arg(long, conflicts_with = "resume")]
    pub(crate) pause: bool,
    /// Let files go up again.
    #[arg(long)]
    pub(crate) resume: bool,
    /// Over which networks photos go.
    #[arg(long, value_enum, value_name = "NETWORKS")]
    pub(crate) photos: Option<OverArg>,
    /// Over which networks small pictures go.
    #[arg(long, value_enum, value_name = "NETWORKS")]
    pub(crate) small_pictures: Option<OverArg>,
    /// Over which networks large photos go.
    #[arg(long, value_enum, value_name = "NETWORKS")]
    pub(crate) large: Option<OverArg>,
    /// From how many megabytes on a photo is large.
    #[arg(long, value_name = "MB")]
    pub(crate) large_from: Option<u64>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum OverArg {
    /// Over Wi-Fi.
    Wifi,
    /// Not while roaming.
    Home,
    /// Over any network.
    Any,
}

/// A number with s, m or h behind it.
fn span(text: &str) -> Result<Duration, String> {
    const DAY: u64 = 86_400;
    let wrong = || "write it as 90s, 30m or 8h, 24h at most".to_owned();
    let unit = text.chars().last().ok_or_else(wrong)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        _ => return Err(wrong()),
    };
    let number: u64 = text[..text.len() - 1].parse().map_err(|_| wrong())?;
    match number.checked_mul(seconds) {
        Some(all) if (1..=DAY).contains(&all) => Ok(Duration::from_secs(all)),
        _ => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_a_number_and_a_unit() {
        assert_eq!(span("30m"), Ok(Duration::from_secs(1_800)));
        assert_eq!(span("24h"), Ok(Duration::from_secs(86_400)));
        for wrong in [
            "",
            "h",
            "25h",
            "0s",
            "3d",
            "-1h",
            "１h",
            "99999999999999999999h",
        ] {
            assert!(span(wrong).is_err(), "{wrong}");
        }
    }
}
