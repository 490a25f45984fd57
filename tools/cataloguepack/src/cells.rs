//! One cell: what is dirt in it, and what is meant.

/// Full-width letters, digits and blanks as usual ones. Chinese punctuation stays.
pub(crate) fn narrow(text: &str) -> String {
    let narrow = |letter: char| match u32::from(letter) {
        code @ (0xff10..=0xff19 | 0xff21..=0xff3a | 0xff41..=0xff5a | 0xff20 | 0xff0d | 0xff0f) => {
            char::from_u32(code - 0xfee0).unwrap_or(letter)
        }
        0x3000 | 0xa0 => ' ',
        _ => letter,
    };
    text.chars().map(narrow).collect()
}

/// A name or code on one line: no line breaks, no blanks around it, none beside Chinese signs.
pub(crate) fn line(text: &str) -> String {
    let narrowed = narrow(text);
    let words: Vec<&str> = narrowed.split_whitespace().collect();
    let mut line = String::new();
    for word in words {
        let parted = |c: Option<char>| c.is_some_and(is_parted);
        if parted(line.chars().next_back()) && parted(word.chars().next()) {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

/// Whether words that end and begin so have a blank between them, as in English: `1 m² or`, `5 ℃ or`.
fn is_parted(sign: char) -> bool {
    let chinese = matches!(u32::from(sign), 0x2e80..=0xa4cf | 0xf900..=0xfaff | 0xff00..=0xffef | 0x20000..=0x3ffff);
    let unit = matches!(u32::from(sign), 0x2100..=0x214f);
    sign.is_ascii() || unit || (sign.is_alphanumeric() && !chinese)
}

/// A longer text: line breaks become blanks, those around it go.
pub(crate) fn text(cell: &str) -> String {
    let lines = cell.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join(" ").trim().to_owned()
}

/// A code at the beginning of a cell and the name after it: `01 公用设施`, `01-上水井盖`, `01`, `1.0`.
pub(crate) fn split(cell: &str) -> (String, String) {
    let cell = line(cell);
    let digits = cell.bytes().take_while(u8::is_ascii_digit).count();
    let (code, rest) = cell.split_at(digits);
    let rest = without_fraction(rest);
    let name = rest.trim_start_matches(['-', '_', '.', '、', ' ', '—', ':', '：']);
    (code.to_owned(), name.to_owned())
}

/// What follows a number without the `.0` that another program put behind it.
fn without_fraction(rest: &str) -> &str {
    let zeros = rest
        .strip_prefix('.')
        .map(|rest| rest.trim_start_matches('0'));
    let after = zeros.filter(|after| rest.len() - after.len() > 1);
    after
        .filter(|after| !after.starts_with(|c: char| c.is_ascii_digit()))
        .unwrap_or(rest)
}

/// A number without the `.0` that another program put behind it. Anything else is as it was.
pub(crate) fn whole(code: &str) -> &str {
    let digits = code.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = code.split_at(digits);
    match !number.is_empty() && without_fraction(rest).is_empty() {
        true => number,
        false => code,
    }
}

/// A code as it is meant: `="07"`, which keeps a spreadsheet from taking zeros away, is 07.
///
/// # Errors
/// Says so in words when a formula stands there, whose value nobody knows here, or no code at all.
pub(crate) fn code(cell: &str) -> Result<String, String> {
    let text = cell
        .strip_prefix("=\"")
        .and_then(|text| text.strip_suffix('"'))
        .or_else(|| cell.strip_prefix('\''))
        .unwrap_or(cell);
    match text.chars().next() {
        Some(first) if !first.is_alphanumeric() => Err(format!(
            "{cell} is no code but a formula or a sign: put the code there, as text"
        )),
        _ if text.contains(char::is_whitespace) => Err(format!(
            "{cell} has a blank inside: write the code as one, or put the parts into columns of their own"
        )),
        _ => Ok(text.to_owned()),
    }
}

/// The number that may be meant by a code that is nearly one, with letters that look like digits (`1O`, `l2`)
/// or in Chinese (十二). `None` for a number, and for any other code.
pub(crate) fn nearly_number(code: &str) -> Option<Meant> {
    let digits = code.chars().filter(char::is_ascii_digit).count();
    let letters = code.chars().count();
    if digits == letters {
        return None;
    }
    if code
        .chars()
        .all(|c| "〇零一二三四五六七八九十百两".contains(c))
    {
        return Some(Meant::InChinese);
    }
    let meant: Option<String> = code.chars().map(alike).collect();
    meant.filter(|_| digits > 0).map(Meant::Number)
}

/// What a code that is nearly a number may mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Meant {
    /// This one.
    Number(String),
    /// One in Chinese.
    InChinese,
}

/// The digit, or the one that a letter looks like.
const fn alike(letter: char) -> Option<char> {
    match letter {
        '0'..='9' => Some(letter),
        'O' | 'o' | '〇' => Some('0'),
        'l' | 'I' | 'i' | '|' => Some('1'),
        _ => None,
    }
}

/// Refuses a cell for code and name of which nobody can tell where the code ends: two numbers (`01-01`,
/// `01 04`), or one that goes on with a letter that looks like a digit (`1O`).
pub(crate) fn check_split(cell: &str) -> Result<(), String> {
    let cell = line(cell);
    let (code, name) = split(&cell);
    let between = cell.get(code.len()..cell.len() - name.len());
    let between = between.unwrap_or_default();
    let number = name.bytes().take_while(u8::is_ascii_digit).count();
    let (second, rest) = name.split_at(number);
    // The name of no class begins with a nought.
    let apart =
        second.starts_with('0') || rest.is_empty() || rest.starts_with([' ', '-', '、', '.']);
    let two = !second.is_empty() && (apart || between.contains(['-', '—', '.']));
    let mut letters = name.chars();
    let torn = between.is_empty()
        && letters
            .next()
            .is_some_and(|c| c.is_ascii_alphabetic() && alike(c).is_some())
        && !letters.next().is_some_and(|c| c.is_ascii_alphabetic());
    match !code.is_empty() && (two || torn) {
        true => Err(format!(
            "{cell}: nobody can tell where the code ends; put code and name into columns of their own"
        )),
        false => Ok(()),
    }
}

/// Whether a code has digits and nothing else.
pub(crate) fn is_number(code: &str) -> bool {
    code.bytes().all(|byte| byte.is_ascii_digit())
}

/// Heading and class in one code with a hyphen between (`01-15`), as some sheets write it.
pub(crate) fn hyphenated(code: &str) -> Option<(&str, &str)> {
    let (major, minor) = code.split_once(['-', '—', '–'])?;
    let number = |part: &str| !part.is_empty() && is_number(part);
    (number(major) && number(minor)).then_some((major, minor))
}

/// A code of digits with the zeros that a spreadsheet took; whether any were missing. `None` when it
/// is longer than the edition's codes are.
pub(crate) fn padded(code: &str, digits: usize) -> Option<(String, bool)> {
    if !is_number(code) {
        return Some((code.to_owned(), false));
    }
    match digits.checked_sub(code.len())? {
        0 => Some((code.to_owned(), false)),
        lacking => Some(("0".repeat(lacking) + code, true)),
    }
}

/// Whether a cell says yes; an empty one says no.
///
/// # Errors
/// Says so in words when it says neither.
pub(crate) fn yes(cell: &str) -> Result<bool, String> {
    let said = line(cell);
    match said.to_lowercase().as_str() {
        "1" | "y" | "yes" | "true" | "是" | "√" | "✓" => Ok(true),
        "" | "0" | "n" | "no" | "false" | "否" | "×" | "✗" | "x" | "-" | "—" | "/" | "无" => {
            Ok(false)
        }
        _ => Err(format!("{said} says neither yes nor no: write 是 or 否")),
    }
}

/// What spreadsheets write where they have no value.
const NO_VALUE: [&str; 10] = [
    "#REF!",
    "#N/A",
    "#VALUE!",
    "#NAME?",
    "#DIV/0!",
    "#NUM!",
    "#NULL!",
    "#SPILL!",
    "#CALC!",
    "#GETTING_DATA",
];

/// Refuses what a spreadsheet wrote in the place of a value that it did not have.
///
/// # Errors
/// Says so in words.
pub fn check_value(cell: &str) -> Result<(), String> {
    let said = line(cell);
    let upper = said.to_uppercase();
    let too_narrow = said.len() > 1 && said.chars().all(|c| c == '#');
    match too_narrow || NO_VALUE.contains(&upper.as_str()) {
        true => Err(format!(
            "a cell says {said}, which a spreadsheet writes where it has no value to show: put the value there"
        )),
        false => Ok(()),
    }
}

/// Refuses a formula in the place of a name: its value is not known here.
///
/// # Errors
/// Says so in words.
pub(crate) fn check_name(cell: &str) -> Result<(), String> {
    let said = line(cell);
    match said.starts_with('=') {
        true => Err(format!(
            "{said} is a formula and no name: put the name there, as text"
        )),
        false => Ok(()),
    }
}

/// Whether a cell says a long number as a spreadsheet shows it, rounded: `2.02E+14`.
pub fn is_rounded(cell: &str) -> bool {
    let said = line(cell);
    let Some((number, exponent)) = said.split_once(['E', 'e']) else {
        return false;
    };
    let digits = |text: &str| !text.is_empty() && is_number(text);
    let (whole, fraction) = number.split_once(['.', ',']).unwrap_or((number, "0"));
    let power = exponent.strip_prefix(['+', '-']);
    whole.len() == 1 && digits(whole) && digits(fraction) && power.is_some_and(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_put_on_one_line() {
        assert_eq!(line("烟头收集器\n或灭烟处"), "烟头收集器或灭烟处");
        assert_eq!(line("　路灯 "), "路灯");
        assert_eq!(line("Street\nlamp"), "Street lamp");
        assert_eq!(line("missing, or  broken"), "missing, or broken");
        assert_eq!(line("０１"), "01");
        assert_eq!(line("车辆加油（气、电）站"), "车辆加油（气、电）站");
    }

    #[test]
    fn codes_get_their_zeros_back() {
        assert_eq!(padded("1", 2), Some(("01".into(), true)));
        assert_eq!(padded("37", 2), Some(("37".into(), false)));
        assert_eq!(padded("137", 2), None);
        assert_eq!(split("01-上水井盖"), ("01".into(), "上水井盖".into()));
        assert_eq!(split("公用设施"), (String::new(), "公用设施".into()));
        assert_eq!(split("6.0"), ("6".into(), String::new()));
        assert_eq!(split("6.0 路灯"), ("6".into(), "路灯".into()));
        assert_eq!(split("6.05"), ("6".into(), "05".into()));
    }

    #[test]
    fn numbers_lose_a_fraction_of_nothing_and_formulas_are_no_codes() {
        assert_eq!(["6.0", "6.00", "060"].map(whole), ["6", "6", "060"]);
        assert_eq!(
            ["6.1", "A.0", ".0", "6."].map(whole),
            ["6.1", "A.0", ".0", "6."]
        );
        assert_eq!(code("=\"07\"").as_deref(), Ok("07"));
        assert_eq!(code("'07").as_deref(), Ok("07"));
        assert_eq!(code("A1-2").as_deref(), Ok("A1-2"));
        for formula in ["=7", "=A1", "@7", "+7", "=\"=7\"", "01 04", "=\"0 1\""] {
            assert!(code(formula).is_err(), "{formula}");
        }
    }

    #[test]
    fn what_is_nearly_a_number_is_known_and_a_code_of_another_shape_is_none() {
        let number = |text: &str| Some(Meant::Number(text.into()));
        assert_eq!(nearly_number("1O"), number("10"));
        assert_eq!(nearly_number("Il2o"), number("1120"));
        assert_eq!(nearly_number("十二"), Some(Meant::InChinese));
        for other in ["12", "A1", "IO", "6.1", "01-15", "井", ""] {
            assert_eq!(nearly_number(other), None, "{other}");
        }
    }

    #[test]
    fn a_cell_of_code_and_name_says_where_its_code_ends() {
        for plain in [
            "01 公用设施",
            "01-上水井盖",
            "6.0 路灯",
            "06LED路灯",
            "07 110报警点",
            "公用设施",
            "01",
            "6.0",
            "",
        ] {
            assert_eq!(check_split(plain), Ok(()), "{plain}");
        }
        for torn in [
            "01-01上水井盖",
            "01 04 雨水箅子",
            "1O 井盖",
            "1l井盖",
            "6.05",
            "01 04",
        ] {
            assert!(check_split(torn).is_err(), "{torn}");
        }
    }
}
