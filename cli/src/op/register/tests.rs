use super::*;

fn example() -> ImportArgs {
    ImportArgs {
        file: "cases.csv".into(),
        source: "import".into(),
        channel: Some("old-system".into()),
    }
}

fn fields(value: Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

type Line = (u64, Result<Map<String, Value>, String>);

fn lines(bytes: &[u8]) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut each = |line, read: Result<_, Failure>| {
        lines.push((line, read.map_err(|failure| failure.message().to_owned())));
    };
    lines_of_table(bytes, &mut each).expect("a table");
    lines
}

#[test]
fn a_table_is_read_as_a_catalogue_s_sheets_are() {
    let commas = "class,lon,lat,text\n06010,123.42,41.8,路灯\n";
    let semicolons = commas.replace(',', ";");
    let tabs = commas.replace(',', "\t");
    let marked = format!("\u{feff}{commas}");
    let titled = format!("十一月的案件\n{commas}");
    // 路灯 in GBK, in which most sheets of cities are saved.
    let mut gbk = commas.as_bytes().to_vec();
    let at = gbk.len() - 7;
    gbk.splice(at..at + 6, [0xc2, 0xb7, 0xb5, 0xc6]);
    for table in [
        commas.as_bytes(),
        semicolons.as_bytes(),
        tabs.as_bytes(),
        marked.as_bytes(),
        titled.as_bytes(),
        &gbk,
    ] {
        let read = lines(table);
        assert_eq!(read.len(), 1, "{read:?}");
        let fields = read[0].1.as_ref().expect("a line");
        assert_eq!(
            (&fields["text"], &fields["lat"]),
            (&json!("路灯"), &json!("41.8"))
        );
    }
}

#[test]
fn a_line_of_a_table_that_would_be_changed_is_refused() {
    let table = "class,lon,lat,text\n06010,1,2,a\u{1b}[2Jb\n06010,1,2,one, two\n,,,\n06010,1,2\n";
    let read = lines(table.as_bytes());
    let words = |at: usize| read[at].1.as_ref().expect_err("refused").as_str();
    assert!(words(0).contains("control characters"));
    assert!(words(1).contains("more cells than the header"));
    assert!(
        read.len() == 3 && read[2].0 == 5 && read[2].1.is_ok(),
        "{read:?}"
    );
}

#[test]
fn what_is_said_twice_is_taken_from_neither() {
    let table = "class,lon,lat,lat\n06010,123.42,41.8,41.9\n";
    let mut each = |line, _| panic!("line {line} was read");
    let refused = lines_of_table(table.as_bytes(), &mut each).expect_err("two columns");
    assert!(
        refused
            .message()
            .contains("the column lat stands there twice")
    );
    // Columns without a name hold nothing that could be told.
    assert_eq!(lines("class,lon,lat,,\n06010,1,2\n".as_bytes()).len(), 1);
    let line = r#"{"class":"06010","lon":1,"lat":41.8,"lat":41.9}"#;
    let refused = line::read(line.as_bytes()).expect_err("two keys");
    assert!(
        refused.message().contains("lat stands twice"),
        "{}",
        refused.message()
    );
    let once = line::read(br#"{"class":"06010","lon":1,"lat":41.8}"#).expect("a line");
    assert_eq!(once["lat"], 41.8);
}

#[test]
fn a_line_of_text_becomes_a_request() {
    let line = json!({
        "class": "06010", "lon": "123.4", "lat": 41.8, "external_id": "7",
        "external_due": "2026-09-30T17:00", "reply_required": "是",
        "contact_phone": 13_800_005_678_u64, "contact_name": "吴",
    });
    let body = body(&example(), fields(line)).expect("a request");
    assert_eq!(body["source"]["channel"], "old-system");
    assert_eq!(body["source"]["code"], "import");
    assert_eq!(
        body["contact"]["phone"], "13800005678",
        "a number in a table is text"
    );
    assert_eq!(body["contact"]["name"], "吴");
    assert_eq!(body["external_due"], 1_790_758_800_000_i64);
    assert_eq!(
        (&body["lon"], &body["reply_required"]),
        (&json!(123.4), &json!(true))
    );
}

#[test]
fn lines_that_would_lose_something_are_refused_in_words() {
    let whole = json!({ "class": "06010", "lon": 1, "lat": 2 });
    for (name, value, word) in [
        ("lon", json!("east"), "lon"),
        ("lon", json!("NaN"), "no number of degrees"),
        ("lat", json!("1e400"), "no number of degrees"),
        ("class", Value::Null, "class"),
        ("reply_required", json!("perhaps"), "reply_required"),
        ("extenal_id", json!("7"), "extenal_id"),
        ("text", json!({ "a": 1 }), "no single value"),
        ("external_due", json!("tomorrow"), "external_due"),
    ] {
        let mut line = whole.clone();
        line[name] = value;
        let refused = body(&example(), fields(line)).expect_err(name);
        assert!(refused.message().contains(word), "{}", refused.message());
    }
}

#[test]
fn what_a_spreadsheet_writes_in_the_place_of_a_value_is_refused_and_other_lines_are_taken() {
    let table = "class,lon,lat,external_id,contact_phone\n\
        06010,1,2,#REF!,\n\
        06010,1,2,20260102000017,13800005678\n\
        06010,1,2,2.02E+14,\n\
        06010,1,2,A1E+5,\n\
        06010,1,2,8,1.38E+10\n\
        06010,1,2,1E05,\n\
        06010,1,2,######,\n";
    let mut told = Vec::new();
    let mut each = |line: u64, read: Result<Map<String, Value>, Failure>| {
        let made = read.and_then(|fields| body(&example(), fields));
        told.push((line, made.map_err(|why| why.message().to_owned()).err()));
    };
    lines_of_table(table.as_bytes(), &mut each).expect("a table");
    let refused: Vec<_> = told
        .iter()
        .filter_map(|(line, why)| Some((*line, why.as_deref()?)))
        .collect();
    let lines: Vec<u64> = refused.iter().map(|(line, _)| *line).collect();
    assert_eq!(
        (told.len(), &lines[..]),
        (7, &[2, 4, 6, 8][..]),
        "{refused:?}"
    );
    for (at, word) in [
        (0, "#REF!"),
        (1, "2.02E+14"),
        (2, "1.38E+10"),
        (3, "######"),
    ] {
        assert!(refused[at].1.contains(word), "{refused:?}");
    }
    assert!(refused[1].1.contains("external_id"), "{refused:?}");
}

#[test]
fn an_external_id_that_is_a_rounded_number_of_an_object_is_refused() {
    let line = |id: Value| {
        let line = json!({ "class": "06010", "lon": 1, "lat": 2, "external_id": id });
        body(&example(), fields(line))
    };
    let whole = line(json!(20_260_102_000_017_u64)).expect("a number of an object");
    assert_eq!(whole["source"]["external_id"], "20260102000017");
    for id in [json!(2.02e14), json!("#N/A"), json!("2.02e+14")] {
        assert!(line(id.clone()).is_err(), "{id}");
    }
}
