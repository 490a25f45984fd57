//! Texts that came with a push.

use std::collections::BTreeSet;

use gewu_model::content::check_text;
use gewu_model::entry::{Body, Payload};
use gewu_model::ids::Digest;
use gewu_sync::gate::AcceptedChange;
use gewu_sync::wire::CasePush;

use crate::core::admit::content_of;
use crate::core::bench::Bench;
use crate::core::{Core, CoreError};
use crate::store::What;

impl Core {
    /// Stores the texts that an accepted or kept change of this case names, and says which of the
    /// pushed ones are held now, and which were erased.
    pub(super) fn take_content(
        &self,
        bench: &Bench<'_>,
        push: &CasePush,
        before: usize,
    ) -> Result<(Vec<Digest>, Vec<Digest>), CoreError> {
        if push.content.is_empty() {
            return Ok((vec![], vec![]));
        }
        let (earlier, new) = bench.state.changes.split_at(before);
        let (earlier, new) = (named(earlier), named(new));
        let kept: BTreeSet<Digest> = bench
            .tx
            .fates(push.case)?
            .iter()
            .filter(|row| row.binding)
            .flat_map(|row| content_of(&row.signed))
            .collect();
        let (mut held, mut erased, mut added) = (Vec::new(), Vec::new(), Vec::new());
        for item in push
            .content
            .iter()
            .filter(|item| check_text(&item.text).is_ok())
        {
            let digest = item.digest();
            if bench.tx.is_erased(digest)? {
                erased.push(digest);
                continue;
            }
            let late = earlier.contains(&digest);
            if !late && !new.contains(&digest) && !kept.contains(&digest) {
                continue;
            }
            if !bench.tx.has_content(push.case, digest)? {
                bench.tx.add_content(push.case, item)?;
                added.push(digest);
                if late {
                    bench.tell_content(digest)?;
                }
            }
            held.push(digest);
        }
        // A restored server gets its own instructions back, and what they say after them.
        if added
            .iter()
            .any(|digest| is_said_to_reporter(bench, digest))
        {
            let view = self.view(&bench.state);
            self.tell_reporter(bench, &view, self.signer.public_key().id())?;
        }
        Ok((held, erased))
    }
}

/// Whether a text is a reply to whoever reported the case.
fn is_said_to_reporter(bench: &Bench<'_>, text: &Digest) -> bool {
    let entries = bench.state.changes.iter();
    let entries = entries.filter_map(|change| change.row.entry.as_ref());
    let mut payloads = entries.filter_map(|written| written.payload.as_ref().ok());
    payloads.any(|payload| {
        matches!(payload, Payload::Instruction(_, Body::Reply(reply)) if reply.text == *text)
    })
}

impl Bench<'_> {
    /// Tells the scopes that hold the case of a text or card that came after its change.
    pub(in crate::core) fn tell_content(&self, digest: Digest) -> Result<(), CoreError> {
        for membership in self.memberships()? {
            if membership.held {
                self.feed(&membership.scope, What::Content, &digest.0)?;
            }
        }
        Ok(())
    }
}

/// The texts that changes name.
fn named(changes: &[AcceptedChange]) -> BTreeSet<Digest> {
    let entries = changes
        .iter()
        .filter_map(|change| change.row.entry.as_ref());
    let payloads = entries.filter_map(|written| written.payload.as_ref().ok());
    payloads.flat_map(|payload| payload.content()).collect()
}
