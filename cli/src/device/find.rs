//! Cases by what people call them.

use std::collections::BTreeSet;

use gewu::{Gewu, Query, Status};
use gewu_model::ids::CaseId;

use crate::out::Failure;

/// The case of an id, a task number, or the first digits of an id.
pub(super) fn find(gewu: &Gewu, name: &str) -> Result<CaseId, Failure> {
    if let Ok(case) = name.parse() {
        return Ok(case);
    }
    let mut found = listed(gewu, name)?;
    let named = |case: &CaseId| case.to_string().starts_with(name);
    found.extend(told_of(&gewu.status()?).into_iter().filter(named));
    let mut found = found.into_iter();
    match (found.next(), found.next()) {
        (Some(case), None) => Ok(case),
        (None, _) => Err(Failure::new(format!(
            "no case on this device is called {name}: list the cases, or sync"
        ))),
        _ => Err(Failure::new(format!(
            "several cases begin with {name}: give more digits"
        ))),
    }
}

/// The cases of that name in lists.
fn listed(gewu: &Gewu, name: &str) -> Result<BTreeSet<CaseId>, Failure> {
    let mut found = BTreeSet::new();
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
            None => return Ok(found),
        }
    }
}

/// The cases that `gewu status` names. Lists lack those of which nothing counts.
fn told_of(status: &Status) -> BTreeSet<CaseId> {
    let unsent = status.cases.iter().map(|one| one.case);
    let commands = status.commands.iter().map(|one| one.case);
    let aside = status.set_aside.iter().map(|one| one.case);
    let notices = status.notices.iter().map(|one| one.case);
    unsent.chain(commands).chain(aside).chain(notices).collect()
}
