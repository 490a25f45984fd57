//! Instructions that could be read and that nobody can mean: refused before they are given, and read all the
//! same where an earlier version gave them.

use std::collections::BTreeSet;

use super::{Body, Dispatch, Resume, Reward, RewardState};
use crate::ids::UnitId;

/// The most points of one reward.
pub const MOST_REWARD_POINTS: u32 = 1_000_000;
/// The most money of one reward, in hundredths of the currency unit: one million of them.
pub const MOST_REWARD_CENTS: u64 = 100_000_000;

/// What is said in an instruction and cannot be meant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Senseless {
    /// The unit that leads also helps.
    #[error(
        "{0} leads the work, so it does not help with it as well: leave it out of those that assist"
    )]
    LeadAssists(UnitId),
    /// A unit helps twice.
    #[error("{0} stands twice among those that assist: name it once")]
    AssistsTwice(UnitId),
    /// The unit does the work in its own stead.
    #[error(
        "{0} leads the work, so it does not do it in its own stead: name the unit whose duty it is, or leave that out"
    )]
    InItsOwnStead(UnitId),
    /// A person names the rule by which only services act.
    #[error(
        "a rule is named by the service that acts by it: leave the rule out, and say in a remark why"
    )]
    RuleOfAService,
    /// More points than a reward has.
    #[error("a reward has at most {MOST_REWARD_POINTS} points: check the number")]
    Points,
    /// More money than a reward has.
    #[error(
        "a reward has at most {MOST_REWARD_CENTS} hundredths of the currency unit: check the number, which counts in hundredths"
    )]
    Cents,
    /// A reward of nothing.
    #[error("a reward of nothing is none: leave out what is 0, or refuse the reward")]
    Nothing,
    /// A reward that is refused and has an amount.
    #[error("a reward that is refused has neither points nor money: leave them out")]
    RefusedAmount,
}

impl Body {
    /// Refuses what nobody can mean who gives this instruction.
    ///
    /// # Errors
    /// [`Senseless`] says what to change.
    pub fn check_sense(&self) -> Result<(), Senseless> {
        match self {
            Self::Dispatch(dispatch) => check_units(dispatch),
            Self::Reward(reward) => check_amount(reward),
            _ => Ok(()),
        }
    }

    /// Refuses what nobody can mean who gives this instruction as a person, and not as a service.
    ///
    /// # Errors
    /// [`Senseless`] says what to change.
    pub fn check_sense_of_person(&self) -> Result<(), Senseless> {
        match self {
            Self::Dispatch(Dispatch { rule: Some(_), .. })
            | Self::Resume(Resume { rule: Some(_), .. }) => Err(Senseless::RuleOfAService),
            body => body.check_sense(),
        }
    }
}

fn check_units(dispatch: &Dispatch) -> Result<(), Senseless> {
    let lead = &dispatch.lead;
    if dispatch.assist.contains(lead) {
        return Err(Senseless::LeadAssists(lead.clone()));
    }
    let mut seen = BTreeSet::new();
    if let Some(twice) = dispatch.assist.iter().find(|unit| !seen.insert(*unit)) {
        return Err(Senseless::AssistsTwice(twice.clone()));
    }
    match dispatch.substitute_for.as_ref() == Some(lead) {
        true => Err(Senseless::InItsOwnStead(lead.clone())),
        false => Ok(()),
    }
}

fn check_amount(reward: &Reward) -> Result<(), Senseless> {
    let amounts = [reward.points.map(u64::from), reward.cents];
    if reward.state == RewardState::Refused {
        return match amounts.iter().any(Option::is_some) {
            true => Err(Senseless::RefusedAmount),
            false => Ok(()),
        };
    }
    match (reward.points, reward.cents) {
        (Some(points), _) if points > MOST_REWARD_POINTS => Err(Senseless::Points),
        (_, Some(cents)) if cents > MOST_REWARD_CENTS => Err(Senseless::Cents),
        _ if amounts.contains(&Some(0)) => Err(Senseless::Nothing),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(assist: &[&str], substitute_for: Option<&str>) -> Body {
        Body::Dispatch(Dispatch {
            assist: assist.iter().map(|unit| (*unit).into()).collect(),
            substitute_for: substitute_for.map(Into::into),
            ..Dispatch::to("drainage".into())
        })
    }

    #[test]
    fn a_unit_has_one_part_in_a_dispatch() {
        let lead = || UnitId::from("drainage");
        for (body, why) in [
            (
                sent(&["roads", "drainage"], None),
                Senseless::LeadAssists(lead()),
            ),
            (
                sent(&["roads", "parks", "roads"], None),
                Senseless::AssistsTwice("roads".into()),
            ),
            (
                sent(&[], Some("drainage")),
                Senseless::InItsOwnStead(lead()),
            ),
        ] {
            assert_eq!(body.check_sense(), Err(why.clone()));
            assert_eq!(body.check_sense_of_person(), Err(why));
        }
        let good = sent(&["roads", "parks"], Some("roads"));
        assert_eq!(good.check_sense_of_person(), Ok(()));
    }

    #[test]
    fn only_services_name_rules() {
        let by_rule = Body::Resume(Resume {
            rule: Some("auto_resume".into()),
            ..Resume::default()
        });
        assert_eq!(by_rule.check_sense(), Ok(()));
        let refused = by_rule.check_sense_of_person();
        assert_eq!(refused, Err(Senseless::RuleOfAService));
    }

    #[test]
    fn a_reward_has_an_amount_that_somebody_can_mean() {
        let reward = |state, points, cents| {
            Body::Reward(Reward {
                state,
                rule: "first_report".into(),
                points,
                cents,
                reason: None,
                note: None,
            })
        };
        use RewardState::{Granted, Paid, Refused};
        for (state, points, cents, why) in [
            (Granted, Some(1_000_001), None, Senseless::Points),
            (Paid, None, Some(100_000_001), Senseless::Cents),
            (Paid, None, Some(u64::MAX), Senseless::Cents),
            (Granted, Some(0), None, Senseless::Nothing),
            (Granted, Some(5), Some(0), Senseless::Nothing),
            (Refused, Some(5), None, Senseless::RefusedAmount),
        ] {
            assert_eq!(reward(state, points, cents).check_sense(), Err(why));
        }
        for (state, points, cents) in [
            (Granted, None, None),
            (Granted, Some(1_000_000), None),
            (Paid, None, Some(100_000_000)),
            (Refused, None, None),
        ] {
            assert_eq!(reward(state, points, cents).check_sense(), Ok(()));
        }
    }
}
