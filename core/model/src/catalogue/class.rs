//! One class and the conditions under which a case of it is filed.

use serde::{Deserialize, Serialize};

use crate::entry::{ClassKind, ClassRef};

/// A name in both languages of the product.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// Chinese.
    pub zh: String,
    /// English; empty where nobody translated it, and then the Chinese stands for it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub en: String,
}

impl Label {
    /// A name in Chinese alone.
    pub fn chinese(zh: impl Into<String>) -> Self {
        Self {
            zh: zh.into(),
            en: String::new(),
        }
    }

    /// The words for a BCP 47 tag: English where it is asked for and there is any, else Chinese.
    pub fn text(&self, language: &str) -> &str {
        if language.starts_with("en") && !self.en.is_empty() {
            &self.en
        } else {
            &self.zh
        }
    }

    /// Whether it says nothing.
    pub const fn is_empty(&self) -> bool {
        self.zh.is_empty() && self.en.is_empty()
    }
}

/// A limit that holds in areas of one grade, where it differs from the usual one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AreaLimit {
    /// The city's own code of the area's grade, such as `1` for 一类区域.
    pub grade: String,
    /// The limit as written.
    pub limit: String,
}

/// What a condition asks to be measured: a hint for a form, never a check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measure {
    /// The unit, such as `cm²` or `m`.
    pub unit: String,
    /// The value from which the condition is met, in thousandths of the unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_milli: Option<i64>,
}

/// A condition (立案条件) under which a case of the class is filed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// The code within the class.
    pub code: String,
    /// What must be met.
    pub text: Label,
    /// The limit as written, such as `2紧急工作时`.
    ///
    /// Never guessed at here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<String>,
    /// Whether what meets it goes before everything else on its way to the centre.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub urgent: bool,
    /// Limits of areas where the usual one does not hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub area_limits: Vec<AreaLimit>,
    /// When the case may be closed (结案条件).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closing: Option<Label>,
    /// What the collector is to look at or photograph (采集要求).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collect: Option<Label>,
    /// Who does the work (处置单位, 责任主体), in the city's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Who answers for it (主管部门, 监管主体), in the city's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supervisor: Option<String>,
    /// The law behind it (法律依据).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub law: Option<String>,
    /// What is to be measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measure: Option<Measure>,
}

impl Condition {
    /// The limit as written for an area of that grade; the usual one where the grade has none.
    pub fn limit_in(&self, grade: Option<&str>) -> Option<&str> {
        let own = self.area_limits.iter();
        let mut own = own.filter(|limit| Some(limit.grade.as_str()) == grade);
        let own = own.next().map(|limit| limit.limit.as_str());
        own.or(self.limit.as_deref())
    }
}

/// A class of an edition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Class {
    /// The edition.
    ///
    /// In a pack it stands above the classes and is left out here.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub edition: String,
    /// Component, matter or a kind of the city's own.
    pub kind: ClassKind,
    /// The code as the catalogue writes it.
    pub code: String,
    /// The name.
    pub name: Label,
    /// The conditions under which a case of the class is filed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
    /// Whether every case of it goes before others on its way to the centre.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub urgent: bool,
    /// The code of the class above it, of the same edition and kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// Whether it only groups others and cannot be reported itself.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub heading: bool,
    /// Whether the city added it to the edition (扩展).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub local: bool,
    /// What the collector is to look at or photograph (采集要求), whatever the condition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collect: Option<Label>,
    /// How exactly a component's place is surveyed (定位精度): `A`, `B` or `C`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accuracy: Option<String>,
    /// The first day on which it may be chosen, as `2026-07-01`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<String>,
    /// The last day on which it may be chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<String>,
    /// Other names by which people look for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// How the name is read (拼音).
    ///
    /// Syllables between blanks, other readings of a character after `|`, the names of [`Class::aliases`] after
    /// `;`. Written when the pack is made, so that a device carries no dictionary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pinyin: Option<String>,
}

impl Class {
    /// A class that says nothing beyond its name.
    pub fn new(kind: ClassKind, code: impl Into<String>, name: Label) -> Self {
        Self {
            edition: String::new(),
            kind,
            code: code.into(),
            name,
            conditions: Vec::new(),
            urgent: false,
            parent: None,
            heading: false,
            local: false,
            collect: None,
            accuracy: None,
            valid_from: None,
            valid_to: None,
            aliases: Vec::new(),
            pinyin: None,
        }
    }

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

    /// What entries name it by.
    pub fn reference(&self) -> ClassRef {
        ClassRef {
            kind: self.kind,
            code: self.code.clone(),
        }
    }

    /// Whether it may be chosen on a day written as `2026-07-01`.
    pub fn is_valid_on(&self, day: &str) -> bool {
        let begun = self.valid_from.as_deref().is_none_or(|from| from <= day);
        begun && self.valid_to.as_deref().is_none_or(|to| day <= to)
    }
}
