//! Keys in SQLite.

use gewu_model::cert::SignedCertificate;
use gewu_model::ids::{CaseId, ChangeHash, Digest, KeyId, UserId};
use gewu_model::scope::Scope;
use gewu_model::time::Millis;
use gewu_sync::wire::PackHave;
use rusqlite::{Row, params};

use super::SqliteTx;
use super::codec::{all, bytes, decode, encode, int, millis, one, run, uint};
use crate::store::{DeviceRow, DeviceStatus, EndorsementRow, Keys, StoreError, WipeRow};

const DEVICE: &str = "SELECT key, public, user, certificate, status, until, enrolled_at, seen_at
    FROM devices";

/// A statement lists no more than this before the oldest listings of its key are let go.
const MAX_LISTED: i64 = 10_000;

fn device(row: &Row<'_>) -> rusqlite::Result<(Vec<u8>, DeviceParts)> {
    let until: Option<i64> = row.get(5)?;
    let status = match (row.get_ref(4)?.as_str()?, until) {
        ("good", _) => DeviceStatus::Good,
        ("retired", until) => DeviceStatus::Retired {
            until: Millis(until.unwrap_or(0)),
        },
        _ => DeviceStatus::Compromised,
    };
    let parts = DeviceParts {
        key: KeyId(bytes(row, 0)?),
        user: UserId(row.get(2)?),
        certificate: Digest(bytes(row, 3)?),
        status,
        enrolled_at: millis(row, 6)?,
        seen_at: row.get::<_, Option<i64>>(7)?.map(Millis),
    };
    Ok((row.get(1)?, parts))
}

struct DeviceParts {
    key: KeyId,
    user: UserId,
    certificate: Digest,
    status: DeviceStatus,
    enrolled_at: Millis,
    seen_at: Option<Millis>,
}

impl DeviceParts {
    fn with(self, public: &[u8]) -> Result<DeviceRow, StoreError> {
        Ok(DeviceRow {
            key: self.key,
            public: decode(public)?,
            user: self.user,
            certificate: self.certificate,
            status: self.status,
            enrolled_at: self.enrolled_at,
            seen_at: self.seen_at,
        })
    }
}

fn endorsement((user, bytes): (String, Vec<u8>)) -> Result<EndorsementRow, StoreError> {
    Ok(EndorsementRow {
        user: UserId(user),
        endorsement: decode(&bytes)?,
    })
}

impl Keys for SqliteTx<'_> {
    fn device(&self, key: KeyId) -> Result<Option<DeviceRow>, StoreError> {
        let sql = format!("{DEVICE} WHERE key = ?1");
        one(self.db, &sql, [key.0], device)?
            .map(|(public, parts)| parts.with(&public))
            .transpose()
    }

    fn devices(&self) -> Result<Vec<DeviceRow>, StoreError> {
        let sql = format!("{DEVICE} ORDER BY enrolled_at, key");
        all(self.db, &sql, [], device)?
            .into_iter()
            .map(|(public, parts)| parts.with(&public))
            .collect()
    }

    fn put_device(&self, device: &DeviceRow) -> Result<(), StoreError> {
        let (status, until) = match device.status {
            DeviceStatus::Good => ("good", None),
            DeviceStatus::Retired { until } => ("retired", Some(until.0)),
            DeviceStatus::Compromised => ("compromised", None),
        };
        run(
            self.db,
            "INSERT INTO devices (key, public, user, certificate, status, until, enrolled_at,
                seen_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
             ON CONFLICT (key) DO UPDATE SET user = ?3, certificate = ?4, status = ?5, until = ?6",
            params![
                device.key.0,
                encode(&device.public),
                device.user.0,
                device.certificate.0,
                status,
                until,
                device.enrolled_at.0,
                device.seen_at.map(|at| at.0)
            ],
        )?;
        Ok(())
    }

    fn touch_device(&self, key: KeyId, seen_at: Millis) -> Result<(), StoreError> {
        let sql = "UPDATE devices SET seen_at = ?2,
             seen_before = CASE WHEN ?2 - seen_at >= 3600000 THEN seen_at ELSE seen_before END
             WHERE key = ?1";
        run(self.db, sql, params![key.0, seen_at.0])?;
        Ok(())
    }

    fn wipe(&self, key: KeyId) -> Result<Option<WipeRow>, StoreError> {
        let sql = "SELECT asked_at, deliver_until, done_at FROM wipes WHERE key = ?1";
        one(self.db, sql, [key.0], |row| {
            Ok(WipeRow {
                asked_at: millis(row, 0)?,
                deliver_until: millis(row, 1)?,
                done_at: row.get::<_, Option<i64>>(2)?.map(Millis),
            })
        })
    }

    fn put_wipe(&self, key: KeyId, wipe: Option<WipeRow>) -> Result<(), StoreError> {
        let Some(wipe) = wipe else {
            run(self.db, "DELETE FROM wipes WHERE key = ?1", [key.0])?;
            return Ok(());
        };
        run(
            self.db,
            "INSERT OR REPLACE INTO wipes (key, asked_at, deliver_until, done_at)
             VALUES (?1, ?2, ?3, ?4)",
            params![
                key.0,
                wipe.asked_at.0,
                wipe.deliver_until.0,
                wipe.done_at.map(|at| at.0)
            ],
        )?;
        Ok(())
    }

    fn seen_before(&self, key: KeyId) -> Result<Option<Millis>, StoreError> {
        let sql = "SELECT seen_before FROM devices WHERE key = ?1";
        let found = one(self.db, sql, [key.0], |row| row.get::<_, Option<i64>>(0))?;
        Ok(found.flatten().map(Millis))
    }

    fn accepted_since(&self, key: KeyId, since: Millis, most: u64) -> Result<u64, StoreError> {
        self.count_accepted(key, since, most)
    }

    fn certificate(&self, digest: Digest) -> Result<Option<SignedCertificate>, StoreError> {
        let sql = "SELECT signed FROM certificates WHERE digest = ?1";
        one(self.db, sql, [digest.0], |row| row.get::<_, Vec<u8>>(0))?
            .map(|signed| decode(&signed))
            .transpose()
    }

    fn certificates_of(&self, key: KeyId) -> Result<Vec<SignedCertificate>, StoreError> {
        let sql = "SELECT signed FROM certificates WHERE key = ?1 ORDER BY digest";
        all(self.db, sql, [key.0], |row| row.get::<_, Vec<u8>>(0))?
            .iter()
            .map(|signed| decode(signed))
            .collect()
    }

    fn add_certificate(&self, key: KeyId, signed: &SignedCertificate) -> Result<(), StoreError> {
        let sql = "INSERT OR IGNORE INTO certificates (digest, key, signed) VALUES (?1, ?2, ?3)";
        run(
            self.db,
            sql,
            params![signed.digest().0, key.0, encode(signed)],
        )?;
        Ok(())
    }

    fn endorsement(&self, key: KeyId) -> Result<Option<EndorsementRow>, StoreError> {
        self.memo.endorsement(key, || {
            let sql = "SELECT user, endorsement FROM endorsements WHERE key = ?1";
            one(self.db, sql, [key.0], |row| Ok((row.get(0)?, row.get(1)?)))?
                .map(endorsement)
                .transpose()
        })
    }

    fn add_endorsement(&self, row: &EndorsementRow) -> Result<(), StoreError> {
        self.accepted.forget();
        self.memo.endorsed();
        let made = &row.endorsement;
        run(
            self.db,
            "INSERT OR IGNORE INTO endorsements (key, case_id, device, user, endorsement)
             VALUES (?1, ?2, ?3, ?4, ?5)",
            params![
                made.key.id().0,
                made.case.0,
                made.device.0,
                row.user.0,
                encode(made)
            ],
        )?;
        Ok(())
    }

    fn state(&self, key: KeyId, counter: u64, unsent: &[ChangeHash]) -> Result<(), StoreError> {
        let added = run(
            self.db,
            "INSERT OR IGNORE INTO statements (key, counter) VALUES (?1, ?2)",
            params![key.0, int(counter)],
        )?;
        // A second statement at one counter lists nothing new, unless its author withheld it from
        // the first.
        let since = int(counter).saturating_add(i64::from(added == 0));
        let sql = "INSERT OR IGNORE INTO listed (key, hash, since) VALUES (?1, ?2, ?3)";
        for hash in unsent {
            run(self.db, sql, params![key.0, hash.0, since])?;
        }
        compact(self, key, counter)
    }

    fn statement_from(&self, key: KeyId, counter: u64) -> Result<Option<u64>, StoreError> {
        let sql = "SELECT counter FROM statements WHERE key = ?1 AND counter >= ?2
             ORDER BY counter LIMIT 1";
        one(self.db, sql, params![key.0, int(counter)], |row| {
            uint(row, 0)
        })
    }

    fn listed_since(&self, key: KeyId, change: ChangeHash) -> Result<Option<u64>, StoreError> {
        let sql = "SELECT since FROM listed WHERE key = ?1 AND hash = ?2";
        one(self.db, sql, params![key.0, change.0], |row| uint(row, 0))
    }

    fn unlist(&self, key: KeyId, change: ChangeHash) -> Result<(), StoreError> {
        let sql = "DELETE FROM listed WHERE key = ?1 AND hash = ?2";
        run(self.db, sql, params![key.0, change.0])?;
        Ok(())
    }

    fn add_given(
        &self,
        key: KeyId,
        scope: &Scope,
        counter: u64,
        position: u64,
    ) -> Result<(), StoreError> {
        run(
            self.db,
            "INSERT INTO given (key, scope, counter, position) SELECT ?1, ?2, ?3, ?4
             WHERE NOT EXISTS (SELECT 1 FROM given
                WHERE key = ?1 AND scope = ?2 AND counter <= ?3 AND position >= ?4)
             ON CONFLICT (key, scope, counter) DO UPDATE SET position = max(position, ?4)",
            params![key.0, scope.to_string(), int(counter), int(position)],
        )?;
        Ok(())
    }

    fn add_held(&self, key: KeyId, pack: &PackHave, counter: u64) -> Result<(), StoreError> {
        run(
            self.db,
            "INSERT INTO held_packs (key, kind, name, version, counter) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (key, kind, name, version) DO NOTHING",
            params![key.0, pack.kind, pack.name, int(pack.version), int(counter)],
        )?;
        Ok(())
    }

    fn inherit_held(&self, key: KeyId, device: KeyId) -> Result<(), StoreError> {
        run(
            self.db,
            "INSERT INTO held_packs (key, kind, name, version, counter)
             SELECT ?1, kind, name, version, 0 FROM held_packs WHERE key = ?2
             ON CONFLICT (key, kind, name, version) DO NOTHING",
            params![key.0, device.0],
        )?;
        Ok(())
    }

    fn add_held_unstated(
        &self,
        device: KeyId,
        stated: &[KeyId],
        pack: &PackHave,
    ) -> Result<(), StoreError> {
        let sql = "SELECT key FROM endorsements WHERE device = ?1 AND NOT EXISTS (
                SELECT 1 FROM held_packs AS held WHERE held.key = endorsements.key
                    AND held.kind = ?2 AND held.name = ?3 AND held.version = ?4)";
        let version = int(pack.version);
        let named = params![device.0, pack.kind, pack.name, version];
        let keys = all(self.db, sql, named, |row| bytes(row, 0).map(KeyId))?;
        for key in keys.into_iter().filter(|key| !stated.contains(key)) {
            self.add_held(key, pack, self.highest_counter(key)?)?;
        }
        Ok(())
    }

    fn outgrew(&self, key: KeyId, pack: Digest, counter: u64) -> Result<bool, StoreError> {
        // A body that was published again, as a later version or under another name, is outgrown when
        // each of these is.
        let sql = "SELECT 1 WHERE EXISTS (SELECT 1 FROM packs WHERE digest = ?2)
            AND NOT EXISTS (SELECT 1 FROM packs WHERE digest = ?2 AND NOT EXISTS (
                SELECT 1 FROM held_packs AS held
                WHERE held.kind = packs.kind AND held.name = packs.name
                    AND held.version > packs.version AND held.key = ?1 AND held.counter < ?3))";
        let found = one(self.db, sql, params![key.0, pack.0, int(counter)], |_| {
            Ok(())
        })?;
        Ok(found.is_some())
    }

    fn given(&self, key: KeyId, case: CaseId, counter: u64) -> Result<Vec<ChangeHash>, StoreError> {
        let sql = "SELECT hash FROM changes WHERE case_id = ?2 AND instruction AND n <= (
                SELECT coalesce(max(feed.n), 0) FROM feed JOIN (
                    SELECT scope, max(position) AS position FROM given
                    WHERE key = ?1 AND counter < ?3 GROUP BY scope) AS read
                ON feed.scope = read.scope AND feed.pos <= read.position
                WHERE feed.case_id = ?2 AND feed.what IN ('enter', 'change'))
             ORDER BY n";
        all(self.db, sql, params![key.0, case.0, int(counter)], |row| {
            bytes(row, 0).map(ChangeHash)
        })
    }

    fn highest_counter(&self, key: KeyId) -> Result<u64, StoreError> {
        self.memo.highest(key, || {
            let sql = "SELECT max(
                coalesce((SELECT max(counter) FROM changes WHERE key = ?1), 0),
                coalesce((SELECT max(counter) FROM fates WHERE key = ?1 AND binding), 0),
                coalesce((SELECT max(counter) FROM commands WHERE key = ?1), 0))";
            Ok(one(self.db, sql, [key.0], |row| uint(row, 0))?.unwrap_or(0))
        })
    }

    fn counter_holder(&self, key: KeyId, counter: u64) -> Result<Option<ChangeHash>, StoreError> {
        let sql = "SELECT hash FROM (
                SELECT hash, received_at AS at FROM changes WHERE key = ?1 AND counter = ?2
                UNION ALL
                SELECT hash, seen_at AS at FROM fates WHERE key = ?1 AND counter = ?2 AND binding)
             ORDER BY at LIMIT 1";
        one(self.db, sql, params![key.0, int(counter)], |row| {
            bytes(row, 0).map(ChangeHash)
        })
    }
}

/// Lets go of what no unjudged change needs any more: statements that only told judged changes
/// apart, and positions that a later row covers. A set-aside change that may still be replaced is
/// asked about once more.
fn compact(tx: &SqliteTx<'_>, key: KeyId, counter: u64) -> Result<(), StoreError> {
    run(
        tx.db,
        "DELETE FROM listed WHERE key = ?1 AND since < ?2
            AND (SELECT count(*) FROM listed WHERE key = ?1) > ?3",
        params![key.0, int(counter), MAX_LISTED],
    )?;
    run(
        tx.db,
        "DELETE FROM statements WHERE key = ?1 AND counter < ?2 AND NOT EXISTS (
            SELECT 1 FROM listed WHERE listed.key = ?1 AND listed.since > statements.counter
                AND listed.since <= (SELECT min(next.counter) FROM statements AS next
                    WHERE next.key = ?1 AND next.counter > statements.counter))",
        params![key.0, int(counter)],
    )?;
    run(
        tx.db,
        "DELETE FROM given WHERE key = ?1
            AND NOT EXISTS (SELECT 1 FROM listed WHERE key = ?1)
            AND EXISTS (SELECT 1 FROM given AS later WHERE later.key = ?1
                AND later.scope = given.scope AND later.counter > given.counter
                AND NOT EXISTS (SELECT 1 FROM fates WHERE fates.key = ?1 AND fates.binding
                    AND fates.replaced_by IS NULL AND fates.counter > given.counter
                    AND fates.counter <= later.counter))",
        params![key.0],
    )?;
    Ok(())
}
