//! Clocks on a device: an estimate from the receipts that it holds, by its idea of the server's time.

use gewu_model::deadline::clocks::{Basis, ClockLine, OpenLine, OpenSteps, Present, Told};
use gewu_model::fold::CaseView;
use gewu_model::ids::{ChangeHash, UnitId};
use gewu_model::status::{PublicStage, PublicStatus};
use gewu_model::time::{ClockTrust, Millis};

use super::Core;
use crate::packs::Packs;
use crate::write::CaseLog;

impl Core {
    /// The clocks of a citizen's case as far as the citizen can know: what the centre does with a
    /// report once it has taken it, only its public word tells.
    pub(super) fn clocks_told(
        &self,
        packs: &Packs,
        log: &CaseLog,
        view: &CaseView,
        told: Option<&PublicStatus>,
    ) -> Vec<OpenLine> {
        match told {
            Some(status) if status.stage != PublicStage::Received => Vec::new(),
            _ => self.clocks(packs, log, view),
        }
    }

    /// The clocks of a case that run or stand, the most urgent first. None without the policy that the
    /// case pins, or without working calendars.
    fn clocks(&self, packs: &Packs, log: &CaseLog, view: &CaseView) -> Vec<OpenLine> {
        let Some(calendars) = packs.calendars() else {
            return Vec::new();
        };
        let rows = log.live_rows();
        let told = Told {
            rows: &rows,
            view,
            root: log.any_root(),
            held: packs,
        };
        let received = |hash: &ChangeHash| log.get(hash)?.stored.received_at;
        OpenSteps::of(&told, received).lines(&Present {
            calendars,
            held: packs,
            basis: Basis::Estimate,
            now: self.servers_time(),
        })
    }

    /// The server's time as far as this device knows it.
    pub(crate) fn servers_time(&self) -> Millis {
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

    /// The clock of what is asked in a case: that of a unit for which it is asked, or of the question
    /// where it is asked of persons.
    pub(super) fn task_clock(
        &self,
        packs: &Packs,
        log: &CaseLog,
        view: &CaseView,
        units: &[UnitId],
    ) -> Option<ClockLine> {
        let asked = view.question.as_ref().map(|open| open.asked_by);
        let clocks = self.clocks(packs, log, view);
        let ours = |open: &&OpenLine| {
            let holder = open.line.holder.as_ref();
            holder.is_some_and(|holder| units.contains(holder))
        };
        let own = clocks.iter().find(ours);
        let question = || clocks.iter().find(|open| open.started_by == asked);
        own.or_else(question).map(|open| open.line.clone())
    }
}

/// The lines without what started them.
pub(super) fn lines(clocks: Vec<OpenLine>) -> Vec<ClockLine> {
    clocks.into_iter().map(|open| open.line).collect()
}
