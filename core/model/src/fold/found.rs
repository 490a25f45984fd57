//! What checks found of the work, and what of it would hold if some of them did not count.

use std::collections::BTreeSet;

use super::stage::Stage;
use super::view::CaseView;
use crate::ids::ChangeHash;

/// What the check of one question could tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    /// The round of work that it is about.
    pub(crate) round: u32,
    /// Chain position of the instruction that asked for it.
    pub(crate) asked: usize,
    pub(crate) said: Said,
}

/// Whether the work was found done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Said {
    /// By each of these, which weigh the same.
    Done(BTreeSet<ChangeHash>),
    NotDone(ChangeHash),
}

/// What the checks of a case come to.
pub(crate) struct Found<'a> {
    view: &'a CaseView,
    findings: Vec<&'a Finding>,
}

impl Finding {
    fn counts(&self) -> bool {
        match &self.said {
            Said::Done(by) => !by.is_empty(),
            Said::NotDone(_) => true,
        }
    }
}

impl Found<'_> {
    /// The check by which the work of the latest round is not done: the last that found so, and that no
    /// later one of the round passed. A finding that nobody could tell lifts nothing.
    pub(crate) fn failed(&self) -> Option<ChangeHash> {
        let latest = |finding: &&&Finding| finding.round == self.view.round;
        match self.findings.iter().rfind(latest)?.said {
            Said::NotDone(by) => Some(by),
            Said::Done(_) => None,
        }
    }

    /// Whether the last check of any round that could tell found the matter not settled.
    pub(crate) fn refuted(&self) -> bool {
        let last = self.findings.last();
        last.is_some_and(|last| matches!(last.said, Said::NotDone(_)))
    }

    /// Whether a check that still stands found the work done.
    pub(crate) fn done(&self) -> bool {
        !self.view.passes().is_empty()
    }
}

impl CaseView {
    /// What its checks found.
    pub(crate) fn found(&self) -> Found<'_> {
        let counts = |finding: &&Finding| finding.counts();
        let findings = self.findings.iter().filter(counts).collect();
        Found {
            view: self,
            findings,
        }
    }

    /// The case as it would stand if nobody had found done what was found so only by passes of which
    /// `not_counted` is true.
    pub(crate) fn without(&self, not_counted: impl Fn(&ChangeHash) -> bool) -> Self {
        let mut view = self.clone();
        for finding in &mut view.findings {
            if let Said::Done(by) = &mut finding.said {
                by.retain(|hash| !not_counted(hash));
            }
        }
        if view.stage == Stage::CheckPassed && view.passes().is_empty() {
            view.stage = view.unchecked();
        }
        view
    }

    /// Where the case would stand if nobody had been asked to check it.
    fn unchecked(&self) -> Stage {
        let work = self.work.as_ref();
        match work.is_some_and(|work| work.round == self.round) {
            true if self.unconfirmed => Stage::Worked,
            true => Stage::Handled,
            false => Stage::Filed,
        }
    }

    /// The checks that found done what stands now: the work of the latest round, and nothing that was found not
    /// done or doubted since.
    pub(crate) fn passes(&self) -> BTreeSet<&ChangeHash> {
        let since = |finding: &&Finding| {
            finding.round == self.round && self.doubt.is_none_or(|doubt| finding.asked > doubt)
        };
        let mut passes = BTreeSet::new();
        for finding in self.findings.iter().filter(since) {
            match &finding.said {
                Said::NotDone(_) => passes.clear(),
                Said::Done(by) => passes.extend(by),
            }
        }
        passes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold::{Work, fold};

    const OWN: ChangeHash = ChangeHash([1; 32]);
    const OTHERS: ChangeHash = ChangeHash([2; 32]);

    /// Found done in the first round by these.
    fn passed(by: &[ChangeHash]) -> CaseView {
        let mut view = fold(&[]);
        (view.stage, view.round) = (Stage::CheckPassed, 1);
        view.findings.push(Finding {
            round: 1,
            asked: 4,
            said: Said::Done(by.iter().copied().collect()),
        });
        view
    }

    #[test]
    fn without_the_only_pass_a_case_stands_where_its_work_left_it() {
        let without_own = |view: &CaseView| view.without(|hash| *hash == OWN).stage;
        let mut view = passed(&[OWN]);
        assert_eq!(without_own(&view), Stage::Filed);
        view.work = Some(Work {
            entry: ChangeHash([3; 32]),
            by: "zhou".into(),
            unit: None,
            round: 1,
            confirmed_by: None,
        });
        assert_eq!(without_own(&view), Stage::Handled);
        view.unconfirmed = true;
        assert_eq!(without_own(&view), Stage::Worked);
        view.work = view.work.map(|work| Work { round: 0, ..work });
        assert_eq!(without_own(&view), Stage::Filed, "work of another round");
        assert_eq!(without_own(&passed(&[OWN, OTHERS])), Stage::CheckPassed);
        assert_eq!(without_own(&passed(&[OTHERS])), Stage::CheckPassed);
    }

    #[test]
    fn a_pass_goes_with_a_doubt_another_round_or_a_later_finding() {
        assert!(passed(&[OWN]).found().done());
        let mut doubted = passed(&[OWN]);
        doubted.doubt = Some(5);
        assert!(!doubted.found().done());
        doubted.doubt = Some(3);
        assert!(doubted.found().done(), "it was asked for since");
        let mut again = passed(&[OWN]);
        again.round = 2;
        assert!(!again.found().done());
        let mut refuted = passed(&[OWN]);
        refuted.findings.push(Finding {
            round: 1,
            asked: 6,
            said: Said::NotDone(OTHERS),
        });
        assert!(!refuted.found().done() && refuted.found().refuted());
        assert_eq!(refuted.found().failed(), Some(OTHERS));
    }
}
