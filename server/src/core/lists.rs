//! Lists of cases as operators see them.

use gewu_model::entry::ClassRef;
use gewu_model::ids::CaseId;
use gewu_model::time::Millis;
use serde::Serialize;
use serde_json::{Value, json};

use super::views::place;
use super::{Core, CoreError};
use crate::store::{CaseFilter, CaseSummary, Doubt, StoreError, Tx};

/// The most cases on one page.
const MAX_PAGE: u32 = 1_000;

/// A page of cases, the latest first.
#[derive(Debug, Clone, Serialize)]
pub struct CasePage {
    /// One line for each case.
    pub cases: Vec<Value>,
    /// What to ask with for the next page; `None` on the last.
    pub next: Option<String>,
}

impl Core {
    /// Lists cases, `limit` of them after the mark `after` of the page before.
    ///
    /// # Errors
    /// [`CoreError::Unknown`] when the mark is none of ours.
    pub fn list(
        &self,
        stage: Option<&str>,
        limit: u32,
        after: Option<&str>,
    ) -> Result<CasePage, CoreError> {
        let after = match after {
            Some(mark) => Some(read_mark(mark).ok_or(CoreError::Unknown("the page"))?),
            None => None,
        };
        let limit = limit.clamp(1, MAX_PAGE);
        let filter = CaseFilter {
            stage: stage.map(str::to_owned),
            limit,
            after,
        };
        let (found, cases) = self.read(|tx| {
            let found = tx.list_cases(&filter)?;
            let lines = found.iter().map(|summary| self.line(tx, summary));
            let lines = lines.collect::<Result<Vec<_>, _>>()?;
            Ok::<_, CoreError>((found, lines))
        })?;
        let last = found.last().filter(|_| found.len() == limit as usize);
        Ok(CasePage {
            next: last.map(|last| format!("{}-{}", last.projection.updated_at, last.case)),
            cases,
        })
    }

    /// One line of a list: codes, and what they are called by the packs that the case pins.
    fn line(&self, tx: &dyn Tx, summary: &CaseSummary) -> Result<Value, StoreError> {
        let mut line = line(summary);
        let steps = tx.steps(summary.case)?.unwrap_or_default();
        let rules = self.rules();
        let shown = &summary.projection;
        let class = shown.class.as_ref().and_then(|(kind, code)| {
            let class = ClassRef {
                kind: kind.parse().ok()?,
                code: code.clone(),
            };
            let catalogue = rules.catalogues.get(&steps.catalogue?)?;
            let found = catalogue.class_in(&shown.edition, &class).ok()?;
            Some(found.name.clone())
        });
        let policy = steps.policy.and_then(|digest| rules.policies.get(&digest));
        let stage = format!("stage.{}", shown.stage);
        line["class_name"] = json!(class);
        line["stage_name"] = json!(policy.and_then(|policy| policy.label(&stage)));
        line["place"] = json!(tx.place(summary.case)?.as_ref().map(place));
        Ok(line)
    }
}

fn read_mark(mark: &str) -> Option<(Millis, CaseId)> {
    let (at, case) = mark.rsplit_once('-')?;
    Some((Millis(at.parse().ok()?), case.parse().ok()?))
}

fn line(summary: &CaseSummary) -> Value {
    let shown = &summary.projection;
    let class = shown
        .class
        .as_ref()
        .map(|(kind, code)| format!("{kind} {code}"));
    json!({
        "case": summary.case,
        "task_number": shown.task_number,
        "stage": shown.stage,
        "edition": shown.edition,
        "class": class,
        "duty_grid": shown.duty_grid,
        "place_doubt": summary.doubt.map(Doubt::name),
        "unit": shown.unit,
        "photos": summary.photos,
        "photos_missing": summary.photos_missing,
        "updated_at": shown.updated_at,
        "view": shown.view,
    })
}
