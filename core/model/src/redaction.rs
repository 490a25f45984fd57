//! Redacted copies: which picture stands in the place of an erased one.

use std::collections::BTreeSet;

use crate::ids::Digest;
use crate::media::EvidenceRecord;

/// The redacted copies of `photo` that `records` bring, in their order. A copy of a copy is not
/// among them.
pub fn copies_of<'r>(
    records: impl IntoIterator<Item = &'r EvidenceRecord>,
    photo: &Digest,
) -> Vec<Digest> {
    let copies = records
        .into_iter()
        .filter(|record| record.redaction_of.as_ref() == Some(photo));
    copies.map(|record| record.sha256).collect()
}

/// What is shown in the place of `photo` when it was erased: the last redacted copy of it that was
/// not erased too, or else the same of an erased copy. `None` when it was not erased, or nothing is
/// left to show.
pub fn stand_in(
    records: &[&EvidenceRecord],
    photo: &Digest,
    erased: &dyn Fn(&Digest) -> bool,
) -> Option<Digest> {
    let mut seen = BTreeSet::new();
    let mut open = if erased(photo) {
        vec![*photo]
    } else {
        Vec::new()
    };
    while let Some(gone) = open.pop() {
        // Whoever signed the records may have made a circle of them.
        if !seen.insert(gone) {
            continue;
        }
        let copies = copies_of(records.iter().copied(), &gone);
        let left = copies.iter().rev().find(|copy| !erased(copy));
        if let Some(left) = left {
            return Some(*left);
        }
        open.extend(copies);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::{EvidenceRole, MediaType, Provenance};
    use crate::time::{ClockTrust, Millis};

    fn record(number: u8, of: Option<u8>) -> EvidenceRecord {
        EvidenceRecord {
            sha256: Digest([number; 32]),
            thumb_sha256: None,
            role: EvidenceRole::Other,
            media_type: MediaType::Jpeg,
            bytes: 1,
            width: 1,
            height: 1,
            captured_at: Millis(0),
            clock: ClockTrust::Device,
            position: None,
            provenance: Provenance::Import,
            original_sha256: None,
            redaction_of: of.map(|of| Digest([of; 32])),
            direction: None,
            captured_offset_min: None,
            original_bytes: None,
            original_kept: None,
        }
    }

    fn shown(records: &[EvidenceRecord], erased: &[u8]) -> Option<u8> {
        let records: Vec<_> = records.iter().collect();
        let gone = |digest: &Digest| erased.contains(&digest.0[0]);
        stand_in(&records, &Digest([1; 32]), &gone).map(|digest| digest.0[0])
    }

    #[test]
    fn the_last_copy_that_is_left_stands_in_and_nothing_does_before_the_erasure() {
        let records = [
            record(1, None),
            record(2, Some(1)),
            record(3, Some(1)),
            record(4, Some(2)),
        ];
        assert_eq!(shown(&records, &[]), None);
        assert_eq!(shown(&records, &[1]), Some(3));
        assert_eq!(shown(&records, &[1, 3]), Some(2));
        assert_eq!(shown(&records, &[1, 2, 3]), Some(4));
        assert_eq!(shown(&records, &[1, 2, 3, 4]), None);
        assert_eq!(copies_of(&records, &Digest([1; 32])).len(), 2);
    }

    #[test]
    fn a_circle_of_copies_ends() {
        let records = [record(1, Some(2)), record(2, Some(1))];
        assert_eq!(shown(&records, &[1, 2]), None);
        assert_eq!(shown(&records, &[1]), Some(2));
    }
}
