//! Ties between cases (关联): a duplicate and the case that is worked on, or relatives.
//!
//! A tie is told on both sides: the case that the operator decides on gets the instruction, and the
//! other one its counterpart, in the same transaction. Duplicates form trees: a case is a duplicate of
//! one other at most, and never of itself by any way round. The transaction that writes holds every
//! case; a store that locks cases one by one has to take the two in the order of their ids.

use std::collections::BTreeSet;

use gewu_model::content::ContentItem;
use gewu_model::entry::{Body, InstructionKind, Kind, LinkCase, Relationship};
use gewu_model::fold::CaseView;
use gewu_model::ids::CaseId;
use gewu_model::time::Millis;

use super::Core;
use super::decide::{DecideError, attested, open};
use super::load::load;
use super::operators::Operator;
use super::push::Bench;
use crate::store::{StoreError, Tx};

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
        let body = Body::Link(self.counterpart(bench, &other, link));
        let seen = self.view(&other.state);
        let kind = Kind::Instruction(InstructionKind::Link);
        let capacity = self.capacity(operator, &other, (&kind, None), &seen)?;
        let (command, record) = attested(&other, &seen, &body, capacity, operator.session())?;
        self.instruct(&mut other, &seen, &command, &record, content)?;
        Ok(())
    }

    /// Checks that a tie can stand: the other case is here and another one, and duplicates stay
    /// trees.
    pub(super) fn check_link(&self, bench: &Bench<'_>, link: &LinkCase) -> Result<(), DecideError> {
        let refuse = |words: String| Err(DecideError::Invalid(words));
        let case = bench.state.case;
        if link.other == case {
            return refuse("a case cannot be tied to itself: name another one".into());
        }
        if bench.tx.case(link.other)?.is_none() {
            return refuse("the other case is not known here: name one that is".into());
        }
        let (duplicate, survivor) = match link.relation {
            Relationship::DuplicateOf => (case, link.other),
            Relationship::HasDuplicate => (link.other, case),
            Relationship::Related | Relationship::Nothing => return Ok(()),
        };
        let known = duplicate_of(&self.view(&load(bench.tx, duplicate)?));
        if let Some(before) = known.iter().find(|before| **before != survivor) {
            return refuse(format!(
                "it is tied as a duplicate of {before} already: undo that tie first"
            ));
        }
        if self.leads_to(bench.tx, survivor, duplicate)? {
            let words = "the other case is itself a duplicate of this one, by one way or another";
            return refuse(words.into());
        }
        Ok(())
    }

    /// Whether duplicates lead from one case to another.
    fn leads_to(&self, tx: &dyn Tx, from: CaseId, to: CaseId) -> Result<bool, StoreError> {
        let mut seen = BTreeSet::new();
        let mut next = vec![from];
        while let Some(case) = next.pop() {
            if case == to {
                return Ok(true);
            }
            if seen.insert(case) {
                next.extend(duplicate_of(&self.view(&load(tx, case)?)));
            }
        }
        Ok(false)
    }

    /// What the other case is told. One that goes on with a duplicate takes over its due time.
    fn counterpart(&self, bench: &Bench<'_>, other: &Bench<'_>, link: &LinkCase) -> LinkCase {
        let (relation, external_due) = match link.relation {
            Relationship::DuplicateOf => {
                let theirs = self.view(&other.state).facts.external_due;
                let ours = self.view(&bench.state).facts.external_due;
                let stricter = ours.filter(|due| theirs.is_none_or(|theirs| *due < theirs));
                (Relationship::HasDuplicate, stricter)
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

    /// The body as it is written: a case that goes on with a duplicate takes over its due time, and
    /// a dispatch names the stricter one that is known, and a spot check says that the case
    /// was drawn for it.
    pub(super) fn completed(&self, bench: &Bench<'_>, body: Body) -> Result<Body, DecideError> {
        let known = || self.view(&bench.state).facts.external_due;
        Ok(match body {
            Body::Link(mut link) if link.relation == Relationship::HasDuplicate => {
                let theirs = self.view(&load(bench.tx, link.other)?).facts.external_due;
                let ours = known();
                let carried = theirs.filter(|due| ours.is_none_or(|ours| *due < ours));
                link.external_due = stricter(link.external_due, carried);
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
            body => body,
        })
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
