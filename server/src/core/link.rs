//! Ties between cases (关联): a duplicate and the case that is worked on, or relatives.
//!
//! A tie is told on both sides: the case that the operator decides on gets the instruction, and the
//! other one its counterpart, in the same transaction. Duplicates form trees: a case is a duplicate of
//! one other at most, and never of itself by any way round ([`check_tie`]). A decision takes the cases that
//! it writes to in the order of their ids ([`cases_of`]) before it reads any of them. Where the case that is
//! worked on is itself a duplicate, what it has taken over is carried on to the one above.

use std::cell::RefCell;
use std::collections::BTreeSet;

use gewu_model::content::ContentItem;
use gewu_model::entry::{Body, InstructionKind, Kind, LinkCase, Relationship};
use gewu_model::fold::CaseView;
use gewu_model::ids::{CaseId, Digest};
use gewu_model::policy::Capacity;
use gewu_model::time::Millis;
use gewu_sync::gate::{CaseState, Ties, check_tie};

use super::bench::Bench;
use super::decide::{DecideError, attested, open};
use super::load::{load, rows};
use super::operators::Operator;
use super::requests::gives_back;
use super::{Core, CoreError};
use crate::store::{StoreError, Tx};

/// In whose name other cases are told of a tie.
pub(super) enum Teller<'a> {
    /// An operator's, who may tie cases.
    Console(&'a Operator),
    /// That of whoever gave an instruction from which it follows, attested for that session.
    Follows(&'a Capacity, Digest),
}

/// The rule that a spot check names when the server drew the case for it.
const DRAWN: &str = "drawn";

impl Core {
    /// Writes the other side of a tie that was just made.
    pub(super) fn link_back(
        &self,
        bench: &Bench<'_>,
        operator: &Operator,
        (body, content): (&Body, &[ContentItem]),
    ) -> Result<(), DecideError> {
        let Body::Link(link) = body else {
            return Ok(());
        };
        let mut other = open(bench.tx, link.other, bench.now)?;
        let body = Body::Link(self.counterpart(bench, link));
        let seen = self.view(&other.state);
        let kind = Kind::Instruction(InstructionKind::Link);
        let capacity = self.capacity(operator, &other, (&kind, None), &seen)?;
        let (command, record) = attested(&other, &seen, &body, capacity, operator.session())?;
        self.instruct(&mut other, &seen, &command, &record, content)?;
        let teller = Teller::Console(operator);
        for case in [bench.state.case, link.other] {
            self.pass_due_on(bench, &teller, case)?;
        }
        Ok(())
    }

    /// Tells the cases of which `case` is a duplicate, by one step or several, of the due time from
    /// elsewhere that it has now. An ended one is not told: nobody works there.
    pub(super) fn pass_due_on(
        &self,
        bench: &Bench<'_>,
        teller: &Teller<'_>,
        case: CaseId,
    ) -> Result<(), DecideError> {
        let mut below = case;
        loop {
            let own = self.view(&load(bench.tx, below)?);
            let due = own.facts.external_due;
            let Some(above) = duplicate_of(&own).first().copied() else {
                return Ok(());
            };
            let view = self.view(&load(bench.tx, above)?);
            let mut ties = view.facts.ties.iter();
            let known = ties
                .find(|tie| tie.other == below)
                .map(|tie| tie.external_due);
            if view.stage.is_final() || known.is_none_or(|known| known == due) {
                return Ok(());
            }
            // A tie that is said once more without a time leaves the time as it was.
            if due.is_none() {
                self.tell_tie(
                    bench,
                    teller,
                    above,
                    tie_to(below, Relationship::Nothing, None),
                )?;
            }
            let tie = tie_to(below, Relationship::HasDuplicate, due);
            self.tell_tie(bench, teller, above, tie)?;
            below = above;
        }
    }

    fn tell_tie(
        &self,
        bench: &Bench<'_>,
        teller: &Teller<'_>,
        case: CaseId,
        link: LinkCase,
    ) -> Result<(), DecideError> {
        let mut told = open(bench.tx, case, bench.now)?;
        let (body, seen) = (Body::Link(link), self.view(&told.state));
        let (capacity, session) = match teller {
            Teller::Console(operator) => {
                let kind = Kind::Instruction(InstructionKind::Link);
                let capacity = self.capacity(operator, &told, (&kind, None), &seen)?;
                (capacity, operator.session())
            }
            Teller::Follows(who, session) => ((*who).clone(), *session),
        };
        let (command, record) = attested(&told, &seen, &body, capacity, session)?;
        self.instruct(&mut told, &seen, &command, &record, &[])?;
        Ok(())
    }

    /// Checks that a tie can stand, for words that an operator understands; the gate holds to the same
    /// rule whoever writes.
    pub(super) fn check_link(&self, bench: &Bench<'_>, link: &LinkCase) -> Result<(), DecideError> {
        if link.other != bench.state.case && bench.tx.case(link.other)?.is_none() {
            let words = "the other case is not known here: name one that is";
            return Err(DecideError::Invalid(words.into()));
        }
        let tied = Tied::new(self, bench.tx);
        let checked = check_tie(&tied, bench.state.case, link);
        tied.check()?;
        checked.map_err(|fault| DecideError::Invalid(fault.to_string()))?;
        self.check_survivor(bench, link)
    }

    /// Refuses to go on with a duplicate in a case that has ended: nobody works there.
    fn check_survivor(&self, bench: &Bench<'_>, link: &LinkCase) -> Result<(), DecideError> {
        let survivor = match link.relation {
            Relationship::DuplicateOf => link.other,
            Relationship::HasDuplicate => bench.state.case,
            Relationship::Related | Relationship::Nothing => return Ok(()),
        };
        let stage = self.view(&load(bench.tx, survivor)?).stage;
        match stage.is_final() {
            true => Err(DecideError::Denied(format!(
                "the case {survivor} has ended ({}), so nobody works on the duplicate there: open it again first, go on with the duplicate by itself, or say that they have to do with each other (related)",
                stage.name()
            ))),
            false => Ok(()),
        }
    }

    /// What the other case is told. One that goes on with a duplicate takes over its due time, also a
    /// later one than its own: another tie that brought an earlier one may be undone.
    fn counterpart(&self, bench: &Bench<'_>, link: &LinkCase) -> LinkCase {
        let (relation, external_due) = match link.relation {
            Relationship::DuplicateOf => {
                let ours = self.view(&bench.state).facts.external_due;
                (Relationship::HasDuplicate, ours)
            }
            Relationship::HasDuplicate => (Relationship::DuplicateOf, None),
            same => (same, None),
        };
        LinkCase {
            other: bench.state.case,
            relation,
            request: None,
            external_due,
            note: link.note,
        }
    }

    /// The body as it is written: a case that goes on with a duplicate takes over its due time, a
    /// dispatch names the stricter one that is known, a spot check says that the case was drawn for
    /// it, more time that grants the request of a unit below the lead is that unit's, what is granted back
    /// is taken from the unit that asked, and a re-pinning names the edition that its catalogue opens cases
    /// under and keeps what the old policy switched.
    pub(super) fn completed(&self, bench: &Bench<'_>, body: Body) -> Result<Body, DecideError> {
        let known = || self.view(&bench.state).facts.external_due;
        Ok(match body {
            Body::Link(mut link) if link.relation == Relationship::HasDuplicate => {
                let theirs = self.view(&load(bench.tx, link.other)?).facts.external_due;
                link.external_due = stricter(link.external_due, theirs);
                Body::Link(link)
            }
            Body::Dispatch(mut dispatch) => {
                dispatch.external_due = stricter(dispatch.external_due, known());
                Body::Dispatch(dispatch)
            }
            Body::SpotCheck(mut check) => {
                let drawn = bench.tx.draw(bench.state.case)?;
                let drawn = drawn.filter(|row| row.draw.is_drawn(row.percent));
                check.rule = check.rule.or_else(|| drawn.map(|_| DRAWN.to_owned()));
                Body::SpotCheck(check)
            }
            Body::Extend(mut extend) => {
                let asked = || self.asked_for(bench, extend.request?);
                extend.unit = extend.unit.clone().or_else(asked);
                Body::Extend(extend)
            }
            Body::SendBack(mut back) => {
                back.unit = gives_back(bench, &self.view(&bench.state), &back)?;
                Body::SendBack(back)
            }
            Body::Repin(mut repin) => {
                let (root, rows) = (bench.state.root.as_ref(), rows(&bench.state));
                let rules = self.rules();
                let held = repin.catalogue.and_then(|it| rules.catalogues.get(&it));
                let own = || held.map(|held| held.edition().to_owned());
                repin.edition = repin.edition.clone().or_else(own);
                repin.was = rules.kept(root, rows, &repin);
                Body::Repin(repin)
            }
            body => body,
        })
    }
}

pub(super) const fn tie_to(
    other: CaseId,
    relation: Relationship,
    external_due: Option<Millis>,
) -> LinkCase {
    LinkCase {
        other,
        relation,
        request: None,
        external_due,
        note: None,
    }
}

fn stricter(said: Option<Millis>, known: Option<Millis>) -> Option<Millis> {
    said.into_iter().chain(known).min()
}

/// The cases of which this one is a duplicate, by the last word on each.
pub(super) fn duplicate_of(view: &CaseView) -> Vec<CaseId> {
    let ties = view.facts.ties.iter();
    let mut ties: Vec<CaseId> = ties
        .filter(|tie| tie.relation == Relationship::DuplicateOf)
        .map(|tie| tie.other)
        .collect();
    ties.sort_unstable();
    ties
}

impl Core {
    /// The case that goes on with this one's matter, by whatever number of ties; `None` where it goes on by
    /// itself.
    pub(super) fn main_of(
        &self,
        tx: &dyn Tx,
        view: &CaseView,
    ) -> Result<Option<(CaseState, CaseView)>, CoreError> {
        Ok(self.above(tx, view)?.pop())
    }

    /// The cases to which this one's ties lead, the one that goes on with the matter last.
    pub(super) fn above(
        &self,
        tx: &dyn Tx,
        view: &CaseView,
    ) -> Result<Vec<(CaseState, CaseView)>, CoreError> {
        let mut seen = BTreeSet::new();
        let mut next = duplicate_of(view).first().copied();
        let mut above = Vec::new();
        while let Some(case) = next.filter(|case| seen.insert(*case)) {
            let state = load(tx, case)?;
            let view = self.view(&state);
            next = duplicate_of(&view).first().copied();
            above.push((state, view));
        }
        Ok(above)
    }

    /// What these cases say.
    pub(super) fn views_above(
        &self,
        tx: &dyn Tx,
        view: &CaseView,
    ) -> Result<Vec<CaseView>, CoreError> {
        let above = self.above(tx, view)?.into_iter();
        Ok(above.map(|(_, view)| view).collect())
    }
}

/// The cases that were joined to this one, by the last word on each.
pub(super) fn duplicates(view: &CaseView) -> Vec<CaseId> {
    let ties = view.facts.ties.iter();
    ties.filter(|tie| tie.relation == Relationship::HasDuplicate)
        .map(|tie| tie.other)
        .collect()
}

impl Core {
    /// The cases that were joined to this one, by whatever number of ties, and that have not ended: their
    /// matter may be, and nobody has said so of them.
    ///
    /// # Errors
    /// [`CoreError`] when the store cannot be read.
    pub fn open_duplicates(&self, case: CaseId) -> Result<Vec<CaseId>, CoreError> {
        self.read(|tx| {
            let mut seen = BTreeSet::from([case]);
            let mut left = duplicates(&self.view(&load(tx, case)?));
            let mut open = Vec::new();
            while let Some(case) = left.pop() {
                if !seen.insert(case) {
                    continue;
                }
                let view = self.view(&load(tx, case)?);
                // What one side says is a tie only while the other says so too.
                if duplicate_of(&view).iter().any(|it| seen.contains(it)) {
                    left.extend(duplicates(&view));
                    open.extend((!view.stage.is_final()).then_some(case));
                }
            }
            Ok(open)
        })
    }
}

/// The cases that a decision writes to.
pub(super) fn cases_of(case: CaseId, body: Option<&Body>) -> BTreeSet<CaseId> {
    let other = match body {
        Some(Body::Link(link)) => Some(link.other),
        _ => None,
    };
    other.into_iter().chain([case]).collect()
}

/// What cases here say of duplicates, read when the gate asks. Its questions cannot fail, so a failure
/// of the store is kept and ends the transaction afterwards.
pub(super) struct Tied<'a> {
    core: &'a Core,
    tx: &'a dyn Tx,
    failure: RefCell<Option<StoreError>>,
}

impl<'a> Tied<'a> {
    pub(super) const fn new(core: &'a Core, tx: &'a dyn Tx) -> Self {
        Self {
            core,
            tx,
            failure: RefCell::new(None),
        }
    }

    /// The failure of a read, if there was one.
    pub(super) fn check(self) -> Result<(), StoreError> {
        self.failure.into_inner().map_or(Ok(()), Err)
    }
}

impl Ties for Tied<'_> {
    fn duplicate_of(&self, case: CaseId) -> Vec<CaseId> {
        match load(self.tx, case) {
            Ok(state) => duplicate_of(&self.core.view(&state)),
            Err(error) => {
                self.failure.replace(Some(error));
                Vec::new()
            }
        }
    }
}
