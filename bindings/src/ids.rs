//! How identities and times cross the border: as text and as a number.

use std::str::FromStr;

pub use std::path::PathBuf as FilePath;

pub use gewu::{DraftId, PageKey};
pub use gewu_model::entry::KindName;
pub use gewu_model::ids::{
    CaseId, ChangeHash, CityId, Digest, GridCode, KeyId, Role, UnitId, UserId,
};
pub use gewu_model::time::Millis;

use gewu_model::ids::ParseIdError;

use crate::error::{Answer, SdkError};

/// Identities with a form that text may miss.
macro_rules! formed {
    ($(#[$($doc:tt)*])* $id:ident, $field:literal) => {
        uniffi::custom_type!($(#[$($doc)*])* $id, String, {
            remote,
            lower: |id| id.to_string(),
            try_lift: |text| Ok(parse($field, &text)?),
        });
    };
}

/// Identities that are the city's own words.
macro_rules! worded {
    ($(#[$($doc:tt)*])* $id:ident) => {
        uniffi::custom_type!($(#[$($doc)*])* $id, String, {
            remote,
            lower: |id| id.0,
            try_lift: |text| Ok($id(text)),
        });
    };
}

formed!(
    /// One case: 32 hexadecimal digits.
    CaseId, "case"
);
formed!(
    /// One change, and the one entry that it carries: 64 hexadecimal digits.
    ChangeHash, "change"
);
formed!(
    /// SHA-256 of a file, a content item or a pack: 64 hexadecimal digits.
    Digest, "digest"
);
formed!(
    /// One key: 32 hexadecimal digits.
    KeyId, "key"
);
formed!(
    /// One city: 64 hexadecimal digits.
    CityId, "city"
);
formed!(
    /// One draft: 32 hexadecimal digits.
    DraftId, "draft"
);
formed!(
    /// Where a page ended: the `next` of an earlier page, never put together by hand.
    PageKey, "after"
);
formed!(
    /// A kind of classes that a city's catalogue adds: small letters, digits and `_`.
    KindName, "kind"
);
worded!(
    /// A person known to the city's server, or a citizen's pseudonym in one case.
    UserId
);
worded!(
    /// A responsible unit (权责单位), by the city's own code.
    UnitId
);
worded!(
    /// A grid cell of any layer, by the city's own code: never taken apart.
    GridCode
);
worded!(
    /// A role by the policy's own name, such as `inspector` or `crew`.
    Role
);

uniffi::custom_type!(
    /// Milliseconds since 1970-01-01T00:00:00Z.
    Millis, i64, {
        remote,
        lower: |time| time.0,
        try_lift: |number| Ok(Millis(number)),
    }
);

uniffi::custom_type!(
    /// The path of a file of the app's.
    FilePath, String, {
        remote,
        lower: |path| path.to_string_lossy().into_owned(),
        try_lift: |text| Ok(FilePath::from(text)),
    }
);

fn parse<T: FromStr<Err = ParseIdError>>(field: &str, text: &str) -> Answer<T> {
    text.parse().map_err(|error| SdkError::no_id(field, &error))
}
