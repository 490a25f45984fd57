//! Cells that a spreadsheet or a person spoiled: formulas, control characters, fractions of nothing.

#![allow(clippy::expect_used, reason = "a test may stop at the first surprise")]

use gewu_cataloguepack::{Options, Report, Sheet, pack};
use gewu_model::catalogue::Catalogue;

fn packed(sheet: &[u8], edition: &str) -> (Catalogue, Report) {
    let mut options = Options::default();
    options.edition.edition = edition.into();
    let sheet = Sheet {
        name: "sheet",
        kind: None,
        bytes: sheet,
    };
    let (body, report) = pack(&[sheet], &options).expect("a pack");
    (Catalogue::from_json(&body).expect("a catalogue"), report)
}

#[test]
fn formulas_control_characters_and_fractions_are_healed_or_refused_and_never_taken_as_they_are() {
    let sheet = "类型;大类代码;大类名称;小类代码;小类名称\n\
        部件;1.0;公用设施;6.0;路灯\n\
        部件;=\"01\";公用设施;1007.0;灯\u{1b}[31m箱\n\
        部件;01;公用设施;=7;邮筒\n\
        部件;01;公用设施;01008;电杆\n";
    let sheet = sheet.replace("1007.0", "01007.0");
    let (catalogue, report) = packed(sheet.as_bytes(), "2026");
    let found: Vec<(&str, &str)> = catalogue
        .classes_of("2026")
        .filter(|class| !class.heading)
        .map(|class| (class.code.as_str(), class.name.zh.as_str()))
        .collect();
    let whole = [("01006", "路灯"), ("01007", "灯[31m箱"), ("01008", "电杆")];
    assert_eq!(found, whole);
    assert_eq!(report.healed["control characters"], 1);
    assert_eq!(report.healed["codes as text"], 1);
    let refused: Vec<(u64, &str)> = report
        .refused
        .iter()
        .map(|note| (note.line, note.what.as_str()))
        .collect();
    assert_eq!(refused.len(), 1, "{refused:?}");
    assert!(refused[0].0 == 4 && refused[0].1.contains("=7 is no code"));
}

#[test]
fn a_code_with_a_fraction_stands_where_codes_have_no_fixed_length() {
    let sheet = "类型,代码,名称\n部件,6.0,路灯\n部件,6.1,灯箱\n";
    let (catalogue, _) = packed(sheet.as_bytes(), "own");
    let codes: Vec<&str> = catalogue
        .classes_of("own")
        .map(|class| class.code.as_str())
        .collect();
    assert_eq!(codes, ["6.0", "6.1"]);
}
