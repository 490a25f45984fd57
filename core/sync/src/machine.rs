//! The machine. Under construction.
