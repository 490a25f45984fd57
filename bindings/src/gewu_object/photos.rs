//! Looking at photos.

use crate::error::{Answer, SdkError, StorageProblem};
use crate::gewu_object::Gewu;
use crate::ids::{Digest, FilePath};
use crate::types::ScrubReport;

#[uniffi::export]
impl Gewu {
    /// Writes a photo or small picture to a file of the app's, from this device or, if it is not
    /// here, from the server; then it is kept here.
    pub fn save_photo(&self, photo: Digest, file: FilePath) -> Answer<()> {
        let bytes = self.sdk.photo_bytes(photo)?;
        std::fs::write(file, bytes).map_err(|error| {
            let text = error.to_string();
            let problem = StorageProblem::Failed(text.clone());
            SdkError::Storage { problem, text }
        })
    }

    /// The bytes of a small picture, as [`Gewu::save_photo`] finds them. For a whole photo a file is
    /// the better way.
    pub fn photo_bytes(&self, photo: Digest) -> Answer<Vec<u8>> {
        Ok(self.sdk.photo_bytes(photo)?)
    }

    /// Reads files and compares them with their hashes, about `most_bytes` of them, from where the
    /// last call left off. For when the phone charges.
    pub fn scrub(&self, most_bytes: u64) -> Answer<ScrubReport> {
        Ok(self.sdk.scrub(most_bytes)?)
    }
}
