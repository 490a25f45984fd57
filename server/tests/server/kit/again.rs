//! What a phone does after its report was set aside.

use gewu_model::case::CaseRoot;
use gewu_model::change::{Body, Limits, decode_strict};
use gewu_model::ids::{CaseId, ChangeHash};
use gewu_model::signed::SignedChange;
use gewu_model::time::Millis;

use super::Phone;

impl Phone {
    /// Writes a case that was set aside once more, root and report as they were signed, as devices do.
    pub(crate) fn report_again(
        &mut self,
        case: CaseId,
        [root, report]: &[SignedChange; 2],
        now: Millis,
    ) -> ChangeHash {
        let read = |signed: &SignedChange| {
            decode_strict(&signed.bytes, &Limits::default()).expect("canonical")
        };
        let Body::Root { case: fields } = read(root).change.body else {
            panic!("a root");
        };
        let root = CaseRoot::from_fields(&fields).expect("a root");
        let written = gewu_model::case::row(&read(report)).expect("a row").entry;
        let payload = written.and_then(|written| written.payload.ok());
        self.cases.remove(&case);
        // A fresh actor.
        self.seed = self.seed.wrapping_add(1);
        self.seal(case, root.change(self.actor(case)));
        self.replaces = Some(report.hash());
        let again = self.write(case, &payload.expect("a report"), None, now);
        self.replaces = None;
        again
    }
}
