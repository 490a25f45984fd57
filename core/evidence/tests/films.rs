//! Films and sounds: carried as they came, and for private roles without what tells place and device.

// A helper of a test may fail the test as the test itself may.
#![allow(clippy::unwrap_used)]

#[path = "common/movie.rs"]
mod movie;

use gewu_evidence::{Carried, CarryBounds, EvidenceError, carry, is_carried};
use gewu_model::media::MediaType;
use movie::{Movie, Offsets, Piece, Sizes, Track, boxed, fragmented, holds};

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
    assert_eq!(code(b"OggS and some more", false), "carried");
    assert_eq!(code(b"OggS and some more", true), "photo_unsupported");
    assert_eq!(code(b"#!AMR\n\x3c and speech", true), "photo_unsupported");
    let long = [b"OggS".as_slice(), &[0; 50]].concat();
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
