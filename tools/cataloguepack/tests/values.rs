//! Cells that are no values: what a spreadsheet writes where it has none, cells beyond the header, signs that
//! nobody sees, marks that are neither yes nor no, kinds that are probably another one.

#![allow(clippy::expect_used, reason = "a test may stop at the first surprise")]

use gewu_cataloguepack::{Options, Report, Sheet, pack, read_map};
use gewu_model::catalogue::Catalogue;

fn tried(sheet: &str) -> (Catalogue, Report) {
    let mut options = Options::default();
    options.edition.edition = "2013".into();
    let sheet = Sheet {
        name: "sheet",
        kind: None,
        bytes: sheet.as_bytes(),
    };
    let (body, report) = pack(&[sheet], &options).expect("a pack");
    (Catalogue::from_json(&body).expect("whole"), report)
}

fn refused(report: &Report) -> Vec<(u64, &str)> {
    let refused = report.refused.iter();
    refused
        .map(|note| (note.line, note.what.as_str()))
        .collect()
}

fn assert_refused(sheet: &str, says: &[(u64, &str)]) {
    let (_, report) = tried(sheet);
    let refused = refused(&report);
    assert_eq!(refused.len(), says.len(), "{refused:#?}");
    for ((line, what), (at, words)) in refused.iter().zip(says) {
        assert!(line == at && what.contains(words), "{line} {what}: {words}");
    }
}

const HEAD: &str = "类型,大类代码,大类名称,小类代码,小类名称,立案条件,处置时限,紧急\n";

fn sheet(rows: &[&str]) -> String {
    HEAD.to_owned() + &rows.join("\n") + "\n"
}

#[test]
fn what_a_spreadsheet_writes_where_it_has_no_value_is_refused() {
    let rows = sheet(&[
        "部件,01,公用设施,01,#REF!,缺失,2工作时,",
        "部件,01,公用设施,02,#N/A,缺失,2工作时,",
        "部件,01,公用设施,#VALUE!,电力井盖,缺失,2工作时,",
        "部件,01,#NAME?,04,路灯,缺失,2工作时,",
        "部件,01,公用设施,05,灯箱,#DIV/0!,2工作时,",
        "部件,01,公用设施,06,雨箅,缺失,########,",
        "部件,01,公用设施,07,上水井盖,缺失,2工作时,",
    ]);
    let says = [
        (2, "#REF!"),
        (3, "#N/A"),
        (4, "#VALUE!"),
        (5, "#NAME?"),
        (6, "#DIV/0!"),
        (7, "########"),
    ];
    assert_refused(&rows, &says);
}

#[test]
fn a_formula_is_no_name() {
    let rows = sheet(&[
        "部件,01,公用设施,01,=A1,缺失,2工作时,",
        "部件,01,=B2,02,污水井盖,缺失,2工作时,",
        "部件,01,公用设施,03,上水井盖,缺失,2工作时,",
    ]);
    assert_refused(&rows, &[(2, "=A1 is a formula"), (3, "=B2 is a formula")]);
}

#[test]
fn a_cell_beyond_the_header_is_refused_for_it_moves_the_others() {
    let rows = sheet(&[
        "部件,01,公用设施,01,上水井盖,破损,缺失,2工作时,是",
        "部件,01,公用设施,02,污水井盖,缺失,2工作时,,,",
    ]);
    assert_refused(&rows, &[(2, "beyond the header's 8 columns")]);
}

#[test]
fn what_nobody_sees_is_no_name_and_no_part_of_one() {
    let rows = sheet(&[
        "部件,01,公用设施,01,\u{200b}\u{feff},缺失,2工作时,",
        "部件,01,公用设施,02,污\u{200b}水井\u{2060}盖,缺失,2工作时,",
    ]);
    let (catalogue, report) = tried(&rows);
    let said = refused(&report);
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(
        said[0].0 == 2 && said[0].1.contains("has no name"),
        "{said:?}"
    );
    assert_eq!(report.healed.get("control characters"), Some(&2));
    let names: Vec<&str> = catalogue
        .classes()
        .map(|class| class.name.zh.as_str())
        .collect();
    assert_eq!(names, ["污水井盖"]);
}

#[test]
fn a_mark_says_yes_or_no() {
    let rows = sheet(&[
        "部件,01,公用设施,01,上水井盖,缺失,2工作时,maybe",
        "部件,01,公用设施,02,污水井盖,缺失,2工作时,是",
        "部件,01,公用设施,03,雨水井盖,缺失,2工作时,否",
    ]);
    assert_refused(&rows, &[(2, "maybe says neither yes nor no")]);
    let (catalogue, _) = tried(&rows);
    let urgent: Vec<(&str, bool)> = catalogue
        .classes()
        .map(|class| (class.code.as_str(), class.is_urgent(Some("1"))))
        .collect();
    assert_eq!(urgent, [("0102", true), ("0103", false)]);
}

#[test]
fn a_kind_that_is_probably_another_one_is_told() {
    let rows = sheet(&[
        "部件,01,公用设施,01,上水井盖,缺失,2工作时,",
        "mattter,01,市容环境,01,私搭乱建,有,2工作时,",
        "order,02,指令,01,清运,有,2工作时,",
        "order,02,指令,02,巡查,有,2工作时,",
        "ordre,02,指令,03,保洁,有,2工作时,",
    ]);
    let (_, report) = tried(&rows);
    assert_eq!(refused(&report), []);
    let doubts = report.doubtful.iter();
    let doubts: Vec<(u64, &str)> = doubts.map(|it| (it.line, it.what.as_str())).collect();
    assert_eq!(doubts.len(), 2, "{doubts:#?}");
    let says = |line, words: &str| {
        doubts
            .iter()
            .any(|(at, what)| *at == line && what.contains(words))
    };
    assert!(says(
        3,
        "mattter is taken for a kind of the city's own, and is near matter"
    ));
    assert!(says(6, "near order"));
}

#[test]
fn nul_bytes_are_named() {
    let bytes = b"code,name\n01\x00,lid\n";
    let sheet = Sheet {
        name: "sheet",
        kind: None,
        bytes,
    };
    let error = pack(&[sheet], &Options::default()).expect_err("no table");
    assert!(error.to_string().contains("NUL bytes"), "{error}");
    let error = read_map("map", bytes, "2013", "2026").expect_err("no table");
    assert!(error.to_string().contains("NUL bytes"), "{error}");
}

#[test]
fn codes_in_mapping_tables_are_looked_at_as_those_in_sheets_are() {
    const HEAD: &str = "from_kind,from_code,from_name,to_kind,to_code,to_name,certainty\n";
    let read = |row: &str| read_map("map", format!("{HEAD}{row}\n").as_bytes(), "2013", "2026");
    for (row, words) in [
        (
            "component,=A1,,component,01001,,confirmed",
            "no code but a formula",
        ),
        (
            "component,01 01,,component,01001,,confirmed",
            "blank inside",
        ),
        (
            "component,1O1,,component,01001,,confirmed",
            "if 101 is meant",
        ),
        ("component,101,,component,01001,,confirmed", "write 0101"),
        ("component,0101,,component,1001,,confirmed", "write 01001"),
        ("component,0101,,component,010011,,confirmed", "longer than"),
        ("component,#REF!,,component,01001,,confirmed", "#REF!"),
        ("component,0101,#N/A,component,01001,,confirmed", "#N/A"),
        ("component,0101,,component,01001,#NAME?,confirmed", "#NAME?"),
        (
            "componnent,0101,,component,01001,,confirmed",
            "near component",
        ),
        (
            "component,0101,,component,01001,,confirmd",
            "confirmd says not",
        ),
    ] {
        let error = read(row).expect_err(row).to_string();
        assert!(
            error.contains("line 2: ") && error.contains(words),
            "{error}"
        );
    }
    let good = read("component,=\"0101\",,component,01001,,confirmed").expect("a map");
    assert_eq!(good.rows[0].class.code, "0101");
    // Editions of a city's own have codes of any form.
    let own = "order,A-1,,order,B1,,to_confirm";
    let table = format!("{HEAD}{own}\n");
    assert!(read_map("map", table.as_bytes(), "own", "own-2").is_ok());
}

#[test]
fn rows_of_a_mapping_that_contradict_or_repeat_others_are_named() {
    const HEAD: &str = "from_kind,from_code,from_name,to_kind,to_code,to_name,certainty\n";
    let there = "component,0101,,component,01001,,confirmed\n";
    let gone = "component,0101,,,,,confirmed\n";
    let other = "component,0101,,component,01002,,confirmed\n";
    let read = |rows: &[&str]| {
        let table = format!("{HEAD}{}", rows.concat());
        read_map("map", table.as_bytes(), "2013", "2026")
    };
    for (rows, words) in [
        ([there, gone], "given up in one row and mapped in another"),
        ([gone, there], "given up in one row and mapped in another"),
        ([there, there], "is said already"),
        ([gone, gone], "is said already"),
    ] {
        let told = read(&rows).expect_err(words).to_string();
        assert!(told.contains("line 3: ") && told.contains(words), "{told}");
    }
    let several = read(&[there, other, "component,0101,,,,,unmapped\n"]).expect("a map");
    assert_eq!((several.rows.len(), several.rows[0].to.len()), (1, 2));
}
