//! Films and sounds: carried as they came, and for private roles without what tells place and device.

// A helper of a test may fail the test as the test itself may.
#![allow(clippy::unwrap_used)]

#[path = "common/movie.rs"]
mod movie;

use gewu_evidence::{Carried, CarryBounds, EvidenceError, carry, is_carried};
use gewu_model::media::MediaType;
use movie::{
    DECODER, Movie, Offsets, Piece, Sizes, TIMES, Track, VENDOR, boxed, fragmented, holds,
};

const CARRY: CarryBounds = CarryBounds {
    max_video_bytes: 100_000,
    max_audio_bytes: 50,
};

fn private(film: &[u8]) -> Result<Carried, EvidenceError> {
    carry(film.to_vec(), &CARRY, true)
}

const SECRETS: [&[u8]; 5] = [b"+41.80", b"SN-4711", b"Phone", b"between", b"mebx"];

/// As phones write it: place and device in boxes, in a track of their own, and among the samples.
fn phone(brand: &[u8; 4]) -> Movie {
    let mut movie = Movie::new(brand);
    movie.tracks = vec![
        Track::new(1, b"vide").sizes(Sizes::Listed),
        Track::new(2, b"soun").sizes(Sizes::Listed),
        Track::new(3, b"meta").sizes(Sizes::Listed).describes(1),
        Track::new(4, b"tmcd").sizes(Sizes::Every),
    ];
    movie.pieces = vec![
        Piece::of(0, &[b"picture one", b"two"]),
        Piece::of(2, &[b"mebx +41.80", b"Phone"]),
        Piece::of(1, &[b"sound", b"s"]),
        Piece::gap(b"between SN-4711"),
        Piece::of(0, &[b"three and a long one"]),
        Piece::of(3, &[b"Phone"]),
        Piece::of(1, &[b"sounding", b"on", b"and on"]),
        Piece::of(2, &[b"SN-4711"]),
    ];
    movie.said = boxed(
        b"udta",
        &boxed(b"\xa9xyz", b"\0\x12\x15\xc7+41.8000+123.4300/"),
    );
    movie
}

#[test]
fn films_of_phones_keep_picture_and_sound_and_nothing_else() {
    for brand in [b"qt  ", b"isom", b"3gp5"] {
        for offsets in [Offsets::Short, Offsets::Long] {
            let movie = phone(brand);
            let film = movie.bytes(offsets);
            assert!(is_carried(&film));
            let open = carry(film.clone(), &CARRY, false).unwrap();
            assert_eq!((&open.bytes, open.original), (&film, None));
            let cleaned = private(&film).unwrap();
            assert_eq!(cleaned.bytes.len(), film.len());
            assert_eq!(cleaned.original, Some((open.sha256, film.len() as u64)));
            for secret in SECRETS {
                assert!(
                    holds(&film, secret) && !holds(&cleaned.bytes, secret),
                    "{secret:?}"
                );
            }
            for (track, samples) in [(0, 3), (1, 5)] {
                let before = movie.samples(&film, offsets, track);
                assert_eq!(before.len(), samples);
                assert_eq!(movie.samples(&cleaned.bytes, offsets, track), before);
            }
            let again = private(&cleaned.bytes).unwrap();
            assert_eq!((again.bytes, again.original), (cleaned.bytes, None));
        }
    }
}

#[test]
fn a_track_that_goes_is_no_track_any_more_and_nothing_refers_to_it() {
    let film = phone(b"qt  ").bytes(Offsets::Short);
    let cleaned = private(&film).unwrap().bytes;
    let count = |bytes: &[u8], kind: &[u8]| bytes.windows(4).filter(|four| *four == kind).count();
    assert_eq!((count(&film, b"trak"), count(&cleaned, b"trak")), (4, 2));
    assert_eq!((count(&film, b"tref"), count(&cleaned, b"tref")), (2, 0));
    assert_eq!(count(&cleaned, b"meta"), 0);
    let mut referred = phone(b"qt  ");
    // To the sound, which stays.
    referred.tracks[0].refers_to = Some(2);
    let cleaned = private(&referred.bytes(Offsets::Short)).unwrap().bytes;
    assert_eq!(count(&cleaned, b"tref"), 1);
}

#[test]
fn sizes_are_understood_in_every_dress() {
    for sizes in [
        Sizes::Listed,
        Sizes::Every,
        Sizes::Bits(4),
        Sizes::Bits(8),
        Sizes::Bits(16),
    ] {
        let mut movie = Movie::new(b"isom");
        movie.tracks = vec![Track::new(1, b"vide").sizes(sizes), Track::new(2, b"text")];
        movie.pieces = vec![
            Piece::gap(b"between"),
            Piece::of(0, &[b"abc", b"def", b"ghi"]),
            Piece::of(1, &[b"Phone"]),
            Piece::of(0, &[b"jkl"]),
        ];
        let film = movie.bytes(Offsets::Short);
        let cleaned = private(&film).unwrap().bytes;
        assert!(holds(&cleaned, b"abcdefghi\0\0\0\0\0jkl"), "{sizes:?}");
        assert!(!holds(&cleaned, b"between"), "{sizes:?}");
    }
}

#[test]
fn a_private_film_tells_neither_its_maker_nor_when_it_was_taken() {
    let (created, changed) = TIMES.split_at(4);
    let film = phone(b"qt  ").bytes(Offsets::Short);
    let cleaned = private(&film).unwrap().bytes;
    assert_eq!(cleaned.len(), film.len());
    for told in [VENDOR, b"Phone Codec", created, changed] {
        assert!(holds(&film, told) && !holds(&cleaned, told), "{told:?}");
    }
    let count = |bytes: &[u8]| {
        bytes
            .windows(DECODER.len())
            .filter(|part| *part == DECODER)
            .count()
    };
    assert_eq!((count(&film), count(&cleaned)), (2, 2));
    // Sizes, resolution and depth, which stand around the names.
    assert!(holds(&cleaned, &[7; 26]) && holds(&cleaned, b"\xff\xff\xff\xff"));
}

/// QuickTime counts uncompressed sound as samples of one byte; the description says what they take.
#[test]
fn uncompressed_sound_stays_whole() {
    for version in [0, 1, 2] {
        let mut movie = Movie::new(b"qt  ");
        movie.tracks = vec![Track::new(1, b"soun").sizes(Sizes::Frames(version))];
        // Three frames of two channels of sixteen bits.
        movie.pieces = vec![
            Piece::gap(b"between"),
            Piece::of(0, &[b"abcd", b"efgh", b"ijkl"]),
        ];
        let film = movie.bytes(Offsets::Short);
        let cleaned = private(&film).unwrap().bytes;
        assert!(holds(&cleaned, b"\0abcdefghijkl"), "{version}");
        assert!(!holds(&cleaned, b"between"), "{version}");
    }
}

#[test]
fn films_in_fragments_are_cleaned_as_well() {
    for form in 0..4 {
        let film = fragmented(form);
        let cleaned = private(&film).unwrap().bytes;
        assert_eq!(cleaned.len(), film.len(), "{form}");
        for sample in [b"picture 1".as_slice(), b"picture 2", b"picture 3"] {
            assert!(holds(&cleaned, sample), "{form} {sample:?}");
        }
        for secret in [b"+41.80".as_slice(), b"between"] {
            assert!(
                holds(&film, secret) && !holds(&cleaned, secret),
                "{form} {secret:?}"
            );
        }
    }
}

#[test]
fn a_film_whose_samples_cannot_be_found_is_refused_and_not_emptied() {
    let code = |film: &[u8]| private(film).map_or_else(|error| error.code(), |_| "carried");
    let film = phone(b"isom").bytes(Offsets::Short);
    for table in [b"stsc", b"stsz", b"stco", b"stbl", b"minf"] {
        let mut bent = film.clone();
        let at = bent.windows(4).position(|four| four == table).unwrap();
        bent[at..at + 4].copy_from_slice(b"gone");
        assert!(carry(bent.clone(), &CARRY, false).is_ok());
        assert_eq!(code(&bent), "photo_undecodable", "{table:?}");
    }
    for handler in [b"text", b"meta", b"gps "] {
        let mut movie = Movie::new(b"isom");
        movie.tracks = vec![Track::new(1, handler)];
        movie.pieces = vec![Piece::of(0, &[b"$GPRMC"])];
        let refused = private(&movie.bytes(Offsets::Short)).unwrap_err();
        assert_eq!(refused.code(), "photo_not_private");
        let named = refused.to_string();
        assert!(
            named.contains(std::str::from_utf8(handler).unwrap()),
            "{named}"
        );
    }
}

/// Tables may name the same bytes a million times: no time is spent on it.
#[test]
fn a_film_that_names_its_bytes_over_and_over_is_refused() {
    let mut movie = Movie::new(b"isom");
    movie.tracks = vec![Track::new(1, b"vide").sizes(Sizes::Every)];
    movie.pieces = vec![Piece::of(0, &[&[7; 4_000]])];
    movie.repeat = 1_000;
    assert_eq!(
        private(&movie.bytes(Offsets::Short)).unwrap_err().code(),
        "photo_undecodable"
    );
}

#[test]
fn private_films_have_no_box_that_is_not_needed() {
    for kind in [b"free", b"skip", b"gps ", b"sefd"] {
        let secret = boxed(kind, b"Phone SN-4711");
        let mut movie = Movie::new(b"isom");
        movie.tracks = vec![Track::new(1, b"soun")];
        movie.pieces = vec![Piece::of(0, &[b"sound"])];
        movie.said = secret.clone();
        let film = [movie.bytes(Offsets::Short), secret].concat();
        let cleaned = private(&film).unwrap().bytes;
        assert!(holds(&film, b"SN-4711") && !holds(&cleaned, b"SN-4711"));
        assert!(holds(&cleaned, b"sound"));
    }
}

#[test]
fn a_film_that_was_cut_off_is_refused() {
    let film = phone(b"isom").bytes(Offsets::Short);
    for end in 24..film.len() {
        let cut = carry(film[..end].to_vec(), &CARRY, false);
        assert_eq!(cut, Err(EvidenceError::Truncated), "{end}");
    }
    let found = carry(film, &CARRY, false).unwrap().media_type;
    assert_eq!(found, MediaType::Mp4);
}

/// Pages of Ogg: flags (2 first, 4 last), stream, content of at most 254 bytes.
fn ogg(pages: &[(u8, u8, &[u8])]) -> Vec<u8> {
    let pages = pages.iter().map(|(flags, stream, content)| {
        let head = [
            b"OggS\0".as_slice(),
            &[*flags],
            &[0; 8],
            &[*stream, 0, 0, 0],
        ];
        let lacing = [0, 0, 0, 0, 0, 0, 0, 0, 1, content.len() as u8];
        [&head.concat(), &lacing[..], content].concat()
    });
    pages.collect::<Vec<_>>().concat()
}

/// The head of a WebM file, and a segment that says it has so many bytes.
fn webm(size: &[u8], content: &[u8]) -> Vec<u8> {
    let head = b"\x1a\x45\xdf\xa3\x87\x42\x82\x84webm";
    [head, b"\x18\x53\x80\x67".as_slice(), size, content].concat()
}

/// FLAC in frames of 4,096 samples, `last` of them in the last one, and what it says of all together.
fn flac(frames: u8, last: u16, said: u32) -> Vec<u8> {
    let mut out = b"fLaC\0\0\0\x22\x10\0\x10\0\0\0\0\0\0\0\x0a\xc4\x40\xf0".to_vec();
    out.extend(said.to_be_bytes());
    out.extend([0; 16]);
    out.extend(b"\x84\0\0\x04tags");
    for number in 0..frames {
        let size = if number + 1 == frames { last } else { 4_096 } - 1;
        let mut head = vec![0xff, 0xf8, 0x79, 0x18, number];
        head.extend(size.to_be_bytes());
        head.push(crc8(&head));
        out.extend(head);
        out.extend([9; 11]);
    }
    out
}

/// By division: the remainder of x⁸ + x² + x + 1.
fn crc8(bytes: &[u8]) -> u8 {
    let mut rest: Vec<bool> = bytes
        .iter()
        .chain(&[0])
        .flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1 == 1))
        .collect();
    for at in 0..rest.len() - 8 {
        if rest[at] {
            [0, 6, 7, 8].iter().for_each(|by| rest[at + by] ^= true);
        }
    }
    let end = &rest[rest.len() - 8..];
    end.iter().fold(0, |sum, bit| sum << 1 | u8::from(*bit))
}

#[test]
fn sounds_and_films_that_stream_are_checked_for_their_end() {
    let bounds = CarryBounds {
        max_audio_bytes: 1_000,
        ..CARRY
    };
    let taken = |bytes: &[u8]| match carry(bytes.to_vec(), &bounds, false) {
        Ok(_) => true,
        Err(error) => {
            assert_eq!(error, EvidenceError::Truncated);
            false
        }
    };
    let wholes = [
        webm(b"\x85", b"media"),
        webm(b"\x40\x05", b"media"),
        ogg(&[(2, 1, b"head"), (0, 1, b"speech"), (4, 1, b"end")]),
        ogg(&[(2, 1, b"a"), (2, 7, b"b"), (4, 1, b"a"), (4, 7, b"b")]),
    ];
    for whole in wholes {
        assert!(taken(&whole), "{whole:?}");
        for end in 20..whole.len() {
            assert!(!taken(&whole[..end]), "{end} of {whole:?}");
        }
        assert!(taken(&[&whole[..], b"TAG"].concat()), "what follows");
    }
    // As they are recorded: nobody knows yet how long it will be.
    assert!(taken(&webm(b"\xff", b"media")));
    assert!(taken(&webm(b"\x01\xff\xff\xff\xff\xff\xff\xff", b"media")));

    let (sound, samples) = (flac(3, 100, 2 * 4_096 + 100), 2 * 4_096 + 100);
    assert!(taken(&sound) && taken(&[&sound[..], b"TAG"].concat()));
    // The last frame has 19 bytes: without its head it is gone.
    let head = sound.len() - 19 + 8;
    (4..head).for_each(|end| assert!(!taken(&sound[..end]), "{end}"));
    assert!(!taken(&flac(2, 4_096, samples)), "a frame is missing");
    assert!(taken(&flac(2, 4_096, 0)), "nobody counted");
    assert!(!taken(&flac(0, 0, 0)), "no sound at all");
}

#[test]
fn films_and_sounds_are_bounded() {
    let code = |bytes: &[u8], private| match carry(bytes.to_vec(), &CARRY, private) {
        Ok(_) => "carried",
        Err(error) => error.code(),
    };
    assert_eq!(code(b"", false), "photo_empty");
    assert_eq!(
        code(b"\xff\xd8\xff\xe0 a picture", false),
        "photo_unsupported"
    );
    let sound = ogg(&[(6, 1, b"speech")]);
    assert_eq!(code(&sound, false), "carried");
    assert_eq!(code(&sound, true), "photo_not_private");
    assert_eq!(code(b"#!AMR\n\x3c and speech", true), "photo_unsupported");
    let long = ogg(&[(6, 1, &[0; 50])]);
    assert_eq!(code(&long, false), "photo_too_large");
    assert_eq!(code(b"RIFF\x24\0\0\0WAVEfmt ", false), "photo_truncated");
    let none = CarryBounds {
        max_video_bytes: 0,
        ..CARRY
    };
    let refused = carry(phone(b"isom").bytes(Offsets::Short), &none, false).unwrap_err();
    assert_eq!(refused.code(), "photo_unsupported");
}

#[test]
fn private_sounds_end_with_their_last_frame() {
    let adts = [b"\xff\xf1\x50\x80\x01\x1f\xfc\x07".as_slice(); 2].concat();
    let amr = [b"#!AMR\n".as_slice(), b"\x04", &[9; 12], b"\x44", &[9; 5]].concat();
    let wide = [b"#!AMR-WB\n".as_slice(), b"\x04", &[9; 17]].concat();
    for sound in [adts, amr, wide] {
        assert_eq!(private(&sound).unwrap().bytes, sound);
        for tag in [b"APETAGEX SN-4711".as_slice(), b"TAG SN-4711"] {
            let tagged = [sound.as_slice(), tag].concat();
            let size = tagged.len() as u64;
            let private = private(&tagged).unwrap();
            assert_eq!(private.bytes, sound);
            assert_eq!(private.original.map(|(_, size)| size), Some(size));
        }
    }
}
