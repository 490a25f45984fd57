//! Copies of a server's folder, also while it runs, and new life from one.

/// The meta value with the time of the last backup.
pub(crate) const BACKUP_AT: &str = "backup_at";

/// The time in a meta value.
pub(crate) fn read_time(bytes: Vec<u8>) -> Option<gewu_model::time::Millis> {
    let bytes = bytes.as_slice().try_into().ok()?;
    Some(gewu_model::time::Millis(i64::from_be_bytes(bytes)))
}
