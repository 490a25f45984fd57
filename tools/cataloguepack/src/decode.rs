//! Bytes of a spreadsheet as text: UTF-8 with or without its mark, UTF-16, or GBK, in which most
//! city sheets are saved.

use encoding_rs::{GB18030, UTF_8, UTF_16BE, UTF_16LE};
use serde::Serialize;

/// How a sheet was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// UTF-8.
    Utf8,
    /// UTF-8 that begins with a byte order mark.
    Utf8Marked,
    /// UTF-16.
    Utf16,
    /// GBK or GB 18030, which holds it.
    Gbk,
}

/// The text of a sheet. `None` when it is in none of the known encodings.
pub fn decode(bytes: &[u8]) -> Option<(String, Encoding)> {
    let (encoding, name) = match bytes {
        [0xef, 0xbb, 0xbf, ..] => (UTF_8, Encoding::Utf8Marked),
        [0xff, 0xfe, ..] => (UTF_16LE, Encoding::Utf16),
        [0xfe, 0xff, ..] => (UTF_16BE, Encoding::Utf16),
        _ if std::str::from_utf8(bytes).is_ok() => (UTF_8, Encoding::Utf8),
        _ => (GB18030, Encoding::Gbk),
    };
    let (text, broken) = encoding.decode_with_bom_removal(bytes);
    let usable = !broken && !text.contains('\0');
    usable.then(|| (text.into_owned(), name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_encodings_of_spreadsheets_are_told_apart() {
        let text = "小类名称,污水井盖";
        let gbk = GB18030.encode(text).0;
        let marked = [b"\xef\xbb\xbf", text.as_bytes()].concat();
        let wide: Vec<u8> = [0xfeff]
            .into_iter()
            .chain(text.encode_utf16())
            .flat_map(u16::to_le_bytes)
            .collect();
        for (bytes, encoding) in [
            (text.as_bytes(), Encoding::Utf8),
            (&marked[..], Encoding::Utf8Marked),
            (&gbk[..], Encoding::Gbk),
            (&wide[..], Encoding::Utf16),
        ] {
            assert_eq!(decode(bytes), Some((text.to_owned(), encoding)));
        }
        assert_eq!(decode(b"\xff\xff\xff\x80"), None);
    }
}
