//! A case that was begun under rules which the city had replaced by then, as by a device that was restored
//! from a copy of itself.

use std::sync::Arc;

use crate::place::{publish, sleep, wake};
use crate::support::{City, Device, device, fixture, report};
use gewu::{Act, SyncOutcome};
use gewu_model::crypto::sha256;
use gewu_model::ids::CaseId;
use gewu_sync::verdict::SetAside;

/// Reports offline under the first catalogue; meanwhile the city publishes `body` as the second. How often
/// the server says that the rules were replaced, the first time included.
fn overtaken(body: &[u8], refusals: usize) -> (Arc<City>, Device, CaseId) {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    wang.sync();
    let case = wang.gewu.report(report()).unwrap().case;
    wang.gewu.supplement(case, Act::new().text("补充")).unwrap();
    let asleep = sleep(wang);
    let city = publish(city, |city| city.publish("catalogue", 2, body.to_vec()));
    let wang = wake(asleep, &city);
    city.state().refuse_next = vec![SetAside::Pins; refusals];
    (city, wang, case)
}

/// The reasons of the device's set-aside changes that nothing stands for.
fn left(device: &Device) -> Vec<(String, String)> {
    let status = device.gewu.status().unwrap();
    assert!(status.synced, "{status:?}");
    let left = status.set_aside.into_iter();
    let left = left.filter(|item| item.replaced_by.is_none());
    left.map(|item| (item.reason, item.words)).collect()
}

fn texts(device: &Device, case: CaseId) -> Vec<String> {
    let entries = device.gewu.show(case).unwrap().entries.into_iter();
    let texts = entries.flat_map(|entry| entry.texts.into_values());
    texts.flatten().collect()
}

#[test]
fn a_report_under_replaced_rules_is_written_again_under_those_in_force_once() {
    // The same classes, so that only the version differs.
    let later = [fixture("district/catalogue.json"), b"\n".to_vec()].concat();
    let (city, wang, case) = overtaken(&later, 1);
    let sync = wang.sync();
    assert_eq!(sync.outcome, SyncOutcome::Complete);
    assert_eq!(left(&wang), []);
    assert_eq!(texts(&wang, case), ["井盖缺失", "补充"]);
    let shown = wang.gewu.show(case).unwrap();
    assert_eq!(shown.catalogue, Some(sha256(&later)));
    let accepted = city.state().accepted.len();
    assert_eq!(accepted, 3, "root, report and what was added");
    for _ in 0..3 {
        wang.clock.pass(24 * 3_600_000);
        wang.sync();
    }
    assert_eq!(city.state().accepted.len(), accepted);
    assert_eq!(wang.gewu.verify_projection().unwrap(), []);
}

#[test]
fn it_is_not_written_again_under_the_same_rules() {
    let later = [fixture("district/catalogue.json"), b"\n".to_vec()].concat();
    let (city, wang, _) = overtaken(&later, 2);
    assert_eq!(wang.sync().outcome, SyncOutcome::Complete);
    let reasons: Vec<String> = left(&wang).into_iter().map(|(reason, _)| reason).collect();
    assert!(reasons.contains(&"pins".to_owned()), "{reasons:?}");
    assert_eq!(
        city.state().set_aside.len(),
        6,
        "twice root, report, supplement"
    );
    assert_eq!(city.state().accepted.len(), 0);
    wang.sync();
    assert_eq!(city.state().set_aside.len(), 6);
}

#[test]
fn a_report_whose_class_the_rules_in_force_do_not_have_is_for_its_author_to_write_anew() {
    let body = String::from_utf8(fixture("district/catalogue.json")).unwrap();
    let next = body.replace("\"edition\": \"2026\"", "\"edition\": \"2027\"");
    assert_ne!(next, body);
    let (city, wang, _) = overtaken(next.as_bytes(), 1);
    assert_eq!(wang.sync().outcome, SyncOutcome::Complete);
    assert_eq!(city.state().accepted.len(), 0);
    let left = left(&wang);
    let words = left.iter().find(|(reason, _)| reason == "pins");
    let words = &words.expect("the root").1;
    assert!(
        words.contains("replaced") && words.contains("report it anew"),
        "{words}"
    );
    assert!(!words.contains("does not know"), "{words}");
}
