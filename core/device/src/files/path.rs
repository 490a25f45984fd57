//! Which relative paths are taken.

use super::FilesError;

/// The longest segment that every file system of interest takes, in bytes.
const SEGMENT: usize = 255;

/// Whether `path` is one that every implementation of [`super::Files`] takes.
///
/// ```
/// use gewu::files::check_path;
/// assert!(check_path("media/ab/abcd.jpg").is_ok());
/// assert!(check_path("../keys/device").is_err());
/// ```
///
/// # Errors
/// [`FilesError::BadPath`] if it is not.
pub fn check_path(path: &str) -> Result<(), FilesError> {
    let fits = |segment: &str| {
        !segment.is_empty() && segment.len() <= SEGMENT && !segment.starts_with('.')
    };
    let clean = !path.contains(['\\', '\0', ':']);
    if clean && path.split('/').all(fits) {
        Ok(())
    } else {
        Err(FilesError::BadPath)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_leave_or_hide_are_refused() {
        let long = "x".repeat(256);
        for path in [
            "",
            "/",
            "/etc/passwd",
            "a//b",
            "a/",
            "..",
            "a/../b",
            ".hidden",
            "a\\b",
            "a\0",
            "C:x",
            &long,
        ] {
            assert_eq!(check_path(path), Err(FilesError::BadPath), "{path:?}");
        }
        for path in ["a", "a/b.c", "media/ab/cd.jpg", "图/像", &long[1..]] {
            assert_eq!(check_path(path), Ok(()), "{path:?}");
        }
    }
}
