//! Text as it is compared: what people type and what stands in a pack differ in width, case, blanks
//! and brackets.

/// A text without what two writings of one name differ in: full-width letters and digits become
/// usual ones, capitals small, and everything but letters and digits goes.
pub fn plain(text: &str) -> String {
    let letters = text.chars().map(narrow);
    let letters = letters.filter(|letter| letter.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

/// A full-width character of the ASCII block as ASCII.
fn narrow(letter: char) -> char {
    let code = u32::from(letter);
    match code {
        0xff01..=0xff5e => char::from_u32(code - 0xfee0).unwrap_or(letter),
        0x3000 => ' ',
        _ => letter,
    }
}

/// The words of what was typed, each [`plain`].
pub(super) fn terms(text: &str) -> Vec<String> {
    let spaced: String = text.chars().map(narrow).collect();
    let words = spaced.split_whitespace().map(plain);
    words.filter(|word| !word.is_empty()).collect()
}

/// The codes that a number may hold: itself, and the class within the identifier of a component
/// (17 digits in 2026, 16 before) or a matter (11, 10), after the six of the division.
pub(super) fn codes(term: &str) -> impl Iterator<Item = &str> {
    let digits = term.bytes().all(|byte| byte.is_ascii_digit());
    let within = match term.len() {
        17 | 11 => term.get(6..11),
        16 | 10 => term.get(6..10),
        _ => None,
    };
    [Some(term), within.filter(|_| digits)]
        .into_iter()
        .flatten()
}
