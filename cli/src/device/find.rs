//! Cases by what people call them.

use gewu::{Gewu, Query};
use gewu_model::ids::CaseId;

use crate::out::Failure;

/// The case of an id, a task number, or the first digits of an id.
pub(super) fn find(gewu: &Gewu, name: &str) -> Result<CaseId, Failure> {
    if let Ok(case) = name.parse() {
        return Ok(case);
    }
    let mut found = Vec::new();
    let mut query = Query {
        limit: 500,
        ..Query::default()
    };
    loop {
        let page = gewu.list(&query)?;
        found.extend(page.rows.iter().filter_map(|row| {
            let named =
                row.task_number.as_deref() == Some(name) || row.case.to_string().starts_with(name);
            named.then_some(row.case)
        }));
        match page.next {
            Some(next) => query.after = Some(next),
            None => break,
        }
    }
    match found.as_slice() {
        [case] => Ok(*case),
        [] => Err(Failure::new(format!(
            "no case on this device is called {name}: list the cases, or sync"
        ))),
        _ => Err(Failure::new(format!(
            "several cases begin with {name}: give more digits"
        ))),
    }
}
