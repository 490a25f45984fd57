//! When a picture was taken, by what its file says, and how far that may be believed.

use gewu_model::time::{ClockTrust, Millis};

use super::{Metadata, Taken};

/// A moment of taking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Captured {
    /// When.
    pub at: Millis,
    /// How far that may be believed.
    pub trust: ClockTrust,
    /// What local time was ahead of UTC, in minutes, when that is known.
    pub offset_min: Option<i16>,
    /// Whether `at` is a local time that nobody knows the offset of, taken as if it were UTC: it is
    /// hours off, the day is about right.
    pub is_local: bool,
}

impl Captured {
    /// A time that the file itself does not say, such as when it was written.
    pub const fn guessed(at: Millis) -> Self {
        Self {
            at,
            trust: ClockTrust::Doubtful,
            offset_min: None,
            is_local: false,
        }
    }

    /// As it is written into files.
    pub const fn taken(&self) -> Taken {
        match (self.offset_min, self.is_local) {
            (Some(offset), _) => Taken::local(self.at, offset),
            (None, false) => Taken::local(self.at, 0),
            (None, true) => Taken::local(self.at, 0).with_offset(None),
        }
    }

    /// As it is drawn onto pictures: local time, and UTC by that name.
    pub fn to_words(&self) -> String {
        let words = self.taken().to_words();
        if self.offset_min.is_none() && !self.is_local {
            return format!("{words} UTC");
        }
        words
    }
}

impl Metadata {
    /// When it was taken, as the camera's own clock says it; `None` when the file says nothing. A file
    /// without an offset is placed by the satellites' time, else by the `usual` offset in minutes, else
    /// as if its clock were UTC's, and then it is doubtful.
    pub fn captured(&self, usual: Option<i16>) -> Option<Captured> {
        let taken = self.taken?;
        let offset_min = self.offset_min().or(usual);
        Some(Captured {
            at: taken.at_offset(offset_min.unwrap_or(0)),
            trust: match offset_min {
                Some(_) => ClockTrust::Device,
                None => ClockTrust::Doubtful,
            },
            offset_min,
            is_local: offset_min.is_none(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-03-02 08:15:30 on a clock.
    fn shown(offset_min: Option<i16>) -> Metadata {
        let taken = Taken::local(Millis(1_772_439_330_000), 0).with_offset(offset_min);
        Metadata {
            taken: Some(taken),
            ..Metadata::default()
        }
    }

    #[test]
    fn the_files_own_offset_goes_before_the_usual_one() {
        let own = shown(Some(480)).captured(Some(60)).unwrap();
        assert_eq!(own.at, Millis(1_772_439_330_000 - 8 * 3_600_000));
        assert_eq!((own.trust, own.offset_min), (ClockTrust::Device, Some(480)));
        assert_eq!(own.to_words(), "2026-03-02 08:15:30");
        let usual = shown(None).captured(Some(60)).unwrap();
        assert_eq!(usual.at, Millis(1_772_439_330_000 - 3_600_000));
        assert_eq!(Metadata::default().captured(Some(60)), None);
    }

    #[test]
    fn a_clock_of_unknown_offset_is_shown_as_it_was_and_doubted() {
        let found = shown(None).captured(None).unwrap();
        assert_eq!(found.trust, ClockTrust::Doubtful);
        assert_eq!(found.to_words(), "2026-03-02 08:15:30");
        assert_eq!(found.taken().offset_min, None);
        let guessed = Captured::guessed(Millis(1_772_439_330_000));
        assert_eq!(guessed.to_words(), "2026-03-02 08:15:30 UTC");
        assert_eq!(guessed.taken().offset_min, Some(0));
    }
}
