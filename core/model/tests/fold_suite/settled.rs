//! What is settled, said independently of the fold.
//!
//! A question is *settled* for findings and facts when an instruction ended it, and for work when
//! an instruction that work does not survive came after it. From then on no field entry changes the
//! status of anything that answers it. An entry that answers no question is settled from the
//! beginning, except a withdrawal, which the first instruction settles.

use gewu_model::entry::{Body, FieldKind, Kind};
use gewu_model::fold::table::{self, Again, Effect};
use gewu_model::fold::{CaseView, QuestionKind, Status};

use gewu_model::ids::UnitId;

use crate::world::{Mask, World, members};

#[derive(Debug)]
struct Asked {
    kind: QuestionKind,
    links: Vec<usize>,
    ended: bool,
    /// Whether the round of work is decided.
    decided: bool,
}

fn questions(world: &World, view: &CaseView) -> Vec<Asked> {
    let mut said = Said::default();
    for link in view.chain.iter().map(|link| world.number(&link.hash)) {
        said.take(link, world.body(link).unwrap());
    }
    said.all
}

/// Units, each with the one above it.
type Line = Vec<(UnitId, Option<UnitId>)>;

/// What the chain said so far.
#[derive(Default)]
struct Said {
    all: Vec<Asked>,
    /// The units that have the open question, from the top of the tree to the narrowest.
    line: Line,
    helpers: Vec<UnitId>,
    /// What waits to be resumed, with its line.
    waiting: Option<(QuestionKind, Line, Vec<UnitId>)>,
}

impl Said {
    fn open(&mut self) -> Option<&mut Asked> {
        self.all.last_mut().filter(|asked| !asked.ended)
    }

    fn take(&mut self, link: usize, body: &Body) {
        let row = table::instruction(body.kind());
        let asks_again = row.effect == Effect::AsksAgain(Again::Finding);
        let idle = asks_again && self.all.iter().all(|it| it.kind.is_work());
        if !row.work_survives && !idle {
            self.all.iter_mut().for_each(|asked| asked.decided = true);
        }
        match (row.effect, body) {
            (Effect::Leaves, _) => {}
            (Effect::Narrows, _) => self.narrow(link, body),
            (Effect::Asks(kind), Body::VerifyRequest(it) | Body::CheckRequest(it))
                if it.also && self.open().is_some_and(|open| open.kind == kind) =>
            {
                self.narrow(link, body);
            }
            (Effect::Asks(kind), _) => self.ask(link, kind, body),
            (Effect::AsksAgain(Again::Finding), _) => {
                let before = self.all.iter().rfind(|it| !it.kind.is_work());
                if let Some(kind) = before.map(|it| it.kind) {
                    self.ask(link, kind, body);
                }
            }
            (Effect::AsksAgain(Again::Suspended), _) => {
                if let Some((kind, line, helpers)) = self.waiting.take() {
                    self.ask(link, kind, body);
                    (self.line, self.helpers) = (line, helpers);
                }
            }
            (Effect::Returns, _) => self.give_back(link, body),
            (Effect::Ends, Body::Suspend(_)) => {
                let waits = self.open().map(|open| open.kind);
                let line = std::mem::take(&mut self.line);
                let helpers = std::mem::take(&mut self.helpers);
                let before = self.waiting.take();
                self.end();
                self.waiting = waits.map(|kind| (kind, line, helpers)).or(before);
            }
            (Effect::Ends, _) => self.end(),
        }
    }

    fn end(&mut self) {
        self.all.iter_mut().for_each(|asked| asked.ended = true);
        self.waiting = None;
        self.line.clear();
        self.helpers.clear();
    }

    fn ask(&mut self, link: usize, kind: QuestionKind, body: &Body) {
        self.end();
        match body {
            Body::Dispatch(it) => {
                self.line.push((it.lead.clone(), None));
                self.helpers.clone_from(&it.assist);
            }
            Body::Rework(it) => self.line.push((it.lead.clone(), None)),
            Body::Order(it) => self
                .line
                .extend(it.units.iter().map(|it| (it.clone(), None))),
            _ => {}
        }
        self.all.push(Asked {
            kind,
            links: vec![link],
            ended: false,
            decided: false,
        });
    }

    fn narrow(&mut self, link: usize, body: &Body) {
        let narrowest = self.line.last().map(|(unit, _)| unit.clone());
        let Some(open) = self.open() else {
            return;
        };
        open.links.push(link);
        if let Body::Forward(it) = body {
            let from = it.from.clone().filter(|from| {
                self.helpers.contains(from) || self.line.iter().any(|(unit, _)| unit == from)
            });
            self.line.push((it.unit.clone(), from.or(narrowest)));
        }
    }

    fn give_back(&mut self, link: usize, body: &Body) {
        let Body::SendBack(it) = body else {
            unreachable!("only send_back returns");
        };
        if self.open().is_none_or(|open| !open.kind.is_work()) {
            return;
        }
        let narrowest = self.line.last().map(|(unit, _)| unit.clone());
        let Some(unit) = it.unit.clone().or(narrowest) else {
            return self.end();
        };
        let tops = self
            .line
            .iter()
            .filter(|(_, above)| above.is_none())
            .count();
        let at = self.line.iter().rposition(|(named, _)| *named == unit);
        match at {
            Some(at) if self.line[at].1.is_none() && tops == 1 => self.end(),
            Some(at) => {
                self.open().unwrap().links.push(link);
                let mut gone = vec![self.line.remove(at).0];
                while let Some(below) = self
                    .line
                    .iter()
                    .position(|(_, above)| above.as_ref().is_some_and(|above| gone.contains(above)))
                {
                    gone.push(self.line.remove(below).0);
                }
            }
            None if self.helpers.contains(&unit) => {
                self.open().unwrap().links.push(link);
                self.helpers.retain(|helper| *helper != unit);
            }
            None => {}
        }
    }
}

fn is_settled(world: &World, view: &CaseView, questions: &[Asked], row: usize) -> bool {
    let Some(Kind::Field(kind)) = world.kind(row) else {
        return true;
    };
    let Some(answered) = world.answered(row) else {
        return *kind != FieldKind::Withdraw || !view.chain.is_empty();
    };
    let asked = questions.iter().find(|it| it.links.contains(&answered));
    asked.is_none_or(|asked| match kind {
        FieldKind::Handle | FieldKind::Confirm if asked.kind.is_work() => asked.decided,
        _ => asked.ended,
    })
}

/// Checks that the field entries which `after` holds beyond `before` unsettled nothing.
pub(crate) fn check_stable(
    world: &World,
    (held, before): (Mask, &CaseView),
    after: &CaseView,
) -> Result<(), String> {
    let asked = questions(world, before);
    for row in members(held) {
        let hash = world.rows[row].hash;
        let (Some(old), Some(new)) = (before.entry(&hash), after.entry(&hash)) else {
            continue;
        };
        let fixed = is_settled(world, before, &asked, row);
        let late = matches!(old.status, Status::Late { .. }) || old.status == Status::Orphan;
        if (fixed || late) && (&old.status, old.reason) != (&new.status, new.reason) {
            return Err(format!("row {row}: {old:?} became {new:?}"));
        }
    }
    check_decisions(before, after)?;
    let undecided = asked.iter().any(|it| it.kind.is_work() && !it.decided);
    if !undecided && before.work != after.work {
        return Err(format!("{:?} became {:?}", before.work, after.work));
    }
    if before.work.is_some() && after.work.is_none() {
        return Err("the work was lost".to_owned());
    }
    let idle = !before.chain.is_empty() && before.question.is_none() && !undecided;
    if idle && before.stage != after.stage {
        return Err(format!("{:?} became {:?}", before.stage, after.stage));
    }
    Ok(())
}

/// What only instructions say stays as they said it.
fn check_decisions(before: &CaseView, after: &CaseView) -> Result<(), String> {
    let said = |view: &CaseView| {
        let addressees = (view.units.clone(), view.persons.clone());
        let question = view.question.clone();
        let numbers = (view.task_number.clone(), view.close, view.round);
        (view.chain.clone(), question, addressees, numbers)
    };
    if said(before) == said(after) {
        Ok(())
    } else {
        Err("a field entry changed what instructions say".to_owned())
    }
}
