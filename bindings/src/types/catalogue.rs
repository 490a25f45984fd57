//! What can be reported.

pub use gewu_model::catalogue::{Class as ClassInfo, Condition as FilingCondition, Label as Names};
pub use gewu_model::entry::{ClassKind, ClassRef};

use crate::ids::KindName;

/// What sort of thing a class is about. Each kind has codes of its own, and they overlap.
#[uniffi::remote(Enum)]
pub enum ClassKind {
    /// A managed component (部件).
    Component,
    /// A matter (事项; 事件 in the 2013 edition).
    Matter,
    /// A kind that the city's catalogue adds, such as `order` (指令).
    Other {
        /// Its name.
        name: KindName,
    },
}

/// A class within an edition.
#[uniffi::remote(Record)]
pub struct ClassRef {
    /// Component or matter.
    pub kind: ClassKind,
    /// The code as the catalogue writes it.
    pub code: String,
}

/// A name in both languages of the product.
#[uniffi::remote(Record)]
pub struct Names {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
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
}

/// A class that can be reported.
#[uniffi::remote(Record)]
pub struct ClassInfo {
    /// Component or matter.
    pub kind: ClassKind,
    /// The code as the catalogue writes it.
    pub code: String,
    /// The name.
    pub name: Names,
    /// The conditions under which a case of the class is filed.
    pub conditions: Vec<FilingCondition>,
    /// Whether every case of it goes before others on its way to the centre.
    pub urgent: bool,
}
