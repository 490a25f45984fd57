//! Stories: a history in words, and what is expected at each point of it.
//!
//! Expectations are kept rather than asserted at once, so that the same story can be judged by
//! other tables too.

use gewu_model::entry::{FieldKind, InstructionKind};
use gewu_model::fold::{QuestionKind, Reason, Rules, Stage, fold_by};

use crate::entries::{Author, Names, body};
use crate::world::{Hashing, Mask, World, bit};

pub(crate) const CHEN: usize = 0;
pub(crate) const WANG: usize = 1;
pub(crate) const LI: usize = 2;
pub(crate) const SUN: usize = 3;
pub(crate) const LI_OTHER_PHONE: usize = 4;
pub(crate) const LI_CHECKS: usize = 5;
pub(crate) const ZHAO: usize = 6;
pub(crate) const WANG_OTHER_PHONE: usize = 7;

/// Everyone in the stories: two inspectors, crews of three units, and people with two phones.
pub(crate) const PEOPLE: [Author; 8] = [
    person("chen", "inspector", None),
    person("wang", "inspector", None),
    person("li", "crew", Some("drainage")),
    person("sun", "crew", Some("roads")),
    person("li", "crew", Some("drainage")),
    person("li", "inspector", None),
    person("zhao", "crew", Some("lamps")),
    person("wang", "inspector", None),
];

const fn person(user: &'static str, role: &'static str, unit: Option<&'static str>) -> Author {
    Author { user, role, unit }
}

#[derive(Debug, Clone, Copy)]
enum Expected {
    Stage(Stage),
    Entry(usize, &'static str, Option<Reason>),
    Work(Option<usize>),
    Open(Option<QuestionKind>),
}

/// What a checker may find.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Found {
    Good = 0,
    Unable = 1,
    Bad = 2,
}

pub(crate) struct Story {
    pub(crate) world: World,
    expected: Vec<(Mask, Expected)>,
}

impl Story {
    /// Chen reported; nothing was decided.
    pub(crate) fn reported() -> Self {
        Self {
            world: World::reported(Hashing::Quick(1), &PEOPLE),
            expected: Vec::new(),
        }
    }

    /// Reported and filed, and everyone holds that much.
    pub(crate) fn filed() -> Self {
        let mut story = Self::reported();
        story.file();
        story.everyone_pulls();
        story
    }

    pub(crate) fn everyone_pulls(&mut self) {
        (0..PEOPLE.len()).for_each(|phone| self.world.pull(phone));
    }

    pub(crate) fn pull(&mut self, phone: usize) {
        self.world.pull(phone);
    }

    pub(crate) fn push(&mut self, phone: usize) {
        self.world.push(phone);
    }

    pub(crate) fn instruct(&mut self, kind: InstructionKind, names: &Names) -> usize {
        self.world.instruct(body(kind, names))
    }

    pub(crate) fn plain(&mut self, kind: InstructionKind) -> usize {
        self.instruct(kind, &Names::default())
    }

    pub(crate) fn file(&mut self) -> usize {
        self.plain(InstructionKind::File)
    }

    pub(crate) fn close(&mut self) -> usize {
        self.plain(InstructionKind::Close)
    }

    pub(crate) fn recall(&mut self) -> usize {
        self.plain(InstructionKind::Recall)
    }

    /// The first unit leads, the others help.
    pub(crate) fn dispatch(&mut self, units: &[&str]) -> usize {
        self.instruct(InstructionKind::Dispatch, &Names::units(units))
    }

    pub(crate) fn rework(&mut self, unit: &str) -> usize {
        self.instruct(InstructionKind::Rework, &Names::units(&[unit]))
    }

    pub(crate) fn forward(&mut self, unit: &str) -> usize {
        self.instruct(InstructionKind::Forward, &Names::units(&[unit]))
    }

    pub(crate) fn assign(&mut self, person: &str) -> usize {
        self.instruct(InstructionKind::Assign, &Names::persons(&[person]))
    }

    pub(crate) fn ask_verify(&mut self, persons: &[&str]) -> usize {
        self.instruct(InstructionKind::VerifyRequest, &Names::persons(persons))
    }

    pub(crate) fn ask_check(&mut self, persons: &[&str]) -> usize {
        self.instruct(InstructionKind::CheckRequest, &Names::persons(persons))
    }

    pub(crate) fn also_ask_check(&mut self, persons: &[&str]) -> usize {
        let names = Names {
            also: true,
            ..Names::persons(persons)
        };
        self.instruct(InstructionKind::CheckRequest, &names)
    }

    /// Writes on a phone, upon what it holds; the server has it after [`Story::push`].
    pub(crate) fn write(&mut self, phone: usize, kind: FieldKind, answers: Option<usize>) -> usize {
        self.world.write(phone, kind, 0, answers)
    }

    pub(crate) fn handle(&mut self, phone: usize, answers: usize) -> usize {
        self.write(phone, FieldKind::Handle, Some(answers))
    }

    pub(crate) fn verify(&mut self, phone: usize, found: Found, answers: usize) -> usize {
        self.world
            .write(phone, FieldKind::Verify, found as usize, Some(answers))
    }

    pub(crate) fn check(&mut self, phone: usize, found: Found, answers: usize) -> usize {
        self.world
            .write(phone, FieldKind::Check, found as usize, Some(answers))
    }

    /// At this point the case stands so.
    pub(crate) fn stands(&mut self, stage: Stage) {
        self.expected
            .push((self.world.server, Expected::Stage(stage)));
    }

    /// At this point the entry has that status.
    pub(crate) fn is(
        &mut self,
        entry: usize,
        status: &'static str,
        reason: impl Into<Option<Reason>>,
    ) {
        let expected = Expected::Entry(entry, status, reason.into());
        self.expected.push((self.world.server, expected));
    }

    /// At this point that work counts, or none does.
    pub(crate) fn work_is(&mut self, entry: impl Into<Option<usize>>) {
        self.expected
            .push((self.world.server, Expected::Work(entry.into())));
    }

    /// At this point that is asked, or nothing.
    pub(crate) fn asks(&mut self, kind: impl Into<Option<QuestionKind>>) {
        self.expected
            .push((self.world.server, Expected::Open(kind.into())));
    }

    /// Everything that is not as expected, by these rules.
    pub(crate) fn broken(&self, rules: &Rules<'_>) -> Vec<String> {
        let broken = |(held, expected): &(Mask, Expected)| {
            let view = fold_by(&self.world.rows_of(*held), rules);
            let hash = |row: usize| self.world.rows[row].hash;
            let found = match *expected {
                Expected::Stage(stage) if view.stage == stage => return None,
                Expected::Stage(_) => view.stage.name().to_owned(),
                Expected::Work(work) => {
                    let found = view.work.map(|work| work.entry);
                    if found == work.map(hash) {
                        return None;
                    }
                    format!("{:?}", found.map(|hash| self.world.number(&hash)))
                }
                Expected::Open(kind) => {
                    let found = view.question.map(|open| open.kind);
                    if found == kind {
                        return None;
                    }
                    format!("{found:?}")
                }
                Expected::Entry(row, status, reason) => {
                    assert_ne!(held & bit(row), 0, "row {row} has not arrived yet");
                    let entry = view.entry(&hash(row)).unwrap();
                    if entry.status.name() == status && entry.reason == reason {
                        return None;
                    }
                    format!("{} {:?}", entry.status.name(), entry.reason)
                }
            };
            Some(format!("{expected:?}, but {found}"))
        };
        self.expected.iter().filter_map(broken).collect()
    }

    pub(crate) fn expectations(&self) -> usize {
        self.expected.len()
    }
}
