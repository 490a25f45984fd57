//! Lists and watches.

use std::sync::Arc;

use crate::support::{City, device, report};
use gewu::Query;

#[test]
fn lists_page_without_gaps_and_watches_tell() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    let mut watch = wang.gewu.watch(&Query::default()).unwrap();
    assert_eq!(watch.page.rows, []);
    for _ in 0..7 {
        wang.gewu.report(report()).unwrap();
        wang.clock.pass(1_000);
    }
    let event = watch.next(std::time::Duration::from_secs(5)).unwrap();
    assert_eq!(event.changed.len(), 7);
    assert_eq!(watch.next(std::time::Duration::from_millis(10)), None);
    let mut query = Query {
        limit: 3,
        mine: true,
        ..Query::default()
    };
    let mut seen = Vec::new();
    loop {
        let page = wang.gewu.list(&query).unwrap();
        seen.extend(page.rows.iter().map(|row| row.case));
        match page.next {
            Some(next) => query.after = Some(next.to_string().parse().unwrap()),
            None => break,
        }
    }
    let whole = wang.gewu.list(&Query::default()).unwrap().rows;
    assert_eq!(seen, whole.iter().map(|row| row.case).collect::<Vec<_>>());
    assert!(whole.is_sorted_by_key(|row| std::cmp::Reverse(row.updated_at)));
    let by = |query: Query| wang.gewu.list(&query).unwrap().rows.len();
    assert_eq!(
        by(Query {
            duty_grid: Some("990101Z01".into()),
            ..Query::default()
        }),
        7
    );
    assert_eq!(
        by(Query {
            duty_grid: Some("990101Z02".into()),
            ..Query::default()
        }),
        0
    );
    assert_eq!(
        by(Query {
            text: Some("井盖".into()),
            ..Query::default()
        }),
        7
    );
    assert_eq!(
        by(Query {
            unit: Some("drainage".into()),
            ..Query::default()
        }),
        0
    );
}
