//! Classes as data: what can be reported in an edition, under which conditions.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::crypto::sha256;
use crate::entry::{ClassKind, ClassRef};
use crate::ids::Digest;

/// A name in both languages of the product.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// A filing condition (立案条件) of a class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// The code within the class.
    pub code: String,
    /// What must be met.
    pub text: Label,
    /// The limit as written, such as `2紧急工作时`; never guessed at here.
    #[serde(default)]
    pub limit: Option<String>,
    /// Whether what meets it goes before everything else on its way to the centre.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub urgent: bool,
}

/// One class of an edition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Class {
    /// Component or matter.
    pub kind: ClassKind,
    /// The code as the edition writes it.
    pub code: String,
    /// The name.
    pub name: Label,
    /// The conditions under which a case of the class is filed.
    #[serde(default)]
    pub conditions: Vec<Condition>,
    /// Whether every case of it goes before others on its way to the centre.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub urgent: bool,
}

impl Class {
    /// Whether a report of this class under that condition goes before others.
    pub fn is_urgent(&self, condition: Option<&str>) -> bool {
        let met = |known: &&Condition| Some(known.code.as_str()) == condition;
        self.urgent
            || self
                .conditions
                .iter()
                .find(met)
                .is_some_and(|met| met.urgent)
    }
}

#[derive(Deserialize)]
struct CatalogueFile {
    format: String,
    edition: String,
    classes: Vec<Class>,
}

/// The classes of one edition, found by (kind, code).
#[derive(Debug, Clone)]
pub struct Catalogue {
    edition: String,
    hash: Digest,
    classes: BTreeMap<(ClassKind, String), Class>,
}

/// Why a catalogue or a choice from it is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CatalogueError {
    /// The body is not a catalogue of a known format.
    #[error("the catalogue cannot be read: {0}")]
    Unreadable(String),
    /// Two classes share kind and code.
    #[error("the catalogue lists {0} twice")]
    Duplicate(String),
    /// The edition is not this catalogue's.
    #[error("edition {asked} is not known here: this catalogue is edition {have}")]
    Edition {
        /// What was asked for.
        asked: String,
        /// What there is.
        have: String,
    },
    /// No such class.
    #[error("class {0} is not in the catalogue: list the classes and choose one of them")]
    Class(String),
    /// No such condition.
    #[error("condition {condition} does not belong to class {class}")]
    Condition {
        /// The class.
        class: String,
        /// What was asked for.
        condition: String,
    },
}

impl Catalogue {
    /// Reads a catalogue body (`gewu-catalogue/1`, JSON).
    ///
    /// # Errors
    /// [`CatalogueError::Unreadable`] or [`CatalogueError::Duplicate`].
    pub fn from_json(body: &[u8]) -> Result<Self, CatalogueError> {
        let file: CatalogueFile = serde_json::from_slice(body)
            .map_err(|error| CatalogueError::Unreadable(error.to_string()))?;
        if file.format != "gewu-catalogue/1" {
            return Err(CatalogueError::Unreadable(format!(
                "format {}",
                file.format
            )));
        }
        let mut classes = BTreeMap::new();
        for class in file.classes {
            let key = (class.kind, class.code.clone());
            if classes.insert(key, class.clone()).is_some() {
                return Err(CatalogueError::Duplicate(class.code));
            }
        }
        Ok(Self {
            edition: file.edition,
            hash: sha256(body),
            classes,
        })
    }

    /// The edition, such as `2026`.
    pub fn edition(&self) -> &str {
        &self.edition
    }

    /// SHA-256 of the body, which cases pin.
    pub const fn hash(&self) -> Digest {
        self.hash
    }

    /// Every class, by kind and code.
    pub fn classes(&self) -> impl Iterator<Item = &Class> {
        self.classes.values()
    }

    /// The class that `class` names.
    ///
    /// # Errors
    /// [`CatalogueError::Class`].
    pub fn class(&self, class: &ClassRef) -> Result<&Class, CatalogueError> {
        self.classes
            .get(&(class.kind, class.code.clone()))
            .ok_or_else(|| CatalogueError::Class(class.code.clone()))
    }

    /// Checks a reporter's choice of edition, class and condition.
    ///
    /// # Errors
    /// [`CatalogueError`] names what is not known.
    pub fn check(
        &self,
        edition: &str,
        class: &ClassRef,
        condition: Option<&str>,
    ) -> Result<&Class, CatalogueError> {
        if edition != self.edition {
            let (asked, have) = (edition.to_owned(), self.edition.clone());
            return Err(CatalogueError::Edition { asked, have });
        }
        let found = self.class(class)?;
        match condition {
            Some(code) if !found.conditions.iter().any(|known| known.code == code) => {
                let (class, condition) = (class.code.clone(), code.to_owned());
                Err(CatalogueError::Condition { class, condition })
            }
            _ => Ok(found),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = r#"{"format":"gewu-catalogue/1","edition":"2026","version":1,"classes":[
        {"kind":"component","code":"01002","name":{"zh":"污水井盖","en":"sewer cover"},
         "conditions":[{"code":"1","text":{"zh":"缺失","en":"missing"},"limit":"2紧急工作时"}]}]}"#
        .as_bytes();

    #[test]
    fn urgency_is_the_catalogue_s_word() {
        let body = String::from_utf8(BODY.to_vec()).expect("text");
        let marked = body.replace("\"limit\":", "\"urgent\":true,\"limit\":");
        let urgent = |body: &str, condition| {
            let catalogue = Catalogue::from_json(body.as_bytes()).expect("a catalogue");
            let first = catalogue.classes().next().expect("a class").clone();
            first.is_urgent(condition)
        };
        assert!(urgent(&marked, Some("1")));
        assert!(!urgent(&marked, None));
        assert!(
            !urgent(&body, Some("1")),
            "a limit's words are not guessed at"
        );
    }

    #[test]
    fn a_choice_is_checked_word_by_word() {
        let catalogue = Catalogue::from_json(BODY).expect("a catalogue");
        let class = ClassRef {
            kind: ClassKind::Component,
            code: "01002".into(),
        };
        assert!(catalogue.check("2026", &class, Some("1")).is_ok());
        assert!(matches!(
            catalogue.check("2013", &class, None),
            Err(CatalogueError::Edition { .. })
        ));
        let matter = ClassRef {
            kind: ClassKind::Matter,
            ..class.clone()
        };
        assert!(matches!(
            catalogue.check("2026", &matter, None),
            Err(CatalogueError::Class(_))
        ));
        assert!(matches!(
            catalogue.check("2026", &class, Some("9")),
            Err(CatalogueError::Condition { .. })
        ));
    }
}
