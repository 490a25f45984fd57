//! What the fuzz targets found before stays repaired, and what they start from is a real pack.

// A helper of a test may fail the test as the test itself may.
#![allow(clippy::unwrap_used)]

mod common;

use std::io::Read;
use std::path::{Path, PathBuf};

use common::hostile::{ask_everything, grid_pack, grid_transfer};
use common::small::small_pack;
use flate2::read::DeflateDecoder;
use gewu_grid::file::GridFile;
use gewu_grid::transfer::pack;

fn folder(of: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fuzz")
        .join(of)
}

/// Runs a target on every file of a folder; gives how many there are.
fn replay(of: &str, target: fn(&[u8])) -> usize {
    let files = std::fs::read_dir(folder(of)).unwrap();
    let bytes = files.map(|file| std::fs::read(file.unwrap().path()).unwrap());
    bytes.map(|bytes| target(&bytes)).count()
}

#[test]
fn findings_and_seeds_run_through() {
    for (target, name) in [
        (grid_pack as fn(&[u8]), "grid_pack"),
        (grid_transfer, "grid_transfer"),
    ] {
        replay(&format!("findings/{name}"), target);
        assert!(replay(&format!("seeds/{name}"), target) > 0, "{name}");
    }
}

/// A seed that no longer is what the writer writes leads the fuzzer nowhere.
fn assert_seed(name: &str, fresh: &[u8]) {
    if std::fs::read(folder(name)).ok().as_deref() != Some(fresh) {
        let written = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name.replace('/', "-"));
        std::fs::write(&written, fresh).unwrap();
        panic!("copy {} to fuzz/{name}", written.display());
    }
}

#[test]
fn seeds_are_what_the_writer_writes_today() {
    let file = small_pack();
    ask_everything(&GridFile::open_unsigned(&file[..]).unwrap()).unwrap();
    let packed = pack(&file).unwrap();
    assert_seed("seeds/grid_pack/small", &file);
    assert_seed(
        "seeds/grid_transfer/small-unpacked-as-it-is",
        &[&[0], &packed[..]].concat(),
    );
    let mut content = vec![2];
    content.extend_from_slice(&(file.len() as u32).to_le_bytes());
    let mut inflated = DeflateDecoder::new(&packed[21..]);
    inflated.read_to_end(&mut content).unwrap();
    assert_seed("seeds/grid_transfer/small-by-section", &content);
    assert_seed(
        "seeds/grid_transfer/small-comes-back",
        &[&[3], &file[..]].concat(),
    );
}
