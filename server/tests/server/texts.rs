//! Texts beside the signed history.

use crate::kit::{City, NOON};

#[test]
fn texts_are_kept_only_with_an_entry_that_names_them() {
    let city = City::found();
    let mut chen = city.inspector("chen");
    let case = chen.report("井盖缺失", vec![], NOON);
    let mut request = chen.request();
    let stray = gewu_model::content::ContentItem::new("别处的话", [9; 16]).expect("a text");
    let held = request.cases[0].content[0].digest();
    request.cases[0].content.push(stray);
    let told = chen.exchange(&city.core, &request, NOON);
    assert_eq!(told.block.content, [held]);
    let shown = city.core.show(case).expect("shown");
    assert_eq!(shown["report"]["text"], "井盖缺失");
    assert!(!shown.to_string().contains("别处的话"));
}

#[test]
fn a_text_that_comes_later_reaches_those_who_hold_the_change() {
    let city = City::found();
    let (mut chen, mut wang) = (city.inspector("chen"), city.inspector("wang"));
    chen.report("井盖缺失", vec![], NOON);
    let whole = chen.request();
    let mut bare = whole.clone();
    let texts = std::mem::take(&mut bare.cases[0].content);
    chen.exchange(&city.core, &bare, NOON);
    let told = wang.sync(&city.core, NOON);
    assert!(told.response.cases[0].content.is_empty());
    chen.exchange(&city.core, &whole, NOON);
    let told = wang.sync(&city.core, NOON);
    assert_eq!(told.response.cases[0].content, texts);
    assert!(told.response.cases[0].changes.is_empty());
}
