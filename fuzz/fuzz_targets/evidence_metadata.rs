//! Metadata of any bytes: in a container, bare, and written again from what was read.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../core/evidence/tests/common/hostile.rs"]
mod hostile;

fuzz_target!(|bytes: &[u8]| hostile::evidence_metadata(bytes));
