//! Host apps, and the accounts under which citizens' devices report.

use gewu_model::ids::{CaseId, KeyId, UserId};
use gewu_model::time::Millis;

use super::StoreError;
use crate::host_token::{Account, HostKey};

/// A host app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HostAppRow {
    pub(crate) name: String,
    pub(crate) key: HostKey,
    pub(crate) added_at: Millis,
    pub(crate) added_by: UserId,
    /// Since when its tokens are not taken any more.
    pub(crate) removed_at: Option<Millis>,
}

/// The account of a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AccountRow {
    pub(crate) account: Account,
    /// When the device was first signed in.
    pub(crate) since: Millis,
}

/// One reading of under which account a case was reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AccountRead {
    pub(crate) at: Millis,
    pub(crate) user: UserId,
    pub(crate) case: CaseId,
}

/// What is stored of accounts.
pub(crate) trait Accounts {
    /// The app of that name, also one that was removed.
    fn host_app(&self, name: &str) -> Result<Option<HostAppRow>, StoreError>;
    /// Every app that was ever added, by name.
    fn host_apps(&self) -> Result<Vec<HostAppRow>, StoreError>;
    /// Keeps an app in place of what was kept under its name.
    fn put_host_app(&self, app: &HostAppRow) -> Result<(), StoreError>;

    fn account(&self, key: KeyId) -> Result<Option<AccountRow>, StoreError>;
    /// Puts a device under an account, unless it is under one.
    fn add_account(&self, key: KeyId, row: &AccountRow) -> Result<(), StoreError>;

    fn log_account_read(&self, read: &AccountRead) -> Result<(), StoreError>;
    /// The latest readings first, of one case or of all.
    fn account_reads(
        &self,
        case: Option<CaseId>,
        limit: u32,
    ) -> Result<Vec<AccountRead>, StoreError>;
}
