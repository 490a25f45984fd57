//! The entry object.

use gewu::Consent;
use gewu_model::catalogue::Search;
use gewu_model::ids::CaseId;

use crate::cancel::CancelHandle;
use crate::error::Answer;
use crate::types::{
    CaseContact, CaseSummary, ClassInfo, ClassKind, Enrolment, ListQuery, Page, ReportRequest,
    Saved, StatusCounts, SyncReport, WhoAmI,
};

/// The SDK on one device. Callable from any thread; every call blocks until its work is done, so
/// keep them off the main thread. Closing or dropping the object closes the SDK.
#[derive(uniffi::Object)]
pub struct Gewu {
    sdk: gewu::Gewu,
}

#[uniffi::export]
impl Gewu {
    /// Opens the device that lives in this folder, or begins one there. One object at a time may
    /// hold a folder.
    ///
    /// Nothing is collected and no network is touched before [`Gewu::consent`].
    #[uniffi::constructor]
    pub fn open(folder: String) -> Answer<Self> {
        let sdk = gewu::Gewu::open_folder(folder)?;
        Ok(Self { sdk })
    }

    /// Records that the user agreed to these terms; `terms` is their version.
    pub fn consent(&self, terms: String) -> Answer<()> {
        Ok(self.sdk.consent(&Consent { terms })?)
    }

    /// Whether the user agreed to any terms.
    pub fn has_consent(&self) -> Answer<bool> {
        Ok(self.sdk.has_consent()?)
    }

    /// Makes this the device of a user: the one whom the code was issued for, or without a code a
    /// citizen. Needs the network.
    #[uniffi::method(default(code = None))]
    pub fn enrol(&self, server: String, code: Option<String>) -> Answer<Enrolment> {
        Ok(self.sdk.enrol(&server, code.as_deref())?)
    }

    /// Who uses the device, by its certificate.
    pub fn whoami(&self) -> Answer<WhoAmI> {
        Ok(self.sdk.whoami()?)
    }

    /// The classes that can be reported, by kind and code.
    pub fn classes(&self) -> Answer<Vec<ClassInfo>> {
        Ok(self.sdk.catalogue()?.classes().cloned().collect())
    }

    /// Classes by words (two characters do), initials or syllables of pinyin, or code, the best
    /// first; `limit` of them at most. Needs no network.
    #[uniffi::method(default(kind = None, limit = 20))]
    pub fn search_classes(
        &self,
        text: String,
        kind: Option<ClassKind>,
        limit: u32,
    ) -> Answer<Vec<ClassInfo>> {
        let search = Search {
            text: &text,
            kind,
            limit: limit as usize,
            ..Search::default()
        };
        Ok(self.sdk.search_classes(&search)?)
    }

    /// Saves a report. Works without the network; when it returns, the report and its photos
    /// survive a loss of power, and the device stays responsible until the server's receipt.
    pub fn report(&self, request: ReportRequest) -> Answer<Saved> {
        Ok(self.sdk.report(request.into())?)
    }

    /// Some of the cases on this device, newest first. Ask for the next page with the page's
    /// `next`.
    pub fn list(&self, query: ListQuery) -> Answer<Page> {
        Ok(self.sdk.list(&query)?)
    }

    /// One case in short.
    pub fn show(&self, case: CaseId) -> Answer<CaseSummary> {
        Ok(self.sdk.show(case)?.into())
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

    /// Exchanges with the server until both hold the same, or until `cancel` is used on another
    /// thread. May be stopped at any instant and run again.
    ///
    /// That the network is away is no error but the outcome *later*.
    pub fn sync(&self, cancel: &CancelHandle) -> Answer<SyncReport> {
        Ok(self.sdk.sync(&mut |_| {}, cancel.token())?)
    }
}
