//! Requests for more time that no city's rule could grant: one rule for the gate, which sets them aside,
//! and for devices, which do not save them.
//!
//! They are judged on the case as their author saw it, so the order of arrival changes nothing. No
//! clock of a device can gain anything: a request is as old as the newest receipt that its author can have
//! had, which it cannot have been written before, and where the device knew the server's time and claims a
//! later one, as old as that. More time is asked for when the author's own clock says so, too, if that speaks
//! against the author, the clock is not known to be wrong, and what it says has passed at the server. What reached the server together with the request was written before either
//! had a receipt, so it makes the request no younger. What cannot be reckoned is left to the centre, which
//! decides on it anyway.

use super::Basis;
use super::facts::Told;
use super::ground::Present;
use super::open::OpenSteps;
use crate::deadline::rules::{ExtensionDenied, Requested, SuspensionDenied};
use crate::entry::{ExtendRequest, Payload, SuspendRequest};
use crate::ids::{ChangeHash, UnitId};
use crate::policy::Policy;
use crate::time::{ClockTrust, Millis};

/// Somebody who asks, and the case as they saw it.
pub struct Wish<'a> {
    /// The case.
    pub told: Told<'a>,
    /// When the server took in what they saw.
    pub received: &'a dyn Fn(&ChangeHash) -> Option<Millis>,
    /// The newest receipt that they can have had when they asked.
    pub newest: Option<Millis>,
    /// The policy that the case pins.
    pub policy: &'a Policy,
    /// In the name of which unit.
    pub unit: Option<&'a UnitId>,
    /// When the request says it was written, and how far that may be believed.
    pub claimed: (Millis, ClockTrust),
}

/// Why no rule could grant it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WishDenied {
    /// More time.
    #[error(transparent)]
    Extension(ExtensionDenied),
    /// A suspension.
    #[error(transparent)]
    Suspension(SuspensionDenied),
}

impl Wish<'_> {
    /// Whether some rule could grant what `payload` asks for; `present.now` is when that is asked.
    /// What is no request for time passes.
    ///
    /// # Errors
    /// [`WishDenied`] says why none could.
    pub fn judge(&self, payload: &Payload, present: &Present<'_>) -> Result<(), WishDenied> {
        match payload {
            Payload::ExtendRequest(asked) => self.may_extend(asked, present),
            Payload::SuspendRequest(asked) => self.may_suspend(asked, present),
            _ => Ok(()),
        }
    }

    fn may_extend(&self, asked: &ExtendRequest, present: &Present<'_>) -> Result<(), WishDenied> {
        let present = Present {
            now: self.asked_at(present.now),
            ..*present
        };
        let steps = OpenSteps::of(&self.told, self.received);
        let unit = self.unit.filter(|unit| steps.may_reach(unit, &present));
        match steps.judge_extension(unit, (&asked.limit, Requested::Now), &present) {
            Err(denied) if denied.is_by_rule() => Err(WishDenied::Extension(denied)),
            _ => Ok(()),
        }
    }

    fn may_suspend(&self, asked: &SuspendRequest, present: &Present<'_>) -> Result<(), WishDenied> {
        let now = present.now;
        let rule = &self.policy.clocks().suspension;
        let before = u32::try_from(self.told.view.facts.pauses.len()).unwrap_or(u32::MAX);
        let judged = rule.judge(before, self.written_at(now), asked.until);
        match judged {
            // The centre names an end, and it may be nearer when it decides.
            Err(SuspensionDenied::Length(_)) if asked.until.is_none() => Ok(()),
            Err(SuspensionDenied::Length(_))
                if self.knows_the_time(present) && rule.judge(before, now, asked.until).is_ok() =>
            {
                Ok(())
            }
            judged => judged.map_err(WishDenied::Suspension),
        }
    }

    /// Whether the present is the server's. A phone whose clock nobody compared would let pass what the
    /// server sets aside.
    fn knows_the_time(&self, present: &Present<'_>) -> bool {
        present.basis == Basis::Authoritative || self.claimed.1 == ClockTrust::ServerOffset
    }

    /// When more time was asked for, as far as anybody can tell: what the author's own clock says against its
    /// author is believed too, unless it is known to be wrong or says what is still to come.
    fn asked_at(&self, now: Millis) -> Millis {
        let (at, trust) = self.claimed;
        let against = (trust == ClockTrust::Device && at <= now).then_some(at);
        let known = self.written_at(now);
        against.map_or(known, |at| at.max(known))
    }

    /// Since when the request can have been there.
    fn written_at(&self, now: Millis) -> Millis {
        let (at, trust) = self.claimed;
        let claimed = (trust == ClockTrust::ServerOffset).then_some(at.min(now));
        self.newest.max(claimed).unwrap_or(now)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Held;
    use super::*;
    use crate::catalogue::Catalogue;
    use crate::deadline::Calendars;
    use crate::fold::fold;
    use crate::ids::Digest;

    const DAY: i64 = 86_400_000;

    struct Nothing;

    impl Held for Nothing {
        fn policy(&self, _: &Digest) -> Option<&Policy> {
            None
        }

        fn catalogue(&self, _: &Digest) -> Option<&Catalogue> {
            None
        }
    }

    /// Whether a suspension until then may be asked for by a phone that shows `now`, a day after the
    /// newest receipt.
    fn passes(now: Millis, trust: ClockTrust, basis: Basis, until: Millis) -> bool {
        let (view, policy) = (fold(&[]), Policy::built_in());
        let wish = Wish {
            told: Told {
                rows: &[],
                view: &view,
                root: None,
                held: &Nothing,
            },
            received: &|_| None,
            newest: Some(Millis(1_000 * DAY)),
            policy: &policy,
            unit: None,
            claimed: (now, trust),
        };
        let calendars = Calendars::default();
        let present = Present {
            calendars: &calendars,
            held: &Nothing,
            basis,
            now,
        };
        let asked = Payload::SuspendRequest(SuspendRequest {
            reason: "rain".into(),
            until: Some(until),
            note: None,
            photos: vec![],
        });
        wish.judge(&asked, &present).is_ok()
    }

    #[test]
    fn a_phone_with_a_wrong_clock_judges_a_suspension_as_the_server_does() {
        let server = |until| {
            let now = Millis(1_001 * DAY);
            passes(now, ClockTrust::Device, Basis::Authoritative, until)
        };
        for days in [900, 999, 1_001, 1_364, 1_365, 1_500, 4_000, 4_500] {
            let until = Millis(days * DAY);
            for clock in [0, 1_001, 4_000] {
                let phone = passes(
                    Millis(clock * DAY),
                    ClockTrust::Device,
                    Basis::Estimate,
                    until,
                );
                assert_eq!(phone, server(until), "until day {days} at day {clock}");
            }
        }
        // Whoever knows the server's time counts from that.
        let until = Millis(1_420 * DAY);
        let late = Millis(1_060 * DAY);
        assert!(passes(
            late,
            ClockTrust::ServerOffset,
            Basis::Estimate,
            until
        ));
        assert!(!passes(late, ClockTrust::Device, Basis::Estimate, until));
    }
}
