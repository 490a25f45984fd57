//! `gewu photo` as it is called.

// A helper of a test may fail the test as the test itself may.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, UNIX_EPOCH};

use serde_json::{Value, json};

#[test]
fn two_inputs_of_one_name_are_refused_before_anything_is_written() {
    let root = tempfile::tempdir().unwrap();
    let inputs = ["a/IMG_1.jpg", "b/img_1.JPG"].map(|name| root.path().join(name));
    for input in &inputs {
        fs::create_dir_all(input.parent().unwrap()).unwrap();
        fs::write(input, b"#!AMR\n").unwrap();
    }
    let target = root.path().join("out");
    let done = Command::new(env!("CARGO_BIN_EXE_gewu"))
        .args(["photo", "seal"])
        .args(&inputs)
        .arg("-o")
        .arg(&target)
        .output()
        .unwrap();
    assert!(!done.status.success());
    let words = String::from_utf8_lossy(&done.stderr);
    assert!(
        words.contains("a/IMG_1.jpg") && words.contains("b/img_1.JPG"),
        "{words}"
    );
    assert!(words.contains("the same file"), "{words}");
    assert!(!target.exists());
}

#[test]
fn what_cannot_be_written_is_named_and_a_film_is_no_picture() {
    let root = tempfile::tempdir().unwrap();
    let (sound, film) = (root.path().join("speech.amr"), root.path().join("cut.mp4"));
    fs::write(&sound, b"#!AMR\n").unwrap();
    fs::write(&film, b"\0\0\0\x10ftypisom\0\0\0\x01").unwrap();
    let target = root.path().join("no/folder/out.amr");
    let seal = |input| {
        let mut call = Command::new(env!("CARGO_BIN_EXE_gewu"));
        call.args(["photo", "seal"])
            .arg(input)
            .arg("-o")
            .arg(&target);
        let done = call.output().unwrap();
        assert!(!done.status.success());
        String::from_utf8_lossy(&done.stderr).into_owned()
    };
    let words = seal(&sound);
    assert!(
        words.contains("cannot write") && words.contains("no/folder/out.amr"),
        "{words}"
    );
    let words = seal(&film);
    assert!(words.contains("the file is cut off"), "{words}");
}

fn seal(inputs: &[&Path], more: &[&str], to: &Path) -> (bool, String) {
    let done = Command::new(env!("CARGO_BIN_EXE_gewu"))
        .args(["photo", "seal"])
        .args(inputs)
        .args(more)
        .arg("-o")
        .arg(to)
        .output()
        .unwrap();
    let words = String::from_utf8_lossy(&done.stderr).into_owned();
    (done.status.success(), words)
}

#[test]
fn no_original_is_written_over() {
    let root = tempfile::tempdir().unwrap();
    let original = fs::read(project("fixtures/photos/leaflets-sideways.jpg")).unwrap();
    let named = |name: &str| root.path().join(name);
    let kept = ["a.jpg", "a.jpg.jpg", "b.thumb.jpg"].map(named);
    for file in &kept {
        fs::write(file, &original).unwrap();
    }
    let [first, second, third] = &kept;
    let roundabout = root.path().join(".").join("a.jpg");
    for (inputs, more, to) in [
        (&[first.as_path()][..], &[][..], first.as_path()),
        (&[first], &[], &roundabout),
        (&[first, second], &[], root.path()),
        (&[third], &["--thumb"], &named("b.jpg")),
    ] {
        let (good, words) = seal(inputs, more, to);
        assert!(!good && words.contains("would be written over"), "{words}");
        for file in &kept {
            assert!(
                fs::read(file).unwrap() == original,
                "{}: {words}",
                file.display()
            );
        }
    }
    assert!(seal(&[first], &[], &named("sealed.jpg")).0);
}

#[cfg(target_os = "linux")]
#[test]
fn what_is_no_file_stays_what_it_is_and_a_full_disk_is_told() {
    let root = tempfile::tempdir().unwrap();
    let input = project("fixtures/photos/leaflets-sideways.jpg");
    let (good, words) = seal(&[&input], &[], Path::new("/dev/full"));
    assert!(!good && words.contains("No space left"), "{words}");
    assert!(seal(&[&input], &[], Path::new("/dev/null")).0);
    assert!(!Path::new("/dev/null").metadata().unwrap().is_file());
    let (link, copy) = (root.path().join("link.jpg"), root.path().join("copy.jpg"));
    fs::copy(&input, &copy).unwrap();
    std::os::unix::fs::symlink(&copy, &link).unwrap();
    let (good, words) = seal(&[&copy], &[], &link);
    assert!(!good && words.contains("would be written over"), "{words}");
    assert!(seal(&[&input], &[], &link).0);
    assert!(link.symlink_metadata().unwrap().is_symlink());
    assert!(fs::read(&copy).unwrap() != fs::read(&input).unwrap());
}

#[test]
fn a_large_picture_is_told_the_limit_of_pictures() {
    let root = tempfile::tempdir().unwrap();
    let large = root.path().join("large.png");
    fs::write(&large, b"\x89PNG\r\n\x1a\n").unwrap();
    fs::File::options()
        .write(true)
        .open(&large)
        .unwrap()
        .set_len(82_000_000)
        .unwrap();
    let (good, words) = seal(&[&large], &[], &root.path().join("out.jpg"));
    assert!(
        !good && words.contains("82000000 bytes, more than 20000000"),
        "{words}"
    );
    let policy = root.path().join("policy.json");
    fs::write(&policy, r#"{ "photo": { "max_audio_bytes": 0 } }"#).unwrap();
    fs::write(&large, b"ID3\x03\0").unwrap();
    fs::File::options()
        .write(true)
        .open(&large)
        .unwrap()
        .set_len(82_000_000)
        .unwrap();
    let more = ["--policy", policy.to_str().unwrap()];
    let (_, words) = seal(&[&large], &more, &root.path().join("out.mp3"));
    assert!(words.contains("an MP3 sound"), "{words}");
}

#[test]
fn a_picture_that_cannot_be_put_in_its_place_leaves_nothing() {
    let root = tempfile::tempdir().unwrap();
    let input = project("fixtures/photos/leaflets-sideways.jpg");
    let in_the_way = root.path().join("leaflets-sideways.jpg.jpg");
    fs::create_dir_all(in_the_way.join("full")).unwrap();
    let (good, words) = seal(&[&input], &[], root.path());
    assert!(!good && words.contains("cannot write"), "{words}");
    let left = fs::read_dir(root.path()).unwrap().count();
    assert_eq!(left, 1, "only what was there");
}

#[test]
fn where_no_bundle_can_be_written_is_said_by_its_name() {
    let root = tempfile::tempdir().unwrap();
    let nowhere = root.path().join("no/folder/tail.gewu");
    for (place, why) in [(root.path(), "is a folder"), (&nowhere, "no such folder")] {
        let done = Command::new(env!("CARGO_BIN_EXE_gewu"))
            .args(["export", "--unsent", "--dir"])
            .arg(root.path())
            .arg("-o")
            .arg(place)
            .output()
            .unwrap();
        let words = String::from_utf8_lossy(&done.stderr);
        assert_eq!(done.status.code(), Some(2), "{words}");
        assert!(words.contains(why), "{words}");
        assert!(words.contains(&place.display().to_string()), "{words}");
    }
}

/// Runs `gewu photo seal --json` with a policy; gives what it printed.
fn sealed(root: &Path, input: &Path, policy: &str, more: &[&str]) -> (bool, Value) {
    let file = root.join("policy.json");
    fs::write(&file, policy).unwrap();
    let done = Command::new(env!("CARGO_BIN_EXE_gewu"))
        .args(["--json", "photo", "seal", "-o"])
        .arg(root.join("out.jpg"))
        .arg("--policy")
        .arg(&file)
        .arg(input)
        .args(more)
        .output()
        .unwrap();
    let said = [done.stdout, done.stderr].concat();
    let said = String::from_utf8(said).unwrap();
    let line = said.lines().find(|line| line.starts_with('{'));
    let value = line.map(|line| serde_json::from_str(line).unwrap());
    (done.status.success(), value.unwrap_or(Value::String(said)))
}

fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

const FONT: &str = "core/evidence/tests/data/microhei-subset.ttf";

#[test]
fn a_policy_that_wants_a_stamp_gets_it() {
    let root = tempfile::tempdir().unwrap();
    let input = project("fixtures/photos/leaflets-sideways.jpg");
    let font = project(FONT).display().to_string();
    let with = |policy: &str, more: &[&str]| {
        let (good, said) = sealed(root.path(), &input, policy, more);
        assert!(good, "{said}");
        said["sha256"].as_str().unwrap().to_owned()
    };
    let wants = r#"{ "photo": { "stamp": { "lines": ["time"] } } }"#;
    let bare = with(r#"{ "photo": {} }"#, &["--font", &font]);
    let stamped = with(wants, &["--font", &font]);
    assert_ne!(bare, stamped);
    // The picture's own time, 2026-03-03 10:05:00.
    assert_eq!(
        with(wants, &["--font", &font, "--stamp", "2026-03-03 10:05:00"]),
        stamped
    );
    assert_eq!(with(wants, &[]), bare, "there is nothing to draw with");
}

#[test]
fn a_mistake_in_the_policys_section_is_named() {
    let root = tempfile::tempdir().unwrap();
    let input = project("fixtures/photos/leaflets-sideways.jpg");
    let (good, said) = sealed(
        root.path(),
        &input,
        r#"{ "photo": { "longedge": 900 } }"#,
        &[],
    );
    assert!(!good && said.to_string().contains("longedge"), "{said}");
    assert!(!root.path().join("out.jpg").exists());
    let (good, said) = sealed(
        root.path(),
        &input,
        r#"{ "photo": { "long_edge": 400 } }"#,
        &[],
    );
    assert!(good && said["height"] == 400, "{said}");
}

#[test]
fn the_whole_record_is_printed() {
    let root = tempfile::tempdir().unwrap();
    let input = project("fixtures/photos/leaflets-sideways.jpg");
    let policy = r#"{ "photo": {} }"#;
    let (_, said) = sealed(root.path(), &input, policy, &["--role", "before"]);
    assert_eq!(said["captured_at"], 1_772_503_500_000_i64, "{said}");
    assert_eq!(said["captured_offset_min"], 480);
    assert_eq!(
        (&said["clock"], &said["provenance"]),
        (&json!("device"), &json!("import"))
    );
    assert_eq!(said["role"], "before");
    assert!(
        said["position"]["lon_e7"].is_i64() && said["device"].is_object(),
        "{said}"
    );
    for hash in ["sha256", "thumb_sha256", "original_sha256"] {
        assert_eq!(said[hash].as_str().unwrap().len(), 64, "{said}");
    }
    let (_, album) = sealed(root.path(), &input, policy, &["--from-album", "--private"]);
    assert_eq!(album["provenance"], "picker");
    assert!(
        album["position"].is_object() && album["device"].is_null(),
        "{album}"
    );
    let (_, camera) = sealed(root.path(), &input, policy, &["--camera"]);
    assert_eq!(camera["provenance"], "camera");
    assert!(camera["captured_at"].as_i64() > said["captured_at"].as_i64());
}

/// A picture that says nothing of its time was not taken now.
#[test]
fn an_old_file_is_not_new() {
    let root = tempfile::tempdir().unwrap();
    let old = root.path().join("old.png");
    fs::copy(project("fixtures/photos/lamp-after.png"), &old).unwrap();
    let then = UNIX_EPOCH + Duration::from_millis(1_500_000_000_000);
    fs::File::options()
        .write(true)
        .open(&old)
        .unwrap()
        .set_modified(then)
        .unwrap();
    let (good, said) = sealed(root.path(), &old, r#"{ "photo": {} }"#, &[]);
    assert!(good, "{said}");
    assert_eq!(
        (&said["captured_at"], &said["clock"]),
        (&json!(1_500_000_000_000_i64), &json!("doubtful"))
    );
}
