//! Clocks on a device: an estimate from the receipts that it holds, by its idea of the server's time.

use gewu_model::deadline::clocks::{Basis, ClockLine, OpenSteps, Present};
use gewu_model::fold::CaseView;
use gewu_model::ids::{CaseId, ChangeHash};
use gewu_model::time::{ClockTrust, Millis};
use rusqlite::Connection;

use super::Core;
use crate::error::Result;
use crate::packs::Packs;
use crate::write::CaseLog;

impl Core {
    /// The clocks of a case that run or stand, the most urgent first, each with the entry that
    /// started it. None without the policy that the case pins.
    pub(super) fn clocks(
        &self,
        packs: &Packs,
        log: &CaseLog,
        view: &CaseView,
    ) -> Vec<(ChangeHash, ClockLine)> {
        let root = log.any_root();
        let policy = log
            .pins()
            .and_then(|pins| packs.policy_of(&pins.policy).ok());
        let Some((policy, calendars)) = policy.zip(packs.calendars()) else {
            return Vec::new();
        };
        let received = |hash: &ChangeHash| log.get(hash)?.stored.received_at;
        let steps = OpenSteps::of(&log.live_rows(), view, root, policy.clocks(), received);
        let catalogue = root.and_then(|root| packs.catalogue_of(&root.catalogue).ok());
        steps.lines(&Present {
            calendars,
            rules: policy.clocks(),
            lights: policy.lights(),
            catalogue: catalogue.map(|catalogue| &**catalogue),
            basis: Basis::Estimate,
            now: self.servers_time(),
        })
    }

    /// The server's time as far as this device knows it.
    fn servers_time(&self) -> Millis {
        let host = &self.options.host;
        let now = host.clock.now();
        let known = super::guard(&self.clock);
        let stamp = known.stamp(now, host.clock.monotonic_ms());
        match stamp.trust {
            ClockTrust::ServerOffset => stamp.at,
            // Nothing was heard in this process: the offset of an earlier one is the better guess.
            _ => known.request_time(now),
        }
    }

    /// The clock of what is asked in a case.
    pub(super) fn task_clock(
        &self,
        tx: &Connection,
        packs: &Packs,
        case: &CaseId,
    ) -> Result<Option<ClockLine>> {
        let log = CaseLog::load(tx, case)?;
        let view = log.view(packs);
        let asked = view.question.as_ref().map(|open| open.asked_by);
        let mut clocks = self.clocks(packs, &log, &view).into_iter();
        let own = clocks.find(|(started_by, _)| Some(*started_by) == asked);
        Ok(own.map(|(_, line)| line))
    }
}

/// The lines without what started them.
pub(super) fn lines(clocks: Vec<(ChangeHash, ClockLine)>) -> Vec<ClockLine> {
    clocks.into_iter().map(|(_, line)| line).collect()
}
