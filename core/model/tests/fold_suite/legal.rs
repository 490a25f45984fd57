//! Legal histories: a centre that writes upon all it has, phones that write upon what reached them,
//! deliveries that come in part and out of order, and now and then a server from a backup.

use std::fmt;

use gewu_model::entry::{FieldKind, InstructionKind, Kind};
use gewu_model::fold::{CaseView, EntryView, Reason, Stage, table};
use gewu_model::ids::ChangeHash;
use gewu_model::policy::{Capacity, Policy};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::entries::{Names, body};
use crate::story::PEOPLE;
use crate::world::{Hashing, MAX_ROWS, Mask, World, bit, members};

const PERSONS: [&str; 3] = ["wang", "chen", "li"];
const UNITS: [&str; 3] = ["drainage", "roads", "lamps"];

#[derive(Debug, Clone, Copy)]
enum Step {
    /// These phones receive all that the server has.
    Pull(u8),
    Push(usize),
    /// Only a part arrives, with all that it was written upon.
    PullPart(usize, Mask),
    Write(usize, Choice),
    Instruct(Choice),
    Restore(usize),
}

/// A seed for picking from whatever is allowed when its turn comes.
type Choice = u64;

fn step() -> impl Strategy<Value = Step> {
    let phone = 0..PEOPLE.len();
    let choice = any::<Choice>();
    prop_oneof![
        30 => any::<u8>().prop_map(Step::Pull),
        20 => phone.clone().prop_map(Step::Push),
        5 => (phone.clone(), any::<Mask>()).prop_map(|(at, part)| Step::PullPart(at, part)),
        50 => (phone, choice).prop_map(|(at, choice)| Step::Write(at, choice)),
        25 => choice.prop_map(Step::Instruct),
        1 => (0..20usize).prop_map(Step::Restore),
    ]
}

/// A history with the seed for whatever a test shuffles.
#[derive(Clone)]
pub(crate) struct History {
    pub(crate) world: World,
    pub(crate) seed: u64,
}

/// Histories of up to `steps` steps.
pub(crate) fn histories(steps: usize, codec: bool) -> impl Strategy<Value = History> {
    (vec(step(), 1..steps), any::<u64>()).prop_map(move |(steps, seed)| {
        let hashing = if codec {
            Hashing::Codec
        } else {
            Hashing::Quick(seed)
        };
        let mut teller = Teller {
            world: World::reported(hashing, &PEOPLE),
            policy: Policy::built_in(),
        };
        if seed % 2 == 0 {
            teller.begin_work();
        }
        steps.into_iter().for_each(|step| teller.take(step));
        History {
            world: teller.world,
            seed,
        }
    })
}

struct Teller {
    world: World,
    policy: Policy,
}

impl Teller {
    fn take(&mut self, step: Step) {
        if self.world.rows.len() >= MAX_ROWS {
            return;
        }
        match step {
            Step::Pull(phones) => (0..PEOPLE.len())
                .filter(|phone| phones & 1 << phone != 0)
                .for_each(|phone| self.world.pull(phone)),
            Step::Push(phone) => self.world.push(phone),
            Step::PullPart(phone, part) => {
                let part = self.world.closed(part & self.world.server);
                self.world.phones[phone].holds |= part;
            }
            Step::Write(phone, choice) => self.write(phone, choice),
            Step::Instruct(choice) => self.instruct(choice),
            Step::Restore(to) => self.restore(to),
        }
    }

    /// Half the histories begin where work begins, since every way there is short.
    fn begin_work(&mut self) {
        self.world
            .instruct(body(InstructionKind::File, &Names::default()));
        self.world
            .instruct(body(InstructionKind::Dispatch, &Names::units(&UNITS[..2])));
        (0..PEOPLE.len()).for_each(|phone| self.world.pull(phone));
    }

    fn permits(&self, who: &Capacity, kind: Kind, view: &CaseView) -> bool {
        self.policy.permits(who, &kind, view).is_ok()
    }

    /// Mostly somebody writes what moves the case, because that is what the fold is about.
    fn write(&mut self, from: usize, choice: Choice) {
        let mut dice = Dice(choice);
        let rare = dice.one_in(3);
        let telling = (0..PEOPLE.len())
            .map(|more| (from + more) % PEOPLE.len())
            .filter(|_| !rare)
            .find_map(|phone| {
                let mut may = self.may_write(phone);
                may.retain(|kind| moves_questions(*kind));
                Some((phone, *dice.pick(&may)?))
            });
        let any = || Some((from, *Dice(choice).pick(&self.may_write(from))?));
        let Some((phone, kind)) = telling.or_else(any) else {
            return;
        };
        let answers = self.choose_answered(phone, kind, &mut dice);
        if answers.is_some() || !table::needs_question(kind) {
            let result = dice.roll() as usize % 3;
            self.world.write(phone, kind, result, answers);
        }
    }

    fn may_write(&self, phone: usize) -> Vec<FieldKind> {
        let view = self.world.view(self.world.phones[phone].holds);
        let author = &self.world.phones[phone].author;
        let who = Capacity {
            user: author.user.into(),
            role: author.role.into(),
            unit: author.unit.map(Into::into),
        };
        FieldKind::ALL
            .iter()
            .copied()
            .filter(|kind| *kind != FieldKind::Report)
            .filter(|kind| self.permits(&who, Kind::Field(*kind), &view))
            .collect()
    }

    /// Mostly the latest link of the open question, at times any other that the phone holds.
    fn choose_answered(&self, phone: usize, kind: FieldKind, dice: &mut Dice) -> Option<usize> {
        let view = self.world.view(self.world.phones[phone].holds);
        if dice.one_in(3) && !table::needs_question(kind) {
            return None;
        }
        let open = view.question.as_ref().map(|open| open.answer_to);
        let any = dice.pick(&view.chain).map(|link| link.hash);
        let hash = open.filter(|_| !dice.one_in(8)).or(any);
        hash.map(|hash| self.world.number(&hash))
    }

    /// Mostly what the policy allows at this stage; cities' policies differ, so at times anything.
    /// Endings are rare, lest every history be over before it begins.
    fn instruct(&mut self, choice: Choice) {
        let mut dice = Dice(choice);
        let view = self.world.view(self.world.server);
        let centre = ["operator", "shift_leader"].map(|role| Capacity {
            user: "zhou".into(),
            role: role.into(),
            unit: None,
        });
        let permitted = |kind: &InstructionKind| {
            let may = |who| self.permits(who, Kind::Instruction(*kind), &view);
            centre.iter().any(may)
        };
        let ends = |kind| table::instruction(kind).stage.is_some_and(Stage::is_final);
        let (anything, ending) = (dice.one_in(8), dice.one_in(8));
        let may: Vec<InstructionKind> = InstructionKind::ALL
            .iter()
            .copied()
            .filter(|kind| ending || !ends(*kind))
            .filter(|kind| anything || permitted(kind))
            .collect();
        let names = Names {
            also: dice.one_in(3),
            persons: choose(&PERSONS, &mut dice),
            units: choose(&UNITS, &mut dice),
            request: self.request(&view, &mut dice),
            granted: dice.one_in(2),
        };
        if let Some(kind) = dice.pick(&may) {
            self.world.instruct(body(*kind, &names));
        }
    }

    /// Mostly a request that waits, at times any entry.
    fn request(&self, view: &CaseView, dice: &mut Dice) -> Option<ChangeHash> {
        let waits = |entry: &&EntryView| entry.reason == Some(Reason::Request);
        let waiting: Vec<ChangeHash> = view
            .entries
            .iter()
            .filter(waits)
            .map(|it| it.hash)
            .collect();
        let any = dice.pick(&view.entries).map(|entry| entry.hash);
        dice.pick(&waiting)
            .copied()
            .or(any.filter(|_| dice.one_in(4)))
    }

    /// Back to what the server had just after some instruction.
    fn restore(&mut self, to: usize) {
        let world = &self.world;
        let links: Vec<usize> = members(world.server)
            .filter(|row| world.body(*row).is_some())
            .collect();
        if let Some(link) = links.get(to % links.len().max(1)) {
            let kept = self.world.past[*link] | bit(*link);
            self.world.restore(kept);
        }
    }
}

fn moves_questions(kind: FieldKind) -> bool {
    let moves = table::field_row(kind).moves;
    matches!(moves, table::Moves::Answer(_) | table::Moves::Work)
}

/// One or two of three.
fn choose<T: From<&'static str>>(all: &[&'static str; 3], dice: &mut Dice) -> Vec<T> {
    let mut all = *all;
    dice.shuffle(&mut all);
    let count = 1 + usize::from(dice.one_in(2));
    all[..count].iter().map(|it| T::from(*it)).collect()
}

impl fmt::Debug for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "seed {}", self.seed)?;
        for row in 1..self.world.rows.len() {
            let header = &self.world.written(row).unwrap().entry.header;
            let name = header.kind.name();
            let upon: Vec<usize> = self.world.rows[row]
                .deps
                .iter()
                .map(|hash| self.world.number(hash))
                .collect();
            let answers = self.world.answered(row);
            writeln!(
                f,
                "{row}: {name} by {} upon {upon:?} answers {answers:?}",
                header.by
            )?;
            if let Some(body) = self.world.body(row) {
                writeln!(f, "   {body:?}")?;
            }
        }
        Ok(())
    }
}

/// A small generator for shuffling, so that a failing case replays.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed ^ (mixed >> 27)
    }

    fn one_in(&mut self, sides: u64) -> bool {
        self.roll().is_multiple_of(sides)
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        from.get((self.roll() % from.len().max(1) as u64) as usize)
    }

    pub(crate) fn mask(&mut self) -> Mask {
        u128::from(self.roll()) << 64 | u128::from(self.roll())
    }

    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, (self.roll() % (at as u64 + 1)) as usize);
        }
    }
}
