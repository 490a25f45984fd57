//! JPEGs that were cut off and closed again: nothing of the file's skeleton tells, the codes do.

// A helper of a test may fail the test as the test itself may.
#![allow(clippy::unwrap_used)]

use gewu_evidence::{Answer, Bounds, EvidenceError, Recipe, Watch, inspect, seal};
use gewu_model::policy::PhotoPolicy;
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

const END: [u8; 2] = [0xff, 0xd9];

/// A slope with texture, so that every block has something to say.
fn texture(width: u16, height: u16, channels: usize) -> Vec<u8> {
    let mut state = 9_u32;
    let pixels = (0..u32::from(height)).flat_map(|y| (0..u32::from(width)).map(move |x| (x, y)));
    pixels
        .flat_map(|(x, y)| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let value = (x / 3 + y / 2 + (state >> 28)) as u8;
            [value, value.wrapping_add(20), 90]
                .into_iter()
                .take(channels)
        })
        .collect()
}

/// How a picture is made.
#[derive(Debug, Clone, Copy)]
struct Kind {
    sampling: SamplingFactor,
    grey: bool,
    restart: u16,
    progressive: bool,
    optimized: bool,
}

const PLAIN: Kind = Kind {
    sampling: SamplingFactor::F_2_2,
    grey: false,
    restart: 0,
    progressive: false,
    optimized: false,
};

fn kinds() -> Vec<Kind> {
    let mut all = vec![
        PLAIN,
        Kind {
            grey: true,
            ..PLAIN
        },
    ];
    for sampling in [
        SamplingFactor::F_1_1,
        SamplingFactor::F_2_1,
        SamplingFactor::F_1_2,
        SamplingFactor::F_4_1,
    ] {
        all.push(Kind { sampling, ..PLAIN });
    }
    all.push(Kind {
        optimized: true,
        ..PLAIN
    });
    all.push(Kind {
        progressive: true,
        ..PLAIN
    });
    // The encoder's own tables know nothing of the differences behind a restart.
    let odd: Vec<Kind> = all
        .iter()
        .filter(|kind| !kind.optimized && !kind.progressive)
        .map(|kind| Kind {
            restart: 5,
            ..*kind
        })
        .collect();
    all.extend(odd);
    all
}

fn made(kind: Kind, width: u16, height: u16) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = Encoder::new(&mut out, 85);
    encoder.set_sampling_factor(kind.sampling);
    encoder.set_progressive(kind.progressive);
    encoder.set_optimized_huffman_tables(kind.optimized);
    if kind.restart > 0 {
        encoder.set_restart_interval(kind.restart);
    }
    let (channels, colour) = if kind.grey {
        (1, ColorType::Luma)
    } else {
        (3, ColorType::Rgb)
    };
    encoder
        .encode(&texture(width, height, channels), width, height, colour)
        .unwrap();
    out
}

/// Where the compressed data of the first scan begin.
fn data_at(file: &[u8]) -> usize {
    let at = file
        .windows(2)
        .position(|pair| pair == [0xff, 0xda])
        .unwrap();
    at + 2 + usize::from(u16::from_be_bytes([file[at + 2], file[at + 3]]))
}

/// The file without what follows `at`, not between the two bytes of a marker.
fn cut(file: &[u8], mut at: usize) -> Vec<u8> {
    while file[at - 1] == 0xff {
        at -= 1;
    }
    file[..at].to_vec()
}

fn sealed(file: &[u8]) -> Result<(), EvidenceError> {
    let recipe = Recipe {
        long_edge: 64,
        ..Recipe::of(&PhotoPolicy::default())
    };
    seal(file, &recipe, &mut Watch::new(&mut |_| Answer::GoOn)).map(|_| ())
}

fn percent(file: &[u8]) -> u8 {
    match inspect(file, &Bounds::default()) {
        Err(EvidenceError::CutOff { percent }) => percent,
        other => panic!("{other:?}"),
    }
}

#[test]
fn whole_pictures_of_every_kind_and_size_are_whole() {
    for kind in kinds() {
        for (width, height) in [(1, 1), (8, 8), (17, 33), (64, 16), (131, 67)] {
            let file = made(kind, width, height);
            let found = inspect(&file, &Bounds::default());
            assert!(found.is_ok(), "{kind:?} {width} {height} {found:?}");
            assert_eq!(sealed(&file), Ok(()), "{kind:?} {width} {height}");
        }
    }
}

#[test]
fn what_was_cut_off_and_closed_again_is_refused_with_its_share() {
    for kind in kinds() {
        let whole = made(kind, 200, 160);
        let data = data_at(&whole);
        for tenth in 1..10 {
            let at = data + (whole.len() - data) * tenth / 10;
            let file = [cut(&whole, at), END.to_vec()].concat();
            let found = inspect(&file, &Bounds::default());
            let Err(EvidenceError::CutOff { percent }) = found else {
                panic!("{kind:?} {tenth} {found:?}");
            };
            assert_eq!(sealed(&file), Err(EvidenceError::CutOff { percent }));
            // Passes and components that come one after the other are not of one size.
            let parts =
                kind.progressive || kind.optimized || kind.sampling == SamplingFactor::F_4_1;
            let near = parts || usize::from(percent).abs_diff(10 * tenth) < 8;
            assert!(near, "{kind:?} {tenth} {percent}");
        }
    }
}

#[test]
fn even_the_last_unit_is_missed() {
    let whole = made(PLAIN, 200, 160);
    // Three bytes are less than a unit of six blocks of noise.
    let file = [cut(&whole, whole.len() - 5), END.to_vec()].concat();
    assert_eq!(percent(&file), 99);
    assert_eq!(
        inspect(&file, &Bounds::default()).unwrap_err().code(),
        "photo_truncated"
    );
    let words = EvidenceError::CutOff { percent: 47 }.to_string();
    assert!(words.contains("47 %"), "{words}");
}

#[test]
fn restart_markers_and_filling_make_no_picture() {
    let filling = |of: &[u8]| [of.repeat(400), END.to_vec()].concat();
    for restart in [0, 5] {
        let whole = made(Kind { restart, ..PLAIN }, 200, 160);
        let data = data_at(&whole);
        let half = cut(&whole, data + (whole.len() - data) / 2);
        for fill in [&[0xff, 0xd0, 0xff, 0xd1][..], &[0xff], &[0xff, 0xd5]] {
            let found = percent(&[half.clone(), filling(fill)].concat());
            assert!((40..60).contains(&found), "{restart} {fill:?} {found}");
        }
    }
}

/// With tables in which noughts mean "nothing more here", a filled copy makes whole blocks.
#[test]
fn noughts_that_make_blocks_are_no_picture() {
    let mut counts = 0;
    for seed in 0..4 {
        let whole = made(
            Kind {
                optimized: true,
                ..PLAIN
            },
            320,
            240 + 16 * seed,
        );
        let data = data_at(&whole);
        let mut file = whole.clone();
        let end = file.len() - 2;
        let from = data + (end - data) / 2;
        file[from..end].fill(0);
        match inspect(&file, &Bounds::default()) {
            Err(EvidenceError::CutOff { percent }) => {
                assert!((40..60).contains(&percent), "{percent}");
                counts += 1;
            }
            Err(EvidenceError::Truncated) => counts += 1,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(counts, 4);
}

#[test]
fn an_even_picture_is_whole_though_its_data_are_noughts() {
    for optimized in [false, true] {
        let mut out = Vec::new();
        let mut encoder = Encoder::new(&mut out, 85);
        encoder.set_optimized_huffman_tables(optimized);
        encoder
            .encode(&[128; 900 * 900 * 3], 900, 900, ColorType::Rgb)
            .unwrap();
        assert!(inspect(&out, &Bounds::default()).is_ok());
    }
}

/// A progressive picture whose later passes never came.
#[test]
fn the_first_passes_alone_are_no_picture() {
    let whole = made(
        Kind {
            progressive: true,
            ..PLAIN
        },
        200,
        160,
    );
    let scans: Vec<usize> = whole
        .windows(2)
        .enumerate()
        .filter_map(|(at, pair)| (pair == [0xff, 0xda]).then_some(at))
        .collect();
    assert!(scans.len() > 2);
    for scan in &scans[1..] {
        let file = [whole[..*scan].to_vec(), END.to_vec()].concat();
        assert!(percent(&file) < 100);
    }
}
