//! To whom services send: to units that somebody has heard of.

use gewu_server::{Anyway, Decision};
use serde_json::json;

use crate::kit::entries::dispatch;
use crate::services::{all, city, kinds, reported};

#[test]
fn nothing_is_sent_to_a_unit_that_nobody_has_heard_of_until_somebody_has() {
    let mut services = all();
    services[2]["unit"] = json!("drainge");
    let (city, policy) = city(services, 0);
    let _li = city.crew("li", "drainage");
    let (_, case) = reported(&city, policy);
    let ran = city.core.run_services(city.now).expect("run");
    assert_eq!(kinds(&city, case), ["file"], "{ran:?}");
    let why = &ran.refused[0].why;
    assert!(
        why.contains("direct_dispatch sends to drainge") && why.contains("there is drainage"),
        "{why}"
    );
    let shown = city.core.show(case).expect("shown")["services"].clone();
    assert_eq!(shown["why"], json!(why));
    // An operator is told the same of it: a rule that sends to it makes it no unit.
    let decision = Decision {
        case,
        view: city.view(case).token(),
        body: dispatch("drainge"),
        content: vec![],
    };
    let careful = Anyway {
        unknown_names: false,
        ..Anyway::UNASKED
    };
    let told = city
        .core
        .decide_anyway(&city.operator, &decision, careful, city.now);
    let words = told.expect_err("no such unit").to_string();
    assert!(words.contains("no unit is called drainge"), "{words}");
    assert_eq!(city.core.run_services(city.now).expect("run").done, []);
    // As soon as the unit has people, its cases go there.
    let _new = city.crew("wu", "drainge");
    city.core.run_services(city.now).expect("run");
    assert_eq!(kinds(&city, case), ["file", "dispatch"]);
}
