//! Every short history of a few deeds: a model checker that is small enough for every test run.
//!
//! After each deed, whatever the order of rows, the fold is the same; and when the deed was a field
//! entry, it unsettled nothing.

use gewu_model::entry::{FieldKind, InstructionKind};
use gewu_model::fold::{CaseView, fold};

use crate::entries::{Author, Names, body};
use crate::settled::check_stable;
use crate::story::PEOPLE;
use crate::world::{Hashing, World};

/// Two crews, an inspector, and a crew member who is an inspector on another phone.
const CAST: [Author; 4] = [PEOPLE[2], PEOPLE[3], PEOPLE[1], PEOPLE[5]];

#[derive(Debug, Clone, Copy)]
enum Deed {
    /// The phone receives what the server has.
    Pull(usize),
    /// The phone writes upon what it holds, answering the last question it knows of.
    Write(usize, FieldKind, usize),
    /// The centre decides upon all it has.
    Decide(InstructionKind, &'static str),
}

struct Search {
    deeds: &'static [Deed],
    visited: usize,
}

impl Search {
    fn go(&mut self, world: &World, before: &CaseView, trail: &mut Vec<Deed>, depth: usize) {
        for deed in self.deeds {
            let mut world = world.clone();
            let held = world.server;
            if !act(&mut world, *deed) {
                continue;
            }
            trail.push(*deed);
            self.visited += 1;
            let view = world.view(world.server);
            let mut rows = world.rows_of(world.server);
            rows.reverse();
            assert_eq!(fold(&rows), view, "another order after {trail:?}");
            if matches!(deed, Deed::Write(..)) {
                let checked = check_stable(&world, (held, before), &view);
                assert_eq!(checked, Ok(()), "after {trail:?}");
            }
            if depth > 1 {
                self.go(&world, &view, trail, depth - 1);
            }
            trail.pop();
        }
    }
}

/// Does it, unless it would change nothing or say nothing.
fn act(world: &mut World, deed: Deed) -> bool {
    match deed {
        Deed::Pull(phone) => {
            let news = world.server & !world.phones[phone].holds;
            world.pull(phone);
            news != 0
        }
        Deed::Write(phone, kind, pick) => {
            let view = world.view(world.phones[phone].holds);
            let asks = |link: &&gewu_model::fold::Link| asks(link.kind, kind);
            let answers = view.chain.iter().rev().find(asks).map(|link| link.hash);
            let Some(answers) = answers.map(|hash| world.number(&hash)) else {
                return false;
            };
            world.write(phone, kind, pick, Some(answers));
            // It reaches the server at once, or it reads as if written later.
            world.push(phone);
            true
        }
        Deed::Decide(kind, whom) => {
            let names = Names {
                persons: vec![whom.into()],
                units: vec![whom.into()],
                also: false,
                ..Names::default()
            };
            world.instruct(body(kind, &names));
            true
        }
    }
}

fn asks(instruction: &str, answer: FieldKind) -> bool {
    let kinds: &[&str] = match answer {
        FieldKind::Handle => &["dispatch", "rework", "forward"],
        FieldKind::Check => &["check_request"],
        _ => &["verify_request"],
    };
    kinds.contains(&instruction)
}

fn search(deeds: &'static [Deed], prelude: &[Deed], depth: usize) -> usize {
    let mut world = World::reported(Hashing::Quick(3), &CAST);
    for deed in prelude {
        assert!(act(&mut world, *deed));
    }
    let view = world.view(world.server);
    let mut search = Search { deeds, visited: 0 };
    search.go(&world, &view, &mut Vec::new(), depth);
    search.visited
}

const WORK: &[Deed] = &[
    Deed::Decide(InstructionKind::Dispatch, "roads"),
    Deed::Decide(InstructionKind::Recall, ""),
    Deed::Decide(InstructionKind::Rework, "drainage"),
    Deed::Decide(InstructionKind::Close, ""),
    Deed::Write(0, FieldKind::Handle, 0),
    Deed::Write(1, FieldKind::Handle, 0),
    Deed::Pull(0),
    Deed::Pull(1),
];

const CHECKS: &[Deed] = &[
    Deed::Decide(InstructionKind::CheckRequest, "li"),
    Deed::Decide(InstructionKind::Rework, "drainage"),
    Deed::Decide(InstructionKind::Close, ""),
    Deed::Write(0, FieldKind::Handle, 0),
    Deed::Write(3, FieldKind::Check, 0),
    Deed::Write(3, FieldKind::Check, 2),
    Deed::Pull(0),
    Deed::Pull(3),
];

const VERIFYING: &[Deed] = &[
    Deed::Decide(InstructionKind::VerifyRequest, "wang"),
    Deed::Decide(InstructionKind::VerifyRequest, "li"),
    Deed::Decide(InstructionKind::File, ""),
    Deed::Decide(InstructionKind::Reply, ""),
    Deed::Write(2, FieldKind::Verify, 0),
    Deed::Write(3, FieldKind::Verify, 2),
    Deed::Pull(2),
    Deed::Pull(3),
];

const DISPATCHED: &[Deed] = &[
    Deed::Decide(InstructionKind::File, ""),
    Deed::Decide(InstructionKind::Dispatch, "drainage"),
    Deed::Pull(0),
    Deed::Pull(1),
];

#[test]
fn every_short_history_of_work() {
    let visited = search(WORK, DISPATCHED, 5);
    assert!(visited > 5_000, "{visited}");
}

#[test]
fn every_short_history_of_checks() {
    let visited = search(CHECKS, DISPATCHED, 5);
    assert!(visited > 5_000, "{visited}");
}

#[test]
fn every_short_history_before_filing() {
    let visited = search(VERIFYING, &[], 5);
    assert!(visited > 5_000, "{visited}");
}
