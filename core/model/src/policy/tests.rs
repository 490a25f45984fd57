// long-file: one test for each promise of a policy, all on one small case
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::entry::{ClassKind, FieldKind, InstructionKind};
use crate::fold::{CaseView, Finding, OpenQuestion, QuestionKind, Said, Stage, fold};
use crate::ids::{ChangeHash, GridCode};

/// The built-in policy as JSON, changed by `edit`.
fn edited(edit: impl FnOnce(&mut Value)) -> Result<Policy, PolicyError> {
    let mut body: Value = serde_json::from_slice(BUILT_IN).expect("JSON");
    edit(&mut body);
    Policy::from_json(body.to_string().as_bytes())
}

/// A slip of the pen.
type Slip = fn(&mut Value);

/// A policy of these rules alone, without bounds by stage.
fn ruled(rules: Value) -> Policy {
    edited(|body| {
        body["rules"] = rules;
        body["stages"] = json!([]);
    })
    .expect("well formed")
}

fn who(user: &str, role: &str, unit: Option<&str>) -> Capacity {
    Capacity {
        user: user.into(),
        role: role.into(),
        unit: unit.map(Into::into),
    }
}

fn field(kind: FieldKind) -> Kind {
    Kind::Field(kind)
}

/// A case that was dispatched to `east`, with `traffic` helping and `wang` named.
fn dispatched() -> CaseView {
    let mut view = fold(&[]);
    view.stage = Stage::Dispatched;
    view.question = Some(OpenQuestion {
        kind: QuestionKind::Dispatch,
        persons: vec!["wang".into()],
        units: vec!["east".into()],
        assist: vec!["traffic".into()],
        ..open(QuestionKind::Dispatch)
    });
    view.units = vec!["east".into(), "traffic".into()];
    view
}

fn open(kind: QuestionKind) -> OpenQuestion {
    OpenQuestion {
        kind,
        asked_by: ChangeHash([1; 32]),
        answer_to: ChangeHash([1; 32]),
        persons: vec![],
        units: vec![],
        assist: vec![],
        teams: vec![],
    }
}

fn place() -> Whereabouts {
    Whereabouts {
        unit: Some("990101001001001".into()),
        duty: Some("D1".into()),
        road: Some("R7".into()),
        areas: [("community", "C3"), ("street", "S2"), ("district", "Q1")]
            .map(|(level, code)| (level.to_owned(), GridCode::from(code)))
            .into(),
    }
}

/// Whether somebody with these grids, areas and roads may write a note on the dispatched case.
fn may_note(policy: &Policy, who: &Capacity, standing: &Standing) -> bool {
    let view = dispatched();
    let asking = Asking {
        who,
        standing,
        place: &place(),
        kind: &field(FieldKind::Note),
        variant: None,
        view: &view,
    };
    policy.judge(&asking).is_ok()
}

#[test]
fn the_built_in_policies_read_and_name_only_known_kinds() {
    assert_eq!(Policy::all_built_in().count(), 1 + EARLIER.len());
    for policy in Policy::all_built_in() {
        assert_eq!(policy.unknown_kinds(), [""; 0], "{}", policy.version());
    }
    let policy = Policy::built_in();
    assert_eq!(policy.name(), "built-in");
    let newest_of_before = Policy::from_json(EARLIER[0])
        .expect("well formed")
        .version();
    assert!(policy.version() > newest_of_before);
}

#[test]
fn every_kind_is_given_to_somebody_and_has_a_label() {
    let policy = Policy::built_in();
    let fields = FieldKind::ALL.iter().map(|kind| kind.name());
    let instructions = InstructionKind::ALL.iter().map(|kind| kind.name());
    let ruled = policy.matrix();
    for kind in fields.chain(instructions) {
        let named = |grant: &&Grant| grant.kind.split(':').next() == Some(kind);
        assert!(ruled.iter().any(|grant| named(&grant)), "nobody may {kind}");
        assert!(policy.label(kind).is_some(), "no label for {kind}");
    }
}

#[test]
fn nobody_asks_for_what_nobody_may_grant() {
    let policy = Policy::built_in();
    let asked = |kind: &str| -> Vec<Grant> {
        let all = policy.matrix().into_iter();
        all.filter(|grant| grant.kind == kind).collect()
    };
    // More time is given at these stages, and only to work.
    let given = asked("extend");
    let stages = given.iter().flat_map(|grant| grant.stages.clone());
    let stages: Vec<Stage> = stages.flatten().collect();
    assert_eq!(stages, [Stage::Dispatched, Stage::Worked]);
    let units = [
        "working_unit",
        "lead_unit",
        "team",
        "assigned",
        "unit_subtree",
    ];
    for grant in asked("extend_request") {
        let relation = grant.relation.name();
        assert!(units.contains(&relation), "{relation}: {}", grant.role);
    }
}

#[test]
fn the_reasons_for_giving_back_are_listed_in_both_languages() {
    let policy = Policy::built_in();
    let listed = policy.labels().iter();
    let listed: Vec<_> = listed
        .filter(|(name, _)| name.starts_with("reason.send_back."))
        .collect();
    assert!(listed.len() > 4, "{listed:?}");
    assert!(
        listed
            .iter()
            .all(|(_, label)| !label.zh.is_empty() && !label.en.is_empty())
    );
}

#[test]
fn the_first_format_reads_as_it_did_and_keeps_its_hash() {
    let earlier = Policy::from_json(EARLIER[0]).expect("well formed");
    // Cases of devices in the field pin this one.
    let hash = "3f858eef19391bfdabf89d853dc0d8e0ee860b4add686d7cc4e4b64d161051ef";
    assert_eq!(earlier.hash().to_string(), hash);
    assert_eq!(earlier.version(), 2);
    assert!(earlier.rules().separation && earlier.rules().exempt.roles().is_empty());
    // Keys that it never knew are passed over, as ever, also those that the second format knows.
    let mut body: Value = serde_json::from_slice(EARLIER[0]).expect("JSON");
    body["colour"] = json!("red");
    body["rules"][0]["in"] = json!(["closed"]);
    let odd = Policy::from_json(body.to_string().as_bytes()).expect("passed over");
    let view = fold(&[]);
    let report = field(FieldKind::Report);
    assert_eq!(
        odd.permits(&who("li", "crew", None), &report, &view),
        Ok(())
    );
}

#[test]
fn the_second_format_names_the_key_that_it_does_not_know() {
    let slips: [(&str, Slip); 8] = [
        ("colour", |body| body["colour"] = json!("red")),
        ("rolls", |body| body["rules"][0]["rolls"] = json!([])),
        ("excpt", |body| body["separation"]["excpt"] = json!([])),
        ("photo.stamp.font", |body| {
            body["photo"] = json!({ "stamp": { "font": "x" } })
        }),
        ("photo.keep_original.*.clas", |body| {
            body["photo"] = json!({ "keep_original": [{ "clas": "09" }] });
        }),
        ("photo.qality", |body| {
            body["photo"] = json!({ "qality": 90 })
        }),
        ("labels.verify.fr", |body| {
            body["labels"]["verify"]["fr"] = json!("x")
        }),
        ("radius", |body| {
            body["duplicates"] = json!({ "radius": 5, "radius_m": 5, "age_days": 1 })
        }),
    ];
    for (key, slip) in slips {
        let error = edited(slip).expect_err(key).to_string();
        assert!(error.contains(key), "{key}: {error}");
    }
}

#[test]
fn numbers_out_of_their_bounds_are_refused() {
    let bad: [Slip; 8] = [
        |body| body["lights"] = json!({ "yellow_percent": 90, "red_percent": 80 }),
        |body| body["duplicates"]["radius_m"] = json!(0),
        |body| body["report_age_days"] = json!(0),
        |body| body["steps"]["send_back_decision"] = json!(false),
        |body| body["self_handled_spot_check_percent"] = json!(101),
        |body| body["photos"] = json!([{ "kinds": ["report"], "least": 3, "most": 2 }]),
        |body| body["units"] = json!({ "a": "b", "b": "a" }),
        |body| body["rules"][0]["level"] = json!("street"),
    ];
    for slip in bad {
        assert!(edited(slip).is_err());
    }
    assert!(Policy::from_json(b"{}").is_err());
}

#[test]
fn clocks_and_lights_are_the_policy_s() {
    let built_in = Policy::built_in();
    let policy = edited(|body| {
        body["lights"] = json!({ "yellow_percent": 50, "red_percent": 90 });
        body["clocks"] = json!({ "note": "none", "nodes": [] });
    })
    .expect("well formed");
    assert_eq!(policy.lights().yellow_percent, 50);
    assert_eq!(built_in.lights().yellow_percent, 80);
    assert!(policy.clocks().nodes.is_empty() && !built_in.clocks().nodes.is_empty());
    let error = edited(|body| body["clocks"] = json!({ "marx": [] })).expect_err("a slip");
    assert!(error.to_string().contains("marx"), "{error}");
}

#[test]
fn relations_by_place_go_by_certificate_and_place() {
    let rule = |relation: &str, level: Option<&str>| {
        let mut rule = json!({ "roles": ["warden"], "kinds": ["note"], "relation": relation });
        if let Some(level) = level {
            rule["level"] = json!(level);
        }
        ruled(json!([rule]))
    };
    let warden = who("wang", "warden", None);
    let areas = |codes: &[&str]| Standing {
        areas: codes.iter().map(|code| (*code).into()).collect(),
        ..Standing::default()
    };
    let any = rule("own_area", None);
    assert!(may_note(&any, &warden, &areas(&["Q1"])), "up the tree");
    assert!(may_note(&any, &warden, &areas(&["C3"])));
    assert!(!may_note(&any, &warden, &areas(&["Q2"])));
    let street = rule("own_area", Some("street"));
    assert!(may_note(&street, &warden, &areas(&["S2"])));
    assert!(
        !may_note(&street, &warden, &areas(&["Q1", "C3"])),
        "another level"
    );
    let duty = Standing {
        duty_grids: vec!["D1".into()],
        ..Standing::default()
    };
    assert!(may_note(&rule("own_duty_grid", None), &warden, &duty));
    assert!(!may_note(&rule("own_road", None), &warden, &duty));
    let road = Standing {
        roads: vec!["R7".into()],
        ..Standing::default()
    };
    assert!(may_note(&rule("own_road", None), &warden, &road));
    assert!(!may_note(
        &rule("own_duty_grid", None),
        &warden,
        &Standing::default()
    ));
    assert!(
        !may_note(&any, &who("wang", "crew", None), &areas(&["Q1"])),
        "another role"
    );
}

#[test]
fn a_unit_above_acts_for_its_subtree_and_not_the_other_way() {
    let policy = edited(|body| {
        body["rules"] =
            json!([{ "roles": ["unit_lead"], "kinds": ["note"], "relation": "unit_subtree" }]);
        body["units"] = json!({ "east": "works", "works": "city", "parks": "city" });
    })
    .expect("well formed");
    let may = |unit: &str| {
        may_note(
            &policy,
            &who("zhao", "unit_lead", Some(unit)),
            &Standing::default(),
        )
    };
    assert!(may("east") && may("works") && may("city") && may("traffic"));
    assert!(!may("parks") && !may("east-2"));
}

#[test]
fn a_team_is_who_the_work_was_assigned_to() {
    let policy = ruled(json!([{ "roles": ["crew"], "kinds": ["note"], "relation": "team" }]));
    let mut view = dispatched();
    let note = field(FieldKind::Note);
    let li = who("li", "crew", Some("night-shift"));
    assert_eq!(policy.permits(&li, &note, &view), Err(Denied::NotAsked));
    view.question = Some(OpenQuestion {
        teams: vec!["night-shift".into()],
        ..open(QuestionKind::Dispatch)
    });
    assert_eq!(policy.permits(&li, &note, &view), Ok(()));
}

#[test]
fn assigned_is_by_person_and_for_work_only() {
    let policy = ruled(json!([{ "roles": ["crew"], "kinds": ["note"], "relation": "assigned" }]));
    let wang = who("wang", "crew", Some("east"));
    let mut view = dispatched();
    let note = field(FieldKind::Note);
    assert_eq!(policy.permits(&wang, &note, &view), Ok(()));
    assert_eq!(
        policy.permits(&who("li", "crew", Some("east")), &note, &view),
        Err(Denied::NotAsked)
    );
    view.question = Some(OpenQuestion {
        persons: vec!["wang".into()],
        ..open(QuestionKind::Check)
    });
    assert_eq!(policy.permits(&wang, &note, &view), Err(Denied::NotAsked));
}

#[test]
fn variants_are_given_one_by_one() {
    let policy = Policy::built_in();
    let view = fold(&[]);
    let decline = Kind::Instruction(InstructionKind::Decline);
    let may = |role: &str, variant: Option<&str>| {
        let asking = Asking {
            who: &who("chen", role, None),
            standing: &Standing::default(),
            place: &Whereabouts::default(),
            kind: &decline,
            variant,
            view: &view,
        };
        policy.judge(&asking).is_ok()
    };
    assert!(may("operator", Some("not_accepted")) && may("operator", None));
    assert!(!may("operator", Some("not_filed")));
    assert!(may("shift_leader", Some("not_filed")));
}

#[test]
fn what_is_under_way_only_a_shift_leader_voids() {
    let policy = Policy::built_in();
    let void = Kind::Instruction(InstructionKind::Void);
    let may = |role: &str, view: &CaseView| policy.permits(&who("chen", role, None), &void, view);
    assert_eq!(may("operator", &fold(&[])), Ok(()));
    assert_eq!(may("operator", &dispatched()), Err(Denied::Stage));
    assert_eq!(may("shift_leader", &dispatched()), Ok(()));
}

/// The dispatched case, handled by wang and being checked by wang.
fn handled() -> CaseView {
    let mut view = dispatched();
    view.stage = Stage::Checking;
    view.question = Some(OpenQuestion {
        persons: vec!["wang".into()],
        ..open(QuestionKind::Check)
    });
    view.handlers = ["wang".into()].into();
    view
}

#[test]
fn handlers_neither_check_nor_close_in_whatever_role() {
    let view = handled();
    let close = Kind::Instruction(InstructionKind::Close);
    for policy in Policy::all_built_in() {
        let inspector = who("wang", "inspector", None);
        let check = field(FieldKind::Check);
        assert_eq!(
            policy.permits(&inspector, &check, &view),
            Err(Denied::Separation)
        );
        let operator = who("wang", "operator", None);
        assert_eq!(
            policy.permits(&operator, &close, &view),
            Err(Denied::Separation)
        );
        assert_eq!(
            policy.permits(&who("chen", "operator", None), &close, &view),
            Ok(())
        );
    }
}

#[test]
fn what_is_not_kept_from_handlers_counts_for_the_fold_as_for_the_gate() {
    let view = handled();
    let wang = who("wang", "inspector", None);
    let check = field(FieldKind::Check);
    let close = Kind::Instruction(InstructionKind::Close);
    let kept = |kinds: serde_json::Value| {
        edited(|body| body["separation"]["kinds"] = kinds).expect("well formed")
    };
    let narrowed = kept(json!(["close"]));
    assert_eq!(narrowed.permits(&wang, &check, &view), Ok(()));
    assert!(!narrowed.rules().separation, "the check counts");
    let operator = who("wang", "operator", None);
    let closes = narrowed.permits(&operator, &close, &view);
    assert_eq!(closes, Err(Denied::Separation));
    let named = kept(json!(["check"]));
    assert!(named.rules().separation);
    let barred = named.permits(&wang, &check, &view);
    assert_eq!(barred, Err(Denied::Separation));
}

#[test]
fn where_nothing_is_kept_from_handlers_no_exception_is_used_and_none_drawn() {
    let policy = edited(|body| {
        body["separation"] = json!({ "on": true, "kinds": ["close"], "except": [
            { "roles": ["inspector"], "relation": "anyone", "spot_check_percent": 20 }
        ]});
    })
    .expect("well formed");
    let mut view = handled();
    let wang = who("wang", "inspector", None);
    let check = field(FieldKind::Check);
    let asking = Asking {
        who: &wang,
        standing: &Standing::default(),
        place: &place(),
        kind: &check,
        variant: None,
        view: &view,
    };
    assert_eq!(policy.spot_check(&asking), None);
    view.entries = vec![crate::fold::EntryView {
        hash: ChangeHash([9; 32]),
        kind: "check".to_owned(),
        by: "wang".into(),
        unit: None,
        role: "inspector".into(),
        status: crate::fold::Status::Effective,
        reason: None,
    }];
    assert_eq!(policy.spot_check_share(&view, &[]), 0);
}

#[test]
fn a_misspelt_kind_that_is_to_be_kept_from_handlers_is_named() {
    let slip = edited(|body| body["separation"]["kinds"] = json!(["chek", "close"]));
    let slip = slip.expect("an unknown kind may be for newer apps");
    assert_eq!(slip.unknown_kinds(), ["chek"]);
}

/// Linyi's grid sub-centres: they report, dispose and check inside their own grid.
fn sub_centres() -> Policy {
    edited(|body| {
        let rules = body["rules"].as_array_mut().expect("rules");
        rules.push(json!({ "roles": ["sub_centre"], "kinds": ["report"], "relation": "anyone" }));
        rules.push(json!({ "roles": ["sub_centre"], "kinds": ["take", "handle"], "relation": "working_unit" }));
        rules.push(json!({ "roles": ["sub_centre"], "kinds": ["check"], "relation": "asked" }));
        body["separation"]["except"] = json!([
            { "roles": ["sub_centre"], "relation": "own_duty_grid", "spot_check_percent": 20 }
        ]);
    })
    .expect("well formed")
}

#[test]
fn a_sub_centre_checks_its_own_work_inside_its_own_grid_only() {
    let (policy, view) = (sub_centres(), handled());
    let wang = who("wang", "sub_centre", None);
    let check = field(FieldKind::Check);
    let asking = |duty: &str| {
        let standing = Standing {
            duty_grids: vec![duty.into()],
            ..Standing::default()
        };
        let place = place();
        let asking = Asking {
            who: &wang,
            standing: &standing,
            place: &place,
            kind: &check,
            variant: None,
            view: &view,
        };
        (policy.judge(&asking), policy.spot_check(&asking))
    };
    assert_eq!(asking("D1"), (Ok(()), Some(20)));
    assert_eq!(asking("D2"), (Err(Denied::Separation), None));
    assert_eq!(policy.rules().exempt.roles(), ["sub_centre".into()]);
    // Whoever did not handle needs no exception, and none is drawn.
    let fresh = Asking {
        who: &who("li", "sub_centre", None),
        standing: &Standing::default(),
        place: &place(),
        kind: &check,
        variant: None,
        view: &view,
    };
    assert_eq!(policy.spot_check(&fresh), None);
}

#[test]
fn what_nobody_else_has_checked_may_be_drawn() {
    let policy = sub_centres();
    let check = |by: &str, role: &str| crate::fold::EntryView {
        hash: ChangeHash([9; 32]),
        kind: "check".to_owned(),
        by: by.into(),
        unit: None,
        role: role.into(),
        status: crate::fold::Status::Effective,
        reason: None,
    };
    let mut view = handled();
    assert_eq!(policy.spot_check_share(&view, &[]), 0);
    view.entries = vec![check("wang", "sub_centre")];
    assert_eq!(policy.spot_check_share(&view, &[]), 0, "of others' work");
    view.excepted.insert(ChangeHash([9; 32]));
    assert_eq!(policy.spot_check_share(&view, &[]), 20);
    let hash = ChangeHash([8; 32]);
    view.entries.push(crate::fold::EntryView {
        hash,
        ..check("li", "inspector")
    });
    assert_eq!(policy.spot_check_share(&view, &[]), 20);
    assert!(!is_found_by_another(&view, &[]), "not found done");
    view.findings.push(Finding {
        round: view.round,
        asked: 0,
        said: Said::Done([hash].into()),
    });
    assert!(is_found_by_another(&view, &[]), "somebody else has");
    let mut settled = fold(&[]);
    settled.reporter = Some("chen".into());
    settled.report = Some(crate::entry::Report {
        self_handled: true,
        ..report()
    });
    assert_eq!(policy.spot_check_share(&settled, &[]), 10);
    settled.entries = vec![check("chen", "inspector")];
    assert_eq!(
        policy.spot_check_share(&settled, &[]),
        10,
        "the reporter's own"
    );
}

#[test]
fn services_have_rights_by_class_and_area() {
    let policy = edited(|body| {
        body["services"] = json!([{
            "service": "direct_dispatch", "kinds": ["dispatch"], "in": ["reported", "filed"],
            "classes": [{ "kind": "matter", "code": "0900" }], "areas": ["S2"],
            "unit": "night-market", "limit": "2小时"
        }]);
    })
    .expect("well formed");
    let dispatch = Kind::Instruction(InstructionKind::Dispatch);
    let asked = |stage: Stage, code: &str, place: &Whereabouts| {
        let mut view = fold(&[]);
        view.stage = stage;
        view.report = Some(crate::entry::Report {
            class: ClassRef {
                kind: ClassKind::Matter,
                code: code.into(),
            },
            ..report()
        });
        let rule = policy.service(Service::DirectDispatch, (&dispatch, None), place, &view);
        rule.and_then(|rule| rule.unit.clone())
    };
    let night_market = Some("night-market".into());
    assert_eq!(asked(Stage::Filed, "09006", &place()), night_market);
    assert_eq!(asked(Stage::Filed, "06010", &place()), None);
    assert_eq!(asked(Stage::Filed, "09006", &Whereabouts::default()), None);
    // The rule says so, and the stages that bound the kind for everybody do not.
    assert_eq!(asked(Stage::Reported, "09006", &place()), None);
    let recall = Kind::Instruction(InstructionKind::Recall);
    let mut filed = fold(&[]);
    filed.stage = Stage::Filed;
    let given = policy.service(Service::DirectDispatch, (&recall, None), &place(), &filed);
    assert!(given.is_none());
}

#[test]
fn a_service_that_never_acts_is_named() {
    let policy = edited(|body| {
        body["services"] = json!([
            { "service": "direct_dispatch", "kinds": ["dispatch"] },
            { "service": "direct_despatch", "kinds": ["dispatch"], "unit": "east" },
            { "service": "auto_file", "kinds": ["close"] },
            { "service": "self_handled", "kinds": ["file", "close:normal"] },
        ]);
    });
    let idle = policy.expect("well formed").idle(&[], None);
    let says = |at: usize, words: &str| assert!(idle[at].contains(words), "{idle:?}");
    says(0, "names no unit");
    says(1, "no service is called direct_despatch");
    says(2, "never gives close");
    assert_eq!(idle.len(), 3);
    assert!(Policy::built_in().idle(&[], None).is_empty());
}

#[test]
fn a_service_s_limit_that_no_clock_can_run_by_is_named() {
    let policy = edited(|body| {
        body["services"] = json!([
            { "service": "direct_dispatch", "kinds": ["dispatch"], "unit": "east", "limit": "soon" },
            { "service": "auto_resume", "kinds": ["resume"], "limit": "2工作日" },
        ]);
    });
    let told = policy.expect("well formed").idle(&[], None);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("direct_dispatch") && told[0].contains("soon"));
}

#[test]
fn a_policy_says_where_it_leaves_a_case_to_nobody() {
    let class = crate::entry::ClassRef {
        kind: ClassKind::Matter,
        code: "06010".into(),
    };
    let built_in = Policy::built_in();
    assert!(built_in.leaves_it_to_somebody(Stage::Closed, Some(&class)));
    let rule = |kinds: Value, stage: &str, code: &str| {
        json!([{ "roles": ["operator"], "kinds": kinds, "relation": "anyone",
            "in": [stage], "classes": [{ "code": code }] }])
    };
    let leaves = |rules: Value| ruled(rules).leaves_it_to_somebody(Stage::Dispatched, Some(&class));
    assert!(leaves(rule(json!(["recall"]), "dispatched", "06")));
    assert!(!leaves(rule(json!(["recall"]), "filed", "06")), "elsewhere");
    assert!(
        !leaves(rule(json!(["recall"]), "dispatched", "09")),
        "others"
    );
    assert!(!leaves(rule(json!(["note"]), "dispatched", "06")), "a fact");
    assert!(!leaves(json!([])), "no rules");
}

fn report() -> crate::entry::Report {
    serde_json::from_value(json!({
        "class": { "kind": "matter", "code": "06010" }, "condition": null,
        "position": { "lon_e7": 0, "lat_e7": 0, "datum": "wgs84", "accuracy_mm": null },
        "grid": null, "component": null,
        "source": { "code": "inspector", "channel": null, "external_id": null },
        "measured_milli": null, "campaign": null, "self_handled": false, "language": "zh",
        "description": null, "photos": []
    }))
    .expect("a report")
}

#[test]
fn photos_are_judged_by_the_first_rule_that_concerns_them() {
    let policy = edited(|body| {
        body["photos"] = json!([
            { "kinds": ["handle"], "classes": [{ "code": "09" }], "roles": ["crew"], "least": 2, "most": 3, "album": false },
            { "kinds": ["handle", "report"], "least": 1 }
        ]);
    })
    .expect("well formed");
    let photo = |provenance: &str| -> EvidenceRecord {
        serde_json::from_value(json!({
            "sha256": "00".repeat(32), "thumb_sha256": null, "role": "after", "media_type": "jpeg",
            "bytes": 1, "width": 1, "height": 1, "captured_at": 0, "clock": "device", "position": null,
            "provenance": provenance, "original_sha256": null, "redaction_of": null
        }))
        .expect("a record")
    };
    let class = |code: &str| ClassRef {
        kind: ClassKind::Matter,
        code: code.into(),
    };
    let handle = field(FieldKind::Handle);
    let check = |role: &str, code: &str, photos: &[EvidenceRecord]| {
        policy.check_photos(&handle, &role.into(), Some(&class(code)), photos)
    };
    let (camera, album) = (photo("camera"), photo("picker"));
    let two = [camera.clone(), camera.clone()];
    assert_eq!(check("crew", "09005", &two), Ok(()));
    assert_eq!(
        check("crew", "09005", &two[..1]),
        Err(PhotoFault::TooFew(2))
    );
    assert_eq!(
        check("crew", "09005", &[two.clone(), two.clone()].concat()),
        Err(PhotoFault::TooMany(3))
    );
    assert_eq!(
        check("crew", "09005", &[camera, album.clone()]),
        Err(PhotoFault::Album)
    );
    assert_eq!(check("crew", "06010", &[album]), Ok(()), "the second rule");
    assert_eq!(check("unit_lead", "09005", &[]), Err(PhotoFault::TooFew(1)));
    let note = field(FieldKind::Note);
    assert_eq!(
        policy.check_photos(&note, &"crew".into(), None, &[]),
        Ok(())
    );
}

/// Some rule, of what rules are made of.
fn any_rule() -> impl Strategy<Value = Value> {
    let roles = prop::sample::subsequence(vec!["inspector", "crew", "operator", "warden"], 1..=2);
    let kinds = prop::sample::subsequence(
        vec!["note", "check", "close", "decline:not_filed", "handle"],
        1..=3,
    );
    let relation = prop::sample::select(Relation::ALL.to_vec());
    let stages = prop::option::of(prop::sample::subsequence(
        vec!["reported", "dispatched", "checking"],
        0..=2,
    ));
    (roles, kinds, relation, stages).prop_map(|(roles, kinds, relation, stages)| {
        let mut rule = json!({ "roles": roles, "kinds": kinds, "relation": relation.name() });
        if let Some(stages) = stages {
            rule["in"] = json!(stages);
        }
        rule
    })
}

/// Everything that somebody may do under these rules, over a few people, kinds, places and views.
fn rights(rules: &[Value]) -> Vec<bool> {
    let policy = edited(|body| body["rules"] = json!(rules)).expect("well formed");
    let standing = Standing {
        duty_grids: vec!["D1".into()],
        areas: vec!["Q1".into()],
        roads: vec![],
    };
    let kinds = ["note", "check", "close", "decline", "handle"].map(Kind::from_name);
    let views = [fold(&[]), dispatched(), handled()];
    let mut rights = Vec::new();
    for role in ["inspector", "crew", "operator", "warden"] {
        for user in ["wang", "li"] {
            for (kind, view) in kinds
                .iter()
                .flat_map(|kind| views.iter().map(move |view| (kind, view)))
            {
                for variant in [None, Some("not_filed"), Some("not_accepted")] {
                    let asking = Asking {
                        who: &who(user, role, Some("east")),
                        standing: &standing,
                        place: &place(),
                        kind,
                        variant,
                        view,
                    };
                    rights.push(policy.judge(&asking).is_ok());
                }
            }
        }
    }
    rights
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// A rule gives and never takes: with one more nobody may do less, with one less nobody more.
    #[test]
    fn adding_a_rule_takes_nothing_away(rules in prop::collection::vec(any_rule(), 0..5), more in any_rule(), at in 0usize..5) {
        let before = rights(&rules);
        let mut longer = rules.clone();
        longer.insert(at.min(rules.len()), more);
        let after = rights(&longer);
        prop_assert!(before.iter().zip(&after).all(|(before, after)| !before || *after));
    }
}

/// Some cities call the verification before filing 核查 and the check after disposal 核实.
#[test]
fn words_made_of_two_terms_follow_a_city_that_words_these_otherwise() {
    let built_in = Policy::built_in();
    let swapped = edited(|body| {
        body["labels"] = json!({
            "verify": { "zh": "核查", "en": "verify" },
            "check": { "zh": "核实", "en": "check" },
            "stage.check_failed": { "zh": "没有做好", "en": "not done" },
        });
    })
    .expect("well formed");
    let zh = |policy: &Policy, name: &str| policy.label(name).map(|label| label.zh.clone());
    for (name, words) in [
        ("stage.verifying", "核查中"),
        ("stage.verified_exists", "核查属实"),
        ("stage.checking", "核实中"),
        ("stage.check_passed", "核实通过"),
        ("verify_request", "核查任务"),
        ("check_request", "核实任务"),
        ("public.verifying", "核查中"),
        // Its own.
        ("stage.check_failed", "没有做好"),
    ] {
        assert_eq!(zh(&swapped, name).as_deref(), Some(words), "{name}");
    }
    assert_eq!(
        zh(&swapped, "stage.closed"),
        None,
        "the built-in one serves"
    );
    assert_eq!(
        swapped.label("stage.checking").map(|label| &label.en),
        built_in.label("stage.checking").map(|label| &label.en)
    );
    // One term alone, and none.
    let field = edited(|body| body["labels"] = json!({ "verify": { "zh": "现场核实", "en": "" } }));
    let field = field.expect("well formed");
    assert_eq!(zh(&field, "stage.verifying").as_deref(), Some("现场核实中"));
    assert_eq!(zh(&field, "stage.checking"), None);
    let same = edited(|body| body["labels"] = json!({ "verify": { "zh": "核实", "en": "" } }));
    assert_eq!(same.expect("well formed").labels().len(), 1);
}
