use super::*;
use crate::catalogue::Catalogue;
use crate::cbor;
use crate::entry::{
    Dispatch, Entry, EntryHeader, FieldKind, Handle, InstructionFrame, InstructionKind, Kind,
};
use crate::fold::fold;
use crate::ids::Digest;
use crate::policy::Policy;
use crate::time::ClockTrust;

struct Nothing;

impl Held for Nothing {
    fn policy(&self, _: &Digest) -> Option<&Policy> {
        None
    }

    fn catalogue(&self, _: &Digest) -> Option<&Catalogue> {
        None
    }
}

struct Case(Vec<Row>);

impl Case {
    fn add(&mut self, kind: Kind, by: &str, payload: Vec<u8>, answers: Option<u8>) -> ChangeHash {
        let number = self.0.len() as u8 + 1;
        let header = EntryHeader {
            kind,
            version: 1,
            by: by.into(),
            unit: Some("drainage".into()),
            role: "crew".into(),
            cert: Digest([0; 32]),
            // The phones' clocks stand in 1970.
            claimed_at: Millis(i64::from(number)),
            clock: ClockTrust::Doubtful,
            answers: answers.map(|number| ChangeHash([number; 32])),
            about: None,
            replaces: None,
        };
        let hash = ChangeHash([number; 32]);
        let deps = self.0.last().map(|row| row.hash).into_iter().collect();
        let entry = Entry {
            header,
            payload,
            extra: Vec::new(),
        };
        self.0.push(Row {
            hash,
            deps,
            entry: Some(Written::from(entry)),
        });
        hash
    }

    fn instruct(&mut self, number: u32, prev: Option<u8>, body: &Body) -> ChangeHash {
        let frame = InstructionFrame {
            prev: prev.map(|number| ChangeHash([number; 32])),
            generation: 1,
            number,
            command: Vec::new(),
            body: body.to_cbor(),
        };
        let hash = self.add(
            Kind::Instruction(body.kind()),
            "centre",
            cbor::to_vec(&frame),
            None,
        );
        if let Some(written) = self.0.last_mut().and_then(|row| row.entry.as_mut()) {
            written.entry.header.role = crate::fold::CENTRE.into();
        }
        hash
    }
}

#[test]
fn what_counts_happens_when_it_was_received_and_never_before_what_it_answers() {
    let mut told = Case(Vec::new());
    let dispatch = Body::Dispatch(Dispatch {
        limit: Some("4工作时".into()),
        ..Dispatch::to("drainage".into())
    });
    told.instruct(1, None, &dispatch);
    let handle = cbor::to_vec(&Handle {
        note: None,
        photos: vec![],
        position: None,
    });
    let done = Kind::Field(FieldKind::Handle);
    told.add(done.clone(), "li", handle.clone(), Some(1));
    let second = told.add(done, "zhao", handle, Some(1));
    let view = fold(&told.0);
    assert_eq!(InstructionKind::Dispatch.name(), view.chain[0].kind);

    let received = |hash: &ChangeHash| (hash.0[0] != 2).then_some(Millis(5_000));
    let told = super::Told {
        rows: &told.0,
        view: &view,
        root: None,
        held: &Nothing,
    };
    let happened = happenings(&told, received);
    let kinds: Vec<_> = happened.iter().map(|one| (one.kind, one.at)).collect();
    // The first handle has no receipt and claims 1970: it cannot lie before its dispatch.
    let handle = ("handle", Millis(5_000));
    assert_eq!(kinds, [("dispatch", Millis(5_000)), handle, handle]);
    assert_eq!(happened[0].limit, Some("4工作时"));
    let supporting = happened.iter().filter(|one| one.supports());
    assert!(
        supporting.map(|one| one.entry).eq([second]),
        "a second handle only supports"
    );
    let units: Vec<_> = happened[0]
        .units()
        .map(|asked| asked.unit.0.as_str())
        .collect();
    assert_eq!(units, ["drainage"]);
}
