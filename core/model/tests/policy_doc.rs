//! The matrix in `docs/policy.md` is the built-in policy's.

#![allow(
    clippy::expect_used,
    reason = "a helper of a test may fail as loudly as the test"
)]

use std::collections::BTreeMap;

use gewu_model::entry::{FieldKind, InstructionKind};
use gewu_model::fold::Stage;
use gewu_model::policy::{Grant, Policy, VARIANTS};

const DOC: &str = include_str!("../../../docs/policy.md");

/// Every name that a row may begin with, fields before instructions, in the enums' order.
fn names() -> Vec<String> {
    let fields = FieldKind::ALL.iter().map(|kind| kind.name().to_owned());
    let instructions = InstructionKind::ALL.iter().flat_map(|kind| {
        let variants = VARIANTS.iter().filter(move |(own, _)| own == kind);
        let variants = variants.flat_map(|(_, names)| names.iter());
        let name = kind.name();
        let variants = variants.map(move |variant| format!("{name}:{variant}"));
        std::iter::once(name.to_owned()).chain(variants)
    });
    fields.chain(instructions).collect()
}

fn stages(stages: &Option<Vec<Stage>>) -> String {
    let named = stages.as_ref().map(|stages| {
        let names: Vec<&str> = stages.iter().map(|stage| stage.name()).collect();
        names.join(", ")
    });
    named.unwrap_or_default()
}

/// The table as Markdown.
fn table(policy: &Policy) -> String {
    let mut rows: BTreeMap<(usize, String, String), Vec<String>> = BTreeMap::new();
    let names = names();
    for grant in policy.matrix() {
        let Grant {
            kind,
            role,
            relation,
            level,
            stages: at,
        } = &grant;
        let order = names
            .iter()
            .position(|name| name == kind)
            .expect("a known kind");
        let relation = match level {
            Some(level) => format!("{} ({level})", relation.name()),
            None => relation.name().to_owned(),
        };
        rows.entry((order, relation, stages(at)))
            .or_default()
            .push(role.to_string());
    }
    let mut lines = vec![
        "| kind | relation | roles | stages |".to_owned(),
        "|---|---|---|---|".to_owned(),
    ];
    lines.extend(
        rows.into_iter()
            .map(|((order, relation, stages), mut roles)| {
                roles.dedup();
                format!(
                    "| `{}` | {relation} | {} | {stages} |",
                    names[order],
                    roles.join(", ")
                )
            }),
    );
    lines.join("\n")
}

#[test]
fn the_page_shows_the_built_in_matrix() {
    let (start, end) = ("<!-- matrix -->\n", "\n<!-- /matrix -->");
    let from = DOC.find(start).expect("the table's beginning") + start.len();
    let to = DOC.find(end).expect("the table's end");
    let expected = table(&Policy::built_in());
    let shown = DOC.get(from..to).unwrap_or_default();
    assert!(shown == expected, "docs/policy.md should show:\n{expected}");
}
