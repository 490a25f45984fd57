//! Slips that a sheet carries quietly: codes that are nearly numbers, blanks inside them, columns that stand
//! twice, limits that nobody means.

#![allow(clippy::expect_used, reason = "a test may stop at the first surprise")]

use gewu_cataloguepack::{Options, PackError, Report, Sheet, pack};
use gewu_model::catalogue::Catalogue;

fn tried(sheet: &str, edition: &str) -> Result<(Vec<String>, Report), PackError> {
    let mut options = Options::default();
    options.edition.edition = edition.into();
    let sheet = Sheet {
        name: "sheet",
        kind: None,
        bytes: sheet.as_bytes(),
    };
    let (body, report) = pack(&[sheet], &options)?;
    let catalogue = Catalogue::from_json(&body)?;
    let classes = catalogue.classes_of(edition);
    let classes = classes.filter(|class| !class.heading);
    let said = classes.map(|class| format!("{} {}", class.code, class.name.zh));
    Ok((said.collect(), report))
}

fn packed(sheet: &str, edition: &str) -> (Vec<String>, Report) {
    tried(sheet, edition).expect("a pack")
}

/// Compares what is refused, line by line and by a part of its words.
fn assert_refused(report: &Report, says: &[(u64, &str)]) {
    let refused = &report.refused;
    assert_eq!(refused.len(), says.len(), "{refused:#?}");
    for (note, (line, words)) in refused.iter().zip(says) {
        assert!(
            note.line == *line && note.what.contains(words),
            "{note:?} says not {words}"
        );
    }
}

#[test]
fn a_code_that_is_no_number_is_refused_where_codes_are_numbers() {
    let sheet = "类型,大类代码,大类名称,小类代码,小类名称\n\
        部件,01,公用设施,1O,热力井盖\n\
        部件,01,公用设施,l2,公安井盖\n\
        部件,01,公用设施,十二,消防设施\n\
        部件,O1,公用设施,13,园林井盖\n\
        部件,01,公用设施,A1,信号灯\n\
        部件,01,公用设施,6.1,灯箱\n\
        部件,０１,公用设施,１４,电力井盖\n\
        部件,01,公用设施,01-15,电缆井盖\n\
        部件,01,公用设施,2-16,通信井盖\n\
        部件,,,O117,网络井盖\n";
    let (classes, report) = packed(sheet, "2013");
    let says = [
        (
            2,
            "code 1O is no number: write it in digits, if 10 is meant",
        ),
        (
            3,
            "code l2 is no number: write it in digits, if 12 is meant",
        ),
        (4, "code 十二 is no number"),
        (
            5,
            "code O1 is no number: write it in digits, if 01 is meant",
        ),
        (6, "code A1 is no number"),
        (7, "code 6.1 is no number"),
        (10, "code 0216 does not begin with its heading's 01"),
        (11, "code O117 is no number"),
    ];
    assert_refused(&report, &says);
    assert_eq!(classes, ["0114 电力井盖", "0115 电缆井盖"]);
    let joined = "01-15 is read as 0115";
    assert!(report.healed_at.iter().any(|note| note.what == joined));
}

#[test]
fn where_codes_are_the_city_s_own_a_code_that_is_nearly_a_number_is_told() {
    let sheet = "类型,代码,名称\n部件,1O,路灯\n部件,A1,灯箱\n部件,十二,邮筒\n部件,6.1,电杆\n";
    let (classes, report) = packed(sheet, "own");
    assert_eq!(classes.len(), 4);
    assert_refused(&report, &[]);
    let told: Vec<u64> = report.doubtful.iter().map(|note| note.line).collect();
    assert_eq!(told, [2, 4], "{:?}", report.doubtful);
    // No edition says what finer classes are called.
    let finer = "类型,大类代码,小类代码,小类名称,子类代码,子类名称\n\
        事项,6,10,暴露垃圾,A,沿街\n事项,6,10,暴露垃圾,l2,河边\n";
    let (classes, report) = packed(finer, "2026");
    assert_eq!(classes[1..], ["06010A 沿街", "06010l2 河边"]);
    let told: Vec<u64> = report.doubtful.iter().map(|note| note.line).collect();
    assert_eq!(told, [3], "{:?}", report.doubtful);
}

#[test]
fn a_row_that_no_catalogue_takes_is_refused_with_its_line_and_the_others_are_packed() {
    let long = "长".repeat(400);
    let sheet = format!(
        "类型,大类代码,大类名称,小类代码,小类名称,立案条件,空,启用日期,condition_code\n\
        部件,01,公用设施,01 04,雨水箅子,缺失,,,\n\
        部件,01,公用设施,05,{long},缺失,,,\n\
        部件,01,公用设施,06,路灯,不亮,,2026/7/1,\n\
        ,,,,,破损,,,\n\
        部件,01,公用设施,07,井盖,破损,,,a b\n\
        部件,0 1,公用设施,08,电杆,破损,,,\n\
        部件,01,公用设施,09,邮筒,破损,,2026-07-01,\n"
    );
    for edition in ["2013", "own"] {
        let (classes, report) = tried(&sheet, edition).expect("the other rows");
        let says = [
            (2, "01 04 has a blank inside"),
            (3, "at most 1000 bytes"),
            (4, "days are written as 2026-07-01"),
            (5, "line 4 above it is refused"),
            (6, "a b stands there twice, or has no usable code"),
            (7, "0 1 has a blank inside"),
        ];
        assert_refused(&report, &says);
        assert_eq!(classes, ["0109 邮筒"], "{edition}");
    }
}

#[test]
fn two_numbers_or_a_torn_one_in_the_cell_of_code_and_name_are_refused() {
    let sheet = "类型,大类,小类\n\
        部件,01 公用设施,01-01上水井盖\n\
        部件,01 公用设施,01 04 雨水箅子\n\
        部件,01 公用设施,1O 热力井盖\n\
        部件,01 公用设施,06LED路灯\n\
        部件,01 公用设施,07 110报警点\n";
    let (classes, report) = packed(sheet, "2013");
    let words = "nobody can tell where the code ends";
    assert_refused(&report, &[(2, words), (3, words), (4, words)]);
    assert_eq!(classes, ["0106 LED路灯", "0107 110报警点"]);
}

#[test]
fn columns_that_stand_twice_are_told_and_rows_in_which_they_differ_are_refused() {
    let sheet = "类型,大类代码,小类代码,小类名称,小类代码,立案条件,时限,处置时限,法律依据,法规依据\n\
        部件,01,01,上水井盖,01,缺失,1天,,甲,乙\n\
        部件,01,02,污水井盖,03,缺失,1天,,,\n\
        部件,01,,雨水井盖,04,缺失,,2天,,\n\
        部件,01,05,电力井盖,05,缺失,1天,2天,,\n";
    let (classes, report) = packed(sheet, "2013");
    assert_refused(
        &report,
        &[
            (3, "columns 3 (小类代码) and 5 (小类代码) say 02 and 03"),
            (5, "columns 7 (时限) and 8 (处置时限) say 1天 and 2天"),
        ],
    );
    assert_eq!(classes, ["0101 上水井盖", "0104 雨水井盖"]);
    let told = &report.repeated_columns;
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(
        told[0].contains("columns 3 (小类代码) and 5 (小类代码)"),
        "{told:?}"
    );
    assert!(
        told[2].contains("columns 9 (法律依据) and 10 (法规依据)"),
        "{told:?}"
    );
}

#[test]
fn a_limit_beyond_all_that_cities_set_is_told() {
    let sheet = "类型,大类代码,小类代码,小类名称,立案条件,时限,时限（一类区域）\n\
        部件,01,01,上水井盖,缺失,3660自然日,\n\
        部件,01,02,污水井盖,缺失,90天,720工作时\n\
        部件,01,03,雨水井盖,缺失,3天,91工作日\n\
        部件,01,04,电力井盖,缺失,1000小时,\n";
    let (classes, report) = packed(sheet, "2013");
    assert_eq!(classes.len(), 4);
    let told: Vec<(&str, u64)> = report
        .long_limits
        .iter()
        .map(|one| (one.limit.as_str(), one.line))
        .collect();
    assert_eq!(told, [("3660自然日", 2), ("91工作日", 4), ("1000小时", 5)]);
    assert_eq!(report.unknown_limits, []);
}
