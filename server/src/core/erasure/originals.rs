//! Cases that are older than the note of which camera's files their photos were made from.

use gewu_model::ids::CaseId;

use super::records;
use crate::core::load::load;
use crate::core::{Core, CoreError};
use crate::store::{StoreError, Tx};

/// Cases that are read in one transaction.
const AT_ONCE: usize = 100;

impl Core {
    /// Notes the originals of cases whose photos came before they were noted. It goes on where a
    /// crash cut it short, and has nothing to do ever after.
    pub(in crate::core) fn read_originals(&self) -> Result<(), CoreError> {
        while self.write(|tx| {
            let cases = tx.unread_originals(AT_ONCE)?;
            cases.iter().try_for_each(|case| read_case(tx, *case))?;
            Ok::<_, CoreError>(!cases.is_empty())
        })? {}
        Ok(())
    }
}

fn read_case(tx: &dyn Tx, case: CaseId) -> Result<(), StoreError> {
    // A damaged case is no reason not to start: whoever asks for it is told.
    let photos = match load(tx, case).and_then(|state| records(tx, &state)) {
        Err(StoreError::Corrupt(_)) => Vec::new(),
        photos => photos?,
    };
    for original in photos.iter().filter_map(|photo| photo.original_sha256) {
        tx.add_original(case, original)?;
    }
    tx.originals_read(case)
}
