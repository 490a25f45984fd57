//! Why a catalogue, or a choice from it, is not taken.

/// Why a catalogue or a choice from it is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CatalogueError {
    /// The body is not a catalogue of a known format.
    #[error("the catalogue cannot be read: {0}")]
    Unreadable(String),
    /// Two classes share kind and code.
    #[error("the catalogue lists {0} twice")]
    Duplicate(String),
    /// Something in the body contradicts something else in it.
    #[error("the catalogue is not whole: {at}: {fault}")]
    Broken {
        /// What it is about, such as `2026 matter 01001`.
        at: String,
        /// What is wrong with it.
        fault: String,
    },
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
    /// A class that only groups others.
    #[error("class {0} is a heading: choose one of the classes under it")]
    Heading(String),
    /// No such condition.
    #[error("condition {condition} does not belong to class {class}")]
    Condition {
        /// The class.
        class: String,
        /// What was asked for.
        condition: String,
    },
    /// No such condition to close a case by.
    #[error(
        "class {class} is not closed by the condition {condition}: its conditions are {known}; name one of them, or none"
    )]
    Closing {
        /// The class.
        class: String,
        /// What was asked for.
        condition: String,
        /// The conditions that the class has.
        known: String,
    },
}

impl CatalogueError {
    pub(super) fn broken(at: impl Into<String>, fault: impl Into<String>) -> Self {
        Self::Broken {
            at: at.into(),
            fault: fault.into(),
        }
    }
}
