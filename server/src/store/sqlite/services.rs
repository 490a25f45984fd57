//! The work of services, in SQLite.

use gewu_model::ids::{CaseId, KeyId};
use gewu_model::policy::Draw;
use gewu_model::time::Millis;
use rusqlite::{Row, params};

use super::SqliteTx;
use super::codec::{all, bytes, decode, encode, millis, one, run};
use crate::store::{DrawRow, DueRow, Services, StoreError};

type Drawn = (CaseId, Millis, u8, KeyId, Vec<u8>);

fn due_row(row: &Row<'_>) -> rusqlite::Result<(CaseId, DueRow)> {
    let at: Option<i64> = row.get(1)?;
    let at = at.map(Millis);
    let why = row.get(2)?;
    Ok((CaseId(bytes(row, 0)?), DueRow { at, why }))
}

fn drawn(row: &Row<'_>) -> rusqlite::Result<Drawn> {
    let (case, key) = (CaseId(bytes(row, 0)?), KeyId(bytes(row, 3)?));
    Ok((case, millis(row, 1)?, row.get(2)?, key, row.get(4)?))
}

fn draw_row((case, at, percent, key, proof): Drawn) -> Result<(CaseId, DrawRow), StoreError> {
    let draw = Draw::of(decode(&proof)?);
    let row = DrawRow {
        at,
        percent,
        key,
        draw,
    };
    Ok((case, row))
}

impl Services for SqliteTx<'_> {
    fn due_cases(&self, now: Millis, limit: u32) -> Result<Vec<CaseId>, StoreError> {
        let sql = "SELECT case_id FROM service_due WHERE at <= ?1 ORDER BY at, case_id LIMIT ?2";
        all(self.db, sql, params![now.0, limit], |row| {
            bytes(row, 0).map(CaseId)
        })
    }

    fn next_due(&self, now: Millis) -> Result<Option<Millis>, StoreError> {
        let sql = "SELECT min(at) FROM service_due WHERE at > ?1";
        let next = one(self.db, sql, [now.0], |row| row.get::<_, Option<i64>>(0))?;
        Ok(next.flatten().map(Millis))
    }

    fn service_rows(&self, limit: u32) -> Result<Vec<(CaseId, DueRow)>, StoreError> {
        let sql =
            "SELECT case_id, at, why FROM service_due ORDER BY at IS NULL, at, case_id LIMIT ?1";
        all(self.db, sql, [limit], due_row)
    }

    fn service_row(&self, case: CaseId) -> Result<Option<DueRow>, StoreError> {
        let sql = "SELECT case_id, at, why FROM service_due WHERE case_id = ?1";
        Ok(one(self.db, sql, [case.0], due_row)?.map(|(_, row)| row))
    }

    fn put_service_row(&self, case: CaseId, row: &DueRow) -> Result<(), StoreError> {
        if *row == DueRow::default() {
            let sql = "DELETE FROM service_due WHERE case_id = ?1";
            run(self.db, sql, [case.0])?;
            return Ok(());
        }
        let sql = "INSERT INTO service_due (case_id, at, why) VALUES (?1, ?2, ?3)
             ON CONFLICT (case_id) DO UPDATE SET at = ?2, why = ?3";
        run(
            self.db,
            sql,
            params![case.0, row.at.map(|at| at.0), row.why],
        )?;
        Ok(())
    }

    fn wake_services(&self, now: Millis) -> Result<(), StoreError> {
        let sql = "INSERT INTO service_due (case_id, at) SELECT id, ?1 FROM cases
             WHERE stage IN ('reported', 'verified_exists', 'filed', 'suspended', 'check_passed')
             ON CONFLICT (case_id) DO UPDATE SET at = ?1, why = NULL";
        run(self.db, sql, [now.0])?;
        Ok(())
    }

    fn draw(&self, case: CaseId) -> Result<Option<DrawRow>, StoreError> {
        let sql = "SELECT case_id, at, percent, key, proof FROM draws WHERE case_id = ?1";
        let found = one(self.db, sql, [case.0], drawn)?;
        Ok(found.map(draw_row).transpose()?.map(|(_, row)| row))
    }

    fn add_draw(&self, case: CaseId, row: &DrawRow) -> Result<(), StoreError> {
        let sql =
            "INSERT INTO draws (case_id, at, percent, key, proof) VALUES (?1, ?2, ?3, ?4, ?5)";
        let proof = encode(row.draw.proof());
        let params = params![case.0, row.at.0, row.percent, row.key.0, proof];
        run(self.db, sql, params)?;
        Ok(())
    }

    fn draws(&self, limit: u32) -> Result<Vec<(CaseId, DrawRow)>, StoreError> {
        let sql = "SELECT case_id, at, percent, key, proof FROM draws
             ORDER BY at DESC, case_id DESC LIMIT ?1";
        let rows = all(self.db, sql, [limit], drawn)?;
        rows.into_iter().map(draw_row).collect()
    }
}
