//! Each dependency of the SDK behind one function that UniFFI exports, with the features that the SDK
//! takes, so that the linker keeps what it would keep of it in an app: the floor that
//! `cargo xtask bench size` measures the SDK's own code against. Nothing here is shipped.

mod data;
#[cfg(feature = "http")]
mod http;
mod pictures;

/// Why a function did not do its work; nobody reads it.
#[derive(Debug, thiserror::Error, uniffi::Error)]
#[uniffi(flat_error)]
pub enum FloorError {
    /// In the words of the dependency.
    #[error("{0}")]
    Failed(String),
}

/// Any error, in words.
fn failed(error: impl std::fmt::Display) -> FloorError {
    FloorError::Failed(error.to_string())
}

uniffi::setup_scaffolding!("gewu_size_floor");
