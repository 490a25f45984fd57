//! The pictures that the demo's people take, embedded so that the demo needs no files.

use std::path::{Path, PathBuf};

use crate::out::Failure;

/// Name and bytes of each picture.
const PHOTOS: &[(&str, &[u8])] = &[
    (
        "manhole-before.jpg",
        include_bytes!("../../../fixtures/photos/manhole-before.jpg"),
    ),
    (
        "manhole-after.jpg",
        include_bytes!("../../../fixtures/photos/manhole-after.jpg"),
    ),
    (
        "rubbish-before.jpg",
        include_bytes!("../../../fixtures/photos/rubbish-before.jpg"),
    ),
    (
        "rubbish-after.jpg",
        include_bytes!("../../../fixtures/photos/rubbish-after.jpg"),
    ),
    (
        "pothole-before.jpg",
        include_bytes!("../../../fixtures/photos/pothole-before.jpg"),
    ),
    (
        "pothole-after.jpg",
        include_bytes!("../../../fixtures/photos/pothole-after.jpg"),
    ),
    (
        "stall-before.jpg",
        include_bytes!("../../../fixtures/photos/stall-before.jpg"),
    ),
    (
        "lamp-after.png",
        include_bytes!("../../../fixtures/photos/lamp-after.png"),
    ),
];

/// Writes the pictures into `dir`, as a camera would have.
pub(super) fn unpack(dir: &Path) -> Result<PathBuf, Failure> {
    let folder = dir.join("camera");
    std::fs::create_dir_all(&folder)?;
    for (name, bytes) in PHOTOS {
        std::fs::write(folder.join(name), bytes)?;
    }
    Ok(folder)
}
