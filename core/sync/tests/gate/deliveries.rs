//! Every order in which a few entries may be delivered, through the gate and with rebasing.
//!
//! Two people of the crew write handles and a stranger writes marks that policy does not give him,
//! each upon what the own phone holds or upon all that was written. What was made upon a stranger's
//! mark is set aside with it; its author's phone then writes it again upon what was accepted, naming
//! what it replaces. Whatever the order of delivery, the same is accepted, the same set aside for
//! the same reason, and the case is the same.

use std::collections::{BTreeMap, BTreeSet};

use gewu_model::ids::ChangeHash;
use gewu_model::signed::SignedChange;
use gewu_sync::gate::{CaseState, Fate, Judgement};
use gewu_sync::verdict::SetAside;

use crate::story::{Story, Who, dispatch, file, handle, recall, take};

/// How many entries a history has.
const DEPTH: usize = 4;

/// One entry of a plan: by which of the three, and whether upon all that was written before.
type Move = (usize, bool);

/// Every plan of `depth` entries; the first by a crew member is the first crew member's.
fn plans(depth: usize) -> Vec<Vec<Move>> {
    let mut all: Vec<Vec<Move>> = vec![Vec::new()];
    for _ in 0..depth {
        let longer = all.iter().flat_map(|plan| {
            let moves = (0..3).flat_map(|who| [(who, false), (who, true)]);
            moves.map(|next| [plan.as_slice(), &[next]].concat())
        });
        all = longer.collect();
    }
    all.retain(|plan| {
        plan.iter()
            .find(|(who, _)| *who < 2)
            .is_none_or(|(who, _)| *who == 0)
    });
    // Upon nothing else than the dispatch, both ways are one.
    all.retain(|plan| plan.first().is_some_and(|(_, merged)| !merged));
    all
}

fn orders(count: usize) -> Vec<Vec<usize>> {
    let mut all = vec![Vec::new()];
    for at in 0..count {
        let wider = all.iter().flat_map(|order: &Vec<usize>| {
            (0..=order.len()).map(move |place| {
                let mut order = order.clone();
                order.insert(place, at);
                order
            })
        });
        all = wider.collect();
    }
    all
}

struct Written {
    signed: SignedChange,
    who: usize,
}

struct Scene {
    story: Story,
    people: [Who; 3],
    sent: ChangeHash,
    written: Vec<Written>,
}

impl Scene {
    fn of(plan: &[Move]) -> Self {
        let mut story = Story::new();
        let wang = story.staff("wang", "inspector", None);
        story.opens(wang);
        story.instructs(file());
        let sent = story.instructs(dispatch("drainage"));
        let people = [
            story.staff("li", "crew", Some("drainage")),
            story.staff("qian", "crew", Some("drainage")),
            story.staff("sun", "crew", Some("roads")),
        ];
        let mut scene = Self {
            story,
            people,
            sent,
            written: Vec::new(),
        };
        let mut heads = [vec![sent], vec![sent], vec![sent]];
        for (who, merged) in plan {
            if *merged {
                let all: Vec<ChangeHash> = heads.concat();
                heads[*who] = scene.story.independent(&all);
            }
            heads[*who] = vec![scene.writes(*who, &heads[*who])];
        }
        scene
    }

    fn writes(&mut self, who: usize, upon: &[ChangeHash]) -> ChangeHash {
        let payload = if who == 2 { take() } else { handle() };
        let draft = self.story.draft_upon(self.people[who], payload, upon);
        let signed = self.story.sign(&draft.answering(self.sent));
        let hash = signed.hash();
        self.written.push(Written { signed, who });
        hash
    }

    /// Delivers in that order; what waits is judged again.
    fn deliver(&mut self, order: &[usize]) {
        let mut waiting: Vec<usize> = Vec::new();
        for at in order {
            waiting.push(*at);
            let mut moved = true;
            while moved {
                let before = waiting.len();
                let (story, written) = (&mut self.story, &self.written);
                waiting.retain(|at| {
                    matches!(
                        story.offers(&written[*at].signed),
                        Judgement::Waiting { .. }
                    )
                });
                moved = waiting.len() < before;
            }
        }
        assert!(waiting.is_empty());
    }

    /// What phones of the crew write again after their handles were set aside with a stranger's mark.
    fn rebase(&mut self) -> Vec<SignedChange> {
        let mut renewed = BTreeSet::new();
        let mut instead: BTreeMap<ChangeHash, ChangeHash> = BTreeMap::new();
        let mut again = Vec::new();
        for at in 0..self.written.len() {
            let (hash, who) = (self.written[at].signed.hash(), self.written[at].who);
            let lost = matches!(
                self.story.case.fates.get(&hash),
                Some(Fate::SetAside {
                    reason: SetAside::DependsOnSetAside,
                    ..
                })
            );
            if who == 2 || !lost {
                continue;
            }
            if renewed.insert(who) {
                self.story.writer(self.people[who]).renews_actor();
            }
            let deps = self.standing(&hash, &instead);
            let draft = self.story.draft_upon(self.people[who], handle(), &deps);
            let signed = self.story.sign(&draft.answering(self.sent).replacing(hash));
            self.story.accepts(&signed);
            instead.insert(hash, signed.hash());
            again.push(signed);
        }
        again
    }

    /// What counts of what a change was made upon: accepted ancestors, and what stands in the place
    /// of those that were set aside.
    fn standing(
        &self,
        hash: &ChangeHash,
        instead: &BTreeMap<ChangeHash, ChangeHash>,
    ) -> Vec<ChangeHash> {
        let accepted = self.story.accepted();
        let mut found = Vec::new();
        let mut open = vec![*hash];
        while let Some(next) = open.pop() {
            if let Some(new) = instead.get(&next) {
                found.push(*new);
            } else if accepted.contains(&next) {
                found.push(next);
            } else if let Some(Fate::SetAside { deps, .. }) = self.story.case.fates.get(&next) {
                open.extend(deps);
            }
        }
        self.story.independent(&found)
    }
}

type Outcome = (
    BTreeSet<ChangeHash>,
    BTreeMap<ChangeHash, SetAside>,
    Vec<u8>,
);

fn outcome(case: &CaseState) -> Outcome {
    let rows: Vec<_> = case.changes.iter().map(|own| own.row.clone()).collect();
    let aside = case.fates.iter().filter_map(|(hash, fate)| match fate {
        Fate::SetAside { reason, .. } => Some((*hash, *reason)),
        _ => None,
    });
    let hashes = rows.iter().map(|row| row.hash).collect();
    (
        hashes,
        aside.collect(),
        gewu_model::fold::fold(&rows).canonical(),
    )
}

#[test]
fn every_delivery_order_of_every_short_history_is_judged_alike() {
    let (plans, orders) = (plans(DEPTH), orders(DEPTH));
    let (mut rebased, mut aside) = (0, 0);
    for plan in &plans {
        let mut scene = Scene::of(plan);
        let start = scene.story.case.clone();
        let all: Vec<SignedChange> = scene.written.iter().map(|it| it.signed.clone()).collect();
        scene.story.announces(&all);
        scene.deliver(&orders[0]);
        let again = scene.rebase();
        scene.story.instructs(recall());
        let recalled = scene.story.case.changes.last().unwrap().hash;
        let expected = without(&scene.story.case, recalled);
        rebased += again.len();
        aside += expected.1.len();
        for order in &orders[1..] {
            scene.story.case = start.clone();
            scene.story.forgets_counters();
            scene
                .story
                .announces(&[all.clone(), again.clone()].concat());
            scene.deliver(order);
            for signed in &again {
                scene.story.accepts(signed);
            }
            assert_eq!(
                outcome(&scene.story.case),
                expected,
                "{plan:?} in the order {order:?}"
            );
        }
    }
    println!(
        "deliveries: {} histories of {} entries, {} orders each, {aside} set aside, {rebased} rebased",
        plans.len(),
        DEPTH,
        orders.len()
    );
    assert!(rebased > 0 && aside > rebased);
}

/// The outcome before the last instruction, which no order delivers.
fn without(case: &CaseState, last: ChangeHash) -> Outcome {
    let mut case = case.clone();
    case.changes.retain(|change| change.hash != last);
    outcome(&case)
}

/// The crew's handle was made upon a mark that was not allowed: it goes with it, and comes back.
#[test]
fn a_handle_built_on_a_set_aside_take_is_written_again_without_it() {
    let mut scene = Scene::of(&[(2, false), (0, true)]);
    scene.deliver(&[0, 1]);
    let handle = scene.written[1].signed.hash();
    assert_eq!(scene.story.view().stage.name(), "dispatched");
    let again = scene.rebase();
    assert_eq!(again.len(), 1);
    let view = scene.story.view();
    assert_eq!(view.stage.name(), "handled");
    assert!(
        view.entry(&handle).is_none(),
        "what was set aside is never applied"
    );
    assert_eq!(view.work.map(|work| work.entry), Some(again[0].hash()));
}
