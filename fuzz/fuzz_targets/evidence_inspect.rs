//! The whole pipeline on any bytes: checks, decoders, films.
#![no_main]

use gewu_evidence::{
    Answer, Bounds, CarryBounds, Recipe, Watch, carry, inspect, is_carried, seal,
};
use gewu_model::policy::PhotoPolicy;
use libfuzzer_sys::fuzz_target;

const BOUNDS: Bounds = Bounds {
    max_bytes: 1 << 20,
    max_pixels: 1 << 18,
    max_decoded_bytes: 8 << 20,
};

fuzz_target!(|bytes: &[u8]| {
    if is_carried(bytes) {
        let bounds = CarryBounds {
            max_video_bytes: 1 << 20,
            max_audio_bytes: 1 << 20,
        };
        if let Ok(private) = carry(bytes.to_vec(), &bounds, true) {
            assert_eq!(private.bytes.len(), bytes.len());
        }
        return;
    }
    let recipe = Recipe {
        long_edge: 64,
        thumb_edge: 16,
        bounds: BOUNDS,
        ..Recipe::of(&PhotoPolicy::default())
    };
    let sealed = seal(bytes, &recipe, &mut Watch::new(&mut |_| Answer::GoOn));
    if let Ok(sealed) = &sealed {
        assert!(sealed.photo.width.max(sealed.photo.height) <= 64);
        inspect(&sealed.photo.bytes, &Bounds::default()).expect("what was made is whole");
    }
    let _ = inspect(bytes, &BOUNDS);
});
