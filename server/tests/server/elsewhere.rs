//! What other systems send is rarely as it should be: blanks around ids, years that nobody means, more time
//! than before.

use serde_json::{Value, json};

use crate::kit::web::Web;

fn new(id: &str, due: Option<i64>) -> Value {
    json!({
        "class": { "kind": "component", "code": "01002" }, "lon": 123.42, "lat": 41.8, "text": "井盖",
        "source": { "code": "hotline", "channel": " 12345 ", "external_id": id }, "external_due": due,
    })
}

fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    i64::try_from(since.expect("after 1970").as_millis()).expect("a time")
}

#[test]
fn blanks_around_an_id_of_elsewhere_make_no_other_case() {
    let web = Web::start();
    let register = |id: &str| web.op("POST", "/v1/op/cases", Some(new(id, None)));
    let first = register(" X-7\u{3000}");
    assert_eq!(
        first.status,
        201,
        "{:?}",
        String::from_utf8_lossy(&first.body)
    );
    let again = register("X-7");
    assert_eq!(again.status, 200);
    assert_eq!(first.json()["case"], again.json()["case"]);
    let case = first.json()["case"].as_str().expect("an id").to_owned();
    let shown = web.op("GET", &format!("/v1/op/cases/{case}"), None).json();
    let source = &shown["entries"][0]["payload"]["register"]["report"]["source"];
    assert_eq!(
        (&source["channel"], &source["external_id"]),
        (&json!("12345"), &json!("X-7"))
    );
    let nothing = register("  ");
    assert_eq!(nothing.status, 201);
    assert_eq!(register("").status, 201, "no id is no matter of elsewhere");
}

#[test]
fn a_due_time_that_nobody_can_mean_is_refused_and_a_later_one_can_be_entered() {
    let web = Web::start();
    for due in [0, 253_370_764_800_000] {
        let refused = web.op("POST", "/v1/op/cases", Some(new("1", Some(due))));
        assert_eq!(refused.status, 422, "{due}");
        let words = refused.json()["detail"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        assert!(words.contains("more than ten years"), "{words}");
    }
    let (soon, later) = (now() + 86_400_000, now() + 3 * 86_400_000);
    let made = web
        .op("POST", "/v1/op/cases", Some(new("1", Some(soon))))
        .json();
    let path = format!("/v1/op/cases/{}", made["case"].as_str().expect("an id"));
    let correct = |due: i64| {
        let view = web.op("GET", &path, None).json()["view_token"].clone();
        let body = json!({ "view": view, "external_due": due });
        web.op("POST", &format!("{path}/correct"), Some(body))
            .status
    };
    assert_eq!(correct(0), 422);
    assert_eq!(correct(later), 200);
    assert_eq!(web.op("GET", &path, None).json()["external_due"], later);
}
