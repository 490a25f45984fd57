//! Bundles from a device: what an export proves, without the device and without the server.

use std::path::Path;
use std::sync::Arc;

use gewu::{Act, GewuError, UploadPolicy};
use gewu_bundle::{Outcome, Report, verify};
use gewu_model::entry::{Body, File};
use gewu_model::ids::{CaseId, Digest};
use gewu_model::scope::Scope;
use gewu_sync::verdict::SetAside;

use crate::support::city::City;
use crate::support::desk::Desk;
use crate::support::{Device, device, report, with_photo};

fn root(city: &City) -> Digest {
    Digest(city.id().0)
}

fn opened(city: &City, file: &Path) -> Report {
    let report = verify(std::fs::File::open(file).unwrap(), &root(city));
    assert!(report.findings.is_empty(), "{:?}", report.findings);
    report
}

fn export(city: &City, device: &Device, cases: &[CaseId]) -> Report {
    let file = device.folder.path().join("out.gewu");
    device.gewu.export_cases(cases, &file).unwrap();
    opened(city, &file)
}

#[test]
fn unsent_work_is_a_tail_and_accepted_work_is_proven_by_a_verdict() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    let case = wang.gewu.report(with_photo()).unwrap().case;
    let before = export(&city, &wang, &[case]);
    assert_eq!(
        (before.outcome, before.unconfirmed.len()),
        (Outcome::Unconfirmed, 1)
    );
    wang.sync();
    let after = export(&city, &wang, &[case]);
    assert_eq!(after.outcome, Outcome::Whole);
    assert!(after.cases[0].entries[0].standing.received_at().is_some());
    assert_eq!(after.cases[0].entries[0].app.as_deref(), Some("gewu 0.1.0"));
}

#[test]
fn what_was_set_aside_is_proven_with_its_reason() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    let case = wang.gewu.report(report()).unwrap().case;
    wang.sync();
    city.state().refuse_next = vec![SetAside::Stage];
    wang.gewu.note(case, Act::new().text("多余")).unwrap();
    wang.sync();
    let found = export(&city, &wang, &[case]);
    let aside = &found.cases[0].set_aside[0];
    assert_eq!((aside.reason, aside.proven), ("stage", true));
}

#[test]
fn a_citizen_s_bundle_of_one_case_is_sealed_with_the_key_of_that_case() {
    let city = Arc::new(City::new());
    let citizen = device(&city, "citizen");
    let case = citizen.gewu.report(report()).unwrap().case;
    let file = citizen.folder.path().join("out.gewu");
    citizen.gewu.export_cases(&[case], &file).unwrap();
    let found = opened(&city, &file);
    let seal = found.seal.unwrap();
    assert_eq!(
        (seal.user, seal.by),
        (None, found.cases[0].entries[0].device)
    );
    let device = citizen.gewu.whoami().unwrap().device;
    let bytes = std::fs::read(&file).unwrap();
    assert!(!bytes.windows(16).any(|window| window == device.0));
}

#[test]
fn unsent_work_leaves_whole_with_what_the_server_needs_to_take_it() {
    let city = Arc::new(City::new());
    let citizen = device(&city, "citizen");
    citizen.gewu.report(with_photo()).unwrap();
    citizen.gewu.draft_new(&report()).unwrap();
    let file = citizen.folder.path().join("tail.gewu");
    let done = citizen.gewu.export_unsent_bundle(&file).unwrap();
    assert_eq!((done.cases, done.findings.len()), (1, 0));
    let found = opened(&city, &file);
    assert_eq!((found.outcome, found.drafts), (Outcome::Unconfirmed, true));
    let signer = serde_json::to_value(&found.cases[0].entries[0]).unwrap();
    assert_eq!(signer["signer"], "endorsed_key");
    assert_eq!(signer["files"][0]["presence"], "present");
}

#[test]
fn photos_still_owed_leave_with_their_case_though_its_entries_are_receipted() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    let paused = UploadPolicy {
        paused: true,
        ..UploadPolicy::default()
    };
    wang.gewu.set_upload_policy(&paused).unwrap();
    wang.gewu.report(with_photo()).unwrap();
    wang.sync();
    assert!(wang.gewu.status().unwrap().cases.is_empty());
    let file = wang.folder.path().join("tail.gewu");
    let done = wang.gewu.export_unsent_bundle(&file).unwrap();
    assert_eq!((done.cases, done.findings.len()), (1, 0));
    let found = opened(&city, &file);
    assert!(found.unconfirmed.is_empty() && found.missing.is_empty());
    assert_eq!(
        (found.outcome, found.unsent_files),
        (Outcome::Unconfirmed, 2),
        "the photo and its small picture"
    );
}

#[test]
fn unsent_work_leaves_even_when_it_will_not_verify() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    let case = wang.gewu.report(report()).unwrap().case;
    let odd = wang.gewu.take(case, Act::new().unchecked(true));
    let file = wang.folder.path().join("tail.gewu");
    let done = wang.gewu.export_unsent_bundle(&file).unwrap();
    assert_eq!(done.findings.is_empty(), odd.is_err());
    assert!(file.exists());
}

#[test]
fn what_does_not_prove_itself_is_not_given_out_as_proof() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    let case = wang.gewu.report(report()).unwrap().case;
    wang.sync();
    let mut desk = Desk::open(&city, case);
    // Nothing certifies what this desk writes, and its receipt has no heads.
    desk.instruct(Body::File(File {
        task_number: "26-1".into(),
        note: None,
    }));
    desk.hand_over(Scope::All);
    wang.sync();
    let file = wang.folder.path().join("out.gewu");
    let refused = wang.gewu.export_cases(&[case], &file);
    assert!(
        matches!(refused, Err(GewuError::NotPermitted { .. })),
        "{refused:?}"
    );
    assert!(!file.exists() && !file.with_file_name("out.gewu.part").exists());
}

#[test]
fn nothing_and_nobody_export_nothing() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    let file = wang.folder.path().join("out.gewu");
    let none = wang.gewu.export_cases(&[], &file);
    assert!(matches!(none, Err(GewuError::InvalidInput { .. })));
    let unknown = wang.gewu.export_cases(&[CaseId([9; 16])], &file);
    assert!(matches!(unknown, Err(GewuError::NotFound { .. })));
    assert_eq!(wang.gewu.root_key().unwrap().digest(), root(&city));
}
