//! Devices that were lost: the centre has them deliver what they still can, and then remove everything.
//!
//! The order stands in what the server signs for the device, so neither a proxy nor a portal can give it.
//! A device that is out of reach keeps what it has; nothing can be done about that from here, and what it
//! is given ends at once because the order retires it.

use gewu_model::ids::KeyId;
use gewu_model::time::Millis;
use gewu_sync::verdict::WipeOrder;
use serde::Serialize;

use super::devices::Caller;
use super::{Core, CoreError};
use crate::store::{DeviceStatus, StoreError, Tx, WipeRow};

const DAY_MS: i64 = 86_400_000;

/// For how many days a device may go on trying to deliver, unless the centre says otherwise.
pub(crate) const WIPE_DAYS: u32 = 3;
/// The most days that may be named.
const MAX_WIPE_DAYS: u32 = 30;

/// How far the clearing of a device is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct WipeView {
    /// When the centre asked for it.
    pub asked_at: Millis,
    /// Until when the device may go on trying to deliver; after that what is undelivered is lost.
    pub deliver_until: Millis,
    /// When the device said that it removes everything now; none while it has not.
    pub done_at: Option<Millis>,
}

impl From<WipeRow> for WipeView {
    fn from(row: WipeRow) -> Self {
        let WipeRow {
            asked_at,
            deliver_until,
            done_at,
        } = row;
        Self {
            asked_at,
            deliver_until,
            done_at,
        }
    }
}

impl Core {
    /// Has a device deliver what it can and then remove everything. One that is in use is retired by it.
    /// Asked again, only the days to deliver change.
    ///
    /// # Errors
    /// [`CoreError::Unknown`] when there is no such device, and [`CoreError::Wipe`] for more than
    /// [`MAX_WIPE_DAYS`].
    pub fn wipe(&self, key: KeyId, days: u32, now: Millis) -> Result<WipeView, CoreError> {
        if days > MAX_WIPE_DAYS {
            return Err(CoreError::Wipe(format!(
                "a device may be given {MAX_WIPE_DAYS} days to deliver, not {days}"
            )));
        }
        let asked = self.write(|tx| {
            let device = tx.device(key)?.ok_or(CoreError::Unknown("the device"))?;
            if device.status == DeviceStatus::Good {
                self.retire_device(tx, device, now)?;
            }
            let asked_at = tx.wipe(key)?.map_or(now, |known| known.asked_at);
            let row = WipeRow {
                asked_at,
                deliver_until: asked_at.plus(i64::from(days) * DAY_MS),
                done_at: None,
            };
            tx.put_wipe(key, Some(row))?;
            Ok::<_, CoreError>(row.into())
        })?;
        self.call(key);
        Ok(asked)
    }

    /// Takes the order back: the device was found. It stays retired until a fresh code puts it in use.
    ///
    /// # Errors
    /// [`CoreError::Unknown`] when no order stands, and [`CoreError::Wipe`] when the device has already
    /// carried it out.
    pub fn unwipe(&self, key: KeyId) -> Result<(), CoreError> {
        self.write(|tx| match tx.wipe(key)? {
            None => Err(CoreError::Unknown("an order to clear that device")),
            Some(WipeRow {
                done_at: Some(_), ..
            }) => Err(CoreError::Wipe(
                "the device has removed everything already: enrol it with a fresh code".to_owned(),
            )),
            Some(_) => Ok(tx.put_wipe(key, None)?),
        })
    }

    /// A device says that it removes everything now. Nothing comes of it unless it was asked to.
    ///
    /// # Errors
    /// [`CoreError`] when the store cannot be written.
    pub fn wiped(&self, caller: &Caller, now: Millis) -> Result<(), CoreError> {
        self.write(|tx| {
            let Some(row) = tx.wipe(caller.key)? else {
                return Ok(());
            };
            let done_at = row.done_at.or(Some(now));
            Ok(tx.put_wipe(caller.key, Some(WipeRow { done_at, ..row }))?)
        })
    }
}

/// The order that stands for a device, as it is told. One that carried it out and comes back, from a backup
/// of its own, is told again.
pub(super) fn order(tx: &dyn Tx, key: KeyId) -> Result<Option<WipeOrder>, StoreError> {
    Ok(tx.wipe(key)?.map(|row| WipeOrder {
        asked_at: row.asked_at,
        deliver_until: row.deliver_until,
    }))
}
