// long-file: each test is a story with its own city
//! What the program does not do, with words that say why, against a real server.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use serde_json::Value;

const POLICY: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../core/model/src/policy/default.json"
);

fn gewu(words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gewu"));
    command.stdin(Stdio::null()).args(words).output().unwrap()
}

/// Status and the words on stderr.
fn ended(output: &Output) -> (Option<i32>, String) {
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code(), words)
}

fn told(output: &Output) -> Value {
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    serde_json::from_str(text.lines().last().unwrap_or_default())
        .unwrap_or_else(|_| panic!("{output:?}"))
}

/// A server on a folder of its own, which ends with the test.
struct City {
    folder: tempfile::TempDir,
    server: Child,
    url: String,
}

impl Drop for City {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

impl City {
    fn found() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ready = folder.path().join("url");
        let mut command = Command::new(env!("CARGO_BIN_EXE_gewu"));
        command.args(["serve", "--listen", "127.0.0.1:0"]);
        command.arg("--dir").arg(folder.path().join("server"));
        command
            .arg("--card-key")
            .arg(folder.path().join("cards.key"));
        command.arg("--ready-file").arg(&ready);
        let server = command.stdout(Stdio::null()).spawn().unwrap();
        let mut city = Self {
            folder,
            server,
            url: String::new(),
        };
        for _ in 0..3_000 {
            if let Ok(url) = fs::read_to_string(&ready) {
                city.url = url;
                return city;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("the server did not start");
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    fn write(&self, name: &str, body: &[u8]) -> String {
        fs::write(self.path(name), body).unwrap();
        self.text(name)
    }

    fn op(&self, words: &[&str]) -> Output {
        self.op_as("server/operator.token", words)
    }

    /// As whoever has the token in that file.
    fn op_as(&self, token: &str, words: &[&str]) -> Output {
        let token = self.text(token);
        let first = [
            "--json",
            "op",
            "--server",
            &self.url,
            "--token-file",
            &token,
        ];
        gewu(&[&first[..], words].concat())
    }

    /// A device of the first person whose code this is, or a citizen's.
    fn enrol(&self, name: &str, code: Option<&str>) -> Output {
        let dir = self.text(name);
        let who = code.map_or(vec!["--citizen"], |code| vec!["--code", code]);
        let first = ["enroll", "--dir", &dir, "--server", &self.url];
        gewu(&[&first[..], &who].concat())
    }

    fn code(&self, user: &str) -> String {
        let made = self.op(&["code", "--user", user, "--role", "inspector"]);
        told(&made)["code"].as_str().unwrap().to_owned()
    }
}

fn report(dir: &str, more: &[&str]) -> Output {
    let words = ["--json", "report", "--dir", dir, "--class", "06010"];
    let place = ["--lon", "123.422729", "--lat", "41.7999616"];
    gewu(&[&words[..], &place, more].concat())
}

#[test]
fn a_policy_that_cannot_be_read_leaves_no_folder_behind() {
    let folder = tempfile::tempdir().unwrap();
    let (bad, dir) = (folder.path().join("bad.json"), folder.path().join("server"));
    fs::write(&bad, b"{}").unwrap();
    let name = |path: &Path| path.to_str().unwrap().to_owned();
    let (bad, dir_name) = (name(&bad), name(&dir));
    let (code, words) = ended(&gewu(&["serve", "--dir", &dir_name, "--policy", &bad]));
    assert_eq!(code, Some(1), "{words}");
    assert!(words.contains("is not published"), "{words}");
    assert!(!dir.exists());
}

#[test]
fn one_folder_has_one_server_and_a_device_s_is_none() {
    let city = City::found();
    let (code, words) = ended(&gewu(&[
        "serve",
        "--dir",
        &city.text("server"),
        "--listen",
        "127.0.0.1:0",
    ]));
    assert_eq!(code, Some(1));
    assert!(
        words.contains("runs on") && words.contains("already"),
        "{words}"
    );
    assert!(city.enrol("ci", None).status.success());
    for verb in [
        &["server", "scrub"][..],
        &["serve", "--listen", "127.0.0.1:0"],
    ] {
        let (code, words) = ended(&gewu(&[verb, &["--dir", &city.text("ci")]].concat()));
        assert_eq!(code, Some(1), "{verb:?}");
        assert!(words.contains("this is a device's folder"), "{words}");
    }
    let status = gewu(&["status", "--dir", &city.text("ci")]);
    assert!(
        status.status.success(),
        "the device is unharmed: {status:?}"
    );
}

#[test]
fn citizens_enrol_into_folders_of_their_own_and_settle_nothing() {
    let city = City::found();
    let code = city.code("wang");
    assert!(city.enrol("wang", Some(&code)).status.success());
    let (code, words) = ended(&city.enrol("wang", None));
    assert_eq!(code, Some(2), "{words}");
    assert!(words.contains("is the device of wang already"), "{words}");
    assert!(city.enrol("ci", None).status.success());
    let (code, words) = ended(&report(&city.text("ci"), &["--self-handled"]));
    assert_ne!(code, Some(0));
    assert!(words.contains("the city's own people"), "{words}");
    assert!(report(&city.text("ci"), &[]).status.success());
}

#[test]
fn what_nobody_could_use_is_not_published_and_slips_are_named() {
    let city = City::found();
    let font = city.write("font.ttf", b"no font");
    let server = city.text("server");
    let sign = |file: &str, output: &str, more: &[&str]| {
        let words = ["pack", "sign", file, "--server", &server, "-o", output];
        ended(&gewu(&[&words[..], more].concat()))
    };
    let font_words = ["--kind", "font", "--pack-version", "1"];
    let (code, words) = sign(&font, &city.text("font.gewupack"), &font_words);
    assert_eq!(code, Some(1), "{words}");
    let (code, words) = ended(&city.op(&["publish", &font, "--kind", "font"]));
    assert_ne!(code, Some(0), "{words}");
    let map = city.write("map.json", br#"{"version": 3}"#);
    let (code, words) = ended(&city.op(&["publish", &map, "--kind", "grid"]));
    assert_eq!(code, Some(1), "{words}");
    assert!(words.contains("the grid is not published"), "{words}");

    let mut policy: Value = serde_json::from_slice(&fs::read(POLICY).unwrap()).unwrap();
    policy["version"] = 900.into();
    policy["services"] = serde_json::json!([
        { "service": "direct_dispatch", "kinds": ["dispatch"], "unit": "roads", "limit": "soon" }
    ]);
    let file = city.write("policy.json", policy.to_string().as_bytes());
    let (code, words) = sign(&file, &file, &[]);
    assert_ne!(code, Some(0), "over itself");
    assert!(words.contains("is an input as well"), "{words}");
    assert_eq!(fs::read(&file).unwrap(), policy.to_string().as_bytes());
    let few = ["--audience", "operator"];
    let (code, words) = sign(&file, &city.text("few.gewupack"), &few);
    assert_eq!(code, Some(2), "{words}");
    assert!(words.contains("is for everybody"), "{words}");
    let done = told(&city.op(&["publish", &file]));
    let warned = done["warnings"][0].as_str().unwrap();
    assert!(
        warned.contains("soon") && done["in_force"] == true,
        "{done}"
    );
}

#[test]
fn a_case_is_decided_on_by_the_names_that_there_are() {
    let city = City::found();
    let li = [
        "code", "--user", "li", "--role", "crew", "--unit", "drainage",
    ];
    assert!(city.op(&li).status.success());
    let words = [
        "register", "--class", "06010", "--lon", "123.42", "--lat", "41.8",
    ];
    let made = told(&city.op(&words));
    let case = made["case"].as_str().unwrap();
    let filed = told(&city.op(&["file", case]));
    let number = filed["task_number"].as_str().unwrap();
    assert_eq!(filed["stage"], "filed");
    let (code, words) = ended(&city.op(&["dispatch", number, "--lead", "drainge"]));
    assert_eq!(code, Some(1));
    assert!(words.contains("there is drainage"), "{words}");
    let sent = told(&city.op(&["dispatch", number, "--lead", " drainage "]));
    assert_eq!(
        (&sent["stage"], &sent["task_number"]),
        (&"dispatched".into(), &filed["task_number"])
    );
    let strange = ["forward", number, "--unit", "pumps", "--unknown-names"];
    assert!(city.op(&strange).status.success());
    let (code, words) = ended(&city.op(&["correct", case, "--class", "06011"]));
    assert_eq!(code, Some(1));
    assert!(words.contains("06010"), "{words}");
    let (code, words) = ended(&city.op(&["code", "--user", "sun", "--role", "crew"]));
    assert_eq!(code, Some(1));
    assert!(words.contains("name the unit"), "{words}");
    let (code, words) = ended(&city.op(&["reissue", "abcd"]));
    assert_eq!(code, Some(2), "{words}");
}

#[test]
fn consoles_have_tokens_of_their_own_which_are_listed_and_taken_back() {
    let city = City::found();
    let make = |user: &str, role: &str| {
        let file = city.text(&format!("{user}.token"));
        city.op(&["token", "--user", user, "--role", role, "-o", &file])
    };
    assert_eq!(ended(&make("wu", "operator")).0, Some(0));
    assert_eq!(ended(&make("gao", "shift_leader")).0, Some(0));
    let (code, words) = ended(&make("wu", "operator"));
    assert_eq!(code, Some(1), "a file is not written over: {words}");
    let wrong = ended(&city.op(&[
        "token",
        "--user",
        "yu",
        "--role",
        "leadr",
        "-o",
        &city.text("yu.token"),
    ]));
    assert_eq!(wrong.0, Some(1));
    assert!(!city.path("yu.token").exists(), "nothing is left behind");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(city.path("wu.token"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let own = told(&city.op_as("gao.token", &["status"]));
    assert!(
        own["cases"].is_number(),
        "a shift leader's console sees the centre: {own}"
    );
    let (code, words) = ended(&city.op_as(
        "wu.token",
        &["token", "--user", "wu", "--role", "shift_leader"],
    ));
    assert_eq!(code, Some(1));
    assert!(words.contains("wu is no shift_leader here"), "{words}");
    let listed = String::from_utf8(city.op(&["tokens"]).stdout).unwrap();
    let rows: Vec<Value> = listed
        .lines()
        .map(|row| serde_json::from_str(row).unwrap())
        .collect();
    let users: Vec<&str> = rows
        .iter()
        .map(|row| row["user"].as_str().unwrap())
        .collect();
    assert_eq!(users, ["gao", "operator", "wu"]);
    let id = rows[2]["id"].as_str().unwrap();
    assert_eq!(ended(&city.op(&["revoke-token", &id[..8]])).0, Some(0));
    let (code, words) = ended(&city.op_as("wu.token", &["status"]));
    assert_eq!(code, Some(1));
    assert!(words.contains("does not know this token"), "{words}");
}

/// A person of the unit drainage, enrolled.
fn member(city: &City, user: &str, role: &str) -> String {
    let words = ["code", "--user", user, "--role", role, "--unit", "drainage"];
    let code = told(&city.op(&words))["code"].as_str().unwrap().to_owned();
    assert!(city.enrol(user, Some(&code)).status.success());
    city.text(user)
}

/// A case that wang reported and the centre filed; its id.
fn filed(city: &City, wang: &str) -> String {
    let case = told(&report(wang, &[]))["case"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(gewu(&["sync", "--dir", wang]).status.success());
    assert_eq!(ended(&city.op(&["file", &case])).0, Some(0));
    assert!(gewu(&["sync", "--dir", wang]).status.success());
    case
}

#[test]
fn a_sync_names_the_command_that_was_not_carried_out() {
    let city = City::found();
    let code = city.code("wang");
    assert!(city.enrol("wang", Some(&code)).status.success());
    let sun = member(&city, "sun", "unit_lead");
    member(&city, "li", "crew");
    let case = filed(&city, &city.text("wang"));
    let dispatch = [
        "dispatch",
        &case,
        "--lead",
        "drainage",
        "--limit",
        "8紧急工作时",
    ];
    assert_eq!(ended(&city.op(&dispatch)).0, Some(0));
    assert!(gewu(&["sync", "--dir", &sun]).status.success());
    let (code, words) = ended(&gewu(&["assign", "--dir", &sun, &case, "--person", "li"]));
    assert_eq!(code, Some(0), "{words}");
    assert_eq!(ended(&city.op(&["recall", &case])).0, Some(0));
    let synced = told(&gewu(&["--json", "sync", "--dir", &sun]));
    let refused = synced["refused_commands"].as_array().unwrap();
    assert_eq!(refused.len(), 1, "{synced}");
    assert_eq!(refused[0]["kind"], "assign");
    assert_eq!(refused[0]["state"], "stale");
    let again = told(&gewu(&["--json", "sync", "--dir", &sun]));
    assert_eq!(
        again["refused_commands"],
        serde_json::json!([]),
        "told once"
    );
}

#[test]
fn grounds_of_an_appeal_are_those_that_the_city_lists_if_it_lists_any() {
    let city = City::found();
    let code = city.code("wang");
    assert!(city.enrol("wang", Some(&code)).status.success());
    let wang = city.text("wang");
    let appeal = |case: &str, reason: &str| {
        ended(&gewu(&["appeal", "--dir", &wang, case, "--reason", reason]))
    };
    let (code, words) = appeal(&filed(&city, &wang), "whatever");
    assert_eq!(code, Some(0), "{words}");
    let mut policy: Value = serde_json::from_slice(&fs::read(POLICY).unwrap()).unwrap();
    policy["version"] = 900.into();
    let label = |zh: &str, en: &str| serde_json::json!({ "zh": zh, "en": en });
    policy["labels"]["reason.appeal.overdue"] = label("超时有误", "not late");
    policy["labels"]["reason.appeal.class"] = label("类别有误", "wrong class");
    let file = city.write("listed.json", policy.to_string().as_bytes());
    assert_eq!(ended(&city.op(&["publish", &file])).0, Some(0));
    assert!(gewu(&["sync", "--dir", &wang]).status.success());
    let case = filed(&city, &wang);
    let (code, words) = appeal(&case, "whatever");
    assert_eq!(code, Some(1), "{words}");
    assert!(words.contains("class, overdue"), "{words}");
    assert_eq!(appeal(&case, "overdue").0, Some(0));
    let mut show = Command::new(env!("CARGO_BIN_EXE_gewu"));
    let show = show
        .args(["show", "--dir", &wang, &case])
        .env("GEWU_LANGUAGE", "zh");
    let shown = String::from_utf8(show.output().unwrap().stdout).unwrap();
    assert!(shown.contains("原因：超时有误 (overdue)"), "{shown}");
    assert!(shown.contains("任务号："), "{shown}");
}

#[test]
fn a_reader_of_chinese_is_refused_in_chinese_and_a_script_as_ever() {
    let city = City::found();
    let place = ["--lon", "123.422729", "--lat", "41.7999616"];
    let registered = city.op(&[&["register", "--class", "06010"][..], &place].concat());
    let case = told(&registered)["case"].as_str().unwrap().to_owned();
    let close = ["close", &case];
    let (_, english) = ended(&city.op(&close));
    assert!(english.contains("nobody handled it"), "{english}");
    let chinese = |words: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gewu"));
        command.env("GEWU_LANGUAGE", "zh").args(words);
        ended(&command.stdin(Stdio::null()).output().unwrap()).1
    };
    let token = city.text("server/operator.token");
    let op = ["op", "--server", &city.url, "--token-file", &token];
    let said = chinese(&[&op[..], &close].concat());
    assert!(
        said.starts_with("gewu: 服务器拒绝（") && said.contains("无人处置，不能“正常结案”"),
        "{said}"
    );
    // On a device, beforehand.
    let code = city.code("wang");
    assert!(city.enrol("wang", Some(&code)).status.success());
    let dir = city.text("wang");
    assert!(gewu(&["sync", "--dir", &dir]).status.success());
    let case = told(&report(&dir, &[]))["case"]
        .as_str()
        .unwrap()
        .to_owned();
    let said = chinese(&["take", "--dir", &dir, &case]);
    assert!(said.contains("您的角色无权进行此操作"), "{said}");
}
