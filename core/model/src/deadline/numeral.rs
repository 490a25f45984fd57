//! Amounts as people write them: digits with at most two behind the point, or plain Chinese numerals
//! below a thousand.

/// More digits than any amount that is taken.
const MAX_DIGITS: usize = 9;

/// Whether a character can stand in an amount.
pub(super) fn is_part(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, '.' | '半' | '十' | '百' | '两') || digit(c).is_some()
}

/// The amount in hundredths.
pub(super) fn hundredths(text: &str) -> Option<i64> {
    match text {
        "半" => Some(50),
        _ if text.starts_with(|c: char| c.is_ascii_digit()) => decimal(text),
        _ => chinese(text).map(|whole| whole * 100),
    }
}

fn decimal(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let scale = match fraction.len() {
        1 => 10,
        2 => 1,
        _ => return None,
    };
    Some(digits(whole)? * 100 + digits(fraction)? * scale)
}

fn digits(text: &str) -> Option<i64> {
    let plain = (1..=MAX_DIGITS).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

/// 五, 十五, 二十, 二十四, 一百, 一百零五, 一百二十; nothing that leaves a part out (一百五).
fn chinese(text: &str) -> Option<i64> {
    let (hundreds, rest) = match text.split_once('百') {
        Some((count, rest)) => (one(count)?, rest),
        None => (0, text),
    };
    if hundreds > 0 && rest.is_empty() {
        return Some(hundreds * 100);
    }
    let below = match (hundreds, rest.strip_prefix('零')) {
        (0, None) => tens(rest)?,
        (0, Some(_)) => return None,
        (_, Some(last)) => one(last)?,
        (_, None) => rest.contains('十').then(|| tens(rest))??,
    };
    Some(hundreds * 100 + below)
}

fn tens(text: &str) -> Option<i64> {
    let Some((count, rest)) = text.split_once('十') else {
        return one(text);
    };
    let count = if count.is_empty() { 1 } else { one(count)? };
    let last = if rest.is_empty() { 0 } else { one(rest)? };
    Some(count * 10 + last)
}

/// The one digit that the text is.
fn one(text: &str) -> Option<i64> {
    let mut chars = text.chars();
    let value = match (chars.next()?, chars.next()) {
        ('两', None) => 2,
        (c, None) => digit(c)?,
        _ => return None,
    };
    (value > 0).then_some(value)
}

fn digit(c: char) -> Option<i64> {
    let at = "零一二三四五六七八九"
        .chars()
        .position(|known| known == c)?;
    i64::try_from(at).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_numerals_below_a_thousand() {
        for (text, value) in [
            ("一", 1),
            ("两", 2),
            ("十", 10),
            ("十二", 12),
            ("二十", 20),
            ("九十九", 99),
            ("一百", 100),
            ("一百零五", 105),
            ("一百一十", 110),
            ("三百六十五", 365),
            ("两百", 200),
        ] {
            assert_eq!(hundredths(text), Some(value * 100), "{text}");
        }
        for text in [
            "零",
            "一二",
            "十零",
            "百",
            "一百五",
            "零五",
            "一百零",
            "一百零十",
            "一千",
            "二百百",
        ] {
            assert_eq!(hundredths(text), None, "{text}");
        }
    }
}
