//! The packs that a new city starts with, embedded: a fictional district and a handful of classes.

/// The district's grids, roads, components and door plates.
pub(crate) const GRID: &[u8] = include_bytes!("../../fixtures/district/district.gewugrid");

/// Classes of the 2026 edition, to be checked against the purchased standard.
pub(crate) const CATALOGUE: &[u8] = include_bytes!("../../fixtures/district/catalogue.json");
