//! A pack of any bytes, its checksums put right: every question gets an answer or a fault.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../core/grid/tests/common/hostile.rs"]
mod hostile;

fuzz_target!(|bytes: &[u8]| hostile::grid_pack(bytes));
