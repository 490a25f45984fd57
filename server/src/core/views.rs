//! Cases as operators see them. Under construction.

/// A page of cases.
#[derive(Debug, Clone, serde::Serialize)]
pub struct CasePage {}
