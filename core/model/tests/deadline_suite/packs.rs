//! On which packs a clock stands, and which limit the catalogue gives it.

use gewu_model::case::{CaseRoot, SCHEMA};
use gewu_model::catalogue::Catalogue;
use gewu_model::deadline::clocks::{Held, Told, asked, happenings};
use gewu_model::deadline::rules::ClockRules;
use gewu_model::entry::{
    Body, ClassKind, ClassRef, Correct, Dispatch, Entry, EntryHeader, InstructionFrame, Payload,
    Register, Repin, Report, Source,
};
use gewu_model::fold::{CENTRE, Row, Written, fold};
use gewu_model::ids::{CaseId, ChangeHash, Digest};
use gewu_model::place::{Datum, Position};
use gewu_model::policy::{BUILT_IN, Policy};
use gewu_model::time::{ClockTrust, Millis};
use serde_json::{Value, json};

/// Packs of a city that changed its rules and its catalogue.
struct City {
    policies: Vec<Policy>,
    catalogues: Vec<Catalogue>,
}

impl Held for City {
    fn policy(&self, digest: &Digest) -> Option<&Policy> {
        self.policies.iter().find(|held| held.hash() == *digest)
    }

    fn catalogue(&self, digest: &Digest) -> Option<&Catalogue> {
        self.catalogues.iter().find(|held| held.hash() == *digest)
    }
}

impl City {
    fn new() -> Self {
        let catalogue = |version: u64, usual: &str| {
            let condition = json!({ "code": "1", "text": { "zh": "破损" }, "limit": usual,
                "area_limits": [{ "grade": "1", "limit": "1工作时" }] });
            let class = json!({ "kind": "component", "code": "01002", "name": { "zh": "井盖" },
                "conditions": [condition] });
            let body = json!({ "format": "gewu-catalogue/2", "version": version, "title": { "zh": "市" },
                "edition": "2026", "editions": [{ "edition": "2026", "classes": [class] }] });
            Catalogue::from_json(body.to_string().as_bytes()).expect("a catalogue")
        };
        let mut other: Value = serde_json::from_slice(BUILT_IN).expect("a policy");
        let mut clocks = ClockRules::built_in();
        let handle = clocks.nodes.iter_mut().find(|rule| rule.node == "handle");
        handle.expect("a rule").limit = Some("3工作时".into());
        other["clocks"] = json!(clocks);
        let other = Policy::from_json(other.to_string().as_bytes()).expect("a policy");
        Self {
            policies: vec![Policy::built_in(), other],
            catalogues: vec![catalogue(1, "4工作时"), catalogue(2, "5工作时")],
        }
    }

    fn root(&self) -> CaseRoot {
        CaseRoot {
            schema: SCHEMA,
            id: CaseId([1; 16]),
            edition: "2026".into(),
            policy: self.policies[0].hash(),
            catalogue: self.catalogues[0].hash(),
        }
    }

    /// Limit and policy of each clock for work, after these instructions.
    fn works(&self, bodies: &[Body]) -> Vec<(Option<String>, bool)> {
        let mut rows: Vec<Row> = Vec::new();
        let report = Report {
            class: ClassRef {
                kind: ClassKind::Component,
                code: "01002".into(),
            },
            condition: Some("1".into()),
            ..register()
        };
        let register = Body::Register(Box::new(Register::of(report)));
        let bodies = std::iter::once(&register).chain(bodies);
        for body in bodies {
            let row = instruction(&rows, body);
            rows.push(row);
        }
        let (view, root) = (fold(&rows), self.root());
        assert_eq!(view.chain.len(), rows.len());
        let told = Told {
            rows: &rows,
            view: &view,
            root: Some(&root),
            held: self,
        };
        let asked = asked(&happenings(&told, |_| None));
        let works = asked.steps.into_iter().filter(|step| step.node == "handle");
        works
            .map(|step| (step.limit, step.policy == Some(root.policy)))
            .collect()
    }
}

/// The next instruction of the centre.
fn instruction(rows: &[Row], body: &Body) -> Row {
    let prev = rows.last().map(|row| row.hash);
    let number = rows.len() as u8 + 1;
    let frame = InstructionFrame {
        prev,
        generation: 1,
        number: number.into(),
        command: Vec::new(),
        body: Vec::new(),
    };
    let payload = Payload::Instruction(frame, body.clone());
    let header = EntryHeader {
        kind: payload.kind(),
        version: payload.version(),
        by: "server".into(),
        unit: None,
        role: CENTRE.into(),
        cert: Digest([0; 32]),
        claimed_at: Millis(i64::from(number)),
        clock: ClockTrust::Server,
        answers: None,
        about: None,
        replaces: None,
    };
    let entry = Entry {
        header,
        payload: payload.to_cbor(),
        extra: Vec::new(),
    };
    Row {
        hash: ChangeHash([number; 32]),
        deps: prev.into_iter().collect(),
        entry: Some(Written::from(entry)),
    }
}

fn register() -> Report {
    Report {
        class: ClassRef {
            kind: ClassKind::Component,
            code: String::new(),
        },
        condition: None,
        position: Position::from_degrees(123.4, 41.8, Datum::Wgs84, None).expect("a place"),
        grid: None,
        component: None,
        source: Source {
            code: "hotline".into(),
            channel: None,
            external_id: None,
        },
        measured_milli: None,
        campaign: None,
        self_handled: false,
        language: "zh".into(),
        description: None,
        photos: vec![],
        contact: None,
    }
}

#[test]
fn the_limit_is_that_of_the_area_s_grade_as_the_centre_corrected_it() {
    let city = City::new();
    let dispatch = || Body::Dispatch(Dispatch::to("drainage".into()));
    let graded = Body::Correct(Box::new(Correct {
        area_grade: Some("1".into()),
        ..Correct::default()
    }));
    let text = |limit: &str| (Some(limit.to_owned()), true);
    assert_eq!(city.works(&[dispatch()]), [text("4工作时")]);
    assert_eq!(city.works(&[graded.clone(), dispatch()]), [text("1工作时")]);
    // A clock that runs keeps what it was given.
    let later = [dispatch(), graded, dispatch()];
    assert_eq!(city.works(&later), [text("4工作时"), text("1工作时")]);
    let unknown = Body::Correct(Box::new(Correct {
        area_grade: Some("9".into()),
        condition: Some("none".into()),
        ..Correct::default()
    }));
    assert_eq!(city.works(&[unknown, dispatch()]), [(None, true)]);
}

#[test]
fn a_clock_has_the_packs_that_the_case_pinned_when_it_started() {
    let city = City::new();
    let dispatch = || Body::Dispatch(Dispatch::to("drainage".into()));
    let catalogue = Body::Repin(Repin {
        catalogue: Some(city.catalogues[1].hash()),
        ..Repin::default()
    });
    let policy = Body::Repin(Repin {
        policy: Some(city.policies[1].hash()),
        ..Repin::default()
    });
    let told = [dispatch(), catalogue, dispatch(), policy, dispatch()];
    let text = |limit: &str, old| (Some(limit.to_owned()), old);
    let expected = [
        text("4工作时", true),
        text("5工作时", true),
        text("3工作时", false),
    ];
    assert_eq!(city.works(&told), expected);
    // A pack that is not here starts no clock and ends none.
    let missing = Body::Repin(Repin {
        policy: Some(Digest([9; 32])),
        ..Repin::default()
    });
    let told = [dispatch(), missing, dispatch()];
    assert_eq!(city.works(&told), [text("4工作时", true)]);
}
