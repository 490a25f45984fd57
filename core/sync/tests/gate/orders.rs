//! The order in which honest changes arrive does not matter.

use std::collections::BTreeSet;

use gewu_model::entry::{FieldKind, Payload};
use gewu_model::ids::ChangeHash;
use gewu_model::signed::SignedChange;
use gewu_sync::gate::{CaseState, Judgement};

use crate::story::{Story, Who, dispatch, file, handle, note, recall, take};

const HISTORIES: u64 = 60;
const ORDERS: u64 = 4;

/// SplitMix64: enough to shuffle with, and the same everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % sides as u64) as usize
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.roll(at + 1));
        }
    }
}

/// What one phone holds of the case: always everything that its own changes were made upon.
struct Replica {
    who: Who,
    heads: Vec<ChangeHash>,
}

impl Replica {
    /// Writes something offline, or takes over what the server holds.
    fn acts(
        &mut self,
        story: &mut Story,
        sent: ChangeHash,
        dice: &mut Dice,
    ) -> Option<SignedChange> {
        let payload = match dice.roll(4) {
            0 => note(),
            1 => take(),
            2 => handle(),
            _ => return None,
        };
        let answers = matches!(payload, Payload::Handle(_) | Payload::Take(_));
        let mut draft = story.draft_upon(self.who, payload, &self.heads);
        draft.entry.header.answers = answers.then_some(sent);
        let signed = story.sign(&draft);
        self.heads = vec![signed.hash()];
        Some(signed)
    }
}

/// A case in dispatch, with phones of two people of one crew writing offline: branches and merges.
fn history(dice: &mut Dice) -> (Story, Vec<SignedChange>) {
    let mut story = Story::new();
    let wang = story.staff("wang", "inspector", None);
    story.opens(wang);
    story.instructs(file());
    let sent = story.instructs(dispatch("drainage"));
    let people = ["li", "qian", "sun"];
    let mut phones: Vec<Replica> = people
        .iter()
        .map(|name| Replica {
            who: story.staff(name, "crew", Some("drainage")),
            heads: vec![sent],
        })
        .collect();
    let mut pushed = Vec::new();
    for _ in 0..12 {
        let at = dice.roll(phones.len());
        if let Some(signed) = phones[at].acts(&mut story, sent, dice) {
            pushed.push(signed);
        } else {
            meet(&story, &mut phones, dice);
        }
    }
    story.instructs(recall());
    (story, pushed)
}

/// One phone takes over what another one holds.
fn meet(story: &Story, phones: &mut [Replica], dice: &mut Dice) {
    let (from, to) = (dice.roll(phones.len()), dice.roll(phones.len()));
    let both = [phones[from].heads.clone(), phones[to].heads.clone()].concat();
    phones[to].heads = story.independent(&both);
}

/// Pushes everything in the given order, judging what waits again until nothing moves.
fn push_all(story: &mut Story, pushed: &[SignedChange]) {
    let mut waiting: Vec<&SignedChange> = Vec::new();
    for signed in pushed {
        waiting.push(signed);
        let mut moved = true;
        while moved {
            let before = waiting.len();
            waiting.retain(|signed| matches!(story.offers(signed), Judgement::Waiting { .. }));
            moved = waiting.len() < before;
        }
    }
    assert!(waiting.is_empty(), "{} changes still wait", waiting.len());
}

fn outcome(case: &CaseState) -> (BTreeSet<ChangeHash>, Vec<u8>) {
    let rows: Vec<_> = case.changes.iter().map(|own| own.row.clone()).collect();
    let hashes = rows.iter().map(|row| row.hash).collect();
    (hashes, gewu_model::fold::fold(&rows).canonical())
}

#[test]
fn any_order_of_honest_changes_is_accepted_alike() {
    let mut handles = 0;
    for seed in 0..HISTORIES {
        let mut dice = Dice(seed);
        let (mut story, pushed) = history(&mut dice);
        let start = story.case.clone();
        push_all(&mut story, &pushed);
        let expected = outcome(&story.case);
        assert_eq!(expected.0.len(), start.changes.len() + pushed.len());
        handles += story
            .view()
            .entries
            .iter()
            .filter(|entry| entry.kind == FieldKind::Handle.name())
            .count();
        for _ in 0..ORDERS {
            let mut shuffled = pushed.clone();
            dice.shuffle(&mut shuffled);
            story.case = start.clone();
            story.forgets_counters();
            story.announces(&shuffled);
            push_all(&mut story, &shuffled);
            assert_eq!(outcome(&story.case), expected, "seed {seed}");
        }
    }
    assert!(handles > 0, "the histories should hold some work");
}
