//! One-time codes: how a person's device is let in.

use gewu_model::cert::Reach;
use gewu_model::crypto::sha256_parts;
use gewu_model::fold::CENTRE;
use gewu_model::ids::{Digest, GridCode, Role, UnitId, UserId};
use gewu_model::time::Millis;
use gewu_sync::gate::CITIZEN;
use serde::{Deserialize, Serialize};

use super::names::unseen;
use super::{Core, CoreError};
use crate::seam::random;
use crate::store::CodeRow;

/// Letters that people do not mistake for one another.
const ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
/// Characters of a code: 80 bits, beyond guessing.
const LENGTH: usize = 16;
const HOUR_MS: i64 = 3_600_000;
/// The most characters of a name, and the most bytes: entries carry no longer ones.
const MAX_NAME: usize = 64;
const MAX_NAME_BYTES: usize = 128;
/// The roles that the server itself knows.
const ROLES: [&str; 5] = ["inspector", "crew", "unit_lead", "operator", "shift_leader"];

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
    /// Areas of any level that are the person's own, and road sections.
    #[serde(flatten)]
    pub reach: Reach,
    /// Whether duty grids are granted that no map in force has.
    #[serde(default)]
    pub any_grid: bool,
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
    /// [`CoreError::Grant`] when nobody could use it.
    pub fn new_code(
        &self,
        grant: &CodeGrant,
        hours: u32,
        now: Millis,
    ) -> Result<NewCode, CoreError> {
        self.check_grant(grant, hours)?;
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
        let granted = grant.units.clone();
        let grant = serde_json::to_string(grant).unwrap_or_default();
        let row = CodeRow {
            hash: hash(&code),
            grant,
            expires_at,
            used_by: None,
        };
        self.write(|tx| {
            self.wake_for(tx, &granted)?;
            Ok::<_, CoreError>(tx.add_code(&row)?)
        })?;
        Ok(NewCode { code, expires_at })
    }

    /// Entries under a grant are judged by the same bounds and rules, too late for whoever wrote
    /// them.
    pub(super) fn check_grant(&self, grant: &CodeGrant, hours: u32) -> Result<(), CoreError> {
        let refuse = |words: String| Err(CoreError::Grant(words));
        let user = grant.user.as_str();
        let texts = [("user", user)].into_iter();
        let texts = texts.chain(grant.roles.iter().map(|role| ("role", role.as_str())));
        let texts = texts.chain(grant.units.iter().map(|unit| ("unit", unit.as_str())));
        let texts = texts.chain(grant.duty_grids.iter().map(|g| ("duty grid", g.as_str())));
        let texts = texts.chain(grant.reach.areas.iter().map(|g| ("area", g.as_str())));
        let texts = texts.chain(
            grant
                .reach
                .roads
                .iter()
                .map(|g| ("road section", g.as_str())),
        );
        let texts: Vec<(&str, &str)> = texts.collect();
        if let Some((what, _)) = texts.iter().find(|(_, text)| !is_name(text)) {
            return refuse(format!(
                "a {what} has 1 to {MAX_NAME} characters, {MAX_NAME_BYTES} bytes at most, no blanks around them and no control characters"
            ));
        }
        if let Some((what, why)) = self.first_unseen(&texts)? {
            return refuse(format!("the {what} has {why}"));
        }
        if user == CENTRE || user.starts_with(CITIZEN) {
            return refuse(format!(
                "the user {user} would pass for another: choose another name"
            ));
        }
        self.check_twins(user, &grant.units)?;
        if let Some(role) = grant.roles.iter().find(|role| !self.is_staff_role(role)) {
            return refuse(format!(
                "the role {role} is in no rule: name {}",
                ROLES.join(", ")
            ));
        }
        let known = self.known_duty_grids()?;
        let unknown = grant.duty_grids.iter().find(|grid| !known.contains(*grid));
        if let Some(grid) = unknown.filter(|_| !known.is_empty() && !grant.any_grid) {
            return refuse(format!(
                "no duty grid {grid} is on the map in force: name one of its {}, publish the map that has it, or say that any grid will do",
                known.len()
            ));
        }
        if let Some(role) = grant.roles.iter().find(|role| works_for_a_unit(role))
            && grant.units.is_empty()
        {
            return refuse(format!(
                "the role {role} works for a unit, and would be given nothing to do without: name the unit"
            ));
        }
        match (grant.roles.is_empty(), hours) {
            (true, _) => refuse(format!("name a role: {}", ROLES.join(", "))),
            (_, 0) => refuse("give it at least one hour".to_owned()),
            _ => Ok(()),
        }
    }

    /// The first of the names that has signs in it which nobody sees, and in what words. Those that are
    /// known already go on.
    fn first_unseen<'t>(
        &self,
        texts: &[(&'t str, &str)],
    ) -> Result<Option<(&'t str, String)>, CoreError> {
        let told = texts
            .iter()
            .filter_map(|(what, text)| Some((*what, *text, unseen(text)?)));
        let told: Vec<(&str, &str, String)> = told.collect();
        if told.is_empty() {
            return Ok(None);
        }
        let known = self.read(|tx| self.known_names(tx))?;
        let grids = self.known_duty_grids()?;
        let is_known = |what: &str, text: &str| match what {
            "user" => known.persons.contains(&UserId::from(text)),
            "unit" => known.units.contains(&UnitId::from(text)),
            "role" => self.is_staff_role(&Role::from(text)),
            "duty grid" => grids.contains(&GridCode::from(text)),
            _ => self.is_on_map(&GridCode::from(text)),
        };
        let mut new = told.into_iter();
        let new = new.find(|(what, text, _)| !is_known(what, text));
        Ok(new.map(|(what, _, why)| (what, why)))
    }

    /// The built-in roles and those of published policies. Citizens enrol without a code.
    fn is_staff_role(&self, role: &Role) -> bool {
        let rules = self.rules();
        let in_rule = rules
            .policies
            .values()
            .any(|policy| policy.names_role(role));
        let name = role.as_str();
        ROLES.contains(&name) || (in_rule && name != CENTRE && name != CITIZEN)
    }
}

/// Whether the role does what is asked of its unit.
fn works_for_a_unit(role: &Role) -> bool {
    ["crew", "unit_lead"].contains(&role.as_str())
}

/// Whether entries may carry the text as an identity, and lists show it in a line.
pub(super) fn is_name(text: &str) -> bool {
    let length = text.chars().count();
    length <= MAX_NAME
        && text.len() <= MAX_NAME_BYTES
        && !text.is_empty()
        && text.trim() == text
        && !text.chars().any(char::is_control)
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
