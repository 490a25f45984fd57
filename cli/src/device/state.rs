//! The digest of every case, computed anew from its change log, and whether the stored projection is what a
//! fresh fold yields.

use std::collections::BTreeSet;

use gewu::{CaseRow, Gewu, GewuError, Query};
use gewu_model::ids::CaseId;
use serde_json::json;

use super::open;
use crate::args::DirArg;
use crate::out::{Failure, Out, Outcome};

/// What was found wrong on the way: one case that cannot be read hides none of the others.
#[derive(Default)]
struct Wrong {
    /// Listed otherwise than their history says.
    listed: BTreeSet<CaseId>,
    /// What could not be read.
    unread: Vec<String>,
}

pub(super) fn state(args: &DirArg, out: Out) -> Outcome {
    let gewu = open(args)?;
    let mut wrong = Wrong::default();
    match gewu.verify_projection() {
        Ok(listed) => wrong.listed = listed.into_iter().collect(),
        Err(error) => wrong.unread.push(format!("the lists: {error}")),
    }
    let mut query = Query {
        limit: 500,
        ..Query::default()
    };
    loop {
        let page = gewu.list(&query)?;
        for row in &page.rows {
            say(&gewu, row, &mut wrong, out);
        }
        match page.next {
            Some(next) => query.after = Some(next),
            None => return wrong.outcome(),
        }
    }
}

fn say(gewu: &Gewu, row: &CaseRow, wrong: &mut Wrong, out: Out) {
    let case = row.case;
    let (hash, words) = match gewu.state_hash(case) {
        Ok(hash) => (Some(hash), hash.to_string()),
        // The server has taken nothing of it, or not judged what it has.
        Err(GewuError::NotFound { .. }) => (None, "nothing is accepted yet".to_owned()),
        Err(error) => {
            wrong.unread.push(format!("{case}: {error}"));
            (None, format!("cannot be read: {error}"))
        }
    };
    let value = json!({
        "case": case, "hash": hash, "stage": row.stage,
        "projection_ok": !wrong.listed.contains(&case),
    });
    out.say(&value, || format!("{case}  {words}"));
}

impl Wrong {
    fn outcome(&self) -> Outcome {
        if let Some(unread) = self.unread.first() {
            let count = self.unread.len();
            return Err(Failure::new(format!(
                "{count} things could not be read, the first is {unread}"
            )));
        }
        match self.listed.first() {
            Some(case) => Err(Failure::new(format!(
                "the stored projection of {case} differs from its history"
            ))),
            None => Ok(()),
        }
    }
}
