//! Films that must tell neither place nor device: ISO/IEC 14496-12 and QuickTime.
//!
//! What is not known to be needed for picture and sound is blanked in place, so that no offset moves:
//! boxes, tracks of anything else with all their samples, and whatever lies among the samples and is
//! none of a picture's or a sound's.

use crate::boxes::{Boxes, Part};
use crate::described::blank_description;
use crate::error::EvidenceError;
use crate::samples::{Kept, child, long, name_fragment, name_samples};

/// What may stand in a box and is needed; everything else there is blanked.
const NEEDED: [(&[u8; 4], &[&[u8; 4]]); 8] = [
    (
        b"file",
        &[
            b"ftyp", b"styp", b"moov", b"moof", b"mdat", b"mfra", b"sidx", b"ssix",
        ],
    ),
    (b"moov", &[b"mvhd", b"trak", b"mvex", b"iods"]),
    (
        b"trak",
        &[b"tkhd", b"tref", b"edts", b"mdia", b"tapt", b"trgr"],
    ),
    (b"mdia", &[b"mdhd", b"hdlr", b"minf", b"elng"]),
    (
        b"minf",
        &[b"vmhd", b"smhd", b"gmhd", b"hdlr", b"dinf", b"stbl"],
    ),
    (
        b"stbl",
        &[
            b"stsd", b"stts", b"ctts", b"cslg", b"stsc", b"stsz", b"stz2", b"stco", b"co64",
            b"stss", b"stps", b"sdtp", b"sbgp", b"sgpd", b"subs",
        ],
    ),
    (b"moof", &[b"mfhd", b"traf"]),
    (
        b"traf",
        &[
            b"tfhd", b"tfdt", b"trun", b"sdtp", b"sbgp", b"sgpd", b"subs",
        ],
    ),
];

/// The deepest of [`NEEDED`] lies five deep.
const MAX_DEPTH: usize = 6;

/// More tracks has no camera's film.
const MAX_TRACKS: usize = 64;

/// Blanks what others must not read.
pub(crate) fn clean(bytes: &mut [u8]) -> Result<(), EvidenceError> {
    let tracks = Tracks::of(bytes)?;
    let kept = tracks.samples(bytes)?;
    let mut plan = Plan::default();
    plan.walk(bytes, b"file", Boxes::new(bytes), &tracks, 0)?;
    for part in plan.data {
        kept.blank_rest(bytes, part.content);
    }
    for part in plan.blank {
        bytes[part.kind_at..part.kind_at + 4].copy_from_slice(b"free");
        bytes[part.content].fill(0);
    }
    for part in plan.handlers {
        // Behind the type stand the maker and the name of the handler.
        if let Some(name) = bytes[part.content].get_mut(12..) {
            name.fill(0);
        }
    }
    for part in plan.heads {
        blank_times(&mut bytes[part.content]);
    }
    for part in plan.descriptions {
        blank_description(bytes, &part, tracks.is_sound(&part));
    }
    Ok(())
}

/// When a film, a track or its data were made and changed: two numbers behind version and flags.
fn blank_times(head: &mut [u8]) {
    let end = if head.first() == Some(&1) { 20 } else { 12 };
    if let Some(times) = head.get_mut(4..end) {
        times.fill(0);
    }
}

fn damaged() -> EvidenceError {
    EvidenceError::Undecodable {
        reason: "the film's tables of samples cannot be followed".to_owned(),
    }
}

/// The tracks of a film.
#[derive(Default)]
struct Tracks {
    /// Number, place, and whether it is sound.
    kept: Vec<(u32, Part, bool)>,
    /// Numbers of the others.
    dropped: Vec<u32>,
    /// What the first of those says it is.
    kind: Vec<u8>,
    /// The box of what fragments take over.
    extends: Option<Part>,
}

impl Tracks {
    fn of(bytes: &[u8]) -> Result<Self, EvidenceError> {
        let mut tracks = Self::default();
        let movies = Boxes::new(bytes).flatten();
        for movie in movies.filter(|part| part.kind == *b"moov") {
            for part in Boxes::within(bytes, movie.content).flatten() {
                match &part.kind {
                    b"trak" => tracks.add(bytes, part)?,
                    b"mvex" => tracks.extends = Some(part),
                    _ => {}
                }
            }
        }
        if tracks.kept.is_empty() {
            let track = tracks.kind.escape_ascii().to_string();
            return Err(EvidenceError::NotPrivate { track });
        }
        Ok(tracks)
    }

    fn add(&mut self, bytes: &[u8], part: Part) -> Result<(), EvidenceError> {
        if self.kept.len() + self.dropped.len() >= MAX_TRACKS {
            return Err(damaged());
        }
        let number = number(bytes, &part).unwrap_or(0);
        match handler(bytes, &part) {
            Some(b"vide") => self.kept.push((number, part, false)),
            Some(b"soun") => self.kept.push((number, part, true)),
            other => {
                if self.dropped.is_empty() {
                    self.kind = other.map(|kind| kind.to_vec()).unwrap_or_default();
                }
                self.dropped.push(number);
            }
        }
        Ok(())
    }

    fn keeps(&self, number: u32) -> bool {
        self.kept.iter().any(|(kept, ..)| *kept == number)
    }

    /// Whether a box lies in a track of sound.
    fn is_sound(&self, part: &Part) -> bool {
        let holds = |track: &Part| track.content.contains(&part.kind_at);
        self.kept
            .iter()
            .any(|(_, track, sound)| *sound && holds(track))
    }

    /// The bytes that the kept tracks need.
    fn samples(&self, bytes: &[u8]) -> Result<Kept, EvidenceError> {
        let mut kept = Kept::of(bytes.len());
        for (_, track, sound) in &self.kept {
            name_samples(bytes, track, *sound, &mut kept).ok_or_else(damaged)?;
        }
        let parts = Boxes::new(bytes).flatten();
        for fragment in parts.filter(|part| part.kind == *b"moof") {
            let keeps = |number| self.keeps(number);
            name_fragment(bytes, &fragment, self.extends.as_ref(), keeps, &mut kept)
                .ok_or_else(damaged)?;
        }
        let mut data = Boxes::new(bytes).flatten();
        if kept.is_empty() && data.any(|part| part.kind == *b"mdat" && !part.content.is_empty()) {
            return Err(damaged());
        }
        Ok(kept)
    }

    /// Whether what refers to other tracks names one that goes.
    fn refers_to_dropped(&self, references: &[u8]) -> bool {
        let words = references.as_chunks::<4>().0.iter();
        let mut numbers = words.map(|word| u32::from_be_bytes(*word));
        numbers.any(|number| self.dropped.contains(&number))
    }

    /// Whether a box that is needed in general belongs to a track that goes.
    fn goes(&self, bytes: &[u8], part: &Part) -> bool {
        match &part.kind {
            b"trak" => !self.kept.iter().any(|(_, kept, _)| kept == part),
            b"traf" => child(bytes, part, b"tfhd")
                .and_then(|head| long(&bytes[head.content], 4))
                .is_none_or(|number| !self.keeps(number)),
            b"tref" => self.refers_to_dropped(&bytes[part.content.clone()]),
            _ => false,
        }
    }
}

/// A track's number, from its header of either version.
fn number(bytes: &[u8], track: &Part) -> Option<u32> {
    let head = child(bytes, track, b"tkhd")?;
    let body = &bytes[head.content];
    long(body, if body.first() == Some(&1) { 20 } else { 12 })
}

/// What a track is: the type that its handler names.
fn handler<'a>(bytes: &'a [u8], track: &Part) -> Option<&'a [u8; 4]> {
    let media = child(bytes, track, b"mdia")?;
    let handler = child(bytes, &media, b"hdlr")?;
    bytes[handler.content].get(8..)?.first_chunk()
}

#[derive(Default)]
struct Plan {
    blank: Vec<Part>,
    handlers: Vec<Part>,
    /// Those that say when something was made.
    heads: Vec<Part>,
    /// Of samples.
    descriptions: Vec<Part>,
    data: Vec<Part>,
}

impl Plan {
    fn walk(
        &mut self,
        bytes: &[u8],
        holder: &[u8; 4],
        boxes: Boxes<'_>,
        tracks: &Tracks,
        depth: usize,
    ) -> Result<(), EvidenceError> {
        let needed = needed(holder).unwrap_or_default();
        for part in boxes {
            let part = part.ok_or(EvidenceError::Truncated)?;
            if !needed.contains(&&part.kind) || tracks.goes(bytes, &part) {
                self.blank.push(part);
                continue;
            }
            match &part.kind {
                b"hdlr" => self.handlers.push(part),
                b"mvhd" | b"tkhd" | b"mdhd" => self.heads.push(part),
                b"stsd" => self.descriptions.push(part),
                b"mdat" => self.data.push(part),
                _ if needed_in(&part) && depth < MAX_DEPTH => {
                    let inside = Boxes::within(bytes, part.content.clone());
                    self.walk(bytes, &part.kind, inside, tracks, depth + 1)?;
                }
                _ => {}
            }
        }
        Ok(())
    }
}

fn needed(holder: &[u8; 4]) -> Option<&'static [&'static [u8; 4]]> {
    let found = NEEDED.iter().find(|(kind, _)| *kind == holder);
    found.map(|(_, inside)| *inside)
}

fn needed_in(part: &Part) -> bool {
    needed(&part.kind).is_some()
}
