//! Rules that one file's text can break.

use std::path::Path;

use crate::failure::Failure;

/// Longer than this, a file has to say why.
const LONG: usize = 400;
/// How far from the top it may say so.
const HEAD: usize = 15;
const REASON: &str = "// long-file:";

/// What no file may hold. Written in pieces, so that this file does not hold it either.
const OUTSIDE: &[&str] = &[concat!("..", "/shared"), concat!("/work", "/shared")];
/// What no Rust source may hold.
const UNFINISHED: &[&str] = &[
    concat!("#[", "ignore"),
    concat!("to", "do!"),
    concat!("unimple", "mented!"),
];

/// Checks every file; one line for each finding.
pub(super) fn check(root: &Path, files: &[String]) -> Result<Vec<String>, Failure> {
    let mut findings = Vec::new();
    for file in files {
        let bytes = match std::fs::read(root.join(file)) {
            Ok(bytes) => bytes,
            // Deleted and not yet committed, or a link to a folder.
            Err(_) => continue,
        };
        findings.extend(judge(file, &String::from_utf8_lossy(&bytes)));
    }
    Ok(findings)
}

fn judge(file: &str, text: &str) -> Vec<String> {
    let mut findings = Vec::new();
    forbid(file, text, OUTSIDE, &mut findings);
    if file.ends_with(".rs") {
        forbid(file, text, UNFINISHED, &mut findings);
        let lines = text.lines().count();
        if lines > LONG && !has_reason(text) {
            findings.push(format!(
                "  {file}: {lines} lines and no `{REASON} REASON` at its top"
            ));
        }
    }
    findings
}

fn forbid(file: &str, text: &str, needles: &[&str], findings: &mut Vec<String>) {
    for (number, line) in text.lines().enumerate() {
        for needle in needles.iter().filter(|needle| line.contains(**needle)) {
            findings.push(format!("  {file}:{}: holds `{needle}`", number + 1));
        }
    }
}

fn has_reason(text: &str) -> bool {
    text.lines()
        .take(HEAD)
        .filter_map(|line| line.trim_start().strip_prefix(REASON))
        .any(|reason| !reason.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_outside_the_clone_is_found_in_any_file() {
        let text = format!("line\nsee ..{}/design.md\n", "/shared");
        assert_eq!(judge("README.md", &text).len(), 1);
        assert!(judge("README.md", "shared/ and ../share").is_empty());
    }

    #[test]
    fn unwritten_code_and_skipped_tests_are_found_in_rust_only() {
        let text = format!("#[{}]\nfn f() {{ {}!() }}\n", "ignore", "todo");
        assert_eq!(judge("a.rs", &text).len(), 2);
        assert!(judge("a.md", &text).is_empty());
    }

    #[test]
    fn a_long_file_needs_a_reason_near_its_top() {
        let long = "x\n".repeat(LONG + 1);
        assert_eq!(judge("a.rs", &long).len(), 1);
        assert_eq!(judge("a.rs", &format!("// long-file:\n{long}")).len(), 1);
        assert!(judge("a.rs", &format!("// long-file: one table\n{long}")).is_empty());
        assert_eq!(
            judge("a.rs", &format!("{long}// long-file: too late\n")).len(),
            1
        );
        assert!(judge("a.rs", &"x\n".repeat(LONG)).is_empty());
    }
}
