//! How a run ended, in codes and numbers that may be told to whoever helps.

use gewu_sync::machine::{Failure, Outcome};

use super::driver::{End, Session};
use crate::api::{PastSync, SyncCause, SyncEnd};

impl Session<'_> {
    /// How this run ended.
    pub(super) fn past_of(&self, end: &End) -> PastSync {
        let (outcome, cause) = match end {
            End::Outcome(Outcome::Complete) => match self.left_behind() {
                None => (SyncEnd::Complete, None),
                some => (SyncEnd::Stopped, some),
            },
            End::Outcome(Outcome::Cancelled) => (SyncEnd::Cancelled, None),
            End::Outcome(Outcome::Stopped(failure)) => (SyncEnd::Stopped, cause(failure)),
            End::Later { why, .. } => (SyncEnd::Later, cause(why)),
        };
        self.past(outcome, cause)
    }

    pub(super) fn past(&self, outcome: SyncEnd, cause: Option<SyncCause>) -> PastSync {
        PastSync {
            ended_at: self.core.options.host.clock.now(),
            outcome,
            cause,
            exchanges: self.report.exchanges,
            bytes_up: self.traffic.up,
            bytes_down: self.traffic.down,
        }
    }

    /// What somebody has to see to after a run that did all else.
    fn left_behind(&self) -> Option<SyncCause> {
        match (self.out_of_use, self.refused.is_empty(), self.damaged) {
            (Some(_), ..) => Some(SyncCause::Revoked),
            (None, true, 0) => None,
            (None, true, _) => Some(SyncCause::FilesDamaged),
            (None, false, _) => Some(SyncCause::FilesRefused),
        }
    }
}

const fn cause(failure: &Failure) -> Option<SyncCause> {
    Some(match failure {
        Failure::Offline => SyncCause::Offline,
        Failure::Insecure => SyncCause::Insecure,
        Failure::CaptivePortal => SyncCause::CaptivePortal,
        Failure::NotAServer => SyncCause::NotAServer,
        Failure::Unready { .. } => SyncCause::Unready,
        Failure::Skew { .. } => SyncCause::Skew,
        Failure::TooOld { .. } => SyncCause::TooOld,
        Failure::Revoked { .. } => SyncCause::Revoked,
        Failure::Untrusted(_) => SyncCause::Untrusted,
        Failure::Storage => SyncCause::Storage,
        Failure::Cancelled => return None,
    })
}
