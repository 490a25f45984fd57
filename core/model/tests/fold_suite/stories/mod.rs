//! The rules of the workflow as stories.

mod before_filing;
mod checks;
mod crossing;
mod every_kind;
mod repinned;
mod requests;
mod scenarios;
mod tree;
mod work;

use gewu_model::fold::Rules;

use crate::story::Story;

/// A story and what it tells.
pub(crate) type Told = (&'static str, fn() -> Story);

pub(crate) fn all() -> Vec<Told> {
    [
        before_filing::STORIES,
        work::STORIES,
        crossing::STORIES,
        checks::STORIES,
        every_kind::STORIES,
        tree::STORIES,
        requests::STORIES,
        scenarios::STORIES,
        repinned::STORIES,
    ]
    .concat()
}

#[test]
fn every_story_ends_as_told() {
    let broken: Vec<_> = all()
        .into_iter()
        .flat_map(|(name, tell)| {
            let broken = tell().broken(&Rules::BUILT_IN);
            broken.into_iter().map(move |it| format!("{name}: {it}"))
        })
        .collect();
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn every_story_expects_something() {
    assert!(all().into_iter().all(|(_, tell)| tell().expectations() > 0));
}
