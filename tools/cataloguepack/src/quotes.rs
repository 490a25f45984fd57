//! Quotes that nothing closes. A reader of tables takes all rows after one for the text of one cell,
//! and says nothing.

use crate::line::Lines;

/// Where in a table of text a reader is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    FieldBegins,
    Plain,
    Quoted,
    /// After a quote within a quoted cell: the cell ends here, unless another one follows.
    MaybeClosed,
}

/// The line, counted from 1, of a quoted cell that is open when the table ends.
pub(crate) fn unclosed_quote(text: &str, delimiter: u8) -> Option<u64> {
    let (mut place, mut opened) = (Place::FieldBegins, 0);
    for (at, byte) in text.bytes().enumerate() {
        place = match (place, byte) {
            (Place::FieldBegins, b'"') => {
                opened = at;
                Place::Quoted
            }
            (Place::Quoted, b'"') => Place::MaybeClosed,
            (Place::Quoted, _) | (Place::MaybeClosed, b'"') => Place::Quoted,
            (_, b'\r' | b'\n') => Place::FieldBegins,
            (_, byte) if byte == delimiter => Place::FieldBegins,
            _ => Place::Plain,
        };
    }
    (place == Place::Quoted).then(|| Lines::of(text).at_byte(opened))
}

#[cfg(test)]
mod tests {
    use super::unclosed_quote;
    use crate::table::Table;
    fn found(text: &str) -> Option<u64> {
        unclosed_quote(text, b',')
    }

    #[test]
    fn the_line_of_the_cell_that_stays_open_is_named() {
        assert_eq!(found("a,b\n1,\"two\n3,4\n"), Some(2));
        assert_eq!(found("a,b\n1,\"say \"\"so\"\"\n5,6\n"), Some(2));
        assert_eq!(found("\""), Some(1));
    }

    #[test]
    fn closed_cells_and_quotes_within_plain_ones_are_no_finding() {
        for text in [
            "",
            "a,b\n1,2\n",
            "a,b\n\"1\n2\",\"x\"\r\n3,4",
            "a,b\n\"say \"\"so\"\"\",2\n",
            "pipe,5\" wide\nnext,6\" wide",
            "\"\",1\n",
        ] {
            assert_eq!(found(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_sheet_with_an_open_quote_makes_no_pack() {
        let sheet =
            "代码,名称,立案条件\n01001,上水井盖,缺失\n01002,污水井盖,\"缺失\n01003,雨水井盖,缺失\n";
        let refused = Table::read("sheet", sheet.as_bytes())
            .map(|_| ())
            .map_err(|error| error.to_string());
        assert!(
            refused
                .as_ref()
                .is_err_and(|words| words.contains("line 3")),
            "{refused:?}"
        );
    }
}
