//! Operators at consoles: a bearer token, known by its hash only.

use std::path::Path;

use gewu_model::crypto::sha256_parts;
use gewu_model::ids::{Digest, Role, UnitId, UserId, to_hex};
use gewu_model::policy::Capacity;

use super::keys::make_secret;
use super::{Core, CoreError};
use crate::seam::random;
use crate::store::OperatorRow;

/// The role of the centre's operators.
const OPERATOR: &str = "operator";
/// The role of whoever answers for a shift at the centre (值班长).
const SHIFT_LEADER: &str = "shift_leader";

/// Whoever sits at a console.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operator {
    session: Digest,
    user: UserId,
    roles: Vec<Role>,
    units: Vec<UnitId>,
}

impl Operator {
    /// The operator's name.
    pub const fn user(&self) -> &UserId {
        &self.user
    }

    /// Whether this is a console of the centre, which sees and administers everything.
    pub(crate) fn is_centre(&self) -> bool {
        self.roles.iter().any(is_of_centre)
    }

    pub(super) fn has(&self, role: &Role) -> bool {
        self.roles.contains(role)
    }

    pub(super) const fn session(&self) -> Digest {
        self.session
    }

    /// Every capacity in which the operator may act.
    pub(super) fn capacities(&self) -> Vec<Capacity> {
        let in_unit = |role: &Role, unit: Option<&UnitId>| Capacity {
            user: self.user.clone(),
            role: role.clone(),
            unit: unit.cloned(),
        };
        let units = || self.units.iter().map(Some).chain([None]);
        self.roles
            .iter()
            .flat_map(|role| units().map(move |unit| in_unit(role, unit)))
            .collect()
    }
}

/// Whether a role works at the centre.
pub(super) fn is_of_centre(role: &Role) -> bool {
    [OPERATOR, SHIFT_LEADER].contains(&role.as_str())
}

pub(super) fn hash(token: &str) -> Digest {
    sha256_parts(&[b"gewu.token.v1\0", token.trim().as_bytes()])
}

impl Core {
    /// Lets an operator in with `token` from now on.
    ///
    /// # Errors
    /// [`CoreError::Grant`] for a name that another bears but for case or width; [`CoreError`] when it cannot
    /// be stored.
    pub fn add_operator(
        &self,
        token: &str,
        user: &UserId,
        roles: &[Role],
        units: &[UnitId],
    ) -> Result<Operator, CoreError> {
        self.check_twins(user.as_str(), units)?;
        let row = OperatorRow {
            token: hash(token),
            user: user.clone(),
            roles: roles.to_vec(),
            units: units.to_vec(),
            made_at: None,
            made_by: None,
            revoked_at: None,
        };
        self.write(|tx| Ok::<_, CoreError>(tx.put_operator(&row)?))?;
        Ok(operator(row))
    }

    /// The operator whose token this is.
    ///
    /// # Errors
    /// [`CoreError`] when the store cannot be read.
    pub fn operator(&self, token: &str) -> Result<Option<Operator>, CoreError> {
        self.read(|tx| Ok(tx.operator(hash(token))?.map(operator)))
    }

    /// Makes the first operator, who makes tokens for others ([`Core::make_token`]), and writes the token into `file`, for its owner only, unless the
    /// file exists.
    ///
    /// # Errors
    /// [`CoreError::Files`] when the file cannot be written or read.
    pub fn first_operator(&self, file: &Path) -> Result<Operator, CoreError> {
        if !file.exists() {
            make_secret(file, &random::<32>(&*self.entropy))?;
        }
        let token = std::fs::read_to_string(file)?;
        // Where one person is the whole centre, that person leads the shift as well.
        let roles = [OPERATOR.into(), SHIFT_LEADER.into()];
        self.add_operator(&token, &OPERATOR.into(), &roles, &[])
    }

    /// A new salt for a text.
    pub fn new_salt(&self) -> [u8; 16] {
        random(&*self.entropy)
    }

    /// A new secret token.
    pub fn new_token(&self) -> String {
        to_hex(&random::<32>(&*self.entropy))
    }
}

fn operator(row: OperatorRow) -> Operator {
    Operator {
        session: row.token,
        user: row.user,
        roles: row.roles,
        units: row.units,
    }
}
