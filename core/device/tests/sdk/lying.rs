//! What a checkup says of lockers, which it cannot open.

use std::sync::Arc;

use gewu::{Ailment, Gewu, LockerFound, LockerLooks};

use crate::lockers::{at_work, seal};
use crate::support::City;

/// How a checkup sees the only locker, and what it finds wrong.
fn looks(gewu: &Gewu) -> (LockerFound, Vec<Ailment>) {
    let checkup = gewu.checkup().unwrap();
    assert_eq!(checkup.lockers.len(), 1);
    let findings = checkup.findings.iter().map(|one| one.what);
    (checkup.lockers[0], findings.collect())
}

#[test]
fn a_checkup_looks_at_lockers_from_outside() {
    let city = Arc::new(City::new());
    let (wang, _) = at_work(&city);
    wang.gewu.sign_out(seal()).unwrap();
    let locker = wang.gewu.lockers().unwrap().remove(0);
    let (found, wrong) = looks(&wang.gewu);
    assert_eq!((found.looks, wrong), (LockerLooks::Whole, vec![]));
    assert_eq!((found.unsent, found.drafts), (locker.unsent, locker.drafts));
    assert_eq!(found.sealed_at, Some(locker.sealed_at));
    let folder = wang.folder.path().join("media/lockers").join(&locker.name);
    let part = folder.join("000000");
    let whole = std::fs::read(&part).unwrap();
    assert!(found.bytes > whole.len() as u64);
    for cut in [15, whole.len() - 1] {
        std::fs::write(&part, &whole[..cut]).unwrap();
        let is_last = !folder.join("000001").exists();
        let damaged = cut < 16 || !is_last;
        let wrong = if damaged {
            vec![Ailment::LockersDamaged]
        } else {
            vec![]
        };
        assert_eq!(looks(&wang.gewu).1, wrong, "{cut}");
    }
    std::fs::remove_file(&part).unwrap();
    assert_eq!(looks(&wang.gewu).1, [Ailment::LockersDamaged]);
    std::fs::write(&part, &whole).unwrap();
    std::fs::write(folder.join("head.json"), b"{\"version\":2}").unwrap();
    assert_eq!(looks(&wang.gewu).1, [Ailment::LockersNewer]);
}
