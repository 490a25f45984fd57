//! Sheets whose kind and heading stand once, over the rows that they hold for.

#![allow(clippy::expect_used, reason = "a test may stop at the first surprise")]

use gewu_cataloguepack::{Options, Report, Sheet, pack};
use gewu_model::catalogue::Catalogue;
use gewu_model::entry::ClassKind;

fn packed(sheet: &str, edition: &str, kind: Option<ClassKind>) -> (Vec<String>, Report) {
    let mut options = Options::default();
    options.edition.edition = edition.into();
    let sheet = Sheet {
        name: "sheet",
        kind,
        bytes: sheet.as_bytes(),
    };
    let (body, report) = pack(&[sheet], &options).expect("a pack");
    let catalogue = Catalogue::from_json(&body).expect("a catalogue");
    let classes = catalogue.classes_of(edition);
    let classes = classes.filter(|class| !class.heading).map(|class| {
        let parent = class.parent.as_deref().unwrap_or("-");
        let conditions: Vec<&str> = class
            .conditions
            .iter()
            .map(|one| one.text.zh.as_str())
            .collect();
        let said = format!(
            "{} {parent} {} {} {}",
            class.kind,
            class.code,
            class.name.zh,
            conditions.join("+")
        );
        said.trim_end().to_owned()
    });
    (classes.collect(), report)
}

fn refused(report: &Report) -> Vec<(u64, &str)> {
    let each = report.refused.iter();
    each.map(|note| (note.line, note.what.as_str())).collect()
}

#[test]
fn a_kind_and_a_heading_that_stand_once_hold_for_the_rows_below_them() {
    let sheet = "类型,大类代码,大类名称,小类代码,小类名称,立案条件\n\
        部件,1,公用设施,1,上水井盖,破损\n\
        ,,,,,缺失\n\
        ,,,2,污水井盖,破损\n\
        ,2,交通设施,1,停车场,占用\n\
        ,,,2,站亭,破损\n\
        事件,1,市容环境,1,私搭乱建,有\n\
        ,,,2,无证装修,有\n";
    let (classes, report) = packed(sheet, "2013", None);
    assert_eq!(refused(&report), []);
    let whole = [
        "component 01 0101 上水井盖 破损+缺失",
        "component 01 0102 污水井盖 破损",
        "component 02 0201 停车场 占用",
        "component 02 0202 站亭 破损",
        "matter 01 0101 私搭乱建 有",
        "matter 01 0102 无证装修 有",
    ];
    assert_eq!(classes, whole);
    assert_eq!(report.healed["merged cells"], 5);
    let told = |line| {
        let mut notes = report.healed_at.iter();
        notes.any(|note| note.line == line && note.what.contains("component, 01 公用设施"))
    };
    assert!(told(4), "{:?}", report.healed_at);
    // 2026 has three digits below the heading, and a sheet may keep both in one cell.
    let sheet = "类别;大类;小类\n部件;01 市政公用设施;001 供水井盖\n;;002 污水井盖\n;02 交通设施;1 停车场\n;;2 立体车库\n";
    let (classes, report) = packed(sheet, "2026", None);
    assert_eq!(refused(&report), []);
    let codes: Vec<&str> = classes
        .iter()
        .filter_map(|class| class.split(' ').nth(2))
        .collect();
    assert_eq!(codes, ["01001", "01002", "02001", "02002"]);
}

#[test]
fn titles_of_parts_name_the_kind_and_the_heading_of_the_rows_below() {
    let sheet = "代码,名称,立案条件\n\
        一、部件类,,\n\
        01 公用设施,,\n\
        1,上水井盖,破损\n\
        2,污水井盖,破损\n\
        代码,名称,立案条件\n\
        二、事件类,,\n\
        01 市容环境,,\n\
        1,私搭乱建,有\n";
    let (classes, report) = packed(sheet, "2013", None);
    assert_eq!(refused(&report), []);
    let whole = [
        "component 01 0101 上水井盖 破损",
        "component 01 0102 污水井盖 破损",
        "matter 01 0101 私搭乱建 有",
    ];
    assert_eq!(classes, whole);
    assert_eq!(report.healed["titles of parts"], 4);
    assert_eq!(report.healed["repeated headers"], 1);
    // A row of its own for kind and heading, in their columns.
    let sheet = "序号,类型,大类代码,大类名称,小类代码,小类名称\n\
        1,部件,1,公用设施,,\n2,,,,1,上水井盖\n3,,,,2,污水井盖\n";
    let (classes, report) = packed(sheet, "2013", None);
    assert_eq!(refused(&report), []);
    assert_eq!(classes[1], "component 01 0102 污水井盖");
}

#[test]
fn nothing_is_inherited_past_what_cannot_be_read() {
    let sheet = "类型,大类代码,大类名称,小类代码,小类名称,立案条件\n\
        部件,1,公用设施,1,上水井盖,破损\n\
        ,,,,雨水井盖,破损\n\
        ,,,,,缺失\n\
        事件,,,1,私搭乱建,有\n\
        ,=2,宣传广告,1,小广告,有\n\
        ,,,2,街头广告,有\n\
        ,,,,,多\n\
        怪物!,1,公用设施,3,电力井盖,有\n\
        ,1,公用设施,4,热力井盖,有\n\
        部件,1,公用设施,1,下水井盖,有\n\
        ,,,,,丢失\n\
        部件,2,交通设施,,,丢失\n";
    let (classes, report) = packed(sheet, "2013", None);
    let says = [
        (3, "雨水井盖 has no code"),
        (4, "line 3 above it is refused"),
        (5, "code 1 has no heading: fill it in"),
        (6, "=2 is no code"),
        (7, "code 2 has no heading of its own, and line 6"),
        (8, "line 7 above it is refused"),
        (9, "怪物! is no kind"),
        (10, "the row has no kind of its own, and line 9"),
        (11, "is 下水井盖 here"),
        (12, "line 11 above it is refused"),
        (13, "the row names no class"),
    ];
    let refused = refused(&report);
    assert_eq!(refused.len(), says.len(), "{refused:?}");
    for ((line, what), (at, words)) in refused.iter().zip(says) {
        assert!(*line == at && what.contains(words), "{line}: {what}");
    }
    assert_eq!(classes, ["component 01 0101 上水井盖 破损"]);
}

#[test]
fn a_title_that_nobody_can_read_ends_what_stood_above_it() {
    let sheet = "类型,大类代码,小类代码,小类名称\n\
        部件,1,1,上水井盖\n\
        2、交通设施,,,\n\
        ,,1,停车场\n\
        部件,2,1,停车场\n";
    let (classes, report) = packed(sheet, "2013", None);
    let lines: Vec<u64> = refused(&report).iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, [3, 4]);
    assert_eq!(classes.len(), 2, "{classes:?}");
}

#[test]
fn a_short_code_without_any_heading_is_refused_and_a_whole_one_knows_its_heading() {
    let sheet =
        "大类名称,代码,名称\n公用设施,101,上水井盖\n,0102,污水井盖\n,3,雨水井盖\n交通设施,4,天桥\n";
    let (classes, report) = packed(sheet, "2013", Some(ClassKind::Component));
    let whole = ["component 01 0101 上水井盖", "component 01 0102 污水井盖"];
    assert_eq!(classes, whole);
    let refused = refused(&report);
    assert_eq!(refused.len(), 2, "{refused:?}");
    assert!(
        refused[0].0 == 4
            && refused[0]
                .1
                .contains("the heading 公用设施 of code 3 has no code")
    );
    assert!(refused[1].0 == 5 && refused[1].1.contains("the heading 交通设施 of code 4"));
    let bare = "代码,名称\n2,污水井盖\n012,雨水井盖\n102,上水井盖\n";
    let (classes, report) = packed(bare, "2013", Some(ClassKind::Component));
    assert_eq!(classes, ["component - 0102 上水井盖"]);
    assert_eq!(report.refused.len(), 2);
    assert_eq!(report.healed["lost zeros"], 1);
    // Where codes have no fixed length nobody can tell, and nothing is guessed.
    let own = "类型,大类代码,代码,名称\n部件,A,1,甲\n,,2,乙\n";
    let (classes, report) = packed(own, "own", None);
    assert_eq!(classes, ["component A A1 甲"]);
    assert!(refused_words(&report).contains("--digits"));
}

fn refused_words(report: &Report) -> String {
    let words = report.refused.iter().map(|note| note.what.as_str());
    words.collect::<Vec<_>>().join("\n")
}

#[test]
fn finer_classes_stand_below_the_class_whose_cell_is_merged() {
    let sheet = "类型,大类代码,小类代码,小类名称,子类代码,子类名称,细类代码,细类名称,立案条件\n\
        事项,6,10,暴露垃圾,1,沿街,,,有\n\
        ,,,,,,,,有异味\n\
        ,,,,2,河边,1,夜间,有\n\
        ,,,,,,2,白天,有\n\
        ,,11,渣土,,,1,夜间,有\n";
    let (classes, report) = packed(sheet, "2026", None);
    let whole = [
        "matter 06 06010 暴露垃圾",
        "matter 06010 060101 沿街 有+有异味",
        "matter 06010 060102 河边",
        "matter 060102 0601021 夜间 有",
        "matter 060102 0601022 白天 有",
    ];
    assert_eq!(classes, whole);
    let refused = refused(&report);
    assert!(refused.len() == 1 && refused[0].0 == 6, "{refused:?}");
}

#[test]
fn a_kind_of_the_city_s_own_is_a_name_and_nothing_is_taken_out_of_one_that_is_none() {
    let sheet = "类型,代码,名称\norder,01001,巡查\nbogus!,01002,污水井盖\n部 件,01003,雨水井盖\n";
    let (classes, report) = packed(sheet, "2026", None);
    assert_eq!(
        classes,
        ["component - 01003 雨水井盖", "order - 01001 巡查"]
    );
    let refused = refused(&report);
    assert!(refused.len() == 1 && refused[0].0 == 3, "{refused:?}");
    assert!(refused[0].1.contains("bogus! is no kind"), "{refused:?}");
}
