//! Lists, cases, tasks and what is unsent.

use crate::error::Answer;
use crate::gewu_object::Gewu;
use crate::ids::{CaseId, Digest};
use crate::types::{CaseContact, CaseDetail, FieldTask, ListQuery, Page, StatusCounts};

#[uniffi::export]
impl Gewu {
    /// Some of the cases on this device, newest first. Ask for the next page with the page's
    /// `next`.
    pub fn list(&self, query: ListQuery) -> Answer<Page> {
        Ok(self.sdk.list(&query)?)
    }

    /// One case, whole.
    pub fn show(&self, case: CaseId) -> Answer<CaseDetail> {
        Ok(self.sdk.show(case)?.into())
    }

    /// What the user, or a unit of the user's, is asked to do: the most urgent first. Behind them,
    /// struck out, tasks that were taken away before they were done.
    pub fn tasks(&self) -> Answer<Vec<FieldTask>> {
        let tasks = self.sdk.tasks()?;
        Ok(tasks.into_iter().map(FieldTask::from).collect())
    }

    /// Says that the user opened a case. Where the policy asks for it, that signs for their task in
    /// it (已读); answers whether it did.
    pub fn opened(&self, case: CaseId) -> Answer<bool> {
        Ok(self.sdk.opened(case)?)
    }

    /// The names of the entries that the user may write in a case now, such as `handle`, and of the
    /// instructions that may be asked for with [`Gewu::command`], such as `assign`: leave other
    /// buttons out. The server judges anew.
    pub fn allowed(&self, case: CaseId) -> Answer<Vec<String>> {
        Ok(self.sdk.allowed(case)?)
    }

    /// How to reach who reported a case: all of it to the reporter on the device that reported, a
    /// mask to those whom the city's policy shows one, and nothing to everybody else.
    pub fn contact(&self, case: CaseId) -> Answer<CaseContact> {
        Ok(self.sdk.contact(case)?)
    }

    /// How much is unsent, and what became of what was sent.
    pub fn status(&self) -> Answer<StatusCounts> {
        Ok(self.sdk.status()?.into())
    }

    /// One digest over what a case says on this device; two devices that hold the same have the same.
    pub fn state_hash(&self, case: CaseId) -> Answer<Digest> {
        Ok(self.sdk.state_hash(case)?)
    }
}
