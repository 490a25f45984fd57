//! What a case says to operators.

use gewu_model::entry::{Body, Payload, Verify, VerifyResult};
use serde_json::json;

use crate::kit::City;
use crate::kit::entries::asked;

fn finding(result: VerifyResult) -> Payload {
    Payload::Verify(Verify {
        result,
        note: None,
        photos: vec![],
        position: None,
    })
}

#[test]
fn an_answer_that_another_one_replaced_keeps_its_author() {
    let mut city = City::found();
    let mut chen = city.inspector("chen");
    let case = chen.report("井盖缺失", vec![], city.now);
    chen.sync(&city.core, city.now);
    let request = city.decide(case, Body::VerifyRequest(asked("chen")));
    let request = Some(request.instruction);
    chen.sync(&city.core, city.now);
    let first = chen.write(case, &finding(VerifyResult::Exists), request, city.now);
    let second = chen.write(case, &finding(VerifyResult::NotExists), request, city.now);
    chen.sync(&city.core, city.now);
    let shown = city.core.show(case).expect("shown");
    let entries = shown["entries"].as_array().expect("entries");
    let entry = |hash: String| {
        let mut found = entries
            .iter()
            .filter(|entry| entry["hash"] == hash.as_str());
        found.next().expect("there")
    };
    let old = entry(first.to_string());
    assert_eq!(
        (&old["by"], &old["status"]),
        (&json!("chen"), &json!("superseded"))
    );
    assert_eq!(old["superseded_by"], second.to_string());
    let new = entry(second.to_string());
    assert_eq!(
        (&new["by"], &new["status"]),
        (&json!("chen"), &json!("effective"))
    );
    assert!(new.get("superseded_by").is_none());
}
