//! The packs that ship with the program: a fictional district, a handful of classes for it, and the
//! national lists.

use std::path::Path;

/// The district's grids, roads, components and door plates.
pub(crate) const GRID: &[u8] = include_bytes!("../../fixtures/district/district.gewugrid");

/// Classes of the 2026 edition, to be checked against the purchased standard.
pub(crate) const CATALOGUE: &[u8] = include_bytes!("../../fixtures/district/catalogue.json");

/// The national lists by edition, to be checked against the purchased standards.
pub(crate) const NATIONAL: [(&str, &[u8]); 2] = [
    (
        "2013",
        include_bytes!("../../catalogues/national-2013.json"),
    ),
    (
        "2026",
        include_bytes!("../../catalogues/national-2026.json"),
    ),
];

/// The national list that a path means: an edition's name, and no file of that name.
pub(crate) fn national(kind: &str, path: &Path) -> Option<&'static [u8]> {
    let meant = kind == "catalogue" && !path.exists();
    let mut known = NATIONAL.iter().filter(|_| meant);
    let found = known.find(|(edition, _)| Path::new(edition) == path);
    found.map(|(_, body)| *body)
}
