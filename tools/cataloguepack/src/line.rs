//! Lines of a file as editors count them. The reader of tables counts those that it has ended: the line feed
//! behind a carriage return and the blank lines above a row are read with that row.

use csv::{Position, StringRecord};

/// Counts the lines of a text from its beginning on.
pub(crate) struct Lines<'t> {
    text: &'t [u8],
    at: usize,
    line: u64,
}

impl<'t> Lines<'t> {
    pub(crate) const fn of(text: &'t str) -> Self {
        let text = text.as_bytes();
        Self {
            text,
            at: 0,
            line: 1,
        }
    }

    /// The line that a row begins in. Rows come in their order.
    pub(crate) fn of_row(&mut self, row: &StringRecord) -> u64 {
        let byte = row.position().map_or(0, Position::byte);
        let from = usize::try_from(byte).unwrap_or(usize::MAX);
        let skipped = self.text.get(from..).unwrap_or_default().iter();
        let skipped = skipped.take_while(|byte| is_end(**byte)).count();
        self.at_byte(from.saturating_add(skipped))
    }

    /// The line of a byte that is not before the last one asked for.
    pub(crate) fn at_byte(&mut self, to: usize) -> u64 {
        let to = to.min(self.text.len());
        let passed = self.at..to.max(self.at);
        self.line += passed.filter(|at| self.ends(*at)).count() as u64;
        self.at = self.at.max(to);
        self.line
    }

    /// Whether a line ends with this byte. A carriage return and a line feed are one end.
    fn ends(&self, at: usize) -> bool {
        match self.text.get(at) {
            Some(b'\n') => true,
            Some(b'\r') => self.text.get(at + 1) != Some(&b'\n'),
            _ => false,
        }
    }
}

const fn is_end(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}
