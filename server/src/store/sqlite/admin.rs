//! What the city publishes and decides, in SQLite.

use gewu_model::ids::{Digest, KeyId, Role, UnitId, UserId};
use gewu_model::time::Millis;
use gewu_sync::verdict::Outcome;
use rusqlite::{Row, params};

use super::SqliteTx;
use super::codec::{all, bytes, decode, encode, int, maybe, millis, one, run, uint};
use crate::store::{
    Admin, CodeRow, FoundPack, OperatorRow, PackBytes, PackForm, PackRow, StoreError,
};

const PACK: &str = "SELECT digest, kind, name, version, audience, signed FROM packs";

/// A row with its header still encoded.
struct PackParts {
    digest: Digest,
    kind: String,
    name: String,
    version: u64,
    audience: Option<String>,
    signed: Vec<u8>,
}

fn pack(row: &Row<'_>) -> rusqlite::Result<PackParts> {
    Ok(PackParts {
        digest: Digest(bytes(row, 0)?),
        kind: row.get(1)?,
        name: row.get(2)?,
        version: uint(row, 3)?,
        audience: row.get(4)?,
        signed: row.get(5)?,
    })
}

fn with_header(parts: PackParts) -> Result<PackRow, StoreError> {
    Ok(PackRow {
        digest: parts.digest,
        kind: parts.kind,
        name: parts.name,
        version: parts.version,
        audience: parts.audience,
        signed: decode(&parts.signed)?,
    })
}

const OPERATOR: &str =
    "SELECT token_hash, user, roles, units, made_at, made_by, revoked_at FROM operators";

fn operator(row: &Row<'_>) -> rusqlite::Result<OperatorRow> {
    let (roles, units): (String, String) = (row.get(2)?, row.get(3)?);
    Ok(OperatorRow {
        token: Digest(bytes(row, 0)?),
        user: UserId(row.get(1)?),
        roles: words(&roles, |role| Role::from(role)),
        units: words(&units, |unit| UnitId::from(unit)),
        made_at: row.get::<_, Option<i64>>(4)?.map(Millis),
        made_by: row
            .get::<_, Option<String>>(5)?
            .map(|user| user.as_str().into()),
        revoked_at: row.get::<_, Option<i64>>(6)?.map(Millis),
    })
}

const fn column(form: PackForm) -> &'static str {
    match form {
        PackForm::Body => "body",
        PackForm::Transfer => "transfer",
    }
}

fn words<T>(text: &str, make: impl Fn(&str) -> T) -> Vec<T> {
    text.lines()
        .filter(|line| !line.is_empty())
        .map(make)
        .collect()
}

impl Admin for SqliteTx<'_> {
    fn meta(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let sql = "SELECT value FROM meta WHERE name = ?1";
        one(self.db, sql, [name], |row| row.get(0))
    }

    fn put_meta(&self, name: &str, value: &[u8]) -> Result<(), StoreError> {
        let sql = "INSERT INTO meta (name, value) VALUES (?1, ?2)
             ON CONFLICT (name) DO UPDATE SET value = ?2";
        run(self.db, sql, params![name, value])?;
        Ok(())
    }

    fn code(&self, hash: Digest) -> Result<Option<CodeRow>, StoreError> {
        let sql = "SELECT hash, grant_json, expires_at, used_by FROM codes WHERE hash = ?1";
        one(self.db, sql, [hash.0], |row| {
            Ok(CodeRow {
                hash: Digest(bytes(row, 0)?),
                grant: row.get(1)?,
                expires_at: millis(row, 2)?,
                used_by: maybe(row, 3)?.map(KeyId),
            })
        })
    }

    fn add_code(&self, code: &CodeRow) -> Result<(), StoreError> {
        let sql = "INSERT INTO codes (hash, grant_json, expires_at) VALUES (?1, ?2, ?3)";
        run(
            self.db,
            sql,
            params![code.hash.0, code.grant, code.expires_at.0],
        )?;
        Ok(())
    }

    fn use_code(&self, hash: Digest, key: KeyId, at: Millis) -> Result<(), StoreError> {
        let sql = "UPDATE codes SET used_by = ?2, used_at = ?3 WHERE hash = ?1";
        run(self.db, sql, params![hash.0, key.0, at.0])?;
        Ok(())
    }

    fn grants(&self) -> Result<Vec<String>, StoreError> {
        all(self.db, "SELECT grant_json FROM codes", [], |row| {
            row.get(0)
        })
    }

    fn operator(&self, token: Digest) -> Result<Option<OperatorRow>, StoreError> {
        let sql = format!("{OPERATOR} WHERE token_hash = ?1 AND revoked_at IS NULL");
        one(self.db, &sql, [token.0], operator)
    }

    fn operators(&self) -> Result<Vec<OperatorRow>, StoreError> {
        all(self.db, OPERATOR, [], operator)
    }

    fn put_operator(&self, operator: &OperatorRow) -> Result<(), StoreError> {
        let roles: Vec<_> = operator.roles.iter().map(Role::as_str).collect();
        let units: Vec<_> = operator.units.iter().map(UnitId::as_str).collect();
        run(
            self.db,
            "INSERT INTO operators (token_hash, user, roles, units, made_at, made_by)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (token_hash) DO UPDATE SET user = ?2, roles = ?3, units = ?4",
            params![
                operator.token.0,
                operator.user.0,
                roles.join("\n"),
                units.join("\n"),
                operator.made_at.map(|at| at.0),
                operator.made_by.as_ref().map(UserId::as_str),
            ],
        )?;
        Ok(())
    }

    fn revoke_operator(&self, token: Digest, at: Millis) -> Result<(), StoreError> {
        let sql =
            "UPDATE operators SET revoked_at = ?2 WHERE token_hash = ?1 AND revoked_at IS NULL";
        run(self.db, sql, params![token.0, at.0])?;
        Ok(())
    }

    fn command(&self, digest: Digest) -> Result<Option<Outcome>, StoreError> {
        let sql = "SELECT outcome FROM commands WHERE digest = ?1";
        one(self.db, sql, [digest.0], |row| row.get::<_, Vec<u8>>(0))?
            .map(|outcome| decode(&outcome))
            .transpose()
    }

    fn add_command(
        &self,
        digest: Digest,
        key: Option<KeyId>,
        counter: u64,
        outcome: &Outcome,
        at: Millis,
    ) -> Result<(), StoreError> {
        if let Some(key) = key {
            self.memo.counted(key, counter);
        }
        run(
            self.db,
            "INSERT INTO commands (digest, key, counter, outcome, at) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![
                digest.0,
                key.map(|key| key.0),
                int(counter),
                encode(outcome),
                at.0
            ],
        )?;
        Ok(())
    }

    fn packs(&self) -> Result<Vec<PackRow>, StoreError> {
        let sql = format!(
            "{PACK} WHERE version = (SELECT max(version) FROM packs AS other
                WHERE other.kind = packs.kind AND other.name = packs.name) ORDER BY kind, name"
        );
        all(self.db, &sql, [], pack)?
            .into_iter()
            .map(with_header)
            .collect()
    }

    fn all_packs(&self, kind: &str) -> Result<Vec<PackRow>, StoreError> {
        let sql = format!("{PACK} WHERE kind = ?1 ORDER BY name, version");
        all(self.db, &sql, [kind], pack)?
            .into_iter()
            .map(with_header)
            .collect()
    }

    fn pack_body(&self, digest: Digest) -> Result<Option<Vec<u8>>, StoreError> {
        let sql = "SELECT body FROM pack_bodies WHERE digest = ?1";
        one(self.db, sql, [digest.0], |row| row.get(0))
    }

    fn find_pack(&self, digest: Digest) -> Result<Option<FoundPack>, StoreError> {
        for (name, form) in [
            ("digest", PackForm::Body),
            ("transfer_sha256", PackForm::Transfer),
        ] {
            let size = column(form);
            let sql = format!("SELECT digest, length({size}) FROM pack_bodies WHERE {name} = ?1");
            let found = one(self.db, &sql, [digest.0], |row| {
                Ok((bytes(row, 0)?, uint(row, 1)?))
            })?;
            let Some((body, bytes)) = found else {
                continue;
            };
            let sql = format!("{PACK} WHERE digest = ?1 ORDER BY kind, name, version");
            let rows = all(self.db, &sql, [body], pack)?;
            let rows = rows
                .into_iter()
                .map(with_header)
                .collect::<Result<_, _>>()?;
            return Ok(Some(FoundPack {
                body: Digest(body),
                form,
                bytes,
                rows,
            }));
        }
        Ok(None)
    }

    fn pack_part(
        &self,
        body: Digest,
        form: PackForm,
        range: std::ops::Range<u64>,
    ) -> Result<Vec<u8>, StoreError> {
        let sql = format!(
            "SELECT substr({}, ?2, ?3) FROM pack_bodies WHERE digest = ?1",
            column(form)
        );
        let length = range.end.saturating_sub(range.start);
        let parameters = params![body.0, int(range.start + 1), int(length)];
        let part = one(self.db, &sql, parameters, |row| row.get(0))?;
        part.ok_or(StoreError::Corrupt("a pack"))
    }

    fn add_pack(&self, pack: &PackRow, bytes: PackBytes<'_>) -> Result<(), StoreError> {
        let (digest, transfer) = bytes.transfer.unzip();
        let digest = digest.map(|digest| digest.0);
        run(
            self.db,
            "INSERT INTO pack_bodies (digest, body, transfer_sha256, transfer)
             VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (digest) DO UPDATE SET
                transfer_sha256 = coalesce(transfer_sha256, excluded.transfer_sha256),
                transfer = coalesce(transfer, excluded.transfer)",
            params![pack.digest.0, bytes.body, digest, transfer],
        )?;
        run(
            self.db,
            "INSERT INTO packs (kind, name, version, digest, audience, signed)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                pack.kind,
                pack.name,
                int(pack.version),
                pack.digest.0,
                pack.audience,
                encode(&pack.signed)
            ],
        )?;
        Ok(())
    }
}
