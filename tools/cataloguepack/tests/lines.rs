//! Rows are named by the lines that an editor shows, whatever ends the lines.

#![allow(clippy::expect_used, reason = "a test may stop at the first surprise")]

use gewu_cataloguepack::{read_map, rows};

/// The lines of the rows below the header, whatever ends the lines.
fn found(text: &str) -> Vec<u64> {
    let known = |row: &csv::StringRecord| row.iter().filter(|cell| *cell == "a").count();
    let read = rows(text.as_bytes(), known).expect("a table");
    read.rows.iter().map(|row| row.line).collect()
}

#[test]
fn rows_stand_in_the_lines_that_an_editor_shows() {
    for (text, lines) in [
        ("a,b\n1,2\n3,4\n", &[2, 3][..]),
        ("a,b\n\n1,2\n\n\n3,4", &[3, 6]),
        ("a,b\n\"1\n\n2\",\"x\"\n3,\"y\nz\"\n\n5,6\n", &[2, 5, 8]),
        ("\n\na,b\n1,2\n", &[4]),
        ("\u{feff}a title\n\na,b\n\"\n1\",2\n3,4\n", &[4, 6]),
    ] {
        assert_eq!(found(text), lines, "{text:?}");
        for end in ["\r\n", "\r"] {
            assert_eq!(found(&text.replace('\n', end)), lines, "{text:?} {end:?}");
        }
        // As spreadsheets write: line feeds in cells, carriage returns as well behind rows.
        let mixed = text.replace("\n", "\r\n").replace("1\r\n", "1\n");
        assert_eq!(found(&mixed), lines, "{mixed:?}");
    }
}

#[test]
fn a_row_of_a_mapping_is_named_by_the_line_that_an_editor_shows() {
    let map = "from_kind,from_code,to_kind,to_code,to_name,certainty\n\nmatter,0101,matter,01001,\"a\nb\",confirmed\n\n,,,,,\n";
    for end in ["\n", "\r\n", "\r"] {
        let refused = read_map("map", map.replace('\n', end).as_bytes(), "2013", "2026");
        let words = refused.expect_err("nothing on the left").to_string();
        assert!(words.contains("line 6: "), "{end:?}: {words}");
    }
}

#[test]
fn an_open_quote_is_named_by_the_line_that_an_editor_shows() {
    for end in ["\n", "\r\n", "\r"] {
        let text = "a,b\n\n1,\"2\n3,4\n".replace('\n', end);
        let refused = rows(text.as_bytes(), |row| row.len()).expect_err("an open quote");
        assert!(
            refused.to_string().contains("line 3 "),
            "{end:?}: {refused}"
        );
    }
}
