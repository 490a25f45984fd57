//! The whole pipeline on any bytes: checks, decoders, films.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../core/evidence/tests/common/hostile.rs"]
mod hostile;

fuzz_target!(|bytes: &[u8]| hostile::evidence_inspect(bytes));
