//! The national lists as they ship, and a city's sheet with the dirt of real ones.

#![allow(clippy::expect_used, reason = "a test may stop at the first surprise")]

use std::path::{Path, PathBuf};

use gewu_cataloguepack::{Options, Report, Sheet, diff, pack, propose};
use gewu_model::catalogue::{Catalogue, Search};
use gewu_model::entry::{ClassKind, ClassRef};

fn path(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(file)
}

fn bytes(file: &str) -> Vec<u8> {
    std::fs::read(path(file)).expect("a committed file")
}

fn shipped(edition: &str) -> Catalogue {
    let body = bytes(&format!("catalogues/national-{edition}.json"));
    Catalogue::from_json(&body).expect("a catalogue")
}

fn packed(sheet: &[u8], edition: &str) -> (Catalogue, Report) {
    let mut options = Options {
        local_from: Some(78),
        version: 1,
        ..Options::default()
    };
    options.edition.edition = edition.into();
    let sheet = Sheet {
        name: "sheet",
        kind: None,
        bytes: sheet,
    };
    let (body, report) = pack(&[sheet], &options).expect("a pack");
    (Catalogue::from_json(&body).expect("a catalogue"), report)
}

fn count(catalogue: &Catalogue, edition: &str, kind: ClassKind) -> (usize, usize) {
    let all = catalogue.classes_of(edition);
    let (headings, classes): (Vec<_>, Vec<_>) = all
        .filter(|class| class.kind == kind)
        .partition(|class| class.heading);
    (headings.len(), classes.len())
}

#[test]
fn the_list_of_2026_is_whole() {
    let catalogue = shipped("2026");
    assert_eq!(count(&catalogue, "2026", ClassKind::Component), (5, 153));
    assert_eq!(count(&catalogue, "2026", ClassKind::Matter), (10, 250));
    let below = |kind, heading: &str| catalogue.children("2026", kind, Some(heading)).count();
    let component = ["01", "02", "03", "04", "05"].map(|h| below(ClassKind::Component, h));
    assert_eq!(component, [76, 44, 16, 14, 3]);
    let faults = ["01", "02", "03", "04", "05"].map(|h| below(ClassKind::Matter, h));
    assert_eq!(faults, component);
    let pure = ["06", "07", "08", "09", "10"].map(|h| below(ClassKind::Matter, h));
    assert_eq!(pure, [51, 7, 16, 21, 2]);
    for class in catalogue.classes() {
        assert!(!class.name.en.is_empty(), "{} has no English", class.code);
        let fault = ClassRef {
            kind: ClassKind::Matter,
            code: class.code.clone(),
        };
        if class.kind == ClassKind::Component {
            let fault = catalogue.class(&fault).expect("a matter of each component");
            assert_eq!(fault.name.zh, format!("{}异常", class.name.zh));
        }
    }
    let gaps = ["01016", "05001", "05004", "05008"];
    for code in gaps {
        let kind = ClassKind::Component;
        let code = code.into();
        assert!(catalogue.class(&ClassRef { kind, code }).is_err());
    }
    let about = catalogue.editions().next().expect("an edition");
    assert_eq!(about.trust.as_deref(), Some("transcribed"));
    assert!(about.note.zh.contains("核对"));
}

#[test]
fn the_shipped_packs_are_what_their_tables_make() {
    let old = packed(&bytes("catalogues/national-2013.csv"), "2013").0;
    let new = packed(&bytes("catalogues/national-2026.csv"), "2026").0;
    assert_eq!(diff(&old, &shipped("2013")), []);
    assert_eq!(diff(&new, &shipped("2026")), []);
    let map = propose(&shipped("2013"), "2013", &shipped("2026"), "2026");
    assert!(
        shipped("2026").maps()[0].rows == map.rows,
        "propose the mapping anew"
    );
}

#[test]
fn searching_the_whole_list_is_quick_and_sensible() {
    let catalogue = shipped("2026");
    let names = |text: &str| -> Vec<String> {
        let search = Search {
            text,
            limit: 100,
            ..Search::default()
        };
        let hits = catalogue.search(&search);
        hits.iter().map(|hit| hit.class.name.zh.clone()).collect()
    };
    assert!(
        names("井盖")
            .iter()
            .filter(|name| name.ends_with("井盖"))
            .count()
            >= 20
    );
    assert!(
        names("井盖")[0].ends_with("井盖"),
        "lids before reports about lids"
    );
    assert_eq!(names("污水井盖")[0], "污水井盖");
    assert_eq!(names("wsjg")[0], "污水井盖");
    assert_eq!(names("bllj")[0], "暴露垃圾");
    assert_eq!(names("baolulaji")[0], "暴露垃圾");
    assert_eq!(names("rxhdz")[0], "人行横道桩");
    assert_eq!(names("rhhdz")[0], "人行横道桩", "行 is read hang as well");
    assert_eq!(names("06010")[0], "暴露垃圾");
    assert_eq!(names("01001")[..2], ["供水井盖", "供水井盖异常"]);
    assert_eq!(names("99010101002000017")[0], "污水井盖");
    assert_eq!(names("manhole sewer")[0], "污水井盖");
    let begun = std::time::Instant::now();
    let rounds = 20;
    for _ in 0..rounds {
        for text in ["井盖", "jg", "wsjg", "0100", "xyzxyz", "垃圾 暴露"] {
            std::hint::black_box(names(text));
        }
    }
    let each = begun.elapsed() / (rounds * 6);
    println!("one search among 403 classes: {each:?}");
    // Unoptimised and on a loaded machine; optimised it takes a fraction.
    assert!(each.as_millis() < 20, "{each:?}");
}

fn dirty(file: &str) -> (Catalogue, Report) {
    packed(&bytes(file), "2013")
}

#[test]
fn a_dirty_city_sheet_is_healed_and_told() {
    let (catalogue, report) = dirty("fixtures/catalogue/city-2013.csv");
    assert_eq!(count(&catalogue, "2013", ClassKind::Component), (5, 92));
    assert_eq!(count(&catalogue, "2013", ClassKind::Matter), (6, 98));
    assert_eq!(report.refused, []);
    let name = |kind, code: &str| {
        let code = code.into();
        let class = catalogue.class(&ClassRef { kind, code });
        class.map(|class| class.name.zh.clone())
    };
    assert_eq!(
        name(ClassKind::Component, "0101").as_deref(),
        Ok("上水井盖")
    );
    assert_eq!(name(ClassKind::Component, "0137").as_deref(), Ok("路灯"));
    assert_eq!(
        name(ClassKind::Component, "0128").as_deref(),
        Ok("电力设施")
    );
    assert_eq!(
        name(ClassKind::Component, "0397").as_deref(),
        Ok("烟头收集器或灭烟处")
    );
    let order = catalogue.children("2013", ClassKind::Matter, None);
    assert!(order.into_iter().any(|class| class.name.zh == "街面秩序"));
    for sort in [
        "lost zeros",
        "line breaks",
        "blanks",
        "merged cells",
        "repeated rows",
        "remarks",
        "marks of own classes",
    ] {
        assert!(
            report.healed.get(sort).is_some_and(|n| *n > 0),
            "{sort}: {:?}",
            report.healed
        );
    }
    assert!(report.healed_at.iter().all(|note| note.line > 1));
    assert_eq!(report.empty, 1);
    let unknown: Vec<&str> = report
        .unknown_limits
        .iter()
        .map(|one| one.limit.as_str())
        .collect();
    assert_eq!(unknown, ["种植季节15工作日", "视情况而定"]);
    let trees = ClassRef {
        kind: ClassKind::Component,
        code: "0402".into(),
    };
    let trees = catalogue.class(&trees).expect("a class");
    assert_eq!(
        trees.conditions[0].limit.as_deref(),
        Some("种植季节15工作日")
    );
    let lid = ClassRef {
        kind: ClassKind::Component,
        code: "0101".into(),
    };
    let lid = catalogue.class(&lid).expect("a class");
    assert_eq!(lid.conditions.len(), 4, "several rows of one class");
    let area = lid.conditions[1].measure.as_ref().expect("a measure");
    assert_eq!((area.from_milli, area.unit.as_str()), (Some(25_000), "cm²"));
    assert!(report.skipped_codes.contains(&"component 0105".to_owned()));
    let own = catalogue.classes().filter(|class| class.local).count();
    assert!(own > 40, "{own}");
}

#[test]
fn a_sheet_in_gbk_is_the_same_catalogue() {
    let (utf, _) = dirty("fixtures/catalogue/city-2013.csv");
    let (gbk, report) = dirty("fixtures/catalogue/city-2013-gbk.csv");
    assert_eq!(diff(&utf, &gbk), []);
    let encoding = format!("{:?}", report.encodings["sheet"]);
    assert_eq!(encoding, "Gbk");
}

#[test]
fn the_city_s_classes_map_to_2026_also_across_kinds() {
    let (city, _) = dirty("fixtures/catalogue/city-2013.csv");
    let map = propose(&city, "2013", &shipped("2026"), "2026");
    let to = |kind: ClassKind, code: &str| {
        let reference = ClassRef {
            kind,
            code: code.into(),
        };
        let row = map.rows.iter().find(|row| row.class == reference)?;
        let to = row.to.first()?;
        Some(format!("{} {}", to.kind, to.code))
    };
    let component = |code| to(ClassKind::Component, code);
    let matter = |code| to(ClassKind::Matter, code);
    assert_eq!(component("0102").as_deref(), Some("component 01002"));
    assert_eq!(
        component("0506").as_deref(),
        Some("component 01069"),
        "another heading"
    );
    assert_eq!(component("0397").as_deref(), Some("component 03016"));
    assert_eq!(matter("0110").as_deref(), Some("matter 06010"));
    assert_eq!(component("0186").as_deref(), Some("matter 06049"), "台阶");
    assert_eq!(
        component("0188").as_deref(),
        Some("matter 06048"),
        "边坡、挡土墙"
    );
    assert_eq!(matter("0507").as_deref(), Some("matter 10001"), "道路积雪");
    assert_eq!(
        matter("0508").as_deref(),
        Some("matter 10002"),
        "架空线缆脱落"
    );
    assert_eq!(matter("0401").as_deref(), Some("matter 09001"));
    assert_eq!(component("0199"), None, "爱心驿站 has no successor");
    assert!(map.rows.len() > 120, "{}", map.rows.len());
}

#[test]
fn what_cannot_be_taken_is_refused_with_line_and_reason() {
    let sheet = "类型,大类代码,小类代码,小类名称,立案条件,时限\n\
                 部件,1,1,上水井盖,缺失,1天\n\
                 部件,1,1,下水井盖,缺失,1天\n\
                 部件,1,,雨水井盖,缺失,1天\n\
                 部件,1,4,,缺失,1天\n\
                 怪物,1,5,电力井盖,缺失,1天\n\
                 部件,1,1,上水井盖,缺失,3天\n\
                 部件,1,12345,通信井盖,缺失,1天\n\
                 部件,1,7,通信井盖,缺失,1天\n";
    let (catalogue, report) = packed(sheet.as_bytes(), "2013");
    let refused: Vec<(u64, &str)> = report
        .refused
        .iter()
        .map(|note| (note.line, note.what.as_str()))
        .collect();
    let says = [
        (3, "is 下水井盖 here and 上水井盖 in line 2"),
        (4, "has no code"),
        (5, "has no name"),
        (6, "怪物 is no kind"),
        (7, "already, with the limit 1天"),
        (8, "longer than"),
    ];
    assert_eq!(refused.len(), says.len(), "{refused:?}");
    for ((line, what), (at, words)) in refused.iter().zip(says) {
        assert!(*line == at && what.contains(words), "{line}: {what}");
    }
    assert_eq!(catalogue.classes().count(), 2);
}

#[test]
fn a_wrong_table_says_which_columns_are_missing() {
    let mut options = Options::default();
    options.edition.edition = "2013".into();
    let refused = |text: &str| {
        let sheet = Sheet {
            name: "city.csv",
            kind: None,
            bytes: text.as_bytes(),
        };
        pack(&[sheet], &options).expect_err("refused").to_string()
    };
    let none = refused("经度,纬度\n1,2\n");
    assert!(
        none.contains("code (code") && none.contains("小类名称"),
        "{none}"
    );
    assert!(none.contains("经度"), "{none}");
    let half = refused("大类代码,小类名称\n1,井盖\n");
    assert!(
        half.contains("小类代码") && !half.contains("小类名称,"),
        "{half}"
    );
    assert!(refused("").contains("city.csv"));
}

#[test]
fn sheets_of_five_levels_and_of_graded_areas_are_read() {
    let sheet = "kind;major;minor;子类代码;子类名称;细类代码;细类名称;立案条件;处置时限;处置时限（一类区域）\n\
                 事项;06 市容环境;010 暴露垃圾;1;沿街;2;夜间;有异味;4小时;2小时\n\
                 事项;06 市容环境;010 暴露垃圾;;;;;无异味;1天;\n";
    let (catalogue, report) = packed(sheet.as_bytes(), "2026");
    assert_eq!(report.refused, []);
    let night = ClassRef {
        kind: ClassKind::Matter,
        code: "0601012".into(),
    };
    let path = catalogue.path("2026", &night).expect("a path");
    let path: Vec<&str> = path.iter().map(|class| class.code.as_str()).collect();
    assert_eq!(path, ["06", "06010", "060101", "0601012"]);
    let condition = &catalogue.class(&night).expect("a class").conditions[0];
    assert_eq!(condition.limit_in(Some("一类区域")), Some("2小时"));
    assert_eq!(condition.limit_in(None), Some("4小时"));
}

/// Reports name a condition by its code, and a city edits its sheet.
#[test]
fn conditions_keep_their_codes_when_rows_move_and_when_the_sheet_says_so() {
    let head = "类型,代码,名称,立案条件,时限";
    let first =
        format!("{head}\n部件,01002,污水井盖,破损,4工作时\n部件,01002,污水井盖,缺失,2工作时\n");
    let (before, _) = packed(first.as_bytes(), "2026");
    let codes = |catalogue: &Catalogue| -> Vec<(String, String)> {
        let class = ClassRef {
            kind: ClassKind::Component,
            code: "01002".into(),
        };
        let class = catalogue.class_in("2026", &class).expect("a class");
        let each = class.conditions.iter();
        each.map(|one| (one.text.zh.clone(), one.code.clone()))
            .collect()
    };
    let pair = |text: &str, code: &str| (text.to_owned(), code.to_owned());
    assert_eq!(codes(&before), [pair("破损", "1"), pair("缺失", "2")]);
    // One was taken out, one came in before the one that stays.
    let second =
        format!("{head}\n部件,01002,污水井盖,松动,8工作时\n部件,01002,污水井盖,缺失,2工作时\n");
    let (body, _) = pack(&[sheet_of(&first)], &options_of(None)).expect("a pack");
    let earlier = serde_json::from_slice(&body).expect("a body");
    let (body, _) = pack(&[sheet_of(&second)], &options_of(Some(earlier))).expect("a pack");
    let after = Catalogue::from_json(&body).expect("a catalogue");
    assert_eq!(codes(&after), [pair("松动", "3"), pair("缺失", "2")]);
    // A sheet that gives codes is believed, and told of one that stands there twice.
    let own = "类型,代码,名称,立案条件,condition_code\n部件,01002,污水井盖,破损,B\n部件,01002,污水井盖,缺失,A\n部件,01002,污水井盖,松动,A\n";
    let (given, report) = packed(own.as_bytes(), "2026");
    assert_eq!(codes(&given), [pair("破损", "B"), pair("缺失", "A")]);
    assert_eq!(report.refused.len(), 1);
}

fn sheet_of(text: &str) -> Sheet<'_> {
    Sheet {
        name: "sheet",
        kind: None,
        bytes: text.as_bytes(),
    }
}

fn options_of(before: Option<gewu_model::catalogue::Body>) -> Options {
    let mut options = Options {
        version: 1,
        before,
        ..Options::default()
    };
    options.edition.edition = "2026".into();
    options
}
