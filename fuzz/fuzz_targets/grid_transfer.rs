//! Transfer forms of any bytes, behind a sound head and deflate: a fault, or a file that comes back.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../core/grid/tests/common/hostile.rs"]
mod hostile;

fuzz_target!(|bytes: &[u8]| hostile::grid_transfer(bytes));
