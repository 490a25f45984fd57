//! What lies on the device beside the work in use: damaged databases, and what people locked up.

use super::super::Core;
use super::Findings;
use crate::api::{Ailment, AsideFound, LockerFound, LockerLooks};
use crate::error::{DeviceError, Result};
use crate::locker::{Head, lockers, lying_bytes};

impl Core {
    pub(super) fn find_asides(&self) -> Result<Vec<AsideFound>> {
        let found = self.asides()?.into_iter().map(|aside| AsideFound {
            moved_at: aside.moved_at,
            bytes: aside.bytes,
        });
        Ok(found.collect())
    }

    /// Every locker from outside: no passphrase is needed, and nothing in it is read.
    pub(super) fn find_lockers(&self) -> Result<Vec<LockerFound>> {
        let found = lockers(&*self.options.host.files)?.into_iter();
        found
            .map(|(name, head)| self.find_locker(&name, head))
            .collect()
    }

    fn find_locker(&self, name: &str, head: Result<Head>) -> Result<LockerFound> {
        let files = &*self.options.host.files;
        let (bytes, head) = (lying_bytes(files, name)?, head);
        let looks = match &head {
            Ok(head) if head.fits(files, name)? => LockerLooks::Whole,
            Err(DeviceError::Newer(_)) => LockerLooks::Newer,
            _ => LockerLooks::Damaged,
        };
        let head = head.ok();
        Ok(LockerFound {
            looks,
            sealed_at: head.as_ref().map(|head| head.sealed_at),
            unsent: head.as_ref().map_or(0, |head| head.unsent),
            drafts: head.as_ref().map_or(0, |head| head.drafts),
            bytes,
        })
    }
}

pub(super) fn judge(aside: &[AsideFound], lockers: &[LockerFound], findings: &mut Findings) {
    findings.add(Ailment::DatabasesAside, aside.len());
    let count = |looks| lockers.iter().filter(|found| found.looks == looks).count();
    findings.add(Ailment::LockersDamaged, count(LockerLooks::Damaged));
    findings.add(Ailment::LockersNewer, count(LockerLooks::Newer));
}
