//! `cargo xtask bench workflow`: the fold and the gate beside bare Automerge, in one run.
//!
//! Each figure is the median of many runs. The case has thirty entries, as a full one has. Bare
//! Automerge does what nobody can do without: load the document, apply the change, and for a change
//! upon older dependencies fork at them.

use std::hint::black_box;
use std::time::{Duration, Instant};

use automerge::{Automerge, Change};
use gewu_model::fold::{Row, fold};
use gewu_model::ids::ChangeHash;
use gewu_model::signed::SignedChange;
use gewu_sync::gate::Judgement;

use crate::story::{
    Story, Who, check, check_request, dispatch, file, handle, note, take, verify, verify_request,
};

const RUNS: usize = 400;

fn median(mut act: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            act();
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    times[RUNS / 2]
}

/// A full case of thirty entries, and where it stood at the dispatch.
struct Full {
    story: Story,
    crew: Who,
    sent: ChangeHash,
}

fn full() -> Full {
    let mut story = Story::new();
    let wang = story.staff("wang", "inspector", None);
    let zhao = story.staff("zhao", "inspector", None);
    let crew = story.staff("li", "crew", Some("drainage"));
    story.opens(wang);
    let asked = story.instructs(verify_request(&["zhao"]));
    let draft = story.draft(zhao, verify()).answering(asked);
    story.writes(&draft);
    story.instructs(file());
    let sent = story.instructs(dispatch("drainage"));
    for payload in [take(), handle()] {
        let draft = story.draft(crew, payload).answering(sent);
        story.writes(&draft);
    }
    let asked = story.instructs(check_request(&["zhao"]));
    let draft = story.draft(zhao, check()).answering(asked);
    story.writes(&draft);
    while story.case.changes.len() < 31 {
        let draft = story.draft(wang, note());
        story.writes(&draft);
    }
    Full { story, crew, sent }
}

fn rows(story: &Story) -> Vec<Row> {
    story
        .case
        .changes
        .iter()
        .map(|own| own.row.clone())
        .collect()
}

fn bare(document: &[u8], change: &SignedChange) -> Automerge {
    let mut doc = Automerge::load(document).unwrap();
    let change = Change::try_from(change.bytes.as_slice()).unwrap();
    doc.apply_changes([change]).unwrap();
    doc
}

fn line(what: &str, ours: Duration, bare: Duration, bound: &str) {
    let ratio = ours.as_secs_f64() / bare.as_secs_f64();
    println!(
        "{what}: {:.1} us; bare Automerge {:.1} us; ratio {ratio:.2}; asked {bound}",
        ours.as_secs_f64() * 1e6,
        bare.as_secs_f64() * 1e6
    );
}

fn admitted(story: &Story, signed: &SignedChange) {
    assert!(matches!(story.judge(signed), Judgement::Admit(_)));
}

/// A benchmark, of a build without optimisation no use: `cargo xtask bench workflow` asks for it.
#[test]
fn workflow() {
    if std::env::var_os("GEWU_BENCH").is_none() {
        return;
    }
    let Full {
        mut story,
        crew,
        sent,
    } = full();
    let document = story.case.document().to_vec();
    let entries = rows(&story);
    assert_eq!(fold(&entries).entries.len(), 30);
    let load = median(|| drop(black_box(Automerge::load(black_box(&document)).unwrap())));
    let folded = median(|| drop(black_box(fold(black_box(&entries)))));
    line(
        "fold of 30 decoded entries",
        folded,
        load,
        "at most 100 us (bare: load of the document)",
    );

    let current = story.draft(crew, note());
    let current = story.sign(&current);
    admitted(&story, &current);
    let ours = median(|| drop(black_box(story.judge(black_box(&current)))));
    let theirs = median(|| drop(black_box(bare(&document, &current))));
    line(
        "gate of one change at current heads",
        ours,
        theirs,
        "at most 1000 us and 3 x load + apply",
    );

    story.writer(crew).renews_actor();
    let older = story.draft_upon(crew, handle(), &[sent]).answering(sent);
    let older = story.sign(&older);
    admitted(&story, &older);
    let heads = [automerge::ChangeHash(sent.0)];
    let ours = median(|| drop(black_box(story.judge(black_box(&older)))));
    let theirs = median(|| {
        let doc = bare(&document, &older);
        drop(black_box(doc.fork_at(&heads).unwrap()));
    });
    line(
        "gate of one change at older dependencies",
        ours,
        theirs,
        "at most 3 x load + apply + fork_at",
    );
}
