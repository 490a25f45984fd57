//! Reading, refusing and asking catalogues.

use super::*;

const BODY: &[u8] = r#"{"format":"gewu-catalogue/1","edition":"2026","version":1,"classes":[
    {"kind":"component","code":"01002","name":{"zh":"污水井盖","en":"sewer cover"},
     "conditions":[{"code":"1","text":{"zh":"缺失","en":"missing"},"limit":"2紧急工作时"}]}]}"#
    .as_bytes();

#[test]
fn urgency_is_the_catalogue_s_word() {
    let body = String::from_utf8(BODY.to_vec()).expect("text");
    let marked = body.replace("\"limit\":", "\"urgent\":true,\"limit\":");
    let urgent = |body: &str, condition| {
        let catalogue = Catalogue::from_json(body.as_bytes()).expect("a catalogue");
        let first = catalogue.classes().next().expect("a class").clone();
        first.is_urgent(condition)
    };
    assert!(urgent(&marked, Some("1")));
    assert!(!urgent(&marked, None));
    assert!(
        !urgent(&body, Some("1")),
        "a limit's words are not guessed at"
    );
}

#[test]
fn a_choice_is_checked_word_by_word() {
    let catalogue = Catalogue::from_json(BODY).expect("a catalogue");
    let class = ClassRef {
        kind: ClassKind::Component,
        code: "01002".into(),
    };
    assert!(catalogue.check("2026", &class, Some("1")).is_ok());
    assert!(matches!(
        catalogue.check("2013", &class, None),
        Err(CatalogueError::Edition { .. })
    ));
    let matter = ClassRef {
        kind: ClassKind::Matter,
        ..class.clone()
    };
    assert!(matches!(
        catalogue.check("2026", &matter, None),
        Err(CatalogueError::Class(_))
    ));
    assert!(matches!(
        catalogue.check("2026", &class, Some("9")),
        Err(CatalogueError::Condition { .. })
    ));
}

/// Two editions, a tree of three levels, a mapping that changes the kind, and a campaign.
const SECOND: &str = r#"{"format":"gewu-catalogue/2","edition":"2026","version":7,
 "title":{"zh":"示例市"},"later":"unknown",
 "kinds":[{"kind":"order","name":{"zh":"指令"}}],
 "editions":[
  {"edition":"2013","trust":"city","classes":[
   {"kind":"component","code":"01","name":{"zh":"公用设施"},"heading":true},
   {"kind":"component","code":"0102","name":{"zh":"下水井盖"},"parent":"01","pinyin":"xia shui jing gai"},
   {"kind":"component","code":"0186","name":{"zh":"台阶"},"parent":"01","local":true},
   {"kind":"matter","code":"0102","name":{"zh":"店面无证装修"}}]},
  {"edition":"2026","standard":"GB/T 47678.5-2026","classes":[
   {"kind":"component","code":"01","name":{"zh":"市政公用设施"},"heading":true},
   {"kind":"component","code":"01002","name":{"zh":"污水井盖","en":"Sewer manhole cover"},"parent":"01",
    "pinyin":"wu shui jing gai","conditions":[
     {"code":"1","text":{"zh":"破损大于25平方厘米"},"limit":"4工作时",
      "area_limits":[{"grade":"1","limit":"2紧急工作时"}],"measure":{"unit":"cm²","from_milli":25000}}]},
   {"kind":"component","code":"01002-1","name":{"zh":"圆形污水井盖"},"parent":"01002"},
   {"kind":"matter","code":"06049","name":{"zh":"台阶破损"},"valid_from":"2026-07-01","valid_to":"2027-06-30"},
   {"kind":"order","code":"A1","name":{"zh":"夜市巡查"},"pinyin":"ye shi xun cha"}]}],
 "maps":[{"from":"2013","to":"2026","rows":[
   {"kind":"component","code":"0102","to":[{"kind":"component","code":"01002"}],"certainty":"confirmed"},
   {"kind":"component","code":"0186","to":[{"kind":"matter","code":"06049"}],"certainty":"some later word"},
   {"kind":"matter","code":"0102"}]}],
 "campaigns":[{"code":"lids","name":{"zh":"井盖专项"},"valid_from":"2026-09-01","nodes":[
   {"code":"a","name":{"zh":"井盖"}},
   {"code":"a1","name":{"zh":"污水"},"parent":"a","class":{"kind":"component","code":"01002"}}]}]}"#;

fn second() -> Catalogue {
    Catalogue::from_json(SECOND.as_bytes()).expect("a catalogue")
}

fn named(kind: &str, code: &str) -> ClassRef {
    ClassRef {
        kind: kind.parse().expect("a kind"),
        code: code.into(),
    }
}

#[test]
fn editions_stand_side_by_side_and_codes_keep_their_own_meaning() {
    let catalogue = second();
    assert_eq!((catalogue.edition(), catalogue.version()), ("2026", 7));
    let label = |edition: &str, kind: &str, code: &str| {
        let class = catalogue.class_in(edition, &named(kind, code));
        class.map(|class| class.name.text("zh").to_owned())
    };
    assert_eq!(
        label("2013", "component", "0102").as_deref(),
        Ok("下水井盖")
    );
    assert_eq!(
        label("2013", "matter", "0102").as_deref(),
        Ok("店面无证装修")
    );
    assert_eq!(
        label("2026", "component", "01002").as_deref(),
        Ok("污水井盖")
    );
    assert_eq!(label("2026", "order", "A1").as_deref(), Ok("夜市巡查"));
    assert!(label("2026", "component", "0102").is_err());
    assert!(matches!(
        label("2031", "component", "0102"),
        Err(CatalogueError::Edition { have, .. }) if have == "2013, 2026"
    ));
    let kind = "order".parse().expect("a kind");
    assert_eq!(
        catalogue.kind_name(kind).map(|l| l.text("en")),
        Some("指令")
    );
}

#[test]
fn headings_are_no_choice_and_lead_to_what_is() {
    let catalogue = second();
    let heading = named("component", "01");
    assert!(matches!(
        catalogue.check("2026", &heading, None),
        Err(CatalogueError::Heading(_))
    ));
    assert!(
        catalogue
            .check("2013", &named("component", "0186"), None)
            .is_ok()
    );
    assert_eq!(catalogue.classes().count(), 4);
    let path = catalogue
        .path("2026", &named("component", "01002-1"))
        .expect("a path");
    let path: Vec<&str> = path.iter().map(|class| class.code.as_str()).collect();
    assert_eq!(path, ["01", "01002", "01002-1"]);
    let below = catalogue.children("2026", ClassKind::Component, Some("01002"));
    assert_eq!(below.count(), 1);
}

#[test]
fn a_mapping_may_change_the_kind_and_says_how_sure_it_is() {
    let catalogue = second();
    let step = catalogue
        .mapped("2013", &named("component", "0186"), "2026")
        .expect("a row");
    assert_eq!(step.to, [named("matter", "06049")]);
    assert_eq!(step.certainty, Certainty::ToConfirm);
    let lid = catalogue
        .mapped("2013", &named("component", "0102"), "2026")
        .expect("a row");
    assert_eq!(lid.certainty, Certainty::Confirmed);
    let gone = catalogue
        .mapped("2013", &named("matter", "0102"), "2026")
        .expect("a row");
    assert!(gone.to.is_empty());
    assert!(
        catalogue
            .mapped("2026", &named("component", "0102"), "2013")
            .is_none()
    );
}

#[test]
fn limits_stay_as_written_and_differ_by_area() {
    let catalogue = second();
    let class = catalogue
        .class(&named("component", "01002"))
        .expect("a class");
    let condition = &class.conditions[0];
    assert_eq!(condition.limit_in(None), Some("4工作时"));
    assert_eq!(condition.limit_in(Some("1")), Some("2紧急工作时"));
    assert_eq!(condition.limit_in(Some("9")), Some("4工作时"));
    let limits: Vec<&str> = catalogue.limits().map(|(_, limit)| limit).collect();
    assert_eq!(limits, ["4工作时", "2紧急工作时"]);
}

#[test]
fn a_body_that_contradicts_itself_is_refused_by_name() {
    let refused = |from: &str, to: &str| {
        assert!(SECOND.contains(from), "{from}");
        let body = SECOND.replacen(from, to, 1);
        let error = Catalogue::from_json(body.as_bytes()).expect_err("refused");
        error.to_string()
    };
    let parent = r#""code":"01002-1","name":{"zh":"圆形污水井盖"},"parent":"01002""#;
    let orphan = refused(
        parent,
        &parent.replace(r#""parent":"01002""#, r#""parent":"01999""#),
    );
    assert!(
        orphan.contains("2026 component 01002-1") && orphan.contains("01999"),
        "{orphan}"
    );
    let cycle = refused(
        r#""zh":"市政公用设施"},"heading":true"#,
        r#""zh":"市政公用设施"},"heading":true,"parent":"01002-1""#,
    );
    assert!(cycle.contains("above itself"), "{cycle}");
    let lost = refused(
        r#""to":[{"kind":"matter","code":"06049"}]"#,
        r#""to":[{"kind":"matter","code":"06999"}]"#,
    );
    assert!(
        lost.contains("2013 component 0186") && lost.contains("06999"),
        "{lost}"
    );
    let campaign = refused(
        r#""class":{"kind":"component","code":"01002"}"#,
        r#""class":{"kind":"component","code":"01"}"#,
    );
    assert!(campaign.contains("campaign lids a1"), "{campaign}");
    let day = refused("2027-06-30", "2027-6-30");
    assert!(day.contains("06049") && day.contains("2026-07-01"), "{day}");
    let edition = refused(
        r#""edition":"2026","version""#,
        r#""edition":"2027","version""#,
    );
    assert!(edition.contains("2027"), "{edition}");
    let format = refused("gewu-catalogue/2", "gewu-catalogue/3");
    assert!(format.contains("gewu-catalogue/3"), "{format}");
    let duplicate = refused(
        r#"{"kind":"component","code":"0186""#,
        r#"{"kind":"component","code":"0102","name":{"zh":"再次"}},{"kind":"component","code":"0186""#,
    );
    assert!(duplicate.contains("0102 twice"), "{duplicate}");
}

#[test]
fn a_tree_has_five_levels_and_not_six() {
    let deep = |levels: usize| {
        let class = |level: usize| {
            let parent = if level == 0 {
                String::new()
            } else {
                format!(r#","parent":"c{}""#, level - 1)
            };
            format!(r#"{{"kind":"matter","code":"c{level}","name":{{"zh":"类"}}{parent}}}"#)
        };
        let classes: Vec<String> = (0..levels).map(class).collect();
        let body = format!(
            r#"{{"format":"gewu-catalogue/2","edition":"e","editions":[{{"edition":"e","classes":[{}]}}]}}"#,
            classes.join(",")
        );
        Catalogue::from_json(body.as_bytes())
    };
    assert!(deep(5).is_ok());
    let error = deep(6).expect_err("refused").to_string();
    assert!(error.contains("5 levels"), "{error}");
}

#[test]
fn the_first_format_reads_as_ever() {
    // What later versions mean by these fields was not meant by who wrote them.
    let old = String::from_utf8(BODY.to_vec()).expect("text").replace(
        r#""version":1"#,
        r#""version":"one","note":"words","maps":3,"campaigns":{}"#,
    );
    let old = old.replace(
        r#""code":"01002""#,
        r#""code":"01002","parent":"x","heading":true"#,
    );
    let catalogue = Catalogue::from_json(old.as_bytes()).expect("a catalogue");
    assert!(
        catalogue
            .check("2026", &named("component", "01002"), Some("1"))
            .is_ok()
    );
    assert_eq!(catalogue.hash(), sha256(old.as_bytes()));
    assert!(Catalogue::from_json(br#"{"format":"gewu-catalogue/1","edition":"2026"}"#).is_err());
}

fn found(catalogue: &Catalogue, text: &str) -> Vec<String> {
    let search = Search {
        text,
        ..Search::default()
    };
    let hits = catalogue.search(&search);
    hits.iter().map(|hit| hit.class.code.clone()).collect()
}

#[test]
fn classes_are_found_by_words_readings_and_codes() {
    let catalogue = second();
    for text in [
        "井盖",
        "污水",
        "水井",
        "jg",
        "wsjg",
        "wushui",
        "wu shui",
        "污水 井盖",
        "1002",
        "sewer",
    ] {
        let all = found(&catalogue, text);
        assert_eq!(
            all.first().map(String::as_str),
            Some("01002"),
            "{text}: {all:?}"
        );
    }
    assert_eq!(found(&catalogue, "０１００２")[0], "01002");
    assert_eq!(found(&catalogue, "99010101002000017"), ["01002"]);
    assert_eq!(
        found(&catalogue, "平方厘米"),
        ["01002"],
        "by the words of a condition"
    );
    assert_eq!(found(&catalogue, "yexsc"), Vec::<String>::new());
    assert_eq!(found(&catalogue, "ysxc"), ["A1"]);
    assert_eq!(found(&catalogue, "").len(), 4);
    assert_eq!(
        found(&catalogue, "下水").len(),
        0,
        "the edition in force alone"
    );
    let old = Search {
        text: "xsjg",
        edition: Some("2013"),
        ..Search::default()
    };
    assert_eq!(catalogue.search(&old).len(), 1);
    let ended = |on| {
        let search = Search {
            text: "台阶",
            on: Some(on),
            ..Search::default()
        };
        catalogue.search(&search).len()
    };
    assert_eq!(
        [
            ended("2026-06-30"),
            ended("2026-07-01"),
            ended("2027-07-01")
        ],
        [0, 1, 0]
    );
}

#[test]
fn a_sheet_that_nobody_could_work_with_is_readable_and_not_whole() {
    let body = String::from_utf8(BODY.to_vec()).expect("text");
    let whole = |body: &str| {
        let read = Catalogue::from_json(body.as_bytes()).expect("readable");
        read.check_whole().map_err(|error| error.to_string())
    };
    assert_eq!(whole(&body), Ok(()));
    assert_eq!(whole(SECOND), Ok(()));
    let empty = r#"{"format":"gewu-catalogue/1","edition":"2026","classes":[]}"#;
    assert!(whole(empty).expect_err("empty").contains("no class"));
    let unnamed = body.replace("\"2026\"", "\" \"");
    assert!(whole(&unnamed).expect_err("unnamed").contains("no name"));
    for unknown in ["", "gold", "City"] {
        let trust = format!("\"trust\":\"{unknown}\"");
        let unknown = SECOND.replacen("\"trust\":\"city\"", &trust, 1);
        let words = whole(&unknown).expect_err("no trust");
        assert!(
            words.contains("one of official, city, transcribed, example"),
            "{words}"
        );
    }
    for (old, new) in [
        (
            "\"valid_from\":\"2026-07-01\"",
            "\"valid_from\":\"2026-02-31\"",
        ),
        ("\"valid_to\":\"2027-06-30\"", "\"valid_to\":\"2026-06-30\""),
        (
            "\"valid_from\":\"2026-09-01\"",
            "\"valid_from\":\"2026-09-31\"",
        ),
    ] {
        let never = SECOND.replacen(old, new, 1);
        let words = whole(&never).expect_err("no day");
        assert!(
            words.contains("no month has") || words.contains("before it begins"),
            "{words}"
        );
    }
}
