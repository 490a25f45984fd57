//! Pages that say which test covers what: the tests are there.

use std::path::Path;

/// The files among `files` that are pages, each `FILE.rs::NAME` in backticks looked up.
///
/// Returns one finding per name whose file is missing or has no such function.
pub(super) fn check(root: &Path, files: &[String]) -> Vec<String> {
    files
        .iter()
        .filter(|file| file.starts_with("docs/") && file.ends_with(".md"))
        .filter_map(|page| Some((page, std::fs::read_to_string(root.join(page)).ok()?)))
        .flat_map(|(page, text)| {
            names(&text)
                .filter(|(file, test)| !has(root, file, test))
                .map(|(file, test)| format!("  {page}: no test {test} in {file}"))
                .collect::<Vec<_>>()
        })
        .collect()
}

fn names(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.split('`')
        .skip(1)
        .step_by(2)
        .filter_map(|code| code.split_once("::"))
        .filter(|(file, _)| file.ends_with(".rs") && file.contains('/'))
}

fn has(root: &Path, file: &str, test: &str) -> bool {
    std::fs::read_to_string(root.join(file))
        .is_ok_and(|source| source.contains(&format!("fn {test}(")))
}

#[cfg(test)]
mod tests {
    use super::{has, names};
    use std::path::Path;

    #[test]
    fn names_are_read_from_code_in_pages() {
        let text = "| x | `a/b.rs::t` |\n`crate::Type` and `b.rs` \n| y | `c/d.rs::u` |";
        assert_eq!(
            names(text).collect::<Vec<_>>(),
            [("a/b.rs", "t"), ("c/d.rs", "u")]
        );
    }

    #[test]
    fn a_name_needs_its_function_and_its_file() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let here = "src/lint/named_tests.rs";
        assert!(has(root, here, "a_name_needs_its_function_and_its_file"));
        assert!(!has(root, here, "a_name_that_nobody_gave"));
        assert!(!has(root, "src/lint/nowhere.rs", "check"));
    }
}
