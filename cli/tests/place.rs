//! The place commands as people type them: the real program, real files.
// long-file: one made-up city, and a test for each command that asks it.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

struct City {
    folder: tempfile::TempDir,
}

impl City {
    /// A made-up city of 400 cells with a cover and two plates in its middle.
    fn new() -> Self {
        let city = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        city.ok(&["grid", "synth", "--cells", "400", "-o", "cells.geojson"]);
        let point = |fields: Value, lon: f64, lat: f64| {
            json!({ "type": "Feature", "properties": fields,
                "geometry": { "type": "Point", "coordinates": [lon, lat] } })
        };
        let covers = [
            point(
                json!({ "code": "0101-1", "class": "0101", "owner": "水务" }),
                123.43,
                41.8001,
            ),
            point(json!({ "code": "0102-2", "class": "0102" }), 123.4302, 41.8),
        ];
        let plates = [
            point(json!({ "code": "瑞祥路11号" }), 123.4299, 41.7999),
            point(json!({ "code": "瑞祥路13号" }), 123.44, 41.8),
        ];
        for (name, features) in [("covers", covers), ("plates", plates)] {
            let text = json!({ "type": "FeatureCollection", "features": features }).to_string();
            city.write(&format!("{name}.geojson"), &text);
        }
        city.ok(&[
            "grid",
            "pack",
            "cells.geojson",
            "component=covers.geojson",
            "plate=plates.geojson",
            "--parent-field",
            "street",
            "--city",
            "示例",
            "--pack-version",
            "7",
            "-o",
            "city.gewugrid",
        ]);
        city
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    fn run(&self, args: &[&str]) -> Output {
        let mut gewu = Command::new(env!("CARGO_BIN_EXE_gewu"));
        let gewu = gewu
            .args(args)
            .current_dir(&self.folder)
            .stdin(Stdio::null());
        gewu.output().unwrap()
    }

    /// Standard output of a command that succeeds.
    fn ok(&self, args: &[&str]) -> String {
        let done = self.run(args);
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "{args:?}: {said}");
        String::from_utf8(done.stdout).unwrap()
    }

    /// The last line of standard error of a command that fails.
    fn fails(&self, args: &[&str]) -> String {
        let done = self.run(args);
        assert!(!done.status.success(), "{args:?}");
        let said = String::from_utf8(done.stderr).unwrap();
        said.lines().last().unwrap().to_owned()
    }

    fn json(&self, args: &[&str]) -> Value {
        serde_json::from_str(&self.ok(args)).unwrap()
    }
}

#[test]
fn info_tells_what_a_pack_is() {
    let city = City::new();
    let info = city.json(&["grid", "info", "city.gewugrid", "--json"]);
    assert_eq!(
        (&info["city"], &info["version"]),
        (&json!("示例"), &json!(7))
    );
    assert_eq!(info["crs"], "wgs84");
    assert_eq!(info["gap_free"], true);
    let counts =
        ["units", "roads", "components", "plates"].map(|l| info["layers"][l]["count"].clone());
    assert_eq!(counts, [400, 0, 2, 2]);
    assert_eq!(info["layers"]["units"]["audience"], "field");
    let [west, south, east, north] = [0, 1, 2, 3].map(|i| info["extent"][i].as_f64().unwrap());
    assert!(west < 123.42 && east > 123.44 && south < 41.791 && north > 41.809);
    let text = city.ok(&["grid", "info", "city.gewugrid"]);
    assert!(text.starts_with("示例, version 7\n"));
    // A gap open to the outside is not looked for.
    assert!(
        text.contains("400 units, no enclosed gap between them"),
        "{text}"
    );
    let bytes = fs::read(city.path("city.gewugrid")).unwrap();
    fs::write(city.path("cut.gewugrid"), &bytes[..bytes.len() - 9]).unwrap();
    assert!(
        city.fails(&["grid", "info", "cut.gewugrid"])
            .contains("cut off")
    );
}

#[test]
fn locate_takes_columns_in_any_order_and_any_frame() {
    let city = City::new();
    // A spreadsheet's way: mark, carriage returns, a line in a field, another order.
    city.write(
        "points.csv",
        "\u{feff}note,LAT,accuracy_m,id,lon\r\n\"two\r\nlines\",41.8005,3,a,123.43067\r\n,41.8005,500,b,123.43067\r\n,10,,\"c,1\",10\r\n",
    );
    let args = [
        "grid",
        "locate",
        "--pack",
        "city.gewugrid",
        "--points",
        "points.csv",
    ];
    let out = city.ok(&args);
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines[0], "id,unit,duty,road,border_m,certainty,candidates");
    let a: Vec<&str> = lines[1].split(',').collect();
    assert_eq!((a[0], a[1].len(), a[6]), ("a", 15, ""));
    assert!(a[2].starts_with("9901") && a[3].is_empty() && a[4].parse::<f64>().unwrap() > 3.0);
    assert!(lines[2].contains(",border,") && lines[2].matches(':').count() > 20);
    assert_eq!(lines[3], "\"c,1\",,,,,,");
    // The same place in the frame of Chinese maps is the same grid; taken for WGS-84 it is not.
    let convert = [
        "convert",
        "--from",
        "wgs84",
        "--to",
        "gcj02",
        "points.csv",
        "-o",
        "gcj.csv",
    ];
    city.ok(&convert);
    let of = |more: &[&str]| {
        let args = [
            "grid",
            "locate",
            "--pack",
            "city.gewugrid",
            "--points",
            "gcj.csv",
        ];
        city.ok(&[&args, more].concat())
    };
    assert_eq!(of(&["--datum", "gcj02"]), out);
    assert_ne!(of(&[]), out);
}

#[test]
fn what_is_wrong_with_a_table_is_told_with_file_and_line_and_leaves_no_file() {
    let city = City::new();
    let locate = |name: &str, text: &str| {
        city.write(name, text);
        city.fails(&[
            "grid",
            "locate",
            "--pack",
            "city.gewugrid",
            "--points",
            name,
            "-o",
            "out.csv",
        ])
    };
    assert!(
        locate("a.csv", "id,lat,lon\n1,41,123\n2,x,123\n")
            .contains("a.csv line 3: lat 'x' is no number")
    );
    city.write("good.csv", "id,lat,lon\n1,41,123\n");
    let as_json = [
        "grid",
        "locate",
        "--json",
        "--pack",
        "city.gewugrid",
        "--points",
        "good.csv",
    ];
    let said = city.fails(&as_json);
    assert!(said.contains("leave --json away"), "{said}");
    assert!(locate("b.csv", "id,lat\n1,41\n").contains("b.csv line 1: no column 'lon'"));
    assert!(locate("c.csv", "id,lat,lon\n1,99,123\n").contains("c.csv line 2: latitude must lie"));
    assert!(
        locate("d.csv", "id,lat,lon,accuracy_m\n1,9,1,-4\n")
            .contains("d.csv line 2: accuracy must lie")
    );
    assert!(locate("out.csv", "id,lat,lon\n1,9,1\n").contains("is an input as well"));
    let left: Vec<_> = fs::read_dir(&city.folder)
        .unwrap()
        .map(|f| f.unwrap().file_name())
        .collect();
    assert!(
        left.iter()
            .all(|name| !name.to_string_lossy().contains("part")),
        "{left:?}"
    );
}

#[test]
fn near_names_components_and_the_address() {
    let city = City::new();
    let here = ["--lon", "123.43", "--lat", "41.8"];
    let near = |more: &[&str]| {
        let args = ["grid", "near", "--pack", "city.gewugrid"];
        [&args, &here[..], more]
            .concat()
            .iter()
            .map(|s| (*s).to_owned())
            .collect::<Vec<_>>()
    };
    let ask = |more: &[&str]| {
        let args = near(more);
        city.json(&args.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let found = ask(&["--json"]);
    assert_eq!(found["address"], "瑞祥路11号的东北方向13.87米");
    let [first, second] = [0, 1].map(|i| found["components"][i].clone());
    assert_eq!(
        (&first["name"], &first["attributes"]["owner"]),
        (&json!("0101-1"), &json!("水务"))
    );
    // 1e-4 degree of latitude is 11.107 m here, 2e-4 of longitude 16.614 m.
    assert!((first["distance_m"].as_f64().unwrap() - 11.107).abs() < 0.01);
    assert!((second["distance_m"].as_f64().unwrap() - 16.614).abs() < 0.01);
    assert_eq!(
        [&first, &second].map(|c| c["bearing_deg"].clone()),
        [0.0, 90.0]
    );
    assert_eq!(
        ask(&["--json", "--class", "0102"])["components"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert_eq!(
        ask(&["--json", "--radius", "12"])["components"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert_eq!(
        ask(&["--json", "-k", "1"])["components"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let args = near(&[]);
    let text = city.ok(&args.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(
        text.contains("11.11 m") && text.contains("owner=水务"),
        "{text}"
    );
    city.write("at.csv", "id,lat,lon\nx,41.8,123.43\ny,0,0\n");
    let table = city.ok(&[
        "grid",
        "near",
        "--pack",
        "city.gewugrid",
        "--points",
        "at.csv",
    ]);
    let lines: Vec<&str> = table.lines().collect();
    assert!(lines[1].starts_with("x,瑞祥路11号的东北方向13.87米,1,0101-1,0101,11.1"));
    assert_eq!(lines[3], "y,,,,,,,,,");
    assert!(
        city.fails(&["grid", "near", "--pack", "city.gewugrid", "--lon", "1"])
            .contains("--lat")
    );
}

#[test]
fn convert_passes_other_columns_and_far_places_unchanged() {
    let city = City::new();
    let text =
        "名称,lng,lat,备注\n上海,121.5272106,31.1774276,\"a,\"\"b\"\"\"\n巴黎,2.3500,48.85,\n";
    city.write("in.csv", text);
    let gcj = city.ok(&["convert", "--from", "wgs84", "--to", "gcj02", "in.csv"]);
    let lines: Vec<&str> = gcj.lines().collect();
    assert_eq!(lines[0], "名称,lng,lat,备注");
    assert_eq!(
        lines[1],
        "上海,121.5315418592,31.1753039836,\"a,\"\"b\"\"\""
    );
    assert_eq!(lines[2], "巴黎,2.3500,48.85,");
    city.write("gcj.csv", &gcj);
    let back = city.ok(&["convert", "--from", "gcj02", "--to", "wgs84", "gcj.csv"]);
    let lon: f64 = back
        .lines()
        .nth(1)
        .unwrap()
        .split(',')
        .nth(1)
        .unwrap()
        .parse()
        .unwrap();
    assert!((lon - 121.527_210_6).abs() < 1e-9, "{lon}");
    assert_eq!(
        city.ok(&["convert", "--from", "wgs84", "--to", "cgcs2000", "in.csv"]),
        text
    );
    let excel = "\u{feff}编号;经度;纬度\r\n上海;121.5272106;31.1774276\r\n";
    city.write("excel.csv", excel);
    let same = [
        "convert",
        "--from",
        "wgs84",
        "--to",
        "cgcs2000",
        "excel.csv",
    ];
    assert_eq!(city.ok(&same), excel);
    let over = [
        "convert", "--from", "gcj02", "--to", "wgs84", "in.csv", "-o", "./in.csv",
    ];
    assert!(city.fails(&over).contains("is an input as well"));
}

#[test]
fn a_plane_is_fitted_and_used() {
    let city = City::new();
    let plane = gewu_grid::file::Planar {
        lon: 123.4,
        lat: 41.8,
        east: [67_000.0, 0.999_8, 0.02],
        north: [55_000.0, -0.02, 0.999_8],
    };
    let mut control = "lon,lat,east,north\n".to_owned();
    for (lon, lat) in [
        (123.40, 41.78),
        (123.46, 41.79),
        (123.45, 41.82),
        (123.41, 41.83),
    ] {
        let (east, north) = plane.to_plane(lon, lat).unwrap();
        control.push_str(&format!("{lon},{lat},{east:.4},{north:.4}\n"));
    }
    city.write("control.csv", &control);
    let fitted = city.json(&[
        "--json",
        "grid",
        "fit-plane",
        "control.csv",
        "-o",
        "plane.json",
    ]);
    assert!(fitted["rms_m"].as_f64().unwrap() < 0.01, "{fitted}");
    let cells = fs::read_to_string(city.path("cells.geojson")).unwrap();
    let mut cells: Value = serde_json::from_str(&cells).unwrap();
    for feature in cells["features"].as_array_mut().unwrap() {
        for at in feature["geometry"]["coordinates"][0]
            .as_array_mut()
            .unwrap()
        {
            let (east, north) = plane
                .to_plane(at[0].as_f64().unwrap(), at[1].as_f64().unwrap())
                .unwrap();
            *at = json!([east, north]);
        }
    }
    city.write("plane.geojson", &cells.to_string());
    let unsaid = city.fails(&["grid", "pack", "plane.geojson", "-o", "p.gewugrid"]);
    assert!(unsaid.contains("say with --crs"), "{unsaid}");
    city.ok(&[
        "grid",
        "pack",
        "plane.geojson",
        "--crs",
        "plane.json",
        "-o",
        "p.gewugrid",
    ]);
    let info = city.json(&["grid", "info", "p.gewugrid", "--json"]);
    assert!((info["crs"]["plane"]["lon"].as_f64().unwrap() - 123.43).abs() < 1e-9);
    city.write("at.csv", "id,lat,lon\nx,41.8,123.43\n");
    let unit = |pack: &str| {
        let out = city.ok(&["grid", "locate", "--pack", pack, "--points", "at.csv"]);
        out.lines()
            .nth(1)
            .unwrap()
            .split(',')
            .nth(1)
            .unwrap()
            .to_owned()
    };
    assert_eq!(unit("p.gewugrid"), unit("city.gewugrid"));
}

#[test]
fn a_refused_survey_leaves_no_pack_but_its_findings_on_a_map() {
    let city = City::new();
    let cells = fs::read_to_string(city.path("cells.geojson")).unwrap();
    let mut cells: Value = serde_json::from_str(&cells).unwrap();
    let copy = cells["features"][0].clone();
    let all = cells["features"].as_array_mut().unwrap();
    all.push(copy);
    all[400]["properties"]["code"] = json!("X");
    city.write("twice.geojson", &cells.to_string());
    let said = city.fails(&[
        "grid",
        "pack",
        "twice.geojson",
        "--report",
        "found.geojson",
        "-o",
        "twice.gewugrid",
    ]);
    assert!(said.contains("2 findings stand in the way"), "{said}");
    assert!(!city.path("twice.gewugrid").exists());
    let found = fs::read_to_string(city.path("found.geojson")).unwrap();
    let found: Value = serde_json::from_str(&found).unwrap();
    assert_eq!(found["features"][0]["properties"]["kind"], "overlap");
    city.ok(&[
        "grid",
        "pack",
        "twice.geojson",
        "--heal",
        "-o",
        "twice.gewugrid",
    ]);
    let one = ["--report", "one", "-o", "./one"];
    let one = city.fails(&[["grid", "pack", "cells.geojson"].as_slice(), &one].concat());
    assert!(one.contains("name two files"), "{one}");
    let own = ["grid", "pack", "cells.geojson", "-o", "cells.geojson"];
    assert!(city.fails(&own).contains("is an input as well"));
}

#[test]
fn nothing_left_of_a_layer_is_told_as_that() {
    let city = City::new();
    city.write(
        "line.geojson",
        r#"{"type":"Feature","properties":{"code":"A"},"geometry":{"type":"Polygon","coordinates":[[[123,41],[123.1,41],[123,41]]]}}"#,
    );
    let said = city.fails(&["grid", "pack", "line.geojson", "--heal", "-o", "l.gewugrid"]);
    assert!(said.contains("no unit is left in the layer"), "{said}");
    let globe = "[[[-180,-80],[180,-80],[180,80],[-180,80],[-180,-80]]]";
    let globe = format!(
        r#"{{"type":"Feature","properties":{{"code":"A"}},"geometry":{{"type":"Polygon","coordinates":{globe}}}}}"#
    );
    city.write("globe.geojson", &globe);
    let said = city.fails(&["grid", "pack", "globe.geojson", "-o", "g.gewugrid"]);
    assert!(
        said.contains("across the antimeridian or around a pole"),
        "{said}"
    );
}
