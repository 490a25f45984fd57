//! A hint at what a condition asks to be measured, when its text holds one quantity with a bound.

use gewu_model::catalogue::Measure;

use crate::cells::narrow;

/// Longer spellings stand before those that they begin with.
const UNITS: [(&str, &str); 13] = [
    ("平方厘米", "cm²"),
    ("平方米", "m²"),
    ("厘米", "cm"),
    ("毫米", "mm"),
    ("米", "m"),
    ("cm²", "cm²"),
    ("cm2", "cm²"),
    ("m²", "m²"),
    ("m2", "m²"),
    ("㎡", "m²"),
    ("cm", "cm"),
    ("mm", "mm"),
    ("m", "m"),
];
const BEFORE: [&str; 8] = ["大于", "超过", "大于等于", "不小于", "≥", ">", "＞", "达到"];
const AFTER: [&str; 2] = ["以上", "及以上"];

/// The measure of a condition; nothing when there are several quantities or none with a lower bound.
pub(crate) fn measure(text: &str) -> Option<Measure> {
    let text = narrow(text);
    let mut found = Vec::new();
    let mut rest = text.as_str();
    let mut before = String::new();
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let (skipped, number) = rest.split_at(start);
        before.push_str(skipped);
        let end = number.find(|c: char| !c.is_ascii_digit() && c != '.');
        let (number, after) = number.split_at(end.unwrap_or(number.len()));
        let after = after.trim_start();
        let unit = UNITS.iter().find(|(spelt, _)| after.starts_with(spelt));
        if let Some((spelt, unit)) = unit {
            let tail = after.get(spelt.len()..).unwrap_or_default();
            let bounded = BEFORE.iter().any(|word| before.trim_end().ends_with(word))
                || AFTER.iter().any(|word| tail.starts_with(word));
            found.push((milli(number), *unit, bounded));
        }
        before.push_str(number);
        rest = after;
    }
    match found.as_slice() {
        [(Some(from), unit, true)] => Some(Measure {
            unit: (*unit).to_owned(),
            from_milli: Some(*from),
        }),
        _ => None,
    }
}

/// A decimal number in thousandths.
fn milli(number: &str) -> Option<i64> {
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let part: String = part.chars().chain("000".chars()).take(3).collect();
    let whole: i64 = whole.parse().ok()?;
    whole.checked_mul(1_000)?.checked_add(part.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_bounded_quantity_is_a_hint() {
        let read = |text| measure(text).map(|m| (m.from_milli, m.unit));
        let is = |milli, unit: &str| Some((Some(milli), unit.to_owned()));
        assert_eq!(read("破损面积大于25平方厘米"), is(25_000, "cm²"));
        assert_eq!(read("面积0.5平方米及以上"), is(500, "m²"));
        assert_eq!(read("破损＞ 25 cm²"), is(25_000, "cm²"));
        assert_eq!(read("积水大于100平方米且大于15厘米"), None);
        assert_eq!(read("周边150×150厘米"), None);
        assert_eq!(read("缺失或断裂"), None);
        assert_eq!(read("堵塞≥1/3"), None);
    }
}
