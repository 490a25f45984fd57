//! What a device does that the centre wants cleared: it delivers what it can, says so, and removes everything.

use gewu_model::time::Millis;
use gewu_sync::machine::Outcome;
use gewu_sync::verdict::WipeOrder;
use gewu_sync::wire::WIPED_PATH;

use super::driver::{End, Session};
use super::http::{Traffic, send_signed};
use crate::api::{SyncOutcome, SyncReport};
use crate::error::Result;
use crate::host::{HttpRequest, LogLevel, Method};
use crate::sdk::{Core, count_undelivered};

/// An order, and when the server said it. Both stand under the server's signature, so that neither somebody
/// on the way nor the device's own clock decides.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ordered {
    pub(super) order: WipeOrder,
    pub(super) said_at: Millis,
}

impl Ordered {
    /// Whether everything goes now.
    const fn is_due(&self, undelivered: u32) -> bool {
        undelivered == 0 || self.said_at.0 >= self.order.deliver_until.0
    }
}

impl Session<'_> {
    /// How many things are lost by clearing the device now; `None` when it is not to be cleared yet. A run
    /// that somebody cancelled decides nothing.
    pub(super) fn clears(&self, ended: &Result<End>) -> Result<Option<u32>> {
        let Some(ordered) = self.wipe else {
            return Ok(None);
        };
        if matches!(ended, Ok(End::Outcome(Outcome::Cancelled))) {
            return Ok(None);
        }
        let undelivered = self.core.read(|tx| count_undelivered(tx))?;
        Ok(ordered.is_due(undelivered).then_some(undelivered))
    }
}

/// Says that everything goes, and removes it. That nobody hears it keeps nothing here: whoever asked
/// sees then that the device was told and not that it obeyed.
pub(super) fn clear(core: &Core, lost: u32, report: SyncReport) -> Result<SyncReport> {
    let told = HttpRequest::new(Method::Post, WIPED_PATH);
    if send_signed(core, told, &mut Traffic::default()).is_err() {
        core.log(
            LogLevel::Warn,
            "the centre could not be told that everything is removed",
        );
    }
    core.forget_all()?;
    let why = match lost {
        0 => "the centre had this device cleared: everything was delivered, and is removed from it"
            .to_owned(),
        lost => format!(
            "the centre had this device cleared: {lost} things could not be delivered in the time it gave, and everything is removed"
        ),
    };
    Ok(SyncReport {
        outcome: SyncOutcome::Stopped { why },
        unsent: 0,
        changed: Vec::new(),
        ..report
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_undelivered_holds_it_up_until_the_servers_day() {
        let at = |said_at| Ordered {
            order: WipeOrder {
                asked_at: Millis(0),
                deliver_until: Millis(100),
            },
            said_at: Millis(said_at),
        };
        let due = |said_at, undelivered| at(said_at).is_due(undelivered);
        assert_eq!(
            (due(1, 0), due(1, 1), due(99, 1), due(100, 1)),
            (true, false, false, true)
        );
    }
}
