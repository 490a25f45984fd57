//! Bundles whole, bent and hostile. An *outsider* bends a bundle and recomputes every checksum that
//! nobody signed; an *insider* is the exporter and seals anew what was bent.

mod attacks;
mod flips;
mod hostile;
mod present;
mod support;
mod whole;
