//! A handset that two people share: who leaves locks up, the other works, and both deliver everything.

use super::*;

#[test]
fn two_people_share_a_handset_and_neither_loses_anything() {
    let town = Town::new();
    let phrase = town.path("phrase");
    std::fs::write(&phrase, "巡查 77 号\n").unwrap();
    let phrase = phrase.to_str().unwrap();
    let device = &town.device;
    let saved = device
        .ok(&report(&["--photo", &photo("lamp-before.png")]))
        .unwrap();
    let refused = device.run(&["sign-out"]).unwrap();
    assert!(refused.err.contains("lock it up"), "{refused:?}");
    let out = device
        .ok(&["sign-out", "--lock", "--passphrase-file", phrase])
        .unwrap();
    assert_eq!(
        (text(&out, "user"), out["locker"]["user"].as_str()),
        ("chen", Some("chen"))
    );

    let other = town.server.inspector(&town.path("chen"), "wu").unwrap();
    let others = other.ok(&report(&[])).unwrap();
    let early = other.run(&["unlock", "--passphrase-file", phrase]).unwrap();
    assert!(early.err.contains("sign out first"), "{early:?}");
    other.ok(&["sync"]).unwrap();
    other.ok(&["sign-out"]).unwrap();

    let lockers = device.lines(&["lockers"]).unwrap();
    assert_eq!((lockers.len(), text(&lockers[0], "user")), (1, "chen"));
    let wrong = town.path("wrong");
    std::fs::write(&wrong, "巡查 78 号").unwrap();
    let wrong = device
        .run(&["unlock", "--passphrase-file", wrong.to_str().unwrap()])
        .unwrap();
    assert!(wrong.err.contains("passphrase"), "{wrong:?}");
    let back = device.ok(&["unlock", "--passphrase-file", phrase]).unwrap();
    assert_eq!(text(&back, "user"), "chen");
    device.ok(&["sync"]).unwrap();
    for (case, user) in [(&saved, "chen"), (&others, "wu")] {
        let shown = town.server.op(&["show", text(case, "case")]).unwrap();
        assert_eq!(shown["entries"][0]["by"], user, "{shown}");
    }
    assert_eq!(device.ok(&["status"]).unwrap()["synced"], true);
    assert!(device.lines(&["lockers"]).unwrap().is_empty());
}
