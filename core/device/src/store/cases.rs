//! The projection: one row per case, and tags to find it by.

use gewu_model::entry::{ClassKind, ClassRef};
use gewu_model::fold::Stage;
use gewu_model::ids::{CaseId, Digest, GridCode};
use gewu_model::status::PublicStage;
use gewu_model::time::Millis;
use rusqlite::types::Value;
use rusqlite::{Connection, Row, params, params_from_iter};

use super::{all, id, one, run};
use crate::api::{CaseRow, PageKey, Query};
use crate::error::{DeviceError, Result};

/// A case as lists see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Projection {
    pub(crate) row: CaseRow,
    pub(crate) live: bool,
    /// The grid pack that the report names.
    pub(crate) grid_pack: Option<Digest>,
    /// The policy and the catalogue that its root pins.
    pub(crate) pins: Option<(Digest, Digest)>,
    /// What is asked, by name.
    pub(crate) question: Option<&'static str>,
    /// Ascending.
    pub(crate) tags: Vec<String>,
}

const STAGES: [Stage; 18] = [
    Stage::Reported,
    Stage::Withdrawn,
    Stage::Verifying,
    Stage::VerifiedExists,
    Stage::VerifiedUnable,
    Stage::VerifiedNotExists,
    Stage::Filed,
    Stage::Declined,
    Stage::Dispatched,
    Stage::Suspended,
    Stage::Worked,
    Stage::Handled,
    Stage::Checking,
    Stage::CheckPassed,
    Stage::CheckUnable,
    Stage::CheckFailed,
    Stage::Closed,
    Stage::Void,
];

const PUBLIC_STAGES: [PublicStage; 7] = [
    PublicStage::Received,
    PublicStage::Verifying,
    PublicStage::Accepted,
    PublicStage::Declined,
    PublicStage::InProgress,
    PublicStage::Closed,
    PublicStage::Withdrawn,
];

const COLUMNS: &str = "c.id, c.stage, c.public_stage, c.class_kind, c.class_code, c.unit_grid, \
     c.duty_grid, c.task_number, c.summary, c.photos, c.unsent, c.mine, c.updated_at";

fn case_row(row: &Row<'_>) -> Result<CaseRow> {
    let stage = row.get_ref(1)?.as_str().unwrap_or_default();
    let public: Option<u8> = row.get(2)?;
    Ok(CaseRow {
        case: id(row, 0)?,
        stage: *STAGES
            .iter()
            .find(|known| known.name() == stage)
            .ok_or(DeviceError::Damaged)?,
        public_stage: public.and_then(|at| PUBLIC_STAGES.get(usize::from(at)).copied()),
        class: class(row)?,
        unit_grid: row.get::<_, Option<String>>(5)?.map(GridCode),
        duty_grid: row.get::<_, Option<String>>(6)?.map(GridCode),
        task_number: row.get(7)?,
        summary: row.get(8)?,
        photos: row.get(9)?,
        unsent: row.get(10)?,
        mine: row.get(11)?,
        updated_at: Millis(row.get(12)?),
    })
}

fn class(row: &Row<'_>) -> Result<Option<ClassRef>> {
    let (kind, code): (Option<i64>, Option<String>) = (row.get(3)?, row.get(4)?);
    let (kind, code) = match (kind, code) {
        (Some(0), Some(code)) => (ClassKind::Component, code),
        (Some(1), Some(code)) => (ClassKind::Matter, code),
        (Some(_), Some(text)) => named_class(&text).ok_or(DeviceError::Damaged)?,
        _ => return Ok(None),
    };
    Ok(Some(ClassRef { kind, code }))
}

/// Kinds that have no number of their own stand before the code.
fn named_class(text: &str) -> Option<(ClassKind, String)> {
    let (kind, code) = text.split_once('/')?;
    Some((kind.parse().ok()?, code.to_owned()))
}

/// The two columns of a class.
fn class_columns(class: &ClassRef) -> (i64, String) {
    match class.kind {
        ClassKind::Component => (0, class.code.clone()),
        ClassKind::Matter => (1, class.code.clone()),
        ClassKind::Other { name } => (2, format!("{name}/{}", class.code)),
    }
}

/// Writes the projection of a case in place of the one at hand.
pub(crate) fn put(tx: &Connection, projection: &Projection) -> Result<()> {
    let sql = "INSERT INTO cases (id, live, stage, public_stage, class_kind, class_code, unit_grid,
                   duty_grid, task_number, summary, photos, unsent, mine, question, updated_at,
                   grid_pack, policy, catalogue)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16,
                   ?17, ?18)
               ON CONFLICT (id) DO UPDATE SET live = excluded.live, stage = excluded.stage,
                   public_stage = excluded.public_stage, class_kind = excluded.class_kind,
                   class_code = excluded.class_code, unit_grid = excluded.unit_grid,
                   duty_grid = excluded.duty_grid, task_number = excluded.task_number,
                   summary = excluded.summary, photos = excluded.photos,
                   unsent = excluded.unsent, mine = excluded.mine,
                   question = excluded.question, updated_at = excluded.updated_at,
                   grid_pack = excluded.grid_pack, policy = excluded.policy,
                   catalogue = excluded.catalogue";
    let row = &projection.row;
    let public = row
        .public_stage
        .and_then(|stage| PUBLIC_STAGES.iter().position(|known| *known == stage))
        .and_then(|at| u8::try_from(at).ok());
    let pinned = |digest: Option<Digest>| digest.map_or(Vec::new(), |digest| digest.0.to_vec());
    let policy = pinned(projection.pins.map(|(policy, _)| policy));
    let catalogue = pinned(projection.pins.map(|(_, catalogue)| catalogue));
    let (kind, code) = row.class.as_ref().map(class_columns).unzip();
    let parameters = params![
        row.case.0,
        projection.live,
        row.stage.name(),
        public,
        kind,
        code,
        row.unit_grid.as_ref().map(GridCode::as_str),
        row.duty_grid.as_ref().map(GridCode::as_str),
        row.task_number,
        row.summary,
        row.photos,
        row.unsent,
        row.mine,
        projection.question,
        row.updated_at.0,
        projection.grid_pack.map(|pack| pack.0),
        policy,
        catalogue
    ];
    run(tx, sql, parameters)?;
    put_tags(tx, projection)
}

fn put_tags(tx: &Connection, projection: &Projection) -> Result<()> {
    let case = projection.row.case;
    run(tx, "DELETE FROM case_tags WHERE case_id = ?1", [case.0])?;
    for tag in &projection.tags {
        let sql = "INSERT INTO case_tags (case_id, tag, updated_at) VALUES (?1, ?2, ?3)";
        run(tx, sql, params![case.0, tag, projection.row.updated_at.0])?;
    }
    Ok(())
}

pub(crate) fn get(tx: &Connection, case: &CaseId) -> Result<Option<CaseRow>> {
    let sql = format!("SELECT {COLUMNS} FROM cases c WHERE c.id = ?1");
    one(tx, &sql, [case.0], case_row)
}

/// A stored projection: row, whether it is live, what is asked, tags.
pub(crate) type Stored = (CaseRow, bool, Option<String>, Vec<String>);

/// The projection as it is stored, for comparison with a fresh one.
pub(crate) fn stored(tx: &Connection, case: &CaseId) -> Result<Option<Stored>> {
    let sql = format!("SELECT {COLUMNS}, c.live, c.question FROM cases c WHERE c.id = ?1");
    let found = one(tx, &sql, [case.0], |row| {
        Ok((case_row(row)?, row.get(13)?, row.get(14)?))
    })?;
    let Some((row, live, question)) = found else {
        return Ok(None);
    };
    let sql = "SELECT tag FROM case_tags WHERE case_id = ?1 AND updated_at = ?2 ORDER BY tag";
    let tags = all(tx, sql, params![case.0, row.updated_at.0], |row| {
        Ok(row.get(0)?)
    })?;
    Ok(Some((row, live, question, tags)))
}

/// Cases whose root pins that policy.
pub(crate) fn pinning(tx: &Connection, policy: &Digest) -> Result<Vec<CaseId>> {
    all(
        tx,
        "SELECT id FROM cases WHERE policy = ?1",
        [policy.0],
        |row| id(row, 0),
    )
}

/// The policy that the root of a case pins, as far as the projection knows.
pub(crate) fn policy_of(tx: &Connection, case: &CaseId) -> Result<Option<Digest>> {
    let sql = "SELECT policy FROM cases WHERE id = ?1";
    let bytes = one(tx, sql, [case.0], |row| {
        Ok(row.get::<_, Option<Vec<u8>>>(0)?)
    })?;
    Ok(bytes.flatten().and_then(|bytes| Digest::from_slice(&bytes)))
}

/// Some cases of which it is not known yet what they pin.
pub(crate) fn unpinned(tx: &Connection, most: u32) -> Result<Vec<CaseId>> {
    let sql = "SELECT id FROM cases WHERE policy IS NULL LIMIT ?1";
    all(tx, sql, [most], |row| id(row, 0))
}

/// Every case that lists know.
pub(crate) fn known(tx: &Connection) -> Result<Vec<CaseId>> {
    all(tx, "SELECT id FROM cases", [], |row| id(row, 0))
}

pub(crate) fn purge(tx: &Connection, case: &CaseId) -> Result<()> {
    run(tx, "DELETE FROM cases WHERE id = ?1", [case.0])?;
    run(tx, "DELETE FROM case_tags WHERE case_id = ?1", [case.0])?;
    Ok(())
}

/// One row more than `query.limit` asks for, if there is one, so that the caller sees the end.
pub(crate) fn list(tx: &Connection, query: &Query, limit: u32) -> Result<Vec<CaseRow>> {
    let (sql, values) = list_sql(query, limit);
    all(tx, &sql, params_from_iter(values), case_row)
}

fn list_sql(query: &Query, limit: u32) -> (String, Vec<Value>) {
    let mut values = Vec::new();
    let mut conditions = vec!["c.live = 1"];
    let mut add = |condition: &'static str, value: &str| {
        conditions.push(condition);
        values.push(Value::Text(value.to_owned()));
    };
    let by_unit = query.unit.is_some();
    if let Some(unit) = &query.unit {
        add("t.tag = ?", &format!("unit:{unit}"));
    }
    if let Some(stage) = query.stage {
        add("c.stage = ?", stage.name());
    }
    if let Some(grid) = &query.duty_grid {
        add("c.duty_grid = ?", grid.as_str());
    }
    if let Some(text) = &query.text {
        add("instr(c.summary, ?) > 0", text);
    }
    if query.mine {
        conditions.push("c.mine = 1");
    }
    let (from, at, case) = if by_unit {
        (
            "case_tags t JOIN cases c ON c.id = t.case_id",
            "t.updated_at",
            "t.case_id",
        )
    } else {
        ("cases c", "c.updated_at", "c.id")
    };
    let mut sql = format!(
        "SELECT {COLUMNS} FROM {from} WHERE {}",
        conditions.join(" AND ")
    );
    if let Some(PageKey {
        updated_at,
        case: after,
    }) = query.after
    {
        sql.push_str(&format!(" AND ({at}, {case}) < (?, ?)"));
        values.push(Value::Integer(updated_at.0));
        values.push(Value::Blob(after.0.to_vec()));
    }
    sql.push_str(&format!(" ORDER BY {at} DESC, {case} DESC LIMIT ?"));
    values.push(Value::Integer(i64::from(limit) + 1));
    (sql, values)
}

/// Cases with a tag, with what is asked in each, newest first.
pub(crate) fn tagged(tx: &Connection, tag: &str) -> Result<Vec<(CaseRow, Option<String>)>> {
    let sql = format!(
        "SELECT {COLUMNS}, c.question FROM case_tags t JOIN cases c ON c.id = t.case_id
         WHERE t.tag = ?1 AND c.live = 1 ORDER BY t.updated_at DESC, t.case_id DESC"
    );
    all(tx, &sql, [tag], |row| Ok((case_row(row)?, row.get(13)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_class_comes_back_from_its_columns() {
        for kind in ["component", "matter", "order"] {
            let kind: ClassKind = kind.parse().expect("a kind");
            let class = ClassRef {
                kind,
                code: "01/7".into(),
            };
            let (number, text) = class_columns(&class);
            let read = match number {
                0 => (ClassKind::Component, text),
                1 => (ClassKind::Matter, text),
                _ => named_class(&text).expect("a named kind"),
            };
            assert_eq!(read, (class.kind, class.code));
        }
    }
}
