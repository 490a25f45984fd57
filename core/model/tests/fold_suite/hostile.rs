//! Rows that no gate lets through: the fold is total, bounded, and indifferent to their order.

use gewu_model::entry::{Body, Entry, FieldKind, InstructionKind, Kind, Payload, PayloadError};
use gewu_model::fold::{CENTRE, Reason, Row, Stage, Written, fold};
use gewu_model::ids::ChangeHash;
use gewu_model::policy::{Capacity, Denied, Policy};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::entries::{Author, Names, body, entry, field, instruction};
use crate::laws::config;
use crate::legal::Dice;
use crate::story::{LI, LI_CHECKS, SUN, Story};

pub(crate) const CENTRE_AUTHOR: Author = Author {
    user: "centre",
    role: CENTRE,
    unit: None,
};
pub(crate) const IMPOSTOR: Author = Author {
    user: "li",
    role: "crew",
    unit: Some("drainage"),
};

pub(crate) fn hash(number: usize) -> ChangeHash {
    let mut hash = [0; 32];
    hash[..8].copy_from_slice(&(number as u64).to_le_bytes());
    ChangeHash(hash)
}

pub(crate) fn row(number: usize, deps: &[usize], entry: Entry) -> Row {
    Row {
        hash: hash(number),
        deps: deps.iter().map(|dep| hash(*dep)).collect(),
        entry: Some(Written::from(entry)),
    }
}

pub(crate) fn told(author: &Author, body: Body, prev: Option<usize>) -> Entry {
    let payload = instruction(body, prev.map(hash), 1, 1);
    entry(author, &payload, None)
}

pub(crate) fn plain(kind: InstructionKind) -> Body {
    body(kind, &Names::default())
}

#[test]
fn only_the_centre_s_instructions_hold() {
    let file = told(&IMPOSTOR, plain(InstructionKind::File), None);
    let register = told(&IMPOSTOR, plain(InstructionKind::Register), None);
    let view = fold(&[row(1, &[], file), row(2, &[1], register)]);
    assert_eq!(view.stage, Stage::Reported);
    assert_eq!((view.tip(), view.report), (None, None));
    assert!(
        view.entries
            .iter()
            .all(|it| it.reason == Some(Reason::OffChain))
    );
}

#[test]
fn instructions_in_a_circle_hold_nothing_up() {
    let file = |prev| told(&CENTRE_AUTHOR, plain(InstructionKind::File), Some(prev));
    let by_prev = [row(1, &[], file(2)), row(2, &[1], file(1))];
    assert_eq!(fold(&by_prev).tip(), None);
    let by_deps = [row(1, &[2], file(2)), row(2, &[1], file(1))];
    assert_eq!(fold(&by_deps).entries, []);
    let own = [row(1, &[1], file(1))];
    assert_eq!(fold(&own).entries, []);
}

#[test]
fn an_instruction_that_was_not_written_upon_its_predecessor_does_not_hold() {
    let file = told(&CENTRE_AUTHOR, plain(InstructionKind::File), None);
    let close = told(&CENTRE_AUTHOR, plain(InstructionKind::Close), Some(1));
    let apart = [row(1, &[], file.clone()), row(2, &[], close.clone())];
    assert_eq!(fold(&apart).stage, Stage::Filed);
    assert_eq!(
        fold(&[row(1, &[], file), row(2, &[1], close)]).stage,
        Stage::Closed
    );
}

/// Policy and fold agree about who may check: whoever handled in the round that is checked.
#[test]
fn handling_an_earlier_round_bars_nobody_from_checking_the_next() {
    let mut story = Story::filed();
    let task = story.dispatch(&["drainage"]);
    story.everyone_pulls();
    story.handle(LI, task);
    story.push(LI);
    story.ask_check(&["li"]);
    let may = |story: &Story| {
        let view = story.world.view(story.world.server);
        let author = &story.world.phones[LI_CHECKS].author;
        let who = Capacity {
            user: author.user.into(),
            role: author.role.into(),
            unit: None,
        };
        Policy::built_in().permits(&who, &Kind::Field(FieldKind::Check), &view)
    };
    assert_eq!(may(&story), Err(Denied::Separation));
    let again = story.rework("roads");
    story.everyone_pulls();
    story.handle(SUN, again);
    story.push(SUN);
    story.ask_check(&["li"]);
    assert_eq!(may(&story), Ok(()));
}

#[test]
fn a_case_that_goes_on_after_its_close_is_not_closed() {
    let mut story = Story::filed();
    story.close();
    assert!(story.world.view(story.world.server).close.is_some());
    story.rework("drainage");
    assert_eq!(story.world.view(story.world.server).close, None);
}

fn any_kind() -> impl Strategy<Value = Kind> {
    let fields = (0..FieldKind::ALL.len()).prop_map(|at| Kind::Field(FieldKind::ALL[at]));
    let instructions =
        (0..InstructionKind::ALL.len()).prop_map(|at| Kind::Instruction(InstructionKind::ALL[at]));
    prop_oneof![
        5 => fields,
        6 => instructions,
        1 => Just(Kind::Unknown("levitate".into())),
    ]
}

/// Rows that depend on, answer and follow anything, themselves included.
fn any_row(number: usize, count: usize) -> impl Strategy<Value = Row> {
    let other = move || 0..count + 1;
    let links = (vec(other(), 0..4), other(), other(), any::<bool>());
    (any_kind(), 0..4u64, links).prop_map(move |(kind, pick, (deps, answers, prev, centre))| {
        let author = if centre { CENTRE_AUTHOR } else { IMPOSTOR };
        let names = Names {
            persons: vec!["li".into()],
            units: vec!["drainage".into()],
            also: pick == 1,
            ..Names::default()
        };
        let answers = (answers % 4 != 0).then(|| hash(answers));
        let prev = (prev % 4 != 0).then(|| hash(prev));
        let payload = match kind {
            Kind::Field(kind) => field(kind, pick as usize),
            Kind::Instruction(kind) => instruction(body(kind, &names), prev, pick, 1),
            Kind::Unknown(_) => field(FieldKind::Note, 0),
        };
        let mut entry = entry(&author, &payload, answers);
        entry.header.kind = kind;
        let mut row = row(number, &deps, entry);
        if let Some(written) = row.entry.as_mut().filter(|_| pick == 3) {
            written.payload = Err(PayloadError::Bounds("persons"));
        }
        row
    })
}

fn any_rows() -> impl Strategy<Value = Vec<Row>> {
    (1..14usize).prop_flat_map(|count| {
        (1..=count)
            .map(|number| any_row(number, count))
            .collect::<Vec<_>>()
    })
}

proptest! {
    #![proptest_config(config(1000))]

    #[test]
    fn any_rows_fold_alike_in_any_order(rows in any_rows(), seed in any::<u64>()) {
        let view = fold(&rows);
        let mut stirred = [rows.clone(), rows].concat();
        Dice(seed).shuffle(&mut stirred);
        prop_assert_eq!(fold(&stirred).canonical(), view.canonical());
        prop_assert_eq!(fold(&stirred).token(), view.token());
    }
}

#[test]
fn payload_and_kind_need_not_agree() {
    let mut file = told(&CENTRE_AUTHOR, plain(InstructionKind::File), None);
    file.header.kind = Kind::Field(FieldKind::Handle);
    let mut odd = row(1, &[], file.clone());
    odd.entry = Some(Written {
        entry: file,
        payload: Ok(Payload::Instruction(
            match instruction(plain(InstructionKind::File), None, 1, 1) {
                Payload::Instruction(frame, _) => frame,
                other => panic!("{other:?}"),
            },
            plain(InstructionKind::File),
        )),
    });
    assert_eq!(fold(&[odd]).entries.len(), 1);
}
