//! The migration loop: numbered SQL files, each applied once, the version written with it.

use rusqlite::{Connection, TransactionBehavior};

use crate::store::StoreError;

/// Every step ever shipped, in order. A shipped file is never edited.
const STEPS: &[&str] = &[
    include_str!("../migrations/0001_first.sql"),
    include_str!("../migrations/0002_place.sql"),
    include_str!("../migrations/0003_erasure.sql"),
    include_str!("../migrations/0004_clocks.sql"),
    include_str!("../migrations/0005_cards.sql"),
    include_str!("../migrations/0006_late.sql"),
    include_str!("../migrations/0007_losses.sql"),
    include_str!("../migrations/0008_held_packs.sql"),
    include_str!("../migrations/0009_external.sql"),
    include_str!("../migrations/0010_originals.sql"),
    include_str!("../migrations/0011_services.sql"),
];

/// Brings the database to the present schema, one transaction per step.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    loop {
        let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let version: i64 = tx.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        let done = usize::try_from(version).map_err(|_| StoreError::Newer)?;
        match STEPS.get(done) {
            Some(step) => {
                tx.execute_batch(step)?;
                tx.pragma_update(None, "user_version", version + 1)?;
                tx.commit()?;
            }
            None if done == STEPS.len() => return Ok(()),
            None => return Err(StoreError::Newer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn applies_every_step_once_and_refuses_a_newer_schema() {
        let mut connection = Connection::open_in_memory().expect("in memory");
        migrate(&mut connection).expect("from nothing");
        migrate(&mut connection).expect("again");
        let tables: i64 = connection
            .query_row(
                "SELECT count(*) FROM sqlite_schema WHERE type = 'table'",
                [],
                |row| row.get(0),
            )
            .expect("a count");
        assert!(tables > 20);
        connection
            .pragma_update(None, "user_version", 99)
            .expect("a pragma");
        assert_eq!(migrate(&mut connection), Err(StoreError::Newer));
    }
}
