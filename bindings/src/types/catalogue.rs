//! What can be reported.

pub use gewu_model::catalogue::{
    AreaLimit, Class as ClassInfo, Condition as FilingCondition, Label as Names, Measure,
};
pub use gewu_model::entry::{ClassKind, ClassRef};

use crate::ids::KindName;

/// What sort of thing a class is about. Each kind has codes of its own, and they overlap.
#[uniffi::remote(Enum)]
pub enum ClassKind {
    /// A managed component (部件).
    Component,
    /// A matter (事项; 事件 in the 2013 edition).
    Matter,
    /// A kind that a city's catalogue adds, such as `order` (指令).
    Other {
        /// Its name.
        name: KindName,
    },
}

/// A class within the edition that a case pins.
#[uniffi::remote(Record)]
pub struct ClassRef {
    /// The kind: a code means something else in another one.
    pub kind: ClassKind,
    /// The code as the catalogue writes it.
    pub code: String,
}

/// A name in both languages of the product.
#[uniffi::remote(Record)]
pub struct Names {
    /// Chinese.
    pub zh: String,
    /// English; empty where nobody translated it, and then the Chinese stands for it.
    pub en: String,
}

/// A limit that holds in areas of one grade, where it differs from the usual one.
#[uniffi::remote(Record)]
pub struct AreaLimit {
    /// The city's own code of the area's grade, such as `1` for 一类区域.
    pub grade: String,
    /// The limit as written.
    pub limit: String,
}

/// What a condition asks to be measured: a hint for a form, never a check.
#[uniffi::remote(Record)]
pub struct Measure {
    /// The unit, such as `cm²` or `m`.
    pub unit: String,
    /// The value from which the condition is met, in thousandths of the unit.
    pub from_milli: Option<i64>,
}

/// A condition (立案条件) under which a case of the class is filed.
#[uniffi::remote(Record)]
pub struct FilingCondition {
    /// The code within the class.
    pub code: String,
    /// What must be met.
    pub text: Names,
    /// The limit as written, such as `2紧急工作时`.
    pub limit: Option<String>,
    /// Whether what meets it goes before everything else on its way to the centre.
    pub urgent: bool,
    /// Limits of areas where the usual one does not hold.
    pub area_limits: Vec<AreaLimit>,
    /// When the case may be closed (结案条件).
    pub closing: Option<Names>,
    /// What the collector is to look at or photograph (采集要求).
    pub collect: Option<Names>,
    /// Who does the work (处置单位, 责任主体), in the city's words.
    pub unit: Option<String>,
    /// Who answers for it (主管部门, 监管主体), in the city's words.
    pub supervisor: Option<String>,
    /// The law behind it (法律依据).
    pub law: Option<String>,
    /// What is to be measured.
    pub measure: Option<Measure>,
}

/// A class of an edition.
#[uniffi::remote(Record)]
pub struct ClassInfo {
    /// The edition.
    pub edition: String,
    /// Component, matter or a kind of the city's own.
    pub kind: ClassKind,
    /// The code as the catalogue writes it.
    pub code: String,
    /// The name.
    pub name: Names,
    /// The conditions under which a case of the class is filed.
    pub conditions: Vec<FilingCondition>,
    /// Whether every case of it goes before others on its way to the centre.
    pub urgent: bool,
    /// The code of the class above it, of the same edition and kind.
    pub parent: Option<String>,
    /// Whether it only groups others and cannot be reported itself.
    pub heading: bool,
    /// Whether the city added it to the edition (扩展).
    pub local: bool,
    /// What the collector is to look at or photograph (采集要求), whatever the condition.
    pub collect: Option<Names>,
    /// How exactly a component's place is surveyed (定位精度): `A`, `B` or `C`.
    pub accuracy: Option<String>,
    /// The first day on which it may be chosen, as `2026-07-01`.
    pub valid_from: Option<String>,
    /// The last day on which it may be chosen.
    pub valid_to: Option<String>,
    /// Other names by which people look for it.
    pub aliases: Vec<String>,
    /// How the name is read (拼音).
    pub pinyin: Option<String>,
}
