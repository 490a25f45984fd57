//! Pinyin: `jg`, `jinggai`, `jingg` and `jgai` all read 井盖.
//!
//! A character with several readings (多音字) matches by each of them. What was typed is followed
//! through the syllables as a set of positions, so that no reading makes it slow: the work is
//! bounded by syllables times letters.

use super::Matched;

/// The readings of a name: of each character all that there are.
#[derive(Debug, Clone, Default)]
pub(super) struct Reading {
    syllables: Vec<Vec<String>>,
}

/// Names longer than this are read up to here.
const MOST_SYLLABLES: usize = 64;
/// One bit for each position in what was typed.
const MOST_LETTERS: usize = 63;

/// Whether a text has the form of [`super::super::Class::pinyin`].
pub fn is_reading(text: &str) -> bool {
    let shaped = |part: &str| !part.is_empty() && part.bytes().all(is_letter);
    text.split(';')
        .flat_map(str::split_whitespace)
        .all(|syllable| syllable.split('|').all(shaped))
}

fn is_letter(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit()
}

impl Reading {
    /// The readings of each name in `text`; see [`super::super::Class::pinyin`].
    pub(super) fn all(text: &str) -> Vec<Self> {
        text.split(';').map(Self::one).collect()
    }

    fn one(text: &str) -> Self {
        let syllables = text.split_whitespace().take(MOST_SYLLABLES);
        let readings = |syllable: &str| syllable.split('|').map(str::to_owned).collect();
        Self {
            syllables: syllables.map(readings).collect(),
        }
    }

    /// How `term` reads this name, if it does.
    pub(super) fn matches(&self, term: &str) -> Option<Matched> {
        let letters = term.as_bytes();
        if letters.len() > MOST_LETTERS || !letters.iter().all(|byte| is_letter(*byte)) {
            return None;
        }
        let count = self.syllables.len();
        match self.from(0, letters) {
            Some(end) if end == count => return Some(Matched::Reading),
            Some(_) => return Some(Matched::ReadingStart),
            None => {}
        }
        let inside = (1..count).any(|start| self.from(start, letters).is_some());
        inside.then_some(Matched::ReadingPart)
    }

    /// Where reading from `start` on ends when all of `letters` are used up: the farthest such end.
    fn from(&self, start: usize, letters: &[u8]) -> Option<usize> {
        let (mut at, done) = (1_u64, 1_u64 << letters.len());
        let mut end = None;
        for (number, readings) in self.syllables.iter().enumerate().skip(start) {
            let mut next = 0;
            for offset in (0..letters.len()).filter(|offset| at & (1 << offset) != 0) {
                let rest = letters.get(offset..).unwrap_or_default();
                let steps = readings.iter().map(|reading| reading.as_bytes());
                next |= steps.fold(0, |next, reading| next | (step(reading, rest) << offset));
            }
            if next & done != 0 {
                end = Some(number + 1);
            }
            at = next;
            if at & !done == 0 {
                break;
            }
        }
        end
    }
}

/// How many letters of `rest` one syllable may use up, as bits: its initial, both letters of zh, ch
/// and sh, the whole, and in the end as much of it as was typed.
fn step(reading: &[u8], rest: &[u8]) -> u64 {
    let common = reading.iter().zip(rest).take_while(|(a, b)| a == b).count();
    if common == 0 {
        return 0;
    }
    let mut lengths = 1 << 1;
    if common >= 2 && matches!(reading, [b'z' | b'c' | b's', b'h', ..]) {
        lengths |= 1 << 2;
    }
    if common == reading.len() || common == rest.len() {
        lengths |= 1 << common;
    }
    lengths
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, term: &str) -> Option<Matched> {
        let all = Reading::all(text).into_iter();
        all.filter_map(|reading| reading.matches(term)).min()
    }

    #[test]
    fn initials_syllables_and_mixtures_read_a_name() {
        let name = "wu shui jing gai";
        for whole in ["wsjg", "wushuijinggai", "wshuijg", "wushjg", "wsjgai"] {
            assert_eq!(read(name, whole), Some(Matched::Reading), "{whole}");
        }
        for start in ["w", "ws", "wushui", "wush"] {
            assert_eq!(read(name, start), Some(Matched::ReadingStart), "{start}");
        }
        for part in ["jg", "jinggai", "sjg", "gai"] {
            assert_eq!(read(name, part), Some(Matched::ReadingPart), "{part}");
        }
        for other in ["gj", "wg", "x", "wsjgx", "uj", "井盖"] {
            assert_eq!(read(name, other), None, "{other}");
        }
    }

    #[test]
    fn every_reading_of_a_character_matches() {
        let lanes = "hang|xing dao shu";
        for typed in ["hds", "xds", "xingdao", "hangdaoshu"] {
            assert!(read(lanes, typed).is_some(), "{typed}");
        }
        assert_eq!(read("lu deng;jie deng", "jd"), Some(Matched::Reading));
    }

    #[test]
    fn a_hostile_reading_stays_cheap() {
        let syllable = ["a", "aa", "aaa", "aaaa"].join("|");
        let name = vec![syllable; 5_000].join(" ");
        let typed = "a".repeat(62) + "b";
        assert_eq!(read(&name, &typed), None);
        assert_eq!(read(&name, &"a".repeat(64)), None);
    }

    #[test]
    fn the_form_of_a_reading_is_checked() {
        assert!(is_reading("wu shui jing gai|ge;xia shui dao"));
        assert!(!is_reading("wū shuǐ"));
        assert!(!is_reading("wu||shui"));
    }
}
