//! The gate. Under construction.
