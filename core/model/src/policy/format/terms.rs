//! Words that are made of two terms: the verification before filing (核实) and the check after disposal
//! (核查). A city that calls these otherwise, or the other way round, means its stages and tasks as well.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::super::BUILT_IN;
use crate::catalogue::Label;

/// The names whose words are the terms.
const TERMS: [&str; 2] = ["verify", "check"];

type Labels = BTreeMap<String, Label>;

#[derive(Deserialize)]
struct Labelled {
    labels: Labels,
}

/// The labels of a policy, with the built-in ones that are made of terms which the policy words otherwise:
/// in its words, unless it has labels of its own for them. Chinese only: the English ones are not so made.
pub(super) fn followed(body: &[u8], own: Labels) -> Labels {
    let named = TERMS.iter().any(|name| own.contains_key(*name));
    if !named || body == BUILT_IN {
        return own;
    }
    let Ok(Labelled { labels: built_in }) = serde_json::from_slice(BUILT_IN) else {
        return own;
    };
    let term = |name: &&str| {
        let (old, new) = (built_in.get(*name)?, own.get(*name)?);
        let other = old.zh != new.zh && !old.zh.is_empty() && !new.zh.is_empty();
        other.then(|| (old.zh.clone(), new.zh.clone()))
    };
    let terms: Vec<(String, String)> = TERMS.iter().filter_map(term).collect();
    let mut all = own;
    for (name, label) in built_in {
        let zh = reworded(&label.zh, &terms);
        if zh != label.zh && !TERMS.contains(&name.as_str()) {
            let en = label.en;
            all.entry(name).or_insert(Label { zh, en });
        }
    }
    all
}

/// `text` with each term in other words; what was put in is not looked at again.
fn reworded(text: &str, terms: &[(String, String)]) -> String {
    let mut said = String::new();
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let found = terms.iter().find(|(old, _)| rest.starts_with(old.as_str()));
        let taken = match found {
            Some((old, new)) => {
                said.push_str(new);
                old.len()
            }
            None => {
                said.push(letter);
                letter.len_utf8()
            }
        };
        rest = &rest[taken..];
    }
    said
}
