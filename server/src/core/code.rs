//! One-time codes: how a person's device is let in.

use gewu_model::crypto::sha256_parts;
use gewu_model::ids::{Digest, GridCode, Role, UnitId, UserId};
use gewu_model::time::Millis;
use serde::{Deserialize, Serialize};

use super::{Core, CoreError};
use crate::seam::random;
use crate::store::CodeRow;

/// Letters that people do not mistake for one another.
const ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
/// Characters of a code: 80 bits, beyond guessing.
const LENGTH: usize = 16;
const HOUR_MS: i64 = 3_600_000;

/// What a code gives to whoever enrols with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeGrant {
    /// The person.
    pub user: UserId,
    /// The roles.
    pub roles: Vec<Role>,
    /// The units in whose name the person may act.
    #[serde(default)]
    pub units: Vec<UnitId>,
    /// The person's duty grids.
    #[serde(default)]
    pub duty_grids: Vec<GridCode>,
}

/// A new code, shown once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewCode {
    /// The code, in groups of four.
    pub code: String,
    /// Until when it can be used.
    pub expires_at: Millis,
}

/// The name of a code in the store. Case, spaces and hyphens do not matter.
pub(super) fn hash(code: &str) -> Digest {
    let plain: String = code
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_uppercase())
        .collect();
    sha256_parts(&[b"gewu.code.v1\0", plain.as_bytes()])
}

impl Core {
    /// Makes a one-time code for `hours` hours.
    ///
    /// # Errors
    /// [`CoreError`] when it cannot be stored.
    pub fn new_code(
        &self,
        grant: &CodeGrant,
        hours: u32,
        now: Millis,
    ) -> Result<NewCode, CoreError> {
        let letters: Vec<char> = random::<LENGTH>(&*self.entropy)
            .iter()
            .map(|byte| char::from(ALPHABET[usize::from(byte % 32)]))
            .collect();
        let groups: Vec<String> = letters
            .chunks(4)
            .map(|group| group.iter().collect())
            .collect();
        let code = groups.join("-");
        let expires_at = now.plus(i64::from(hours) * HOUR_MS);
        let grant = serde_json::to_string(grant).unwrap_or_default();
        let row = CodeRow {
            hash: hash(&code),
            grant,
            expires_at,
            used_by: None,
        };
        self.write(|tx| Ok::<_, CoreError>(tx.add_code(&row)?))?;
        Ok(NewCode { code, expires_at })
    }
}

#[cfg(test)]
mod tests {
    use super::hash;

    #[test]
    fn a_code_may_be_typed_as_people_type() {
        assert_eq!(hash("ABCD-EFGH"), hash("abcd efgh"));
        assert_ne!(hash("ABCD-EFGH"), hash("ABCD-EFGJ"));
    }
}
