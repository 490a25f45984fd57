//! How far one run is with its files.

use std::collections::BTreeMap;

use gewu_model::ids::Digest;

use crate::api::UploadTotals;
use crate::store::media::StoredFile;

/// The files of a run: those that went up in it, and those that may go.
#[derive(Debug, Default)]
pub(super) struct Tally {
    done: BTreeMap<Digest, u64>,
    /// With how much of each is at the server, and how much there is.
    open: BTreeMap<Digest, (u64, u64)>,
}

impl Tally {
    /// These files may go now, and no others.
    pub(super) fn opens(&mut self, files: &[StoredFile]) {
        let open = files.iter();
        self.open = open
            .filter(|file| !self.done.contains_key(&file.sha256))
            .map(|file| (file.sha256, (file.sent, file.bytes)))
            .collect();
    }

    /// So much of a file is at the server.
    pub(super) fn moves(&mut self, file: Digest, sent: u64, total: u64) {
        self.open.insert(file, (sent, total));
    }

    /// All of a file is at the server.
    pub(super) fn ends(&mut self, file: &StoredFile) {
        self.open.remove(&file.sha256);
        self.done.insert(file.sha256, file.bytes);
    }

    pub(super) fn totals(&self) -> UploadTotals {
        let mut totals = UploadTotals::default();
        let done = self.done.values().map(|bytes| (*bytes, *bytes));
        for (sent, bytes) in done.chain(self.open.values().copied()) {
            totals.files += 1;
            totals.files_done += u32::from(sent == bytes);
            totals.bytes += bytes;
            totals.bytes_done += sent;
        }
        totals
    }
}
