//! What becomes of a photo, as far as the city decides it.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Policy, PolicyError};
use crate::entry::{ClassKind, ClassRef};
use crate::ids::Role;
use crate::place::Datum;

/// The corner that a stamp stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Corner {
    TopLeft,
    TopRight,
    BottomLeft,
    BottomRight,
}

/// One line of a stamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StampLine {
    /// When it was taken, in local time.
    Time,
    /// Where it was taken: longitude and latitude.
    Place,
    /// The code of the unit grid.
    Grid,
    /// Who took it.
    Name,
}

/// What is drawn onto photos.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct StampPolicy {
    /// The lines from top to bottom.
    pub lines: Vec<StampLine>,
    /// Where.
    pub corner: Corner,
    /// How dark the ground under the text is, in percent.
    pub opacity: u8,
}

impl Default for StampPolicy {
    fn default() -> Self {
        Self {
            lines: vec![
                StampLine::Time,
                StampLine::Place,
                StampLine::Grid,
                StampLine::Name,
            ],
            corner: Corner::BottomLeft,
            opacity: 45,
        }
    }
}

/// Classes whose photos' originals are kept.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct KeepOriginal {
    /// Components or matters; both when it is missing.
    #[serde(default)]
    pub kind: Option<ClassKind>,
    /// The beginning of the codes; every code when it is missing.
    #[serde(default)]
    pub code: String,
}

impl KeepOriginal {
    fn covers(&self, class: &ClassRef) -> bool {
        self.kind.is_none_or(|kind| kind == class.kind) && class.code.starts_with(&self.code)
    }
}

/// The section `photo` of a policy. A policy without it, or without a key of it, reads as
/// [`PhotoPolicy::default`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct PhotoPolicy {
    /// Long edge of the stored picture in pixels, 320 to 16,384. Never enlarged.
    pub long_edge: u32,
    /// JPEG quality, 30 to 100.
    pub quality: u8,
    /// Long edge of the thumbnail in pixels, 32 to 1,024.
    pub thumb_edge: u32,
    /// What is drawn onto it; nothing when it is missing.
    pub stamp: Option<StampPolicy>,
    /// Whose photos' originals are delivered too: classes that may lead to enforcement.
    pub keep_original: Vec<KeepOriginal>,
    /// Roles whose files tell others neither place nor device. Their originals are never kept.
    pub private_roles: Vec<Role>,
    /// The datum of a picture's own position when the picture does not say; without it such a
    /// position is not sealed.
    pub assume_datum: Option<Datum>,
    /// What the city's clocks are ahead of UTC, in minutes, for pictures that do not say it.
    pub utc_offset_min: Option<i16>,
    /// Largest picture in bytes.
    pub max_bytes: u64,
    /// Most pixels of a picture.
    pub max_pixels: u64,
    /// Largest film in bytes; 0 takes none.
    pub max_video_bytes: u64,
    /// Largest sound in bytes; 0 takes none.
    pub max_audio_bytes: u64,
}

impl Default for PhotoPolicy {
    fn default() -> Self {
        Self {
            long_edge: 1_920,
            quality: 80,
            thumb_edge: 320,
            stamp: None,
            keep_original: Vec::new(),
            private_roles: vec![Role("citizen".to_owned())],
            assume_datum: None,
            utc_offset_min: None,
            max_bytes: 20_000_000,
            max_pixels: 60_000_000,
            max_video_bytes: 50_000_000,
            max_audio_bytes: 20_000_000,
        }
    }
}

/// What [`PhotoPolicy`], [`StampPolicy`] and [`KeepOriginal`] know.
const KEYS: [&str; 12] = [
    "long_edge",
    "quality",
    "thumb_edge",
    "stamp",
    "keep_original",
    "private_roles",
    "assume_datum",
    "utc_offset_min",
    "max_bytes",
    "max_pixels",
    "max_video_bytes",
    "max_audio_bytes",
];
const STAMP_KEYS: [&str; 3] = ["lines", "corner", "opacity"];
const KEEP_KEYS: [&str; 2] = ["kind", "code"];

fn refuse_unknown(place: &str, value: &Value, known: &[&str]) -> Result<(), PolicyError> {
    let keys = value.as_object().into_iter().flat_map(Map::keys);
    match keys.into_iter().find(|key| !known.contains(&key.as_str())) {
        Some(key) => Err(PolicyError(format!("{place} has no key `{key}`"))),
        None => Ok(()),
    }
}

impl PhotoPolicy {
    /// Reads the section `photo` of a policy, or of a file that holds nothing else, as somebody wrote
    /// it who wants to be told of a mistake: a key that is not known is refused by its name. (Of a
    /// policy in the first format [`Policy::from_json`] leaves unknown keys to later versions.)
    ///
    /// # Errors
    /// [`PolicyError`] says what cannot be read.
    pub fn from_json_strict(body: &[u8]) -> Result<Self, PolicyError> {
        let words = |error: serde_json::Error| PolicyError(error.to_string());
        let file: Value = serde_json::from_slice(body).map_err(words)?;
        let section = file
            .get("photo")
            .ok_or_else(|| PolicyError("it has no section `photo`".to_owned()))?;
        refuse_unknown("photo", section, &KEYS)?;
        refuse_unknown("photo.stamp", &section["stamp"], &STAMP_KEYS)?;
        let rules = section["keep_original"].as_array().into_iter().flatten();
        for rule in rules {
            refuse_unknown("photo.keep_original", rule, &KEEP_KEYS)?;
        }
        if file.get("format").is_some() {
            return Ok(Policy::from_json(body)?.photo().clone());
        }
        refuse_unknown("the file", &file, &["photo"])?;
        Self::deserialize(section).map_err(words)?.check()
    }

    /// Whether the originals of photos of that class, by somebody in that role, are kept.
    pub fn keeps_original(&self, class: &ClassRef, role: &Role) -> bool {
        !self.is_private(role) && self.keep_original.iter().any(|rule| rule.covers(class))
    }

    /// Whether files of that role tell others neither place nor device.
    pub fn is_private(&self, role: &Role) -> bool {
        self.private_roles.contains(role)
    }

    /// Refuses what no picture could follow.
    pub(super) fn check(self) -> Result<Self, PolicyError> {
        let within = |name: &str, value: u32, low: u32, high: u32| {
            let good = (low..=high).contains(&value);
            let words = || PolicyError(format!("photo.{name} must lie between {low} and {high}"));
            good.then_some(()).ok_or_else(words)
        };
        within("long_edge", self.long_edge, 320, 16_384)?;
        within("quality", u32::from(self.quality), 30, 100)?;
        within("thumb_edge", self.thumb_edge, 32, 1_024)?;
        let offset = self.utc_offset_min.unwrap_or(0);
        within("utc_offset_min", u32::from(offset.unsigned_abs()), 0, 840)?;
        let opacity = self.stamp.as_ref().map_or(0, |stamp| stamp.opacity);
        within("stamp.opacity", u32::from(opacity), 0, 100)?;
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{BUILT_IN, EARLIER, Policy};

    fn with_photo(section: &str) -> Result<Policy, PolicyError> {
        let built_in = std::str::from_utf8(BUILT_IN).unwrap();
        let body = built_in.replacen('{', &format!("{{ \"photo\": {section},"), 1);
        Policy::from_json(body.as_bytes())
    }

    fn class(kind: ClassKind, code: &str) -> ClassRef {
        ClassRef {
            kind,
            code: code.into(),
        }
    }

    #[test]
    fn a_policy_without_the_section_reads_as_the_defaults() {
        let policy = Policy::built_in();
        assert_eq!(*policy.photo(), PhotoPolicy::default());
        assert_eq!(policy.hash(), crate::crypto::sha256(BUILT_IN));
        assert_eq!(*with_photo("{}").unwrap().photo(), PhotoPolicy::default());
    }

    #[test]
    fn whoever_writes_a_section_is_told_of_mistakes_by_name() {
        let read = |body: &str| PhotoPolicy::from_json_strict(body.as_bytes());
        let alone = read(r#"{ "photo": { "quality": 70 } }"#).unwrap();
        assert_eq!(alone.quality, 70);
        let built_in = std::str::from_utf8(BUILT_IN).unwrap();
        let within = |section: &str| built_in.replacen('{', &format!("{{ {section},"), 1);
        let whole = read(&within(r#""photo": { "quality": 70 }"#)).unwrap();
        assert_eq!(whole, alone);
        for (body, named) in [
            (r#"{ "photo": { "qualty": 70 } }"#.to_owned(), "`qualty`"),
            (within(r#""photo": { "qualty": 70 }"#), "`qualty`"),
            (
                r#"{ "photo": { "stamp": { "line": [] } } }"#.to_owned(),
                "`line`",
            ),
            (
                r#"{ "photo": { "keep_original": [{ "codes": "" }] } }"#.to_owned(),
                "`codes`",
            ),
            (r#"{ "photo": {}, "fotos": {} }"#.to_owned(), "`fotos`"),
            (r#"{ "quality": 70 }"#.to_owned(), "`photo`"),
            (r#"{ "photo": { "quality": 101 } }"#.to_owned(), "quality"),
            (r#"{ "photo": { "quality": "good" } }"#.to_owned(), "string"),
            ("{".to_owned(), "EOF"),
        ] {
            let words = read(&body).unwrap_err().to_string();
            assert!(words.contains(named), "{words}");
        }
        // The first format leaves what it does not know to later versions, the second does not.
        let later = r#"{ "photo": { "later": 1 },"#;
        let first = std::str::from_utf8(EARLIER[0])
            .unwrap()
            .replacen('{', later, 1);
        assert!(Policy::from_json(first.as_bytes()).is_ok());
        let second = built_in.replacen('{', later, 1);
        let words = Policy::from_json(second.as_bytes())
            .unwrap_err()
            .to_string();
        assert!(words.contains("photo.later"), "{words}");
    }

    /// A new field is a new key.
    #[test]
    fn every_field_is_a_key() {
        let names = |debug: String| -> Vec<String> {
            let lines = debug.lines().filter(|line| line.starts_with("    "));
            lines
                .filter(|line| !line.starts_with("     "))
                .filter_map(|line| Some(line.trim().split_once(':')?.0.to_owned()))
                .collect()
        };
        assert_eq!(names(format!("{:#?}", PhotoPolicy::default())), KEYS);
        assert_eq!(names(format!("{:#?}", StampPolicy::default())), STAMP_KEYS);
        let rule = KeepOriginal {
            kind: None,
            code: String::new(),
        };
        assert_eq!(names(format!("{rule:#?}")), KEEP_KEYS);
    }

    #[test]
    fn originals_are_kept_by_class_and_never_of_private_roles() {
        let section = r#"{ "keep_original": [{ "kind": "matter", "code": "09" }] }"#;
        let policy = with_photo(section).unwrap();
        let keeps = |class, role: &str| policy.photo().keeps_original(&class, &role.into());
        assert!(keeps(class(ClassKind::Matter, "09005"), "inspector"));
        assert!(!keeps(class(ClassKind::Component, "09005"), "inspector"));
        assert!(!keeps(class(ClassKind::Matter, "06010"), "inspector"));
        assert!(!keeps(class(ClassKind::Matter, "09005"), "citizen"));
    }

    #[test]
    fn a_stamp_has_its_own_defaults_and_bounds_are_kept() {
        let policy = with_photo(r#"{ "stamp": { "lines": ["time"] }, "quality": 70 }"#).unwrap();
        let stamp = policy.photo().stamp.clone().unwrap();
        assert_eq!(
            (stamp.lines, stamp.corner),
            (vec![StampLine::Time], Corner::BottomLeft)
        );
        assert_eq!(policy.photo().quality, 70);
        for bad in [
            r#"{ "quality": 101 }"#,
            r#"{ "long_edge": 10 }"#,
            r#"{ "stamp": { "opacity": 101 } }"#,
            r#"{ "stamp": { "corner": "middle" } }"#,
        ] {
            assert!(with_photo(bad).is_err(), "{bad}");
        }
    }
}
