//! A model checker on the pure entry log: every short history of a few deeds.
//!
//! A history is a set of entries with what each was written upon. The centre writes upon all that
//! was written before. A phone writes upon what it held already, upon the chain as far as any
//! instruction with all that lies below that, or upon everything: the causally closed subsets that
//! deliveries make. An entry that reaches the centre late is the same history as one that was
//! written later upon less, so deliveries are no deeds of their own. Histories that differ only in
//! the order of independent deeds, or in who is who within a role, are visited once.
//!
//! After each deed these are checked, apart from the fold's own code:
//!
//! - *convergence*: another order of the rows gives the same view;
//! - *stability*: a field entry unsettles nothing ([`crate::settled`]);
//! - *authority and cause*: the stage is that of an instruction, or an answer of somebody who was
//!   asked brought it about;
//! - *separation by person*: no check counts from somebody who handled in the round, on any phone;
//! - *no lost entry*: every entry is shown with a status;
//! - *re-pinning judges nothing anew*: with it the case stands as it stood under the policy before.

mod deeds;
mod invariants;

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeSet, HashSet};
use std::hash::{Hash, Hasher};

use gewu_model::entry::{FieldKind, InstructionKind, Kind};
use gewu_model::fold::table::{self, Moves};
use gewu_model::fold::{CaseView, Stage, fold};
use gewu_model::policy::{Capacity, Policy};

use crate::entries::{Author, Names, body, entry, field};
use crate::settled::check_stable;
use crate::world::{Hashing, Mask, World, bit};

use deeds::*;
use invariants::*;

/// Two crews, both of whose members are inspectors on other phones, and two inspectors; a reporter
/// before them.
const CAST: [Author; 7] = [
    person("chen", "inspector", None),
    person("li", "crew", Some("drainage")),
    person("sun", "crew", Some("roads")),
    person("li", "inspector", None),
    person("sun", "inspector", None),
    person("wang", "inspector", None),
    person("zhou", "inspector", None),
];

const fn person(user: &'static str, role: &'static str, unit: Option<&'static str>) -> Author {
    Author { user, role, unit }
}

/// Who may stand for whom: the crews with their units, and the inspectors.
const SYMMETRIES: [&[(&str, &str)]; 4] = [
    &[],
    &[("li", "sun"), ("drainage", "roads")],
    &[("wang", "zhou")],
    &[("li", "sun"), ("drainage", "roads"), ("wang", "zhou")],
];

fn renamed<'n>(name: &'n str, symmetry: &[(&'n str, &'n str)]) -> &'n str {
    symmetry
        .iter()
        .find_map(|(a, b)| match name {
            name if name == *a => Some(*b),
            name if name == *b => Some(*a),
            _ => None,
        })
        .unwrap_or(name)
}

#[derive(Debug, Clone, Copy)]
enum Deed {
    /// A phone writes, answering the last instruction that it knows of and that takes such answers.
    Write(usize, FieldKind, usize),
    /// The centre decides: which unit, which person.
    Decide(InstructionKind, &'static str, &'static str),
}

use Deed::{Decide, Write};

/// What was visited.
#[derive(Default)]
struct Visited {
    seen: HashSet<u64>,
    per_depth: Vec<usize>,
    kinds: BTreeSet<String>,
    stages: BTreeSet<Stage>,
}

struct Checker {
    deeds: &'static [Deed],
    /// Whether the centre gives only what the built-in policy gives at the stage.
    policy: Option<Policy>,
    world: World,
    /// Per row and symmetry, a digest of the row and all below it.
    names: Vec<[u64; 4]>,
    visited: Visited,
    trail: Vec<Deed>,
}

impl Checker {
    fn new(deeds: &'static [Deed], policy: bool) -> Self {
        let world = World::reported(Hashing::Quick(3), &CAST);
        let names = vec![[1; 4]; world.rows.len()];
        Self {
            deeds,
            policy: policy.then(Policy::built_in),
            world,
            names,
            visited: Visited::default(),
            trail: Vec::new(),
        }
    }

    fn run(mut self, name: &str, prelude: &[Deed], depth: usize) -> Visited {
        for deed in prelude {
            let view = fold(&self.world.rows);
            let (holds, upon) = self.ways(*deed, &view).pop().unwrap();
            self.act(*deed, &view, holds, upon);
        }
        let view = fold(&self.world.rows);
        self.visited.per_depth = vec![0; depth];
        self.go(&view, depth);
        let Visited {
            per_depth,
            kinds,
            stages,
            ..
        } = &self.visited;
        println!(
            "{name}: histories per depth {per_depth:?}, {} kinds, {} stages",
            kinds.len(),
            stages.len()
        );
        println!(
            "{name}: {}",
            kinds.iter().cloned().collect::<Vec<_>>().join(" ")
        );
        self.visited
    }

    fn go(&mut self, before: &CaseView, depth: usize) {
        for deed in self.deeds {
            for (holds, upon) in self.ways(*deed, before) {
                let phones = self.world.phones.clone();
                self.act(*deed, before, holds, upon);
                if self.visited.seen.insert(self.key()) {
                    self.trail.push(*deed);
                    let view = fold(&self.world.rows);
                    self.note(&view);
                    if let Err(broken) = self.check(*deed, before, &view) {
                        panic!("{broken} after {:?}", self.trail);
                    }
                    if depth > 1 {
                        self.go(&view, depth - 1);
                    }
                    self.trail.pop();
                }
                self.world.take_back(phones);
                self.names.pop();
            }
        }
    }

    fn note(&mut self, view: &CaseView) {
        let at = self.trail.len() - 1;
        self.visited.per_depth[at] += 1;
        self.visited.stages.insert(view.stage);
        let last = self.world.kind(self.world.rows.len() - 1);
        if let Some(name) = last
            .map(Kind::name)
            .filter(|it| !self.visited.kinds.contains(*it))
        {
            self.visited.kinds.insert(name.to_owned());
        }
    }

    /// What a deed may be written upon, and what it answers.
    fn ways(&self, deed: Deed, view: &CaseView) -> Vec<(Mask, Option<usize>)> {
        let all = self.world.everything();
        match deed {
            Decide(kind, ..) => {
                let operator = Capacity {
                    user: "he".into(),
                    role: "operator".into(),
                    unit: None,
                };
                let kind = Kind::Instruction(kind);
                let may = |policy: &Policy| policy.permits(&operator, &kind, view).is_ok();
                let given = self.policy.as_ref().is_none_or(may);
                given.then_some((all, None)).into_iter().collect()
            }
            Write(phone, kind, _) => {
                let held = self.world.phones[phone].holds;
                let links = view.chain.iter().map(|link| self.world.number(&link.hash));
                let mut holds: Vec<Mask> = links
                    .map(|link| held | self.world.past[link] | bit(link))
                    .collect();
                holds.extend([held, all]);
                holds.sort_unstable();
                holds.dedup();
                let ways = holds.into_iter().filter_map(|holds| {
                    let answers = self.answered(kind, view, holds);
                    let fits = answers.is_some() || !table::needs_question(kind);
                    fits.then_some((holds, answers))
                });
                ways.collect()
            }
        }
    }

    /// The last instruction among `holds` that takes an answer of the kind.
    fn answered(&self, kind: FieldKind, view: &CaseView, holds: Mask) -> Option<usize> {
        let target = table::field_row(kind).answers;
        let links = view.chain.iter().rev();
        let mut held = links
            .map(|link| self.world.number(&link.hash))
            .filter(|link| holds & bit(*link) != 0);
        held.find(
            |link| match (target, asks(self.world.body(*link).unwrap())) {
                (table::Target::Case, _) => false,
                (table::Target::Last, _) => true,
                (target, Some(kinds)) => kinds.iter().any(|kind| target.takes(*kind)),
                (_, None) => false,
            },
        )
    }

    fn act(&mut self, deed: Deed, view: &CaseView, holds: Mask, answers: Option<usize>) {
        match deed {
            Write(phone, kind, pick) => {
                let hash = answers.map(|row| self.world.rows[row].hash);
                let author = self.world.phones[phone].author;
                self.world.phones[phone].holds = holds;
                self.world
                    .write_entry(phone, entry(&author, &field(kind, pick), hash));
                self.world.push(phone);
            }
            Decide(kind, unit, person) => {
                let named = |name: &'static str| (!name.is_empty()).then_some(name);
                let request = view.pending_requests().next().map(|entry| entry.hash);
                let names = Names {
                    persons: named(person).into_iter().map(Into::into).collect(),
                    units: named(unit).into_iter().map(Into::into).collect(),
                    request,
                    ..Names::default()
                };
                let body = match (kind, unit) {
                    (InstructionKind::Repin, LAX_BEFORE) => repin(),
                    _ => body(kind, &names),
                };
                self.world.instruct_after(view, body);
            }
        }
        let names = std::array::from_fn(|at| self.named(deed, holds, answers, at));
        self.names.push(names);
    }

    /// A digest of the newest row under a symmetry.
    fn named(&self, deed: Deed, holds: Mask, answers: Option<usize>, symmetry: usize) -> u64 {
        let mut hasher = DefaultHasher::new();
        let swap = |name| renamed(name, SYMMETRIES[symmetry]);
        match deed {
            Write(phone, kind, pick) => {
                let author = self.world.phones[phone].author;
                (kind, pick, swap(author.user), author.role).hash(&mut hasher);
            }
            Decide(kind, unit, person) => (kind, swap(unit), swap(person)).hash(&mut hasher),
        }
        answers
            .map(|row| self.names[row][symmetry])
            .hash(&mut hasher);
        let below = crate::world::members(holds).map(|row| self.names[row][symmetry]);
        let below = below.fold(0_u64, |sum, name| sum.wrapping_add(spread(name)));
        below.hash(&mut hasher);
        hasher.finish()
    }

    /// One number for all histories that differ in order and in who is who alone.
    fn key(&self) -> u64 {
        let sum = |at: usize| {
            let names = self.names.iter().map(|names| spread(names[at]));
            names.fold(0_u64, u64::wrapping_add)
        };
        (0..SYMMETRIES.len()).map(sum).min().unwrap()
    }

    fn check(&self, deed: Deed, before: &CaseView, view: &CaseView) -> Result<(), String> {
        let world = &self.world;
        let mut rows = world.rows.clone();
        rows.reverse();
        if fold(&rows) != *view {
            return Err("another order of the rows gives another view".to_owned());
        }
        if view.entries.len() + 1 != world.rows.len() {
            return Err("an entry was lost".to_owned());
        }
        if matches!(deed, Decide(InstructionKind::Repin, LAX_BEFORE, _)) {
            check_repin(world, view)?;
        }
        if matches!(deed, Write(..)) {
            let held = world.everything() & !bit(world.rows.len() - 1);
            check_stable(world, (held, before), view)?;
        }
        check_cause(world, view)?;
        check_separation(world, view)
    }
}

/// How deep: deeper where `cargo xtask test` asks for it.
fn depth(daily: usize, full: usize) -> usize {
    match std::env::var_os("GEWU_MODEL_CHECKER") {
        Some(_) => full,
        None => daily,
    }
}

#[test]
fn every_kind_in_every_short_history() {
    let visited = Checker::new(ALL_KINDS, false).run("all kinds", DISPATCHED, depth(2, 3));
    let kinds = FieldKind::ALL.len() - 1 + InstructionKind::ALL.len();
    assert_eq!(visited.kinds.len(), kinds, "{:?}", visited.kinds);
}

#[test]
fn every_kind_as_the_policy_gives_it() {
    let prelude: &[Deed] = &[];
    let visited = Checker::new(ALL_KINDS, true).run("by policy", prelude, depth(3, 4));
    assert!(visited.stages.len() > 6, "{:?}", visited.stages);
}

#[test]
fn every_short_history_of_work() {
    let visited = Checker::new(WORK, false).run("work", DISPATCHED, depth(5, 6));
    assert!(visited.seen.len() > 5_000, "{}", visited.seen.len());
}

#[test]
fn every_short_history_of_the_tree_and_of_suspensions() {
    let visited = Checker::new(TREE, false).run("tree", DISPATCHED, depth(5, 6));
    assert!(visited.seen.len() > 5_000, "{}", visited.seen.len());
}

#[test]
fn every_short_history_of_checks() {
    let visited = Checker::new(CHECKS, false).run("checks", HANDLED, depth(5, 6));
    assert!(visited.seen.len() > 5_000, "{}", visited.seen.len());
}

#[test]
fn every_short_history_before_filing() {
    let visited = Checker::new(VERIFYING, false).run("verifying", &[], depth(5, 7));
    assert!(visited.seen.len() > 5_000, "{}", visited.seen.len());
}

#[test]
fn every_short_history_of_ends_and_new_beginnings() {
    let visited = Checker::new(ENDS, true).run("ends", HANDLED, depth(6, 7));
    assert!(visited.seen.len() > 1_000, "{}", visited.seen.len());
}

#[test]
fn every_short_history_in_which_another_policy_is_named() {
    let visited = Checker::new(REPINNED, false).run("repinned", DISPATCHED, depth(4, 5));
    assert!(visited.seen.len() > 1_000, "{}", visited.seen.len());
}

/// Every field entry that moves a question takes part in the deep searches.
#[test]
fn the_deep_searches_leave_no_moving_kind_out() {
    let deep = [WORK, TREE, CHECKS, VERIFYING, ENDS].concat();
    let written: BTreeSet<FieldKind> = deep
        .iter()
        .filter_map(|deed| match deed {
            Write(_, kind, _) => Some(*kind),
            Decide(..) => None,
        })
        .collect();
    let moving = FieldKind::ALL.iter().filter(|kind| {
        let moves = table::field_row(**kind).moves;
        matches!(
            moves,
            Moves::Answer(_) | Moves::Work | Moves::BeforeAnyInstruction
        )
    });
    assert!(moving.copied().all(|kind| written.contains(&kind)));
}
