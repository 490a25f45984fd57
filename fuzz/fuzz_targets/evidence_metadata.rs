//! Metadata of any bytes: in a container, bare, and written again from what was read.
#![no_main]

use gewu_evidence::{Written, read_block, read_metadata};
use gewu_model::place::Datum;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    read_metadata(bytes);
    let found = read_block(bytes);
    let position = found.position.as_ref();
    let written = Written {
        taken: found.taken,
        position: position.and_then(|at| at.sealed(Some(Datum::Wgs84))),
        direction: found.direction,
        ..Written::default()
    };
    let Some(block) = written.to_tiff().expect("what was read can be written") else {
        return;
    };
    let again = read_block(&block);
    assert_eq!(again.taken, written.taken);
    assert_eq!(again.direction, written.direction);
    let sealed = again.position.and_then(|at| at.sealed(None));
    assert_eq!(sealed, written.position);
});
