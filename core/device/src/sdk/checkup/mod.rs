//! A device looks itself over. Nothing is changed, so that a sick one may be asked as often as one
//! likes.

mod files;
mod lying;
mod unsent;

use gewu_model::crypto::sha256;
use gewu_model::time::Millis;
use gewu_sync::auth::WINDOW_MS;

use self::unsent::Unsent;
use super::{Answer, Core, Gewu, guard};
use crate::api::{
    Ailment, Checkup, FilesFound, Finding, PackFound, PackInfo, PastSync, SyncEnd, UnsentGroup,
    UnsentWhy,
};
use crate::db::DbError;
use crate::error::Result;
use crate::grids;
use crate::packs::GRID;
use crate::store::{MIGRATIONS, cards, cases, drafts, facts, faults, meta, packs, syncs};

/// From when on waiting is an ailment, in milliseconds: a weekend without a network is none.
const LONG_MS: u64 = 3 * 86_400_000;

impl Gewu {
    /// Looks the device over: the database and every file, what is unsent, how the last syncs went.
    /// Reads all that the device holds and changes nothing. What cannot be read is a finding and no
    /// error.
    ///
    /// # Errors
    /// [`crate::GewuError::Storage`] when the database is suspended.
    pub fn checkup(&self) -> Answer<Checkup> {
        Ok(self.core.checkup()?)
    }
}

/// The findings so far.
#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn add(&mut self, what: Ailment, count: usize) {
        if count > 0 {
            let count = u32::try_from(count).unwrap_or(u32::MAX);
            self.0.push(Finding { what, count });
        }
    }

    /// What was found, or nothing and an ailment.
    fn of<T: Default>(&mut self, found: Result<T>) -> T {
        found.unwrap_or_else(|_| {
            match self
                .0
                .iter_mut()
                .find(|known| known.what == Ailment::Unreadable)
            {
                Some(known) => known.count += 1,
                None => self.add(Ailment::Unreadable, 1),
            }
            T::default()
        })
    }
}

impl Core {
    fn checkup(&self) -> Result<Checkup> {
        let mut findings = Findings::default();
        match self.db.check() {
            Ok(()) => {}
            Err(error @ DbError::Suspended) => return Err(error.into()),
            Err(DbError::Corrupt) => findings.add(Ailment::DatabaseDamaged, 1),
            Err(error) => findings.of::<()>(Err(error.into())),
        }
        let now = self.options.host.clock.now();
        let files = findings.of(self.find_files());
        let aside = findings.of(self.find_asides());
        let lockers = findings.of(self.find_lockers());
        let found_unsent = self.read(|tx| Ok(self.find_unsent(tx, now)));
        let Unsent { groups, unread } = found_unsent.unwrap_or_else(|_| Unsent {
            groups: vec![],
            unread: 1,
        });
        let syncs = findings.of(self.read(|tx| syncs::list(tx)));
        let found_packs = findings.of(self.find_packs());
        let clock_offset_ms = guard(&self.clock).offset_ms();
        self.judge_data(&mut findings);
        judge_files(&files, &mut findings);
        lying::judge(&aside, &lockers, &mut findings);
        findings.add(Ailment::UnsentUnknown, unread);
        judge_unsent(&groups, &mut findings);
        judge_rest(&syncs, clock_offset_ms, &found_packs, &mut findings);
        let refused_packs = findings.of(self.read(|tx| faults::refused(tx)));
        findings.add(Ailment::PacksRefused, refused_packs.len());
        Ok(Checkup {
            at: now,
            version: env!("CARGO_PKG_VERSION"),
            schema: MIGRATIONS.last().map_or(0, |last| last.version),
            enrolled: self.known_identity().is_some(),
            cases: findings.of(self.read(|tx| Ok(cases::known(tx)?.len() as u32))),
            drafts: findings.of(self.read(|tx| drafts::count(tx))),
            files,
            aside,
            lockers,
            unsent: groups,
            syncs,
            clock_offset_ms,
            packs: found_packs,
            refused_packs,
            findings: findings.0,
        })
    }

    fn judge_data(&self, findings: &mut Findings) {
        let wrong = findings.of(self.wrong_projections());
        findings.add(Ailment::ProjectionDiffers, wrong.len());
        let refused = findings.of(self.read(|tx| facts::refused(tx)));
        findings.add(Ailment::CasesNotTaken, refused.len());
        let was_enrolled =
            findings.of(self.read(|tx| Ok(meta::get(tx, meta::CERTIFICATE)?.is_some())));
        let lost = was_enrolled && self.known_identity().is_none();
        findings.add(Ailment::KeyLost, usize::from(lost));
        let contacts = findings.of(self.read(|tx| cards::lost(tx)));
        findings.add(Ailment::ContactsLost, contacts.len());
    }

    fn find_packs(&self) -> Result<Vec<PackFound>> {
        let held = self.read(|tx| packs::list(tx))?;
        held.into_iter().map(|pack| self.find_pack(pack)).collect()
    }

    fn find_pack(&self, pack: PackInfo) -> Result<PackFound> {
        let sound = if pack.kind == GRID {
            self.is_whole(&grids::path(&pack.digest), &pack.digest)
        } else {
            let body = self.read(|tx| packs::body(tx, &pack.digest))?;
            body.is_some_and(|body| sha256(&body) == pack.digest)
        };
        let tells_where = pack.kind == GRID;
        Ok(PackFound {
            sound,
            kind: pack.kind,
            version: pack.version,
            digest: (!tells_where).then_some(pack.digest),
            active: pack.active,
            bytes: (!tells_where).then_some(pack.bytes),
        })
    }
}

fn judge_files(files: &FilesFound, findings: &mut Findings) {
    findings.add(Ailment::FilesDamaged, files.damaged as usize);
    findings.add(Ailment::FilesMissing, files.missing as usize);
    findings.add(Ailment::FilesRestorable, files.restorable as usize);
}

fn judge_unsent(unsent: &[UnsentGroup], findings: &mut Findings) {
    let count = |holds: &dyn Fn(&UnsentGroup) -> bool| {
        let groups = unsent.iter().filter(|group| holds(group));
        groups.map(|group| group.count as usize).sum()
    };
    let refused = count(&|group| group.why == UnsentWhy::Refused);
    findings.add(Ailment::FilesRefused, refused);
    let old = |group: &&UnsentGroup| group.oldest_ms.is_some_and(|age| age > LONG_MS);
    findings.add(Ailment::WaitsForDays, unsent.iter().filter(old).count());
}

fn judge_rest(
    syncs: &[PastSync],
    offset_ms: Option<i64>,
    packs: &[PackFound],
    findings: &mut Findings,
) {
    let stopped = syncs
        .first()
        .is_some_and(|last| matches!(last.outcome, SyncEnd::Stopped | SyncEnd::Failed));
    findings.add(Ailment::SyncStopped, usize::from(stopped));
    let wrong = offset_ms.is_some_and(|ms| ms.unsigned_abs() > WINDOW_MS.unsigned_abs());
    findings.add(Ailment::ClockWrong, usize::from(wrong));
    let damaged = packs.iter().filter(|pack| !pack.sound).count();
    findings.add(Ailment::PacksDamaged, damaged);
}

/// How long something waits, in milliseconds.
fn age(since: Millis, now: Millis) -> u64 {
    u64::try_from(now.since(since)).unwrap_or(0)
}
