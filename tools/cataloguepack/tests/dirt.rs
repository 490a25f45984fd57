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

#[test]
fn days_that_no_month_has_and_ends_before_their_beginning_are_refused_with_their_row() {
    let sheet = "类型,代码,名称,启用日期,停用日期\n\
        部件,01001,供水井盖,2026-02-31,\n\
        部件,01002,污水井盖,2026-02-28,2026-12-31\n\
        部件,01003,雨水井盖,2026-07-01,2026-06-30\n\
        部件,01004,雨水箅子,,2026-6-30\n\
        部件,01005,电力井盖,2026-07-01,2026-07-01\n";
    let (catalogue, report) = packed(sheet.as_bytes(), "2026");
    let found: Vec<&str> = catalogue
        .classes_of("2026")
        .filter(|class| !class.heading)
        .map(|class| class.code.as_str())
        .collect();
    assert_eq!(found, ["01002", "01005"]);
    let refused: Vec<(u64, &str)> = report
        .refused
        .iter()
        .map(|note| (note.line, note.what.as_str()))
        .collect();
    assert_eq!(
        refused.iter().map(|(line, _)| *line).collect::<Vec<_>>(),
        [2, 4, 5],
        "{refused:?}"
    );
    assert!(refused[0].1.contains("2026-02-31"), "{refused:?}");
    assert!(refused[1].1.contains("before"), "{refused:?}");
}

/// The rows of one class say its days together.
#[test]
fn an_end_in_a_later_row_of_a_class_is_held_against_its_beginning() {
    let sheet = "类型,代码,名称,立案条件,启用日期,停用日期\n\
        部件,01001,供水井盖,缺失,2026-07-01,\n\
        部件,01001,供水井盖,破损,,2026-06-30\n";
    let (catalogue, report) = packed(sheet.as_bytes(), "2026");
    let lines: Vec<u64> = report.refused.iter().map(|note| note.line).collect();
    assert_eq!(lines, [3], "{:?}", report.refused);
    let class = catalogue.classes_of("2026").find(|class| !class.heading);
    let class = class.expect("the first row stands");
    assert_eq!(
        (class.valid_to.as_deref(), class.conditions.len()),
        (None, 1)
    );
}

/// 1 m² or, not 1 m²or.
#[test]
fn english_keeps_its_blank_after_a_sign_that_is_no_letter() {
    let sheet = "类型,代码,名称,英文名称,立案条件,condition_en\n\
        部件,01001,供水 井盖,Cover of 1 m² or café bar,面积 大于1,more than 1 m² or smelling\n";
    let (catalogue, report) = packed(sheet.as_bytes(), "2026");
    let class = catalogue.classes_of("2026").find(|class| !class.heading);
    let class = class.unwrap_or_else(|| panic!("{report:?}"));
    assert_eq!(class.name.zh, "供水井盖");
    assert_eq!(class.name.en, "Cover of 1 m² or café bar");
    assert_eq!(class.conditions[0].text.en, "more than 1 m² or smelling");
}
