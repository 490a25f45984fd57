//! What may be done with any bytes at all. The fuzz targets run it, and a test replays their
//! findings with it.

#![allow(dead_code)] // each fuzz target uses its part

use gewu_evidence::{
    Answer, Bounds, CarryBounds, FileType, Recipe, Watch, Written, carry, inspect, is_carried,
    read_block, read_metadata, seal, sniff,
};
use gewu_model::place::Datum;
use gewu_model::policy::PhotoPolicy;

/// So small that many are tried in a second.
const BOUNDS: Bounds = Bounds {
    max_bytes: 1 << 20,
    max_pixels: 1 << 18,
    max_decoded_bytes: 8 << 20,
};

/// The whole pipeline: checks, decoders, films. What it makes is whole and within what was asked.
pub(crate) fn evidence_inspect(bytes: &[u8]) {
    if is_carried(bytes) {
        return film(bytes);
    }
    let recipe = Recipe {
        long_edge: 64,
        thumb_edge: 16,
        bounds: BOUNDS,
        ..Recipe::of(&PhotoPolicy::default())
    };
    if let Ok(sealed) = seal(bytes, &recipe, &mut Watch::new(&mut |_| Answer::GoOn)) {
        assert!(sealed.photo.width.max(sealed.photo.height) <= 64);
        inspect(&sealed.photo.bytes, &Bounds::default()).expect("what was made is whole");
    }
    // A refusal is welcome.
    let _ = inspect(bytes, &BOUNDS);
}

/// Blanking a film moves nothing, and leaves nothing to blank.
fn film(bytes: &[u8]) {
    let bounds = CarryBounds {
        max_video_bytes: 1 << 20,
        max_audio_bytes: 1 << 20,
    };
    if let Ok(private) = carry(bytes.to_vec(), &bounds, true) {
        // Of a sound what follows its last frame is cut off.
        let is_sound = matches!(sniff(bytes), FileType::Amr | FileType::Aac);
        let (before, after) = (bytes.len(), private.bytes.len());
        assert!(after == before || (is_sound && after < before));
        let again = carry(private.bytes, &bounds, true).expect("what was cleaned is a film");
        assert_eq!(again.original, None, "what was cleaned is clean");
    }
}

/// Metadata in a container and bare; what was read is written and read again as it was.
pub(crate) fn evidence_metadata(bytes: &[u8]) {
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
}
