//! Words and photos that do not repeat, so that nothing compresses better than in a city.

use gewu_model::content::ContentItem;
use gewu_model::entry::{ClassKind, ClassRef, Report, Source};
use gewu_model::ids::Digest;
use gewu_model::media::{EvidenceRecord, EvidenceRole, MediaType, Provenance};
use gewu_model::place::{Datum, GridCertainty, GridRef, Position};
use gewu_model::time::{ClockTrust, Millis};

use crate::bench::BenchError;
use crate::disk::Dice;

/// Characters of a description, and of a remark.
const LONG: u32 = 60;
const SHORT: u32 = 12;
/// Photos of a report.
const PHOTOS: u32 = 3;
/// Characters to draw from, from the first of Unicode's block of Chinese ones.
const CHARACTERS: u64 = 2_500;

/// A duty grid, and a place in it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) duty: &'static str,
    unit: &'static str,
    lon: f64,
    lat: f64,
}

/// Where the many cases lie.
pub(super) const MANY: Place = Place {
    duty: "990101Z01",
    unit: "990101001001022",
    lon: 123.422_729,
    lat: 41.799_961_6,
};
/// Where an inspector's usual holding lies.
pub(super) const FEW: Place = Place {
    duty: "990101Z03",
    unit: "990101001006002",
    lon: 123.429_976_2,
    lat: 41.799_011,
};
/// Where those work that hold nothing else.
pub(super) const OTHER: Place = Place {
    duty: "990101Z02",
    unit: "990101001004010",
    lon: 123.426_117_3,
    lat: 41.796_311_7,
};

/// Where nobody looks.
pub(super) const AWAY: Place = Place {
    duty: "990101Z04",
    unit: "990101002001022",
    lon: 123.433_524_7,
    lat: 41.799_903_5,
};

/// A source of texts and reports.
pub(super) struct Texts(pub(super) Dice);

impl Texts {
    pub(super) fn random<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.fill(&mut bytes);
        bytes
    }

    fn text(&mut self, characters: u32) -> ContentItem {
        let draw = |dice: &mut Dice| {
            let code = 0x4E00 + u32::try_from(dice.below(CHARACTERS)).unwrap_or(0);
            char::from_u32(code).unwrap_or('一')
        };
        let text: String = (0..characters).map(|_| draw(&mut self.0)).collect();
        ContentItem {
            salt: gewu_model::content::Salt(self.random()),
            text,
        }
    }

    /// A remark of twelve characters.
    pub(super) fn note(&mut self) -> ContentItem {
        self.text(SHORT)
    }

    /// A report of sixty characters and three photos, and its text.
    pub(super) fn report(
        &mut self,
        place: &Place,
        now: Millis,
    ) -> Result<(Report, ContentItem), BenchError> {
        let item = self.text(LONG);
        let stray = self.0.below(2_000) as f64 * 1e-7;
        let position = Position::from_degrees(
            place.lon + stray,
            place.lat + stray,
            Datum::Wgs84,
            Some(4.0),
        );
        let position = position.map_err(|_| BenchError::Missing("a place"))?;
        let photos = (0..PHOTOS).map(|_| self.photo(now)).collect();
        let report = Report {
            class: ClassRef {
                kind: ClassKind::Component,
                code: "01002".into(),
            },
            condition: None,
            position,
            grid: Some(GridRef {
                unit: place.unit.into(),
                duty: Some(place.duty.into()),
                road: None,
                pack: Digest([5; 32]),
                certainty: GridCertainty::Certain,
                border_mm: u32::try_from(self.0.below(40_000)).unwrap_or(0),
                level: None,
            }),
            component: None,
            source: Source {
                code: "inspector".into(),
                channel: None,
                external_id: None,
            },
            measured_milli: None,
            campaign: None,
            self_handled: false,
            language: "zh-CN".into(),
            description: Some(item.digest()),
            photos,
            contact: None,
        };
        Ok((report, item))
    }

    fn photo(&mut self, now: Millis) -> EvidenceRecord {
        EvidenceRecord {
            sha256: Digest(self.random()),
            thumb_sha256: Some(Digest(self.random())),
            role: EvidenceRole::Scene,
            media_type: MediaType::Jpeg,
            bytes: 250_000 + self.0.below(150_000),
            width: 1_600,
            height: 1_200,
            captured_at: now,
            clock: ClockTrust::Device,
            position: None,
            provenance: Provenance::Camera,
            original_sha256: None,
            redaction_of: None,
            direction: None,
            captured_offset_min: None,
            original_bytes: None,
            original_kept: None,
        }
    }
}
