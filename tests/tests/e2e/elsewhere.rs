//! Cases from elsewhere: each matter once, its due time kept, whole files of them; and duplicates,
//! found without a network and tied by the centre.

use super::*;

const PLACE: [&str; 4] = ["--lon", "123.4227", "--lat", "41.7999"];

fn register(more: &[&str]) -> Vec<String> {
    let words = [
        &["register", "--class", "06010", "--channel", "12345"][..],
        &PLACE,
        more,
    ]
    .concat();
    words.into_iter().map(str::to_owned).collect()
}

fn op(town: &Town, words: &[String]) -> Result<Value, String> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    town.server.op(&words)
}

#[test]
fn a_matter_of_another_system_becomes_one_case_with_its_due_time() {
    let town = Town::new();
    let told = [
        "--external-id",
        "77",
        "--text",
        "电话",
        "--external-due",
        "2026-12-01T10:00",
        "--reply-required",
    ];
    let first = op(&town, &register(&told)).unwrap();
    let again = op(&town, &register(&told)).unwrap();
    assert_eq!(first["new"], true);
    assert_eq!(again["new"], false);
    for name in ["case", "instruction", "view"] {
        assert_eq!(first[name], again[name], "the same answer again: {name}");
    }
    let refused = op(&town, &register(&["--external-id", "77", "--text", "别的"])).unwrap_err();
    assert!(refused.contains("registered with other words"), "{refused}");
    let other = [&register(&told)[..], &["--source".into(), "video".into()]].concat();
    assert!(
        op(&town, &other).is_err(),
        "another source through that channel says something else"
    );
    let unknown = op(&town, &register(&["--source", "mars"])).unwrap_err();
    assert!(unknown.contains("source mars is not known"), "{unknown}");

    let case = text(&first, "case");
    town.server.op(&["file", case]).unwrap();
    town.server
        .op(&["dispatch", case, "--lead", "drainage"])
        .unwrap();
    let shown = town.server.op(&["show", case]).unwrap();
    let due = shown["external_due"].as_i64();
    assert_eq!(due, Some(1_796_090_400_000), "2026-12-01T10:00+08:00");
    let entries = shown["entries"].as_array().unwrap();
    let dispatch = entries
        .iter()
        .find(|entry| entry["kind"] == "dispatch")
        .unwrap();
    let carried = dispatch["payload"]["dispatch"]["external_due"].as_i64();
    assert_eq!(carried, due, "the unit is told of it");
}

#[test]
fn a_file_of_cases_is_imported_once_and_every_line_is_accounted_for() {
    let town = Town::new();
    let file = town.path("cases.csv");
    let table = "\u{feff}class,lon,lat,text,external_id,external_due,reply_required\n\
        06010,123.42,41.8,\"道路, 破损\",1,2026-12-01T10:00,是\n\
        06010,east,41.8,坏行,2,,\n\
        06010,123.43,41.8,第三,3,,no\n";
    let path = file.to_str().unwrap();
    let import = |path: &str| town.server.op_lines(&["import", path, "--channel", "old"]);
    // Quotes that nothing closes would swallow the rows behind them.
    std::fs::write(&file, table.replace("破损\"", "破损")).unwrap();
    let open = import(path).unwrap_err();
    assert!(open.contains("line 2 is never closed"), "{open}");
    assert_eq!(town.server.op_lines(&["list"]).unwrap().len(), 0);
    std::fs::write(&file, table).unwrap();
    let refused = import(path).unwrap_err();
    assert!(refused.contains("1 lines were refused"), "{refused}");
    let mended = town.path("cases.jsonl");
    let lines = [
        r#"{"class":"06010","lon":123.42,"lat":41.8,"text":"道路, 破损","external_id":"1","external_due":"2026-12-01T10:00","reply_required":true}"#,
        r#"{"class":"06010","lon":123.425,"lat":41.8,"text":"坏行","external_id":2}"#,
        r#"{"class":"06010","lon":"123.43","lat":"41.8","text":"第三","external_id":"3"}"#,
    ];
    std::fs::write(&mended, lines.join("\n")).unwrap();
    let told = import(mended.to_str().unwrap()).unwrap();
    let outcomes: Vec<&str> = told[..3].iter().map(|line| text(line, "outcome")).collect();
    assert_eq!(outcomes, ["known", "registered", "known"]);
    assert_eq!(told[3]["registered"], 1);
    assert_eq!(town.server.op_lines(&["list"]).unwrap().len(), 3);
}

#[test]
fn a_case_behind_the_first_thousand_is_found_by_its_number_and_by_its_first_digits() {
    let town = Town::new();
    let first = [
        "register", "--class", "06010", "--lon", "123.42", "--lat", "41.8",
    ];
    let first = text(&town.server.op(&first).unwrap(), "case").to_owned();
    town.server.op(&["file", &first]).unwrap();
    let number = text(&town.server.op(&["show", &first]).unwrap(), "task_number").to_owned();
    let file = town.path("cases.csv");
    let rows = (0..1_000).map(|n| format!("06010,123.42,41.8,{n}\n"));
    std::fs::write(
        &file,
        format!("class,lon,lat,external_id\n{}", rows.collect::<String>()),
    )
    .unwrap();
    let import = ["import", file.to_str().unwrap(), "--channel", "old"];
    town.server.op_lines(&import).unwrap();
    for name in [&first[..16], &number] {
        assert_eq!(
            text(&town.server.op(&["show", name]).unwrap(), "case"),
            first,
            "{name}"
        );
    }
    let all = town.server.op_lines(&["list", "--limit", "2000"]).unwrap();
    assert_eq!(all.len(), 1_001);
    assert_eq!(
        town.server
            .op_lines(&["list", "--limit", "3"])
            .unwrap()
            .len(),
        3
    );
}

#[test]
fn duplicates_are_found_offline_suggested_and_tied_in_trees() {
    let town = Town::new();
    let chen = &town.device;
    let first = chen.ok(&report(&["--text", "第一个"])).unwrap();
    assert!(first["similar"].is_null());
    chen.ok(&["sync"]).unwrap();
    // No server is asked: the device is alone from here on.
    let near = [
        "report", "--class", "01002", "--lon", "123.4229", "--lat", "41.79996",
    ];
    let second = chen.ok(&near).unwrap();
    assert_eq!(second["similar"][0]["case"], first["case"]);
    let metres = second["similar"][0]["distance_m"].as_f64().unwrap();
    assert!((10.0..20.0).contains(&metres), "{metres}");
    let far = chen
        .ok(&[
            "report", "--class", "01002", "--lon", "123.43", "--lat", "41.8",
        ])
        .unwrap();
    assert!(far["similar"].is_null(), "{far}");
    let (a, b) = (text(&first, "case"), text(&second, "case"));
    chen.ok(&["suggest-duplicate", b, "--of", a]).unwrap();
    chen.ok(&["sync"]).unwrap();

    town.server.op(&["link", b, "--duplicate-of", a]).unwrap();
    let told = town.server.op(&["show", b]).unwrap();
    assert_eq!(told["duplicate_of"][0], a);
    let entries = told["entries"].as_array().unwrap();
    let hint = entries
        .iter()
        .find(|entry| entry["kind"] == "duplicate_suggestion")
        .unwrap();
    assert_eq!(hint["reason"], "granted");
    assert!(hint["payload"]["distance_mm"].as_u64().is_some());
    let other = town.server.op(&["show", a]).unwrap();
    let ties = other["entries"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|entry| entry["kind"] == "link");
    assert_eq!(ties.count(), 1, "the other case is told as well");
    for words in [
        ["link", a, "--duplicate-of", b],
        ["link", a, "--related", a],
    ] {
        assert!(town.server.op(&words).is_err(), "{words:?}");
    }
    let far = text(&far, "case");
    town.server.op(&["link", a, "--duplicate-of", far]).unwrap();
    let round = town
        .server
        .op(&["link", far, "--duplicate-of", b])
        .unwrap_err();
    assert!(round.contains("duplicate of this one"), "{round}");
    let twice = town
        .server
        .op(&["link", b, "--duplicate-of", far])
        .unwrap_err();
    assert!(twice.contains("undo that tie first"), "{twice}");
    town.server.op(&["link", b, "--nothing", a]).unwrap();
    town.server.op(&["link", b, "--duplicate-of", far]).unwrap();
}

#[test]
fn a_stricter_due_time_goes_over_to_the_case_that_is_worked_on() {
    let town = Town::new();
    let due = |id, due| register(&["--external-id", id, "--external-due", due]);
    let kept = op(&town, &due("1", "2026-12-05T10:00")).unwrap();
    let doubled = op(&town, &due("2", "2026-12-01T10:00")).unwrap();
    let (kept, doubled) = (text(&kept, "case"), text(&doubled, "case"));
    let due_of = |case| town.server.op(&["show", case]).unwrap()["external_due"].as_i64();
    let (later, sooner) = (due_of(kept), due_of(doubled));
    town.server.op(&["file", kept]).unwrap();
    let limit = ["--limit", "300紧急工作日"];
    let dispatch = [&["dispatch", kept, "--lead", "drainage"][..], &limit].concat();
    town.server.op(&dispatch).unwrap();
    let clock = || {
        let shown = town.server.op(&["show", kept]).unwrap();
        let clock = shown["clocks"]["running"][0].clone();
        assert_eq!(clock["external"], true, "{clock}");
        clock["due"].as_i64()
    };
    assert_eq!(clock(), later);
    town.server
        .op(&["link", kept, "--has-duplicate", doubled])
        .unwrap();
    assert!(sooner < later);
    assert_eq!(due_of(kept), sooner);
    assert_eq!(clock(), sooner, "the unit's clock is held to it");
}

#[test]
fn a_citizen_is_told_what_concerns_a_reporter_and_nothing_internal() {
    let town = Town::new();
    let citizen = Device::new(&town.path("citizen"));
    citizen
        .ok(&["enroll", "--server", town.server.url(), "--citizen"])
        .unwrap();
    citizen.ok(&["sync"]).unwrap();
    let saved = citizen.ok(&report(&["--text", "井盖缺失"])).unwrap();
    citizen.ok(&["sync"]).unwrap();
    let case = text(&saved, "case");
    let op = |words: &[&str]| {
        town.server
            .op(&[&words[..1], &[case], &words[1..]].concat())
    };
    for words in [
        &["file", "--note", "内部备注甲"][..],
        &["dispatch", "--lead", "drainage", "--note", "内部备注乙"],
        &["supervise", "--unit", "drainage", "--note", "内部备注丙"],
    ] {
        op(words).unwrap();
    }
    citizen.ok(&["sync"]).unwrap();
    citizen.ok(&["urge", case, "--text", "请快一点"]).unwrap();
    citizen.ok(&["sync"]).unwrap();
    let urged = citizen.ok(&["show", case]).unwrap();
    assert_eq!(urged["public"]["urged"], 1);
    op(&["reply", "--text", "已派人"]).unwrap();
    let words = [
        "reward",
        "--state",
        "granted",
        "--rule",
        "内部规则",
        "--points",
        "5",
        "--note",
        "内部备注丁",
    ];
    op(&words).unwrap();
    op(&["close", "--kind", "forced"]).unwrap();
    citizen.ok(&["sync"]).unwrap();
    citizen.ok(&["rate", case, "--score", "4"]).unwrap();
    citizen.ok(&["sync"]).unwrap();
    let shown = citizen.ok(&["show", case]).unwrap();
    let public = &shown["public"];
    assert_eq!(
        (&public["rated"], &public["reply"]["text"]),
        (&Value::from(4), &Value::from("已派人"))
    );
    assert_eq!(public["reward"]["points"], 5);
    let all = shown.to_string();
    for secret in ["内部", "drainage", "supervise", "forced"] {
        assert!(!all.contains(secret), "{secret} in {all}");
    }
    let other = town.device.ok(&report(&[])).unwrap();
    town.device.ok(&["sync"]).unwrap();
    op(&["link", "--duplicate-of", text(&other, "case")]).unwrap();
    citizen.ok(&["sync"]).unwrap();
    let shown = citizen.ok(&["show", case]).unwrap();
    assert_eq!(shown["public"]["duplicate"], true);
    assert!(
        !shown.to_string().contains(text(&other, "case")),
        "which one stays hidden"
    );
}

#[test]
fn a_new_number_under_a_known_id_is_carried_over_and_said() {
    let town = Town::new();
    let call = |phone: &str| {
        let words = register(&["--external-id", "8", "--contact-phone", phone]);
        op(&town, &words).unwrap()
    };
    let first = call("13812345678");
    let said = ["13812345678", "13987654321", "13987654321"].map(call);
    assert!(said.iter().all(|again| again["case"] == first["case"]));
    let news = said.each_ref().map(|again| text(again, "contact"));
    assert_eq!(news, ["same", "changed", "same"]);
    let case = text(&first, "case");
    let read = town.server.op(&["contact", case]).unwrap();
    assert_eq!(read["contact"]["phone"], "13987654321");
    let log = town.server.op_lines(&["contact-log"]).unwrap();
    let did: Vec<&str> = log.iter().map(|line| text(line, "did")).collect();
    assert_eq!(did, ["read", "changed"]);
}

#[test]
fn a_catalogue_is_pinned_by_the_first_digits_of_its_hash() {
    let town = Town::new();
    let made = op(&town, &register(&["--text", "电话"])).unwrap();
    let packs = town.server.op_lines(&["packs"]).unwrap();
    let catalogue = packs.iter().find(|pack| pack["kind"] == "catalogue");
    let short = &text(catalogue.unwrap(), "sha256")[..12];
    let repin = |digest: &str| {
        let case = text(&made, "case");
        town.server.op(&["repin", case, "--catalogue", digest])
    };
    // It has that one already, and nothing would change.
    let same = repin(short).unwrap_err();
    assert!(same.contains("would change nothing"), "{same}");
    let body = std::fs::read(fixtures::directory().join("district/catalogue.json")).unwrap();
    let mut body: Value = serde_json::from_slice(&body).unwrap();
    body["version"] = (body["version"].as_u64().unwrap() + 1).into();
    let newer = town.path("newer.json");
    std::fs::write(&newer, body.to_string()).unwrap();
    let done = town
        .server
        .op(&["publish", newer.to_str().unwrap()])
        .unwrap();
    repin(&text(&done, "sha256")[..12]).unwrap();
    let unknown = repin("0123456789ab").unwrap_err();
    assert!(
        unknown.contains("no catalogue is called 0123456789ab: see `gewu op packs`"),
        "{unknown}"
    );
}

#[test]
fn a_close_names_the_duplicates_that_it_leaves_open_or_takes_them_along() {
    let town = Town::new();
    let registered = |words: &str| {
        let made = op(&town, &register(&["--text", words])).unwrap();
        text(&made, "case").to_owned()
    };
    let stage = |case: &str| {
        let shown = town.server.op(&["show", case]).unwrap();
        text(&shown, "stage").to_owned()
    };
    let close = |case: &str, more: &[&str]| {
        let words = ["close", case, "--kind", "special", "--note", "并案办结"];
        town.server.op_lines(&[&words, more].concat())
    };
    let tied = || {
        let (main, one, two) = (registered("甲"), registered("乙"), registered("丙"));
        for other in [&one, &two] {
            let link = ["link", other, "--duplicate-of", &main];
            town.server.op(&link).unwrap();
        }
        (main, one, two)
    };
    let (main, one, two) = tied();
    let done = close(&main, &[]).unwrap();
    let open = done[0]["open_duplicates"].as_array().unwrap();
    assert_eq!(open.len(), 2, "{done:?}");
    assert_eq!(
        (stage(&one), stage(&two)),
        ("reported".into(), "reported".into())
    );
    let (main, one, two) = tied();
    let done = close(&main, &["--with-duplicates"]).unwrap();
    assert_eq!(done.len(), 3, "an instruction for each: {done:?}");
    for case in [&main, &one, &two] {
        assert_eq!(stage(case), "closed");
    }
    // One that ended otherwise stays as it is.
    let (main, one, two) = tied();
    town.server.op(&["void", &one]).unwrap();
    assert_eq!(close(&main, &["--with-duplicates"]).unwrap().len(), 2);
    assert_eq!((stage(&one), stage(&two)), ("void".into(), "closed".into()));
}
