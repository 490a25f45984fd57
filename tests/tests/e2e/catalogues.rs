//! A city goes from its own 2013 sheet to the list of 2026: cases keep the class that they were
//! reported under, on every device and at the centre.

use std::path::Path;
use std::process::Command;

use gewu_tests::process::binary;

use super::*;

fn repository(file: &str) -> String {
    let path = fixtures::directory().join("..").join(file);
    path.to_str().unwrap().to_owned()
}

/// Packs a sheet; what the program reports.
fn pack(sheet: &str, edition: &str, more: &[&str], to: &Path) -> Value {
    let output = Command::new(binary())
        .args(["--json", "catalogue", "pack", &repository(sheet)])
        .args(["--edition", edition, "-o", to.to_str().unwrap()])
        .args(more)
        .output()
        .unwrap();
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{words}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn class_name(shown: &Value) -> &str {
    shown["class_name"]["zh"].as_str().unwrap_or_default()
}

#[test]
fn old_cases_keep_their_labels_when_a_new_edition_comes() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let (old, new) = (path("old.json"), path("new.json"));
    let made = pack("fixtures/catalogue/city-2013-gbk.csv", "2013", &[], &old);
    assert_eq!(made["report"]["classes"]["component"], 92);
    assert_eq!(made["report"]["classes"]["matter"], 98);
    let confirmed = format!("2013={}", repository("catalogues/2013-to-2026.csv"));
    let more = ["--pack-version", "2", "--map", &confirmed];
    let made = pack("catalogues/national-2026.csv", "2026", &more, &new);
    assert_eq!(made["report"]["classes"]["component"], 153);
    assert_eq!(made["report"]["classes"]["matter"], 250);

    let published = |file: &Path| ["--catalogue".to_owned(), file.to_str().unwrap().to_owned()];
    let words = published(&old);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let mut server = Server::start_with(&path("server"), &words).unwrap();
    let chen = server.inspector(&path("chen"), "chen").unwrap();
    let found = chen.lines(&["classes", "--search", "ssjg"]).unwrap();
    assert_eq!(found[0]["class"]["name"]["zh"], "上水井盖", "{found:?}");
    let place = ["--lon", "123.422729", "--lat", "41.7999616"];
    let report = |code: &'static str| {
        let class = [
            "report",
            "--kind",
            "component",
            "--class",
            code,
            "--condition",
            "1",
        ];
        [&class[..], &place].concat()
    };
    let first = chen.ok(&report("0101")).unwrap();
    chen.ok(&["sync"]).unwrap();

    server.kill();
    let words = published(&new);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    server.use_words(&words);
    server.start_again().unwrap();
    chen.ok(&["sync"]).unwrap();

    let found = chen.lines(&["classes", "--search", "gsjg"]).unwrap();
    assert_eq!(found[0]["class"]["code"], "01001", "{found:?}");
    assert!(
        chen.lines(&["classes", "--search", "ssjg"])
            .unwrap()
            .is_empty()
    );
    let refused = chen.run(&report("0101")).unwrap();
    assert!(refused.code != Some(0) && refused.err.to_string().contains("0101"));
    let second = chen.ok(&report("01002")).unwrap();
    chen.ok(&["sync"]).unwrap();

    // Whoever comes later needs both catalogues at once.
    let wu = server.inspector(&path("wu"), "wu").unwrap();
    for device in [&chen, &wu] {
        let shown = device.ok(&["show", text(&first, "case")]).unwrap();
        assert_eq!(
            (class_name(&shown), &shown["edition"]),
            ("上水井盖", &"2013".into())
        );
        assert_eq!(shown["condition_text"]["zh"], "缺失、移位或开裂");
        let shown = device.ok(&["show", text(&second, "case")]).unwrap();
        assert_eq!(
            (class_name(&shown), &shown["edition"]),
            ("污水井盖", &"2026".into())
        );
    }
    let shown = server.op(&["show", text(&first, "case")]).unwrap();
    assert_eq!(class_name(&shown), "上水井盖");
    let shown = server.op(&["show", text(&second, "case")]).unwrap();
    assert_eq!(class_name(&shown), "污水井盖");
}
