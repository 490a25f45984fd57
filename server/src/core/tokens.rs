//! Tokens of consoles, each for one person and the roles that the person has there.
//!
//! Whoever makes one gives no role of the centre that the own console lacks, and so does whoever makes a
//! code: otherwise every dispatcher would be a shift leader one command later.

use gewu_model::ids::{Digest, Role, UnitId, UserId};
use gewu_model::time::Millis;
use serde::{Deserialize, Serialize};

use super::operators::{Operator, hash, is_of_centre};
use super::{CodeGrant, Core, CoreError};
use crate::store::OperatorRow;

/// Whom a token lets in.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenGrant {
    /// The person, in whose name everything is recorded.
    pub user: UserId,
    /// The roles; at least one.
    pub roles: Vec<Role>,
    /// The units in whose name the person may act.
    #[serde(default)]
    pub units: Vec<UnitId>,
}

/// A new token, shown once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewToken {
    /// Names it in lists.
    pub id: Digest,
    /// The token.
    pub token: String,
}

/// A token in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TokenView {
    /// Names it; the token itself is not kept.
    pub id: Digest,
    /// The person.
    pub user: UserId,
    /// The roles.
    pub roles: Vec<Role>,
    /// The units.
    pub units: Vec<UnitId>,
    /// When it was made; `None` for the server's first one.
    pub made_at: Option<Millis>,
    /// Who made it.
    pub made_by: Option<UserId>,
    /// Since when it lets nobody in.
    pub revoked_at: Option<Millis>,
    /// Whether it is the token of whoever asks.
    pub own: bool,
}

impl Core {
    /// Makes a token for a console.
    ///
    /// # Errors
    /// [`CoreError::Token`] when nobody could use it; [`CoreError::Beyond`] when `by` gives what that console
    /// lacks.
    pub fn make_token(
        &self,
        by: &Operator,
        grant: &TokenGrant,
        now: Millis,
    ) -> Result<NewToken, CoreError> {
        let as_code = CodeGrant {
            user: grant.user.clone(),
            roles: grant.roles.clone(),
            units: grant.units.clone(),
            duty_grids: Vec::new(),
            reach: Default::default(),
            any_grid: false,
        };
        self.check_grant(&as_code, 1).map_err(|error| match error {
            CoreError::Grant(words) => CoreError::Token(words),
            other => other,
        })?;
        check_may_give(by, &grant.roles)?;
        let token = self.new_token();
        let row = OperatorRow {
            token: hash(&token),
            user: grant.user.clone(),
            roles: grant.roles.clone(),
            units: grant.units.clone(),
            made_at: Some(now),
            made_by: Some(by.user().clone()),
            revoked_at: None,
        };
        self.write(|tx| {
            self.wake_for(tx, &row.units)?;
            Ok::<_, CoreError>(tx.put_operator(&row)?)
        })?;
        Ok(NewToken {
            id: row.token,
            token,
        })
    }

    /// Every token that was ever made, by person and time.
    ///
    /// # Errors
    /// [`CoreError`] when the store cannot be read.
    pub fn tokens(&self, by: &Operator) -> Result<Vec<TokenView>, CoreError> {
        let rows = self.read(|tx| Ok::<_, CoreError>(tx.operators()?))?;
        let mut views: Vec<TokenView> = rows
            .into_iter()
            .map(|row| TokenView {
                own: row.token == by.session(),
                id: row.token,
                user: row.user,
                roles: row.roles,
                units: row.units,
                made_at: row.made_at,
                made_by: row.made_by,
                revoked_at: row.revoked_at,
            })
            .collect();
        views.sort_by(|a, b| (&a.user, a.made_at, a.id).cmp(&(&b.user, b.made_at, b.id)));
        Ok(views)
    }

    /// Takes a token back: from now on it lets nobody in. Doing so again changes nothing.
    ///
    /// # Errors
    /// [`CoreError::Unknown`] for a token that is not there; [`CoreError::Beyond`] for the own one, and for
    /// one with a role of the centre that `by` lacks.
    pub fn revoke_token(&self, by: &Operator, id: Digest, now: Millis) -> Result<(), CoreError> {
        if id == by.session() {
            let words = "this is the token of this console: revoke it from another one";
            return Err(CoreError::Beyond(words.to_owned()));
        }
        self.write(|tx| {
            let rows = tx.operators()?;
            let row = rows.iter().find(|row| row.token == id);
            let row = row.ok_or(CoreError::Unknown("the token"))?;
            check_may_give(by, &row.roles)?;
            Ok(tx.revoke_operator(id, now)?)
        })
    }
}

/// Refuses roles of the centre that a console does not have itself.
///
/// # Errors
/// [`CoreError::Beyond`] names the role.
pub(crate) fn check_may_give(by: &Operator, roles: &[Role]) -> Result<(), CoreError> {
    let lacks = |role: &&Role| is_of_centre(role) && !by.has(role);
    match roles.iter().find(lacks) {
        None => Ok(()),
        Some(role) => Err(CoreError::Beyond(format!(
            "{} is no {role} here and lets no other one in: ask a console that is",
            by.user()
        ))),
    }
}
