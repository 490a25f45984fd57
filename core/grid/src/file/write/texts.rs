//! Texts are collected once each.

use std::collections::HashMap;

use crate::file::bytes::put_u32;
use crate::file::texts::BLOCK;

/// Texts by number; number 0 is the empty text.
pub(super) struct TextTable<'a> {
    numbers: HashMap<&'a str, u32>,
    texts: Vec<&'a str>,
}

impl<'a> TextTable<'a> {
    pub(super) fn new() -> Self {
        let mut table = Self {
            numbers: HashMap::new(),
            texts: Vec::new(),
        };
        table.number("");
        table
    }

    pub(super) fn number(&mut self, text: &'a str) -> u32 {
        *self.numbers.entry(text).or_insert_with(|| {
            self.texts.push(text);
            self.texts.len() as u32 - 1
        })
    }

    pub(super) fn encode(&self) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        put_u32(&mut out, self.texts.len() as u32);
        let mut end = 0_usize;
        put_u32(&mut out, 0);
        for text in &self.texts {
            end += text.len();
            put_u32(&mut out, u32::try_from(end).ok()?);
        }
        self.texts
            .iter()
            .for_each(|text| out.extend_from_slice(text.as_bytes()));
        Some(out)
    }
}

/// Field names and texts, one run per thing that has them.
#[derive(Default)]
pub(super) struct AttributeTable {
    pairs: Vec<u8>,
}

impl AttributeTable {
    /// Adds a run; gives the number of its first pair and how many there are.
    pub(super) fn add<'a>(
        &mut self,
        pairs: &'a [(String, String)],
        texts: &mut TextTable<'a>,
    ) -> (u32, u16) {
        let first = (self.pairs.len() / 8) as u32;
        let kept = &pairs[..pairs.len().min(usize::from(u16::MAX))];
        for (name, text) in kept {
            put_u32(&mut self.pairs, texts.number(name));
            put_u32(&mut self.pairs, texts.number(text));
        }
        (first, kept.len() as u16)
    }

    pub(super) fn encode(self) -> Vec<u8> {
        self.pairs
    }
}

/// Sorted codes with shared fronts, in blocks.
pub(super) fn encode_codes(codes: &[&str]) -> Vec<u8> {
    let mut blocks = Vec::new();
    let mut bytes = Vec::new();
    for block in codes.chunks(BLOCK) {
        blocks.push(bytes.len() as u32);
        let mut previous: &[u8] = &[];
        for code in block {
            let code = code.as_bytes();
            let shared = previous
                .iter()
                .zip(code)
                .take_while(|(a, b)| a == b)
                .count();
            bytes.push(shared as u8);
            bytes.push((code.len() - shared) as u8);
            bytes.extend_from_slice(&code[shared..]);
            previous = code;
        }
    }
    let mut out = Vec::new();
    put_u32(&mut out, codes.len() as u32);
    blocks.iter().for_each(|offset| put_u32(&mut out, *offset));
    out.extend_from_slice(&bytes);
    out
}
