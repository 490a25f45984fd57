//! Where a case lies, for policies that give something in one's own grids only.

use std::sync::Arc;

use crate::place::{STATION, at, publish, publish_slice, sleep, wake};
use crate::support::{City, MARKET, device, fixture};
use gewu::Act;

/// A case that came from elsewhere, or from a phone without a map, names no grid. The server places it by its
/// own map, so the device does by the one that it has.
#[test]
fn a_case_that_names_no_grid_lies_where_the_map_says() {
    let mut city = City::new();
    city.packs.truncate(1);
    let policy = fixture("../core/model/src/policy/default.json");
    let mut policy: serde_json::Value = serde_json::from_slice(&policy).unwrap();
    let rules = policy["rules"].as_array_mut().unwrap();
    let notes = rules
        .iter_mut()
        .filter(|rule| rule["kinds"] == serde_json::json!(["note"]));
    for rule in notes {
        rule["relation"] = "own_duty_grid".into();
    }
    city.publish("policy", 1, serde_json::to_vec(&policy).unwrap());
    let city = Arc::new(city);
    let wang = device(&city, "wang");
    let reported = |position| wang.gewu.report(at(position)).unwrap().case;
    let looked = || Act::new().text("looked at");
    let (own, other) = (reported(MARKET), reported(STATION));
    let refused = wang.gewu.note(own, looked()).unwrap_err().to_string();
    assert!(refused.contains("outside your own grids"), "{refused}");
    let wang = sleep(wang);
    let city = publish(city, |city| publish_slice(city, 1));
    let wang = wake(wang, &city);
    wang.sync();
    let shown = wang.gewu.show(own).unwrap().view;
    assert!(shown.report.unwrap().grid.is_none());
    wang.gewu.note(own, looked()).unwrap();
    let refused = wang.gewu.note(other, looked()).unwrap_err().to_string();
    assert!(refused.contains("outside your own grids"), "{refused}");
}
