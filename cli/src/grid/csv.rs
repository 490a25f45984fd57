//! As much CSV as tables of points need: quoted fields, a header, any order of columns.

/// The fields of one line. A quote inside a quoted field is doubled.
pub(super) fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        let last = fields.len() - 1;
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                fields[last].push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            c => fields[last].push(c),
        }
    }
    fields
}

/// A field as it is written.
pub(super) fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

/// The places of the named columns in a header, in any case; `None` for one that is missing.
pub(super) fn columns<const N: usize>(header: &str, names: [&str; N]) -> [Option<usize>; N] {
    let there = fields(header.trim_start_matches('\u{feff}'));
    names.map(|name| {
        there
            .iter()
            .position(|column| column.trim().eq_ignore_ascii_case(name))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_survive_quotes_and_commas() {
        for text in ["plain", "a,b", "say \"yes\"", ""] {
            let line = format!("{},2", quoted(text));
            assert_eq!(fields(&line), [text, "2"]);
        }
    }

    #[test]
    fn columns_are_found_behind_a_byte_order_mark() {
        let found = columns("\u{feff}id,LON,lat", ["id", "lat", "lon", "accuracy_m"]);
        assert_eq!(found, [Some(0), Some(2), Some(1), None]);
    }
}
