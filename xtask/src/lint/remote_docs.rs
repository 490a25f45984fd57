//! What the bindings restate of the core says the same there.
//!
//! `uniffi::remote` restates a type of the core item by item, and stops the build where a field drifts. Its
//! docstrings travel on into Kotlin and Swift, and nothing but this compares them with the core's. A docstring of
//! the core may go on in further paragraphs about what is no matter of an app's.

use std::path::Path;

/// One item of a type, or under no name the type itself, with its docstring in one line per paragraph.
type Item = (String, String);

/// A type with its items, in their order.
struct Documented {
    file: String,
    name: String,
    items: Vec<Item>,
    is_remote: bool,
}

/// Compares each type that the bindings restate with the one of the core that has the same items.
///
/// Returns one finding per docstring that differs, or per type that is not found.
pub(super) fn check(root: &Path, files: &[String]) -> Vec<String> {
    let read = |prefix: &str| -> Vec<(String, String)> {
        let own = |file: &&String| file.starts_with(prefix) && file.ends_with(".rs");
        let texts = files.iter().filter(own).filter_map(|file| {
            let text = std::fs::read_to_string(root.join(file)).ok()?;
            Some((file.clone(), text))
        });
        texts.collect()
    };
    let (core, bindings) = (read("core/"), read("bindings/src/"));
    let parse = |texts: &[(String, String)]| -> Vec<Documented> {
        let parsed = texts.iter().flat_map(|(file, text)| types(file, text));
        parsed.collect()
    };
    let names: Vec<(&str, &str)> = core
        .iter()
        .chain(&bindings)
        .flat_map(|(_, text)| renamed(text))
        .collect();
    let theirs = parse(&core);
    let ours = parse(&bindings);
    let remote = ours.iter().filter(|one| one.is_remote);
    remote
        .flat_map(|one| differences(one, &theirs, &names))
        .collect()
}

fn differences(ours: &Documented, core: &[Documented], names: &[(&str, &str)]) -> Vec<String> {
    let called = |name: &str| {
        let earlier = names
            .iter()
            .any(|(was, is)| *is == ours.name && *was == name);
        name == ours.name || earlier
    };
    let same = |other: &&Documented| {
        let names = |one: &Documented| one.items.iter().map(|it| it.0.clone()).collect::<Vec<_>>();
        called(&other.name) && names(other) == names(ours)
    };
    let Some(theirs) = core.iter().find(same) else {
        return vec![format!(
            "  {}: {} restates nothing that the core has with these items",
            ours.file, ours.name
        )];
    };
    let pairs = ours.items.iter().zip(&theirs.items);
    pairs
        .filter(|((_, said), (_, known))| {
            let summary = known.strip_prefix(said.as_str());
            !summary.is_some_and(|rest| rest.is_empty() || rest.starts_with('\n'))
        })
        .map(|((item, said), (_, known))| {
            format!(
                "  {}: {}.{item} says {said:?}, {} says {known:?}",
                ours.file, ours.name, theirs.file
            )
        })
        .collect()
}

/// `A as B` in the text: what is called `B` there may be the core's `A`.
fn renamed(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let word = |c: char| !c.is_alphanumeric() && c != '_';
    text.match_indices(" as ").filter_map(move |(at, sep)| {
        let was = text[..at].rsplit(word).next()?;
        let is = text[at + sep.len()..].split(word).next()?;
        (!was.is_empty() && !is.is_empty()).then_some((was, is))
    })
}

/// Public structs and enums at the beginning of a line, as rustfmt leaves them.
fn types(file: &str, text: &str) -> Vec<Documented> {
    let mut found = Vec::new();
    let mut lines = text.lines();
    let mut doc = Doc::default();
    let mut is_remote = false;
    while let Some(line) = lines.next() {
        if line.starts_with("///") || line.starts_with("#[") || is_inside(line) {
            is_remote |= line.starts_with("#[uniffi::remote");
            doc.take(line);
            continue;
        }
        let head = doc.finish();
        if let Some(name) = opened(line) {
            let mut items = vec![(String::new(), head)];
            items.extend(body(&mut lines));
            found.push(Documented {
                file: file.to_owned(),
                name: name.to_owned(),
                items,
                is_remote,
            });
        }
        is_remote = false;
    }
    found
}

/// A line within an attribute of several lines.
fn is_inside(line: &str) -> bool {
    line.starts_with(")]") || line.starts_with("    ")
}

/// The name of a type whose items follow.
fn opened(line: &str) -> Option<&str> {
    let rest = line
        .strip_prefix("pub struct ")
        .or_else(|| line.strip_prefix("pub enum "))?;
    let name = rest
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .next()?;
    line.ends_with('{').then_some(name)
}

fn body<'a>(lines: &mut impl Iterator<Item = &'a str>) -> Vec<Item> {
    let mut items = Vec::new();
    let mut doc = Doc::default();
    for line in lines.take_while(|line| !line.starts_with('}')) {
        let line = line.trim_start();
        if line.starts_with("///") || line.starts_with("#[") || line.is_empty() {
            doc.take(line);
            continue;
        }
        let said = doc.finish();
        let bare = line.strip_prefix("pub ").unwrap_or(line);
        let name = bare
            .split(|c: char| !c.is_alphanumeric() && c != '_')
            .next();
        if let Some(name) = name.filter(|name| !name.is_empty() && !line.starts_with("//")) {
            items.push((name.to_owned(), said));
        }
    }
    items
}

/// A docstring as it is read.
#[derive(Default)]
struct Doc(String);

impl Doc {
    fn take(&mut self, line: &str) {
        let Some(words) = line.strip_prefix("///").map(str::trim) else {
            return;
        };
        let glue = match (self.0.chars().last(), words.is_empty()) {
            (None | Some('\n'), _) => "",
            (_, true) => "\n",
            _ => " ",
        };
        self.0.push_str(glue);
        self.0.push_str(words);
    }

    fn finish(&mut self) -> String {
        std::mem::take(&mut self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{Documented, differences, renamed, types};

    const CORE: &str = "\
/// A thing that
/// is kept.
///
/// How it lies on the disk.
#[derive(Debug)]
pub struct Thing {
    /// Its size in bytes.
    pub size: u64,
    /// What it is.
    #[serde(default)]
    pub kind: Kind,
}
";

    fn of(file: &str, text: &str) -> Vec<Documented> {
        types(file, text)
    }

    fn restated(text: &str) -> Vec<String> {
        let ours = of("ours.rs", text);
        let core = of("core.rs", CORE);
        let names: Vec<_> = renamed("use gewu::Thing as Item;").collect();
        let remote = ours.iter().filter(|one| one.is_remote);
        remote
            .flat_map(|one| differences(one, &core, &names))
            .collect()
    }

    #[test]
    fn the_same_words_pass_also_under_another_name_and_without_what_is_the_core_s_matter() {
        let ours = CORE.replace("///\n/// How it lies on the disk.\n", "");
        let ours = ours.replace("#[derive(Debug)]", "#[uniffi::remote(Record)]");
        assert!(restated(&ours).is_empty());
        assert!(restated(&ours.replace("Thing", "Item")).is_empty());
    }

    #[test]
    fn other_words_and_other_items_are_named() {
        let ours = CORE.replace("#[derive(Debug)]", "#[uniffi::remote(Record)]");
        let found = restated(&ours.replace("in bytes", "in KB"));
        assert!(found[0].contains("Thing.size"), "{found:?}");
        let found = restated(&ours.replace("is kept", "is not"));
        assert!(found[0].contains("Thing. says"), "{found:?}");
        let found = restated(&ours.replace("pub kind", "pub sort"));
        assert!(found[0].contains("restates nothing"), "{found:?}");
        assert!(
            restated(&CORE.replace("kept", "lost")).is_empty(),
            "its own"
        );
    }
}
