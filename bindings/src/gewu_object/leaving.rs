//! Handing work in by another way, and leaving.

use gewu::{Passphrase, UnsentWork};

use crate::error::Answer;
use crate::gewu_object::Gewu;
use crate::ids::{CaseId, FilePath};
use crate::types::{Exported, Locker, MovedAside, WhoAmI};

#[uniffi::export]
impl Gewu {
    /// Writes cases to one file that proves itself without a server: signed history, receipts,
    /// texts, photos, and a statement for people.
    pub fn export_cases(&self, cases: Vec<CaseId>, file: FilePath) -> Answer<Exported> {
        Ok(self.sdk.export_cases(&cases, &file)?)
    }

    /// Writes every case with something unsent, the commands and the drafts to one file, so that
    /// the work can be handed in otherwise.
    pub fn export_unsent(&self, file: FilePath) -> Answer<Exported> {
        Ok(self.sdk.export_unsent_bundle(&file)?)
    }

    /// The root key of the city in hexadecimal digits: compare it with one that the city published.
    pub fn root_key(&self) -> Answer<String> {
        Ok(gewu_model::ids::to_hex(&self.sdk.root_key()?.bytes))
    }

    /// Leaves the city: keys, cases, drafts and photos are removed from the device. Refused while
    /// something is unsent, unless a folder is named into which it is written first.
    #[uniffi::method(default(unsent_to = None))]
    pub fn sign_out(&self, unsent_to: Option<FilePath>) -> Answer<()> {
        let unsent = unsent_to.map_or(UnsentWork::Refuse, UnsentWork::Export);
        Ok(self.sdk.sign_out(unsent)?)
    }

    /// Leaves a shared handset and locks everything up on it, so that others may use it meanwhile and
    /// [`Gewu::unlock`] brings it back. The passphrase has six characters at least; without it, or
    /// without the device's key store, nobody opens the locker.
    pub fn lock_up(&self, passphrase: String) -> Answer<()> {
        let passphrase = Passphrase::new(&passphrase);
        Ok(self.sdk.sign_out(UnsentWork::Seal(passphrase))?)
    }

    /// What people locked up here, the oldest first.
    pub fn lockers(&self) -> Answer<Vec<Locker>> {
        Ok(self.sdk.lockers()?)
    }

    /// Brings back what somebody locked up, with who they are. Works without a network. Refused while
    /// somebody is signed in.
    pub fn unlock(&self, locker: String, passphrase: String) -> Answer<WhoAmI> {
        Ok(self.sdk.unlock(&locker, &Passphrase::new(&passphrase))?)
    }

    /// Removes a locker with everything in it, for ever: for a passphrase that nobody remembers.
    pub fn discard_locker(&self, locker: String) -> Answer<()> {
        Ok(self.sdk.discard_locker(&locker)?)
    }

    /// Databases of this device that were damaged and moved aside, the oldest first. While there is one,
    /// nobody signs out without naming a folder, into which it goes then, and nobody locks up.
    pub fn moved_aside(&self) -> Answer<Vec<MovedAside>> {
        Ok(self.sdk.moved_aside()?)
    }

    /// Removes a database that was moved aside, for ever, with everything that was unsent in it.
    pub fn discard_moved_aside(&self, name: String) -> Answer<()> {
        Ok(self.sdk.discard_moved_aside(&name)?)
    }
}
