//! Packs that a device has no use for, and such as come under more than one name.

use std::sync::Arc;

use gewu::{Ailment, PackWhy};
use gewu_model::crypto::sha256;

use crate::place::{publish, sleep, wake};
use crate::support::{City, Device, device};

const FONT: &[u8] = b"a font that is none";

/// How often the device asked for a pack's bytes.
fn asked(city: &City, body: &[u8]) -> usize {
    let path = format!("/v1/packs/{}", sha256(body));
    let state = city.state();
    state.sent.iter().filter(|(_, sent)| *sent == path).count()
}

/// Kind and version of what is refused.
fn refused(wang: &Device) -> Vec<(String, u64, PackWhy)> {
    let checkup = wang.gewu.checkup().unwrap();
    let found = checkup.findings.iter();
    let told: u32 = found
        .filter(|one| one.what == Ailment::PacksRefused)
        .map(|one| one.count)
        .sum();
    assert_eq!(told as usize, checkup.refused_packs.len());
    let refused = checkup.refused_packs.into_iter();
    refused
        .map(|pack| (pack.kind, pack.version, pack.why))
        .collect()
}

#[test]
fn what_nobody_can_read_is_fetched_once_and_told() {
    let mut city = City::new();
    city.publish("font", 3, FONT.to_vec());
    city.publish("weather", 1, b"sunny".to_vec());
    let city = Arc::new(city);
    let wang = device(&city, "wang");
    for _ in 0..3 {
        wang.clock.pass(48 * 3_600_000);
        wang.sync();
    }
    assert_eq!((asked(&city, FONT), asked(&city, b"sunny")), (1, 1));
    let font = ("font".to_owned(), 3, PackWhy::Unreadable);
    let weather = ("weather".to_owned(), 1, PackWhy::UnknownKind);
    assert_eq!(refused(&wang), [font, weather]);
}

#[test]
fn a_later_version_is_fetched_and_ends_the_trouble() {
    let mut city = City::new();
    city.publish("calendar", 1, FONT.to_vec());
    let city = Arc::new(city);
    let wang = device(&city, "wang");
    wang.sync();
    assert_eq!(refused(&wang).len(), 1);
    let wang = sleep(wang);
    let calendar = gewu_model::deadline::SHIPPED.to_vec();
    let city = publish(city, |city| city.publish("calendar", 2, calendar));
    let wang = wake(wang, &city);
    wang.sync();
    assert_eq!(refused(&wang), []);
}

/// A city published its words under a wrong name and kind first.
#[test]
fn the_same_bytes_are_of_use_under_another_kind_and_name() {
    let words = br#"{"format":"gewu-labels/1","name":"words","version":1,"labels":{"handle":{"zh":"\u5904\u7f6e"}}}"#;
    let mut city = City::new();
    city.publish("lables", 1, words.to_vec());
    city.publish_for("labels", "wrods", 1, None, words.to_vec());
    city.publish_for("labels", "words", 1, None, words.to_vec());
    let city = Arc::new(city);
    let wang = device(&city, "wang");
    for _ in 0..4 {
        wang.sync();
    }
    let held = wang.gewu.packs().unwrap().into_iter();
    let held = held.filter(|pack| pack.kind == "labels" && pack.active);
    let names: Vec<String> = held.map(|pack| pack.name).collect();
    assert_eq!(names, ["words", "wrods"]);
    assert!(asked(&city, words) <= 2, "not again and again");
    let before = asked(&city, words);
    wang.sync();
    assert_eq!(asked(&city, words), before);
}
