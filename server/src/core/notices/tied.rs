//! That a report was joined to another, for a reporter of the staff. Citizens read it in the public status.

use gewu_model::entry::{Body, LinkCase, Payload, Relationship};
use gewu_model::fold::CaseView;
use gewu_model::ids::ChangeHash;
use gewu_model::scope::Scope;
use gewu_sync::wire::NoticeCode;

use super::Telling;
use crate::core::CoreError;
use crate::core::bench::Bench;

const JOINED: &str = "your report is about a matter that was reported before: the two were joined, and the work is \
    done and shown in the other case";
const PARTED: &str = "your report was joined to another case and is dealt with by itself again";

/// Tells the reporter, who is of the staff, without saying which the other case is: it need not be theirs to
/// read.
pub(super) fn tell(
    bench: &Bench<'_>,
    view: &CaseView,
    change: ChangeHash,
    link: &LinkCase,
) -> Result<(), CoreError> {
    let is = link.relation == Relationship::DuplicateOf;
    let words = match (was_joined(bench, view, change, link), is) {
        (false, true) => JOINED,
        (true, false) => PARTED,
        _ => return Ok(()),
    };
    bench.tell(&Telling {
        scope: view.reporter.clone().map(Scope::User),
        code: NoticeCode::Task,
        about: Some(change),
        words,
    })
}

/// Whether the last word on the two cases before `change` made this one a duplicate.
fn was_joined(bench: &Bench<'_>, view: &CaseView, change: ChangeHash, link: &LinkCase) -> bool {
    let before = view.chain.iter().rev().skip_while(|it| it.hash != change);
    let said = before.skip(1).find_map(|it| {
        let written = bench.state.accepted(&it.hash)?.row.entry.as_ref()?;
        match written.payload.as_ref().ok()? {
            Payload::Instruction(_, Body::Link(tie)) if tie.other == link.other => {
                Some(tie.relation)
            }
            _ => None,
        }
    });
    said == Some(Relationship::DuplicateOf)
}
