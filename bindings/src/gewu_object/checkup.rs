//! Looking the device over.

use crate::error::Answer;
use crate::gewu_object::Gewu;
use crate::types::CheckupNote;

#[uniffi::export]
impl Gewu {
    /// Looks the device over: the database and every file, what is unsent, how the last syncs went.
    /// Reads all that the device holds, which may take a while, and changes nothing. What cannot be read
    /// is a finding and no error.
    pub fn checkup(&self) -> Answer<CheckupNote> {
        Ok(self.sdk.checkup()?.into())
    }
}
