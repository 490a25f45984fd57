//! `gewu photo` as it is called.

// A helper of a test may fail the test as the test itself may.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::process::Command;

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
