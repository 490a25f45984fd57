//! What we read beside what exiftool reads, in what we write and in what exiftool writes itself.

use std::fs;
use std::path::Path;

use gewu_evidence::{Answer, Metadata, Recipe, Taken, Watch, Written, read_metadata, seal};
use gewu_model::media::{Direction, North};
use gewu_model::place::{Datum, Position};
use gewu_model::policy::PhotoPolicy;
use gewu_model::time::Millis;

use super::draw::{PLAIN, RGB8, jpeg, png};
use super::{is_here, run};

/// `-n`: numbers as they are. Values in the order of the tags, `-` for none.
fn said(tags: &[&str], file: &str, folder: &Path) -> Vec<String> {
    let mut args = vec!["-n", "-f", "-s3"];
    args.extend(tags);
    args.push(file);
    let output = run("exiftool", &args, folder);
    let text = String::from_utf8(output).unwrap();
    text.lines().map(str::to_owned).collect()
}

const TAGS: [&str; 7] = [
    "-Orientation",
    "-DateTimeOriginal",
    "-OffsetTimeOriginal",
    "-Composite:GPSLatitude",
    "-Composite:GPSLongitude",
    "-GPSHPositioningError",
    "-GPSImgDirection",
];

fn near(theirs: &str, ours: Option<f64>) -> bool {
    match (theirs.parse::<f64>(), ours) {
        (Ok(theirs), Some(ours)) => (theirs - ours).abs() < 6e-7,
        (Err(_), None) => true,
        _ => false,
    }
}

/// Compares every value.
fn agree(name: &str, folder: &Path) -> Metadata {
    let theirs = said(&TAGS, name, folder);
    let ours = read_metadata(&fs::read(folder.join(name)).unwrap());
    let whole = format!("{name}: {ours:?} {theirs:?}");
    let orientation = theirs[0].parse().unwrap_or(1);
    assert_eq!(ours.orientation.to_exif(), orientation, "{whole}");
    let taken = ours
        .taken
        .map_or_else(|| "-".to_owned(), |taken| taken.to_exif());
    assert_eq!(taken, theirs[1], "{whole}");
    let offset = ours.taken.and_then(|taken| taken.offset_min);
    let theirs_offset = theirs[2].split_once(':').map(|(hours, minutes)| {
        let hours: i16 = hours.parse().unwrap();
        let minutes: i16 = minutes.parse().unwrap();
        hours * 60 + if hours < 0 { -minutes } else { minutes }
    });
    assert_eq!(offset, theirs_offset, "{whole}");
    let position = ours.position.as_ref();
    assert!(near(&theirs[3], position.map(|at| at.lat)), "{whole}");
    assert!(near(&theirs[4], position.map(|at| at.lon)), "{whole}");
    assert!(
        near(&theirs[5], position.and_then(|at| at.accuracy_m)),
        "{whole}"
    );
    let direction = ours.direction.map(|to| f64::from(to.centidegrees) / 100.0);
    assert!(near(&theirs[6], direction), "{whole}");
    ours
}

#[test]
fn exiftool_reads_what_we_write_and_nothing_else() {
    if !is_here("exiftool", "-ver") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let written = Written {
        taken: Some(Taken::local(Millis(1_772_410_530_000), 480)),
        position: Some(Position {
            lon_e7: 1_234_567_891,
            lat_e7: -417_999_007,
            datum: Datum::Wgs84,
            accuracy_mm: Some(4_500),
        }),
        direction: Direction::from_degrees(271.25, North::Magnetic),
        grid: Some("210102001003005".into()),
        case: Some("019c4f".into()),
    };
    let recipe = Recipe {
        written,
        ..Recipe::of(&PhotoPolicy::default())
    };
    let source = jpeg(90, 60, &PLAIN);
    let made = seal(&source, &recipe, &mut Watch::new(&mut |_| Answer::GoOn)).unwrap();
    fs::write(folder.path().join("ours.jpg"), &made.photo.bytes).unwrap();
    let read = agree("ours.jpg", folder.path());
    assert!(read.position.is_some() && read.direction.is_some());
    let all = run("exiftool", &["-s", "-G1", "ours.jpg"], folder.path());
    let all = String::from_utf8(all).unwrap();
    assert!(all.contains("grid=210102001003005 case=019c4f"), "{all}");
    assert!(!all.contains("Warning"), "{all}");
    for unwanted in [
        "Make",
        "Model",
        "Software",
        "SerialNumber",
        "XMP",
        "IPTC",
        "ICC",
    ] {
        let found = all.lines().any(|line| {
            let tag = line.split(']').nth(1).unwrap_or_default().trim();
            tag.starts_with(unwanted)
        });
        assert!(!found, "{unwanted} in {all}");
    }
    let thumb = folder.path().join("thumb.jpg");
    fs::write(&thumb, &made.thumb.bytes).unwrap();
    let groups = run(
        "exiftool",
        &["-s", "-G1", "-EXIF:All", "thumb.jpg"],
        folder.path(),
    );
    assert!(groups.is_empty());
}

/// What exiftool is told to write, as cameras would.
const FORMS: [&[&str]; 9] = [
    &[
        "-Orientation#=6",
        "-DateTimeOriginal=2024:05:06 07:08:09",
        "-OffsetTimeOriginal=-09:30",
    ],
    &[
        "-GPSLatitude=31.2304161",
        "-GPSLatitudeRef=N",
        "-GPSLongitude=121.4737021",
        "-GPSLongitudeRef=E",
    ],
    &[
        "-GPSLatitude=33.8567844",
        "-GPSLatitudeRef=S",
        "-GPSLongitude=70.6482677",
        "-GPSLongitudeRef=W",
    ],
    &[
        "-GPSLatitude=10.5",
        "-GPSLongitude=20.5",
        "-GPSLatitudeRef=N",
        "-GPSLongitudeRef=E",
        "-GPSHPositioningError=3.25",
    ],
    &["-GPSLatitude=10.5", "-GPSLongitude=20.5"],
    &[
        "-GPSImgDirection=359.99",
        "-GPSImgDirectionRef=T",
        "-GPSMapDatum=WGS-84",
    ],
    &[
        "-GPSImgDirection=12.5",
        "-GPSImgDirectionRef=M",
        "-Make=某厂",
        "-Model=X 1",
    ],
    &["-EXIF:CreateDate=2020:02:29 23:59:59"],
    &[
        "-Orientation#=8",
        "-Software=anything",
        "-XMP:Title=anything",
    ],
];

#[test]
fn we_read_what_exiftool_writes_as_it_does() {
    if !is_here("exiftool", "-ver") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for (number, form) in FORMS.iter().enumerate() {
        for (extension, bytes) in [("jpg", jpeg(40, 30, &PLAIN)), ("png", png(40, 30, &RGB8))] {
            let name = format!("{number}.{extension}");
            fs::write(folder.path().join(&name), bytes).unwrap();
            let mut args = vec!["-q", "-overwrite_original"];
            args.extend(*form);
            args.push(&name);
            run("exiftool", &args, folder.path());
            if number == 7 {
                // exiftool keeps the three times apart; we take the best that there is.
                let found = read_metadata(&fs::read(folder.path().join(&name)).unwrap());
                assert_eq!(found.taken.unwrap().to_exif(), "2020:02:29 23:59:59");
            } else {
                agree(&name, folder.path());
            }
        }
    }
}

/// A block that exiftool wrote into a JPEG, in the order of bytes that it chose.
struct Block<'a>(&'a mut [u8]);

impl Block<'_> {
    fn is_little(&self) -> bool {
        self.0.starts_with(b"II")
    }

    fn short(&self, at: usize) -> u16 {
        let bytes = [self.0[at], self.0[at + 1]];
        if self.is_little() {
            u16::from_le_bytes(bytes)
        } else {
            u16::from_be_bytes(bytes)
        }
    }

    fn long(&self, at: usize) -> usize {
        let (first, second) = (usize::from(self.short(at)), usize::from(self.short(at + 2)));
        if self.is_little() {
            second << 16 | first
        } else {
            first << 16 | second
        }
    }

    /// Writes the type of the pointer to GPS anew, and something where GPS has no successor.
    fn bend(&mut self, kind: u8, successor: [u8; 4]) {
        let first = self.long(4);
        let entries = (0..usize::from(self.short(first))).map(|number| first + 2 + 12 * number);
        let pointer = entries
            .into_iter()
            .find(|at| self.short(*at) == 0x8825)
            .unwrap();
        let kind = if self.is_little() {
            [kind, 0]
        } else {
            [0, kind]
        };
        self.0[pointer + 2..pointer + 4].copy_from_slice(&kind);
        let gps = self.long(pointer + 8);
        let end = gps + 2 + 12 * usize::from(self.short(gps));
        self.0[end..end + 4].copy_from_slice(&successor);
    }
}

/// What some writers do: pointers that are signed or of TIFF's own type, and no word on what follows.
#[test]
fn odd_directories_are_read_as_exiftool_reads_them() {
    if !is_here("exiftool", "-ver") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("odd.jpg");
    for (kind, successor) in [(9, [0; 4]), (13, [0; 4]), (4, [0x13, 0x57, 0x9b, 0xdf])] {
        fs::write(&path, jpeg(40, 30, &PLAIN)).unwrap();
        let mut args = vec!["-q", "-overwrite_original"];
        args.extend(FORMS[1]);
        args.push("odd.jpg");
        run("exiftool", &args, folder.path());
        let mut bytes = fs::read(&path).unwrap();
        let at = bytes.windows(6).position(|six| six == b"Exif\0\0").unwrap();
        Block(&mut bytes[at + 6..]).bend(kind, successor);
        fs::write(&path, bytes).unwrap();
        let read = agree("odd.jpg", folder.path());
        assert!(read.position.is_some(), "{kind}");
        assert_eq!(read.problems, [], "{kind}");
    }
}
