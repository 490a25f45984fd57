//! How names are read, written into the pack.

use pinyin::{Pinyin, ToPinyinMulti};

/// The readings of names as [`gewu_model::catalogue::Class::pinyin`] holds them: every reading of an
/// ambiguous character (多音字), so that each is found. Marks of tone are left out, ü is `v`.
pub fn reading<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names = names.into_iter().map(name);
    names.collect::<Vec<_>>().join(";")
}

fn name(name: &str) -> String {
    let mut syllables: Vec<String> = Vec::new();
    let mut word = false;
    for letter in crate::cells::narrow(name).chars() {
        if letter.is_ascii_alphanumeric() {
            let small = letter.to_ascii_lowercase();
            match syllables.last_mut() {
                Some(last) if word => last.push(small),
                _ => syllables.push(small.to_string()),
            }
            word = true;
            continue;
        }
        word = false;
        if let Some(multi) = letter.to_pinyin_multi() {
            syllables.push(alternatives(multi.into_iter()));
        }
    }
    syllables.join(" ")
}

fn alternatives(all: impl Iterator<Item = Pinyin>) -> String {
    let mut readings: Vec<String> = Vec::new();
    for one in all {
        let plain: String = one
            .plain()
            .chars()
            .map(|c| if c == 'ü' { 'v' } else { c })
            .collect();
        let shaped = !plain.is_empty() && plain.bytes().all(|b| b.is_ascii_lowercase());
        if shaped && !readings.contains(&plain) {
            readings.push(plain);
        }
    }
    readings.join("|")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reading_is_written() {
        let lid = reading(["污水井盖"]);
        let syllables: Vec<&str> = lid.split(' ').collect();
        assert_eq!(syllables.len(), 4, "{lid}");
        assert!(
            lid.starts_with("wu ") && syllables[3].split('|').any(|one| one == "gai"),
            "{lid}"
        );
        let lanes = reading(["人行道"]);
        assert!(lanes.contains("xing") && lanes.contains("hang"), "{lanes}");
        assert_eq!(reading(["SOS（一）", "绿地"]).split(';').count(), 2);
        assert!(gewu_model::catalogue::is_reading(&reading([
            "紧急报警点SOS",
            "绿地"
        ])));
    }
}
