//! A bundle from anywhere: whatever the bytes are, reading ends with a report, and only what the
//! fixture's city signed comes out whole.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../core/bundle/tests/common/hostile.rs"]
mod hostile;

fuzz_target!(|bytes: &[u8]| hostile::bundle_read(bytes));
