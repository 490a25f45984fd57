//! A damaged database lies aside: it is named, and nothing that only it may know of is lost in silence.

use std::path::PathBuf;
use std::sync::Arc;

use gewu::files::{Files, FolderFiles};
use gewu::{Ailment, Consent, Gewu, GewuError, Passphrase, StorageProblem, UnsentWork};

use crate::support::{City, Device, device, options, report, with_photo};

/// Wang's handset: the database with an unsent report and its photo was damaged, and Zhao signed in since.
fn after_damage(city: &Arc<City>) -> (Device, PathBuf, Vec<u8>) {
    let Device {
        gewu,
        folder,
        clock,
    } = device(city, "wang");
    gewu.report(with_photo()).unwrap();
    drop(gewu);
    let path = folder.path().join("gewu.db");
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[..64].fill(0x5a);
    std::fs::write(&path, &bytes).unwrap();
    let open = || Gewu::open(options(folder.path(), city, &clock));
    let Err(GewuError::Storage {
        problem: StorageProblem::Corrupt { moved_to },
    }) = open()
    else {
        panic!("the damage was not seen");
    };
    let gewu = open().unwrap();
    let terms = "test".into();
    gewu.consent(&Consent { terms }).unwrap();
    gewu.enrol("http://city.test", Some("zhao")).unwrap();
    let device = Device {
        gewu,
        folder,
        clock,
    };
    (device, moved_to, bytes)
}

/// The photos that lie on it.
fn media(device: &Device) -> Vec<String> {
    let files = FolderFiles::open(device.folder.path().join("media")).unwrap();
    let lying = files.list("").unwrap().into_iter();
    lying.filter(|path| path.find('/') == Some(2)).collect()
}

#[test]
fn a_database_that_was_moved_aside_is_named_until_somebody_discards_it() {
    let city = Arc::new(City::new());
    let (zhao, moved_to, bytes) = after_damage(&city);
    let aside = zhao.gewu.moved_aside().unwrap();
    assert_eq!(aside.len(), 1);
    assert_eq!(moved_to.file_name().unwrap(), aside[0].name.as_str());
    assert!(aside[0].bytes >= bytes.len() as u64 && aside[0].moved_at.is_some());
    let checkup = zhao.gewu.checkup().unwrap();
    let found: Vec<_> = checkup.findings.iter().map(|one| one.what).collect();
    assert_eq!(found, [Ailment::DatabasesAside]);
    assert_eq!(checkup.aside[0].bytes, aside[0].bytes);
    let other = zhao.gewu.discard_moved_aside("gewu.db").unwrap_err();
    assert!(matches!(other, GewuError::NotFound { .. }), "{other:?}");
    zhao.gewu.discard_moved_aside(&aside[0].name).unwrap();
    assert!(!moved_to.exists());
    assert_eq!(zhao.gewu.moved_aside().unwrap(), []);
    assert_eq!(zhao.gewu.checkup().unwrap().findings, []);
}

#[test]
fn a_scrub_leaves_photos_that_only_a_database_aside_may_name() {
    let city = Arc::new(City::new());
    let (zhao, moved_to, _) = after_damage(&city);
    let lying = media(&zhao);
    assert_eq!(lying.len(), 2, "a photo and its small picture");
    let rotten = zhao.folder.path().join("media").join(&lying[0]);
    let whole = std::fs::read(&rotten).unwrap();
    std::fs::write(&rotten, b"rot").unwrap();
    let scrub = zhao.gewu.scrub(u64::MAX).unwrap();
    assert_eq!((scrub.unnamed, scrub.damaged.len()), (0, 1));
    assert_eq!(media(&zhao), lying);
    std::fs::write(&rotten, whole).unwrap();
    let name = moved_to.file_name().unwrap().to_str().unwrap();
    zhao.gewu.discard_moved_aside(name).unwrap();
    assert_eq!(zhao.gewu.scrub(u64::MAX).unwrap().unnamed, 2);
    assert_eq!(media(&zhao), Vec::<String>::new());
}

#[test]
fn nobody_signs_out_over_a_database_that_lies_aside_without_taking_it_along() {
    let city = Arc::new(City::new());
    let (zhao, moved_to, bytes) = after_damage(&city);
    zhao.gewu.report(report()).unwrap();
    zhao.sync();
    let seal = UnsentWork::Seal(Passphrase::new("six or more"));
    for unsent in [UnsentWork::Refuse, seal] {
        let refused = zhao.gewu.sign_out(unsent).unwrap_err();
        assert!(refused.to_string().contains("lies aside"), "{refused}");
    }
    assert_eq!((media(&zhao).len(), moved_to.exists()), (2, true));
    let export = zhao.folder.path().join("export");
    let unsent = UnsentWork::Export(export.clone());
    zhao.gewu.sign_out(unsent).unwrap();
    let taken = export.join(moved_to.file_name().unwrap());
    assert_eq!(std::fs::read(taken).unwrap(), bytes);
    let photos = std::fs::read_dir(export.join("media")).unwrap();
    assert_eq!(photos.count(), 2);
    assert_eq!(zhao.gewu.moved_aside().unwrap(), []);
    assert_eq!(media(&zhao), Vec::<String>::new());
}
