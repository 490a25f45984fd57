//! Redacted copies: of what the case holds, and of nothing else.

use gewu_model::entry::{Note, Payload, Supplement};
use gewu_model::ids::Digest;
use gewu_model::media::{EvidenceRecord, EvidenceRole, MediaType, Provenance};
use gewu_model::time::{ClockTrust, Millis};
use gewu_sync::verdict::SetAside;

use crate::story::{Story, note};

fn picture(number: u8, redacts: Option<u8>) -> EvidenceRecord {
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
        redaction_of: redacts.map(|of| Digest([of; 32])),
        direction: None,
        captured_offset_min: None,
        original_bytes: None,
        original_kept: None,
    }
}

fn supplement(pictures: Vec<EvidenceRecord>) -> Payload {
    Payload::Supplement(Supplement {
        text: None,
        photos: pictures,
    })
}

fn remark(pictures: Vec<EvidenceRecord>) -> Payload {
    Payload::Note(Note {
        text: Digest([6; 32]),
        photos: Some(pictures),
    })
}

#[test]
fn a_copy_of_what_the_case_holds_is_taken_from_reporter_and_operator() {
    let mut story = Story::new();
    let wang = story.staff("wang", "inspector", None);
    let ding = story.staff("ding", "operator", None);
    story.opens(wang);
    let draft = story.draft(wang, supplement(vec![picture(1, None)]));
    story.writes(&draft);
    let draft = story.draft(ding, remark(vec![picture(2, Some(1))]));
    story.writes(&draft);
    // Also a copy of that copy.
    let draft = story.draft(wang, remark(vec![picture(3, Some(2))]));
    story.writes(&draft);
}

#[test]
fn a_copy_of_what_its_author_had_not_is_set_aside() {
    let mut story = Story::new();
    let wang = story.staff("wang", "inspector", None);
    let ding = story.staff("ding", "operator", None);
    story.opens(wang);
    let stranger = story.draft(ding, remark(vec![picture(2, Some(1))]));
    story.fails(&stranger, SetAside::Redaction);
    // Nor of itself, nor of what the same entry brings.
    let own = story.draft(ding, remark(vec![picture(1, None), picture(2, Some(1))]));
    story.fails(&own, SetAside::Redaction);
    // The picture is there by now, and the copy was made without having seen it.
    let unaware = story.draft(ding, remark(vec![picture(4, Some(1))]));
    let draft = story.draft(wang, supplement(vec![picture(1, None)]));
    story.writes(&draft);
    story.fails(&unaware, SetAside::Redaction);
    let honest = story.draft(wang, note());
    story.writes(&honest);
}
