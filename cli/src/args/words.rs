//! What people type: names, limits and texts, before they go anywhere.

use gewu_model::deadline::Limit;
use gewu_model::pack::{MAX_PACK_NAME, is_pack_name};

/// A name of a person, a unit, a place: without the blanks that slipped in around it.
pub(super) fn name(text: &str) -> Result<String, String> {
    let name = text.trim();
    if name.is_empty() {
        Err("a name has letters".to_owned())
    } else if name.chars().any(char::is_control) {
        Err("a name has no control characters".to_owned())
    } else {
        Ok(name.to_owned())
    }
}

/// The kind or the name of a pack.
pub(super) fn pack_name(text: &str) -> Result<String, String> {
    match is_pack_name(text) {
        true => Ok(text.to_owned()),
        false => Err(format!(
            "it has 1 to {MAX_PACK_NAME} bytes, begins with a letter or digit, and has nothing but those, - _ . and blanks within"
        )),
    }
}

/// A limit that a clock can count.
pub(super) fn limit(text: &str) -> Result<String, String> {
    let read = Limit::parse(text).map_err(|error| error.to_string())?;
    Ok(read.raw().to_owned())
}

/// A text: lines and tabs, and nothing that moves a reader's cursor or changes colours.
pub(super) fn words(text: &str) -> Result<String, String> {
    let control = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    match text.chars().any(control) {
        true => Err("a text has no control characters but ends of lines and tabs".to_owned()),
        false => Ok(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::{limit, name, pack_name, words};
    use crate::args::Cli;

    #[test]
    fn names_lose_the_blanks_around_them_and_texts_keep_their_lines() {
        assert_eq!(name(" T1\n").as_deref(), Ok("T1"));
        assert!(name("  ").is_err() && name("a\u{7}b").is_err());
        assert_eq!(words("一行\n又一行\t").as_deref(), Ok("一行\n又一行\t"));
        assert!(words("red \u{1b}[31m").is_err());
    }

    #[test]
    fn limits_can_be_counted_and_packs_have_names() {
        assert_eq!(limit("2工作时").as_deref(), Ok("2工作时"));
        for wrong in ["", " ", "5foo", "soon"] {
            assert!(limit(wrong).is_err(), "{wrong}");
        }
        assert!(pack_name("city-2026").is_ok() && pack_name("沈河区 井盖").is_ok());
        for wrong in [
            "", "../../x", "a/b", "a\\b", ".", "..", " a", "a ", "a\u{7}",
        ] {
            assert!(pack_name(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn commands_take_them_so() {
        let parse = |words: &[&str]| Cli::try_parse_from([&["gewu"], words].concat());
        let note = ["note", "--dir", "x", "case", "--text", "a\u{1b}[2Jb"];
        let refused = parse(&note).expect_err("control characters").to_string();
        assert!(refused.contains("control characters"), "{refused}");
        let op = [
            "op",
            "--server",
            "u",
            "--token-file",
            "t",
            "assign",
            "c",
            "--person",
        ];
        assert!(parse(&[&op[..], &[" li "]].concat()).is_ok());
        assert!(parse(&[&op[..], &["l\u{8}i"]].concat()).is_err());
        let dispatch = [
            "op",
            "--server",
            "u",
            "--token-file",
            "t",
            "dispatch",
            "c",
            "--lead",
            "pumps",
        ];
        for wrong in ["", "5foo"] {
            let refused = parse(&[&dispatch[..], &["--limit", wrong]].concat());
            let words = refused.expect_err("no limit").to_string();
            assert!(words.contains("2工作时"), "{words}");
        }
        let publish = [
            "op",
            "--server",
            "u",
            "--token-file",
            "t",
            "publish",
            "f",
            "--name",
        ];
        assert!(parse(&[&publish[..], &["../../x"]].concat()).is_err());
    }
}
