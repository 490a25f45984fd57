//! Which packs stay, and which go with their files.

use std::collections::{BTreeMap, BTreeSet};

use gewu_model::crypto::StandardSuite;
use gewu_model::ids::Digest;
use gewu_model::pack::PackAudience;
use gewu_model::small::Gather as _;

use super::{FOLDER, PARTS, path};
use crate::error::Result;
use crate::host::LogLevel;
use crate::packs::GRID;
use crate::sdk::Core;
use crate::store::cases;
use crate::store::packs::{self, GridRow};
use crate::sync::Wanted;
use crate::write::{CaseLog, project};

/// Of how many cases an older app wrote it is found out at a time what they pin.
const BACKFILL: u32 = 200;

impl Core {
    /// Takes out of force what is broken or no longer granted, and removes what nothing needs. Only
    /// for the one sync that runs.
    pub(crate) fn tidy_grids(&self) -> Result<()> {
        self.tidy_rules()?;
        let rows = self.read(|tx| packs::grids(tx))?;
        if !rows.is_empty() {
            self.withdraw(&rows)?;
        }
        let removed = self.write_if(!rows.is_empty(), |tx| packs::drop_unneeded(tx))?;
        if removed > 0 {
            self.forget_packs();
        }
        self.remove_unnamed()
    }

    /// Forgets policies, catalogues and other packs that no case pins and that are not in force, after
    /// a while.
    fn tidy_rules(&self) -> Result<()> {
        let unknown = self.read(|tx| cases::unpinned(tx, BACKFILL))?;
        let held = self.packs()?;
        if !unknown.is_empty() {
            self.write(|tx| {
                unknown.iter().try_for_each(|case| {
                    project(tx, &held, &CaseLog::load(tx, case)?)?;
                    Ok(())
                })
            })?;
        }
        let now = self.stamp().at;
        let spare = self.read(|tx| packs::any_spare(tx))?;
        if self.write_if(spare, |tx| packs::drop_spare(tx, now))? > 0 {
            self.forget_packs();
        }
        Ok(())
    }

    fn write_if(
        &self,
        wanted: bool,
        work: impl FnOnce(&rusqlite::Transaction<'_>) -> Result<usize>,
    ) -> Result<usize> {
        match wanted {
            true => self.write(work),
            false => Ok(0),
        }
    }

    fn withdraw(&self, rows: &[GridRow]) -> Result<()> {
        let held = self.packs()?;
        let broken = self.grids(&held)?.broken();
        let identity = self.known_identity();
        let granted = |row: &&GridRow| {
            let audience = row.audience.as_deref().map(PackAudience::from_text);
            let (Some(audience), Some(who)) = (audience, &identity) else {
                return true;
            };
            audience.admits(&who.certificate)
        };
        let lost = rows.iter().filter(|row| broken.contains(&row.digest));
        let lost: Vec<Digest> = lost.map(|row| row.digest).collect();
        let over = rows.iter().filter(|row| row.active && !granted(row));
        let over: Vec<Digest> = over.map(|row| row.digest).collect();
        if lost.is_empty() && over.is_empty() {
            return Ok(());
        }
        if !lost.is_empty() {
            self.log(LogLevel::Warn, "a grid pack is damaged and is fetched anew");
        }
        self.write(|tx| {
            lost.iter()
                .try_for_each(|digest| packs::forget(tx, digest))?;
            over.iter()
                .try_for_each(|digest| packs::withdraw(tx, digest))
        })?;
        self.forget_packs();
        Ok(())
    }

    /// Removes files that no row names: a process died between the two, or a row is gone.
    fn remove_unnamed(&self) -> Result<()> {
        let files = &self.options.host.files;
        let all = files.list(FOLDER)?;
        let bodies: Vec<&String> = all.iter().filter(|path| !path.starts_with(PARTS)).collect();
        if bodies.is_empty() {
            return Ok(());
        }
        let rows = self.read(|tx| packs::grids(tx))?;
        let named: BTreeSet<String> = rows.iter().map(|row| path(&row.digest)).into_set();
        let unnamed = bodies.into_iter().filter(|path| !named.contains(*path));
        unnamed
            .into_iter()
            .try_for_each(|path| Ok(files.remove(path)?))
    }

    /// Leaves only parts of packs that are wanted.
    pub(crate) fn keep_parts(&self, wanted: &BTreeMap<Digest, Wanted>) -> Result<()> {
        let files = &self.options.host.files;
        let parts = files.list(PARTS)?;
        if parts.is_empty() {
            return Ok(());
        }
        let identity = self.identity()?;
        let mut kept = BTreeSet::new();
        for wanted in wanted.values() {
            let Wanted::Offered { signed, .. } = wanted else {
                continue;
            };
            let key = &identity.server_key;
            let header = signed.verify(&StandardSuite, key, &identity.city)?;
            if header.kind == GRID {
                kept.insert(header.body.to_string());
                kept.extend(header.transfer.map(|form| form.sha256.to_string()));
            }
        }
        let of = |path: &str| path.split('/').nth_back(1).unwrap_or_default().to_owned();
        let unwanted = parts.iter().filter(|path| !kept.contains(&of(path)));
        unwanted
            .into_iter()
            .try_for_each(|path| Ok(files.remove(path)?))
    }
}
