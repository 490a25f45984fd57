//! The folder outside the clone for what tasks download.

use std::path::PathBuf;

/// `GEWU_CI_CACHE`, or a folder in the user's home; `Err` says why there is none.
pub(crate) fn folder() -> Result<PathBuf, String> {
    let own = std::env::var_os("GEWU_CI_CACHE").map(PathBuf::from);
    let home = std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache/gewu"));
    own.or(home)
        .ok_or_else(|| "there is no home folder for a cache".to_owned())
}
