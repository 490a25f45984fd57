//! The deliberate bugs as files.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// What must notice a bug.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Catcher {
    /// Tests of one target, by a part of their name.
    Test {
        /// The target.
        target: String,
        /// The part.
        filter: String,
    },
    /// Runs of the simulator.
    Seeds(String),
}

impl fmt::Display for Catcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Test { target, filter } => write!(f, "test {target} {filter}"),
            Self::Seeds(range) => write!(f, "seeds {range}"),
        }
    }
}

impl Catcher {
    fn read(words: &str) -> Option<Self> {
        let mut words = words.split_whitespace();
        let read = match (words.next()?, words.next()?, words.next()) {
            ("test", target, Some(filter)) => Self::Test {
                target: target.to_owned(),
                filter: filter.to_owned(),
            },
            ("seeds", range, None) => Self::Seeds(range.to_owned()),
            _ => return None,
        };
        words.next().is_none().then_some(read)
    }
}

/// One deliberate bug.
#[derive(Debug)]
pub(super) struct Patch {
    /// The file's name without its ending.
    pub(super) name: String,
    /// What is wrong then, in words.
    pub(super) bug: String,
    /// What must notice it.
    pub(super) catcher: Catcher,
    /// The file.
    pub(super) file: PathBuf,
}

/// Every patch, by name.
pub(super) fn read_all(root: &Path) -> Result<Vec<Patch>, Failure> {
    let folder = root.join("tests/mutations");
    let entries = std::fs::read_dir(&folder).map_err(Failure::while_doing(format_args!(
        "list {}",
        folder.display()
    )))?;
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "patch"));
    files.sort();
    files.iter().map(|file| read(file)).collect()
}

fn read(file: &Path) -> Result<Patch, Failure> {
    let shown = file.display();
    let text = std::fs::read_to_string(file)
        .map_err(Failure::while_doing(format_args!("read {shown}")))?;
    let head = |name: &str| text.lines().find_map(|line| line.strip_prefix(name));
    let missing = |what| Failure::Finding(format!("{shown} has no line `{what}`"));
    let name = file.file_stem().unwrap_or_default();
    Ok(Patch {
        name: name.to_string_lossy().into_owned(),
        bug: head("Bug: ").ok_or_else(|| missing("Bug: …"))?.to_owned(),
        catcher: head("Caught by: ")
            .and_then(Catcher::read)
            .ok_or_else(|| missing("Caught by: test TARGET NAME, or seeds A..B"))?,
        file: file.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_says_what_must_notice_the_bug() {
        let test = Catcher::read("test sdk exchange::").unwrap();
        assert_eq!(test.to_string(), "test sdk exchange::");
        assert_eq!(
            Catcher::read("seeds 1..6"),
            Some(Catcher::Seeds("1..6".into()))
        );
        for wrong in ["", "test sdk", "seeds", "seeds 1 2", "test a b c"] {
            assert_eq!(Catcher::read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn there_are_a_dozen_deliberate_bugs_and_each_says_what_it_is() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        assert!(read_all(&root).unwrap().len() >= 12);
    }
}
