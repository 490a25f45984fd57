//! Every direct dependency has its line of reason in `docs/dependencies.md`.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::failure::Failure;
use crate::shell::Shell;

const PAGE: &str = "docs/dependencies.md";

/// The direct dependencies of the workspace on other people's crates.
#[derive(Default)]
struct Direct {
    shipped: BTreeSet<String>,
    all: BTreeSet<String>,
}

/// Compares the page with the manifests; one line for each finding.
pub(super) fn check(shell: &Shell) -> Result<Vec<String>, Failure> {
    let page = std::fs::read_to_string(shell.root().join(PAGE))
        .map_err(Failure::while_doing(format_args!("read {PAGE}")))?;
    Ok(compare(&page, &direct(&shell.metadata()?)))
}

fn compare(page: &str, direct: &Direct) -> Vec<String> {
    let listed = listed(page);
    let unexplained = direct.shipped.difference(&listed);
    let gone = listed.difference(&direct.all);
    unexplained
        .map(|name| format!("  {PAGE}: no line for `{name}`"))
        .chain(gone.map(|name| format!("  {PAGE}: `{name}` is no longer a dependency")))
        .collect()
}

/// The crates named in the first column of the page's tables.
fn listed(page: &str) -> BTreeSet<String> {
    page.lines()
        .filter_map(|line| line.strip_prefix("| `"))
        .filter_map(|line| line.split_once('`'))
        .map(|(name, _)| name.to_owned())
        .collect()
}

fn direct(metadata: &Value) -> Direct {
    let mut direct = Direct::default();
    let packages = metadata["packages"].as_array().into_iter().flatten();
    for dependency in packages
        .flat_map(|package| package["dependencies"].as_array())
        .flatten()
    {
        let Some(name) = dependency["name"]
            .as_str()
            .filter(|_| dependency["path"].is_null())
        else {
            continue;
        };
        direct.all.insert(name.to_owned());
        if dependency["kind"] != "dev" {
            direct.shipped.insert(name.to_owned());
        }
    }
    direct
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Direct {
        direct(&serde_json::json!({"packages": [{"dependencies": [
            {"name": "serde", "kind": null},
            {"name": "cc", "kind": "build"},
            {"name": "proptest", "kind": "dev"},
            {"name": "gewu-model", "kind": null, "path": "core/model"},
        ]}]}))
    }

    #[test]
    fn shipped_crates_need_a_line_and_test_crates_may_have_one() {
        let page = "| `serde` | JSON |\n| `cc` | C |\n";
        assert!(compare(page, &sample()).is_empty());
        assert!(compare(&format!("{page}| `proptest` | histories |\n"), &sample()).is_empty());
        assert_eq!(compare("| `serde` | JSON |\n", &sample()).len(), 1);
    }

    #[test]
    fn a_line_for_what_is_gone_is_found() {
        let page = "| `serde` | JSON |\n| `cc` | C |\n| `nom` | gone |\n";
        let findings = compare(page, &sample());
        assert_eq!(findings.len(), 1);
        assert!(findings[0].contains("nom"));
    }
}
