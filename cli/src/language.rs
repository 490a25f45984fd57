//! Which language people read.

use gewu_sync::verdict::SetAside;
use serde_json::Value;

/// Whether words are shown in Chinese: by `GEWU_LANGUAGE` (zh or en), else by that of the terminal.
pub(crate) fn reads_chinese() -> bool {
    let named = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    let language = named("GEWU_LANGUAGE")
        .or_else(|| named("LC_ALL"))
        .or_else(|| named("LANG"));
    language.is_some_and(|language| language.starts_with("zh"))
}

/// Why something was set aside, in the reader's language: what is known of the reason, or the words that came
/// with it.
pub(crate) fn set_aside(reason: &str, words: &str, chinese: bool) -> String {
    match SetAside::from_name(reason).filter(|_| chinese) {
        Some(reason) => reason.words_zh().to_owned(),
        None => words.to_owned(),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_for_setting_aside_has_words_in_both_languages() {
        for reason in SetAside::ALL {
            let (zh, en) = (reason.words_zh(), reason.words());
            assert!(!zh.is_ascii() && en.is_ascii(), "{}", reason.name());
            assert_eq!(set_aside(reason.name(), "told", true), zh);
            assert_eq!(set_aside(reason.name(), "told", false), "told");
        }
        assert_eq!(set_aside("of a newer server", "told", true), "told");
    }
}
