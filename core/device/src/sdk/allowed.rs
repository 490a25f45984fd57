//! What the user may do with a case now, so that a shell offers nothing that would be refused.

use gewu_model::entry::{FieldKind, InstructionKind, Kind};
use gewu_model::fold::CaseView;
use gewu_model::ids::{CaseId, UserId};
use gewu_model::policy::Policy;
use gewu_model::status::PublicStatus;

use super::{Answer, Gewu, no_case};
use crate::error::Result;
use crate::store::told;
use crate::write::{CaseLog, Pen};

/// A case as somebody stands to it.
struct Standing<'a> {
    pen: &'a Pen,
    policy: &'a Policy,
    view: &'a CaseView,
    user: UserId,
    status: Option<PublicStatus>,
}

impl Standing<'_> {
    fn may(&self, kind: &Kind) -> bool {
        let (policy, view) = (self.policy, self.view);
        let asked = (kind, None);
        let permitted = self
            .pen
            .capacity(policy, &self.user, asked, view, (None, None), false)
            .is_ok();
        permitted && self.may_answer(kind)
    }

    /// Whether what an entry of the kind answers is open; a command waits for no question.
    fn may_answer(&self, kind: &Kind) -> bool {
        let status = self.status.as_ref();
        match kind {
            Kind::Field(kind) => self.pen.answers(*kind, self.view, status, false).is_ok(),
            _ => true,
        }
    }
}

impl Gewu {
    /// The names of the entries that the user may write in a case now, such as `handle`, and of the
    /// instructions that may be asked for with [`Gewu::command`], such as `assign`. By what this
    /// device knows: the server may know more and judges anew.
    ///
    /// # Errors
    /// [`crate::GewuError::NotEnrolled`], and [`crate::GewuError::NotFound`] for a case that is not
    /// here.
    pub fn allowed(&self, case: CaseId) -> Answer<Vec<String>> {
        let pen = self.core.pen()?;
        Ok(self.core.read(|tx| -> Result<_> {
            let log = CaseLog::load(tx, &case)?;
            let policy = log.root().and(log.pins()).map(|pins| pins.policy);
            let view = log.view(&pen.packs);
            let standing = Standing {
                policy: pen.packs.policy_of(&policy.ok_or(no_case(&case))?)?,
                user: pen.user_in(tx, &case)?,
                status: told::status(tx, &case)?,
                pen: &pen,
                view: &view,
            };
            Ok(kinds(pen.identity.is_citizen())
                .filter(|kind| standing.may(kind))
                .map(|kind| kind.name().to_owned())
                .collect())
        })?)
    }
}

/// What can be written into a case that is there. Citizens ask for nothing but by their entries.
fn kinds(citizen: bool) -> impl Iterator<Item = Kind> {
    let entries = FieldKind::ALL.iter().copied();
    let entries = entries.filter(|kind| *kind != FieldKind::Report);
    let asked = InstructionKind::ALL.iter().copied();
    let asked = asked.filter(move |kind| !citizen && *kind != InstructionKind::Register);
    entries.map(Kind::Field).chain(asked.map(Kind::Instruction))
}
