//! What happens on a device when the server sets a change aside: the case without it, the user's
//! later work once more, and nothing of what was written is lost.

use std::sync::Arc;

use crate::support::{City, Device, device, report};
use gewu::{Act, SyncOutcome};
use gewu_model::change::{Body, Limits, decode_strict};
use gewu_model::entry::Entry;
use gewu_model::ids::ChangeHash;
use gewu_sync::verdict::SetAside;

fn synced_case(city: &Arc<City>, device: &Device) -> gewu_model::ids::CaseId {
    let saved = device.gewu.report(report()).unwrap();
    assert_eq!(device.sync().accepted, 2);
    assert!(city.state().accepted.len() >= 2);
    saved.case
}

fn supplement(device: &Device, case: gewu_model::ids::CaseId, text: &str) -> ChangeHash {
    let saved = device.gewu.supplement(case, Act::new().text(text)).unwrap();
    saved.change
}

/// The texts of a case's entries as the device shows them.
fn texts(device: &Device, case: gewu_model::ids::CaseId) -> Vec<String> {
    let shown = device.gewu.show(case).unwrap();
    let texts = shown
        .entries
        .into_iter()
        .flat_map(|entry| entry.texts.into_values());
    texts.flatten().collect()
}

#[test]
fn later_work_is_written_again_and_the_refused_change_is_not() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    let case = synced_case(&city, &wang);
    let refused = supplement(&wang, case, "被拒");
    let later = [
        supplement(&wang, case, "其后一"),
        supplement(&wang, case, "其后二"),
    ];
    city.state().refuse_next = vec![SetAside::Quota];
    let sync = wang.sync();
    assert_eq!(sync.outcome, SyncOutcome::Complete);
    assert_eq!(sync.set_aside, [refused, later[0], later[1]]);
    assert_eq!(texts(&wang, case), ["井盖缺失", "其后一", "其后二"]);

    let status = wang.gewu.status().unwrap();
    assert!(status.synced, "what was written again is receipted too");
    let item = |change| {
        status
            .set_aside
            .iter()
            .find(|item| item.change == change)
            .unwrap()
    };
    assert_eq!(item(refused).reason, "quota");
    assert_eq!(item(refused).words, SetAside::Quota.words());
    assert_eq!(
        item(refused).content.texts,
        ["被拒"],
        "its content stays readable"
    );
    assert_eq!(item(refused).replaced_by, None);
    let state = city.state();
    for old in later {
        let words = &item(old).words;
        assert!(
            words.ends_with("; it was written again and accepted"),
            "{words}"
        );
        let new = item(old).replaced_by.unwrap();
        let (_, signed) = &state.accepted[&new];
        let decoded = decode_strict(&signed.bytes, &Limits::default()).unwrap();
        let Body::Entry { fields, .. } = decoded.change.body else {
            panic!("an entry");
        };
        assert_eq!(
            Entry::from_fields(fields).unwrap().header.replaces,
            Some(old)
        );
        assert!(
            decoded
                .change
                .deps
                .iter()
                .all(|dep| state.accepted.contains_key(dep))
        );
        let before = &state.accepted[&decoded.change.deps[0]].1;
        let before = decode_strict(&before.bytes, &Limits::default()).unwrap();
        assert_ne!(
            (
                before.change.actor == decoded.change.actor,
                decoded.change.seq
            ),
            (true, 1),
            "a fresh actor counts from 1"
        );
    }
    drop(state);
    assert_eq!(wang.gewu.verify_projection().unwrap(), []);
}

#[test]
fn work_that_was_not_sent_yet_is_written_again_at_once_and_both_are_judged() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    let case = synced_case(&city, &wang);
    let refused = supplement(&wang, case, "被拒");
    // Saved while the exchange is under way.
    city.state().refuse_next = vec![SetAside::NotPermitted];
    let device = &wang;
    let mut later = None;
    let mut progress = |step| {
        if matches!(step, gewu::SyncProgress::Exchanging { changes: 1 }) && later.is_none() {
            later = Some(supplement(device, case, "其后"));
        }
    };
    wang.gewu
        .sync(&mut progress, &gewu::CancelToken::new())
        .unwrap();
    let later = later.expect("saved in between");
    assert_eq!(texts(&wang, case), ["井盖缺失", "其后"]);
    let status = wang.gewu.status().unwrap();
    assert!(status.synced, "{status:?}");
    let reasons: Vec<_> = status
        .set_aside
        .iter()
        .map(|item| (item.change, item.reason.as_str()))
        .collect();
    assert_eq!(
        reasons,
        [(later, "depends_on_set_aside"), (refused, "not_permitted")]
    );
    assert_eq!(wang.gewu.verify_projection().unwrap(), []);
}

#[test]
fn applying_the_same_verdicts_again_changes_nothing() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    let case = synced_case(&city, &wang);
    supplement(&wang, case, "被拒");
    supplement(&wang, case, "其后");
    city.state().refuse_next = vec![SetAside::Quota];
    city.weather([crate::support::city::Weather::LoseAnswer]);
    assert!(matches!(wang.sync().outcome, SyncOutcome::Later { .. }));
    assert_eq!(
        texts(&wang, case).len(),
        3,
        "no word came, so nothing moved"
    );
    wang.sync();
    let before = (texts(&wang, case), wang.gewu.replica_hash().unwrap());
    let count = city.state().accepted.len();
    for _ in 0..10 {
        wang.sync();
    }
    assert_eq!(
        (texts(&wang, case), wang.gewu.replica_hash().unwrap()),
        before
    );
    assert_eq!(city.state().accepted.len(), count);
}

#[test]
fn the_next_honest_entry_in_the_same_case_is_taken() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    let case = synced_case(&city, &wang);
    let forged = Act {
        claimed_author: Some("li".into()),
        ..Act::new().text("冒名")
    };
    let forged = wang.gewu.supplement(case, forged).unwrap().change;
    city.state().refuse_next = vec![SetAside::Author];
    assert_eq!(wang.sync().set_aside, [forged]);
    supplement(&wang, case, "诚实");
    assert_eq!(wang.sync().accepted, 1);
    assert_eq!(texts(&wang, case), ["井盖缺失", "诚实"]);
}

#[test]
fn a_report_that_is_refused_stays_readable_and_leaves_the_list() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    let saved = wang.gewu.report(report()).unwrap();
    supplement(&wang, saved.case, "补充");
    city.state().refuse_next = vec![SetAside::Pins];
    let sync = wang.sync();
    assert_eq!(
        (sync.outcome, sync.set_aside.len()),
        (SyncOutcome::Complete, 3)
    );
    assert_eq!(wang.gewu.list(&gewu::Query::default()).unwrap().rows, []);
    let shown = wang.gewu.show(saved.case).unwrap();
    let texts: Vec<_> = shown
        .set_aside
        .iter()
        .flat_map(|item| &item.content.texts)
        .collect();
    assert_eq!(texts, ["井盖缺失", "补充"]);
    assert_eq!(wang.gewu.verify_projection().unwrap(), []);
}

#[test]
fn a_restored_backup_goes_on_above_the_counter_as_another_actor() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    let case = synced_case(&city, &wang);
    let (folder, clock) = (wang.folder, wang.clock);
    drop(wang.gewu);
    let database = folder.path().join("gewu.db");
    let backup = std::fs::read(&database).unwrap();
    let options = || crate::support::options(folder.path(), &city, &clock);
    {
        let gewu = gewu::Gewu::open(options()).unwrap();
        gewu.supplement(case, Act::new().text("备份之后")).unwrap();
    }
    std::fs::write(&database, &backup).unwrap();
    let gewu = gewu::Gewu::open(options()).unwrap();
    let wang = Device {
        gewu,
        folder,
        clock,
    };
    let reused = supplement(&wang, case, "恢复之后");
    let whole = wang.gewu.report(report()).unwrap();
    {
        let mut state = city.state();
        state.counter = 900;
        state.refuse_next = vec![SetAside::Counter, SetAside::Counter];
    }
    let sync = wang.sync();
    assert_eq!(sync.outcome, SyncOutcome::Complete);
    assert!(sync.set_aside.contains(&reused));
    assert!(wang.gewu.status().unwrap().synced);
    assert_eq!(texts(&wang, case), ["井盖缺失", "恢复之后"]);
    assert_eq!(
        texts(&wang, whole.case),
        ["井盖缺失"],
        "root and report once more"
    );
    let state = city.state();
    let again: Vec<u64> = state
        .accepted
        .values()
        .map(|(_, signed)| signed.counter)
        .filter(|counter| *counter > 900)
        .collect();
    assert_eq!(again.len(), 3);
    drop(state);
    assert_eq!(wang.gewu.verify_projection().unwrap(), []);
}
