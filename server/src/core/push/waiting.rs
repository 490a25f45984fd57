//! Changes that wait for others.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use gewu_model::change::{Limits, decode_strict};
use gewu_model::ids::ChangeHash;
use gewu_sync::gate::{CaseState, Fate};
use gewu_sync::verdict::Verdict;

use super::Ground;
use super::words::Word;
use crate::core::bench::Bench;
use crate::core::devices::Caller;
use crate::core::{Core, CoreError};
use crate::store::{FateKind, FateRow};

/// A waiting change and what it was made upon.
struct Waiting {
    hash: ChangeHash,
    deps: Vec<ChangeHash>,
}

impl Core {
    /// Judges again what waited for something that has arrived. Each change is judged once, after
    /// all that it was made upon, so a long chain that came in the wrong order holds up nobody.
    pub(in crate::core) fn judge_waiting(
        &self,
        bench: &mut Bench<'_>,
        caller: &Caller,
    ) -> Result<(), CoreError> {
        self.judge_all_waiting(bench, caller)?;
        self.settle(bench)
    }

    /// As [`Core::judge_waiting`], with the verdicts; the caller settles what was taken up.
    pub(super) fn judge_all_waiting(
        &self,
        bench: &mut Bench<'_>,
        caller: &Caller,
    ) -> Result<BTreeMap<ChangeHash, Verdict>, CoreError> {
        let mut rows = bench.tx.fates(bench.state.case)?;
        rows.retain(|row| row.kind == FateKind::Waiting);
        let waiting: Vec<Waiting> = rows.iter().map(read).collect();
        let mut verdicts = BTreeMap::new();
        for at in in_order(&waiting) {
            if !is_ready(&bench.state, &waiting[at].deps) {
                continue;
            }
            let row = &rows[at];
            let sender = Caller {
                key: row.sender,
                ..caller.clone()
            };
            let ground = Ground::from(row.word.map(Word::Received));
            let verdict = self.judge(bench, &sender, &row.signed, ground)?;
            verdicts.insert(row.hash, verdict);
        }
        Ok(verdicts)
    }
}

fn read(row: &FateRow) -> Waiting {
    let decoded = decode_strict(&row.signed.bytes, &Limits::default());
    let deps = decoded.map(|decoded| decoded.change.deps);
    Waiting {
        hash: row.hash,
        deps: deps.unwrap_or_default(),
    }
}

/// Whether the gate has something new to say: all that the change was made upon is there, or some of
/// it never will be.
fn is_ready(state: &CaseState, deps: &[ChangeHash]) -> bool {
    let lost = |dep: &ChangeHash| {
        let fate = state.fates.get(dep);
        matches!(fate, Some(Fate::SetAside { .. } | Fate::Erased))
    };
    deps.iter().any(lost) || deps.iter().all(|dep| state.accepted(dep).is_some())
}

/// The places of changes, each after those that it was made upon, else as they came.
fn in_order(waiting: &[Waiting]) -> Vec<usize> {
    let present: BTreeSet<ChangeHash> = waiting.iter().map(|it| it.hash).collect();
    let mut children: BTreeMap<ChangeHash, Vec<usize>> = BTreeMap::new();
    let mut open = Vec::new();
    for (at, it) in waiting.iter().enumerate() {
        let inside: BTreeSet<_> = it.deps.iter().filter(|dep| present.contains(dep)).collect();
        open.push(inside.len());
        inside
            .into_iter()
            .for_each(|dep| children.entry(*dep).or_default().push(at));
    }
    let mut ready: VecDeque<usize> = (0..open.len()).filter(|at| open[*at] == 0).collect();
    let mut order = Vec::new();
    while let Some(at) = ready.pop_front() {
        order.push(at);
        for child in children.remove(&waiting[at].hash).unwrap_or_default() {
            open[child] -= 1;
            if open[child] == 0 {
                ready.push_back(child);
            }
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(at: u8) -> ChangeHash {
        ChangeHash([at; 32])
    }

    #[test]
    fn a_chain_that_came_backwards_is_judged_forwards_and_once() {
        let chain = (0..200_u8).rev().map(|at| Waiting {
            hash: hash(at),
            deps: vec![hash(at.wrapping_sub(1))],
        });
        let order = in_order(&chain.collect::<Vec<_>>());
        assert_eq!(order, (0..200).rev().collect::<Vec<_>>());
    }

    #[test]
    fn branches_meet_after_both_and_two_forms_of_one_change_are_both_judged() {
        let made = |at, deps: &[u8]| Waiting {
            hash: hash(at),
            deps: deps.iter().copied().map(hash).collect(),
        };
        let all = [
            made(3, &[1, 2]),
            made(2, &[9]),
            made(1, &[9]),
            made(1, &[9]),
        ];
        assert_eq!(in_order(&all), [1, 2, 3, 0]);
    }
}
