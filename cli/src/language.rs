//! Which language people read.

use gewu_model::policy::{self, Policy};
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

/// A refusal in the reader's language, as far as it is one of the policy's or a reason for setting aside; any
/// other as it came.
pub(crate) fn refusal(words: &str) -> String {
    let chinese = reads_chinese().then(|| in_chinese(words)).flatten();
    chinese.unwrap_or_else(|| words.to_owned())
}

fn in_chinese(words: &str) -> Option<String> {
    if let Some((status, rest)) = words
        .strip_prefix("the server refused (")
        .and_then(|rest| rest.split_once("): "))
    {
        return Some(format!("服务器拒绝（{status}）：{}", in_chinese(rest)?));
    }
    if let Some(rest) = words.strip_prefix("photo: ") {
        return Some(format!("照片：{}", in_chinese(rest)?));
    }
    let mut reasons = SetAside::ALL.iter();
    if let Some(reason) = reasons.find(|reason| reason.words() == words) {
        return Some(reason.words_zh().to_owned());
    }
    let policy = Policy::built_in();
    policy::in_chinese(words, &|name| {
        let label = policy.label(name)?;
        Some(label.zh.clone())
    })
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

    #[test]
    fn a_refusal_is_known_behind_what_a_server_or_a_device_puts_before_it() {
        let said = |words: &str| in_chinese(words).unwrap_or_default();
        let stage = "a case that stands at filed takes no close:normal";
        assert_eq!(
            said(&format!("the server refused (403): {stage}")),
            format!("服务器拒绝（403）：{}", said(stage))
        );
        assert!(said("photo: this class needs at least 2 photos here: take more").contains("2张"));
        assert_eq!(said(SetAside::Ties.words()), SetAside::Ties.words_zh());
        assert_eq!(in_chinese("the server refused (500): it broke"), None);
    }
}
