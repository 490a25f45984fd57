//! Which language people read.

use serde_json::Value;

/// Whether words are shown in Chinese: by `GEWU_LANGUAGE` (zh or en), else by that of the terminal.
pub(crate) fn reads_chinese() -> bool {
    let named = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    let language = named("GEWU_LANGUAGE")
        .or_else(|| named("LC_ALL"))
        .or_else(|| named("LANG"));
    language.is_some_and(|language| language.starts_with("zh"))
}

/// The word of a label in JSON, in the reader's language where it has one.
pub(crate) fn word(label: &Value) -> Option<&str> {
    let (first, second) = match reads_chinese() {
        true => ("zh", "en"),
        false => ("en", "zh"),
    };
    let text = |name: &str| label[name].as_str().filter(|text| !text.is_empty());
    text(first).or_else(|| text(second))
}
