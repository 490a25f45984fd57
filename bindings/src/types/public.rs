//! What the centre tells a citizen.

use gewu_model::status::{PublicStage, PublicStatus};
use gewu_model::time::Millis;

use super::detail::name_of;

/// What the centre tells a citizen of a case, and what the citizen may do about it.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PublicWord {
    /// Where it stands.
    pub stage: PublicStage,
    /// The kinds of entries that the citizen may write now, by name.
    pub may: Vec<String>,
    /// The number to quote.
    pub task_number: Option<String>,
    /// What the centre last replied.
    pub reply: Option<String>,
    /// When the centre last moved it.
    pub updated_at: Millis,
    /// How often the centre heard the citizen ask to hurry.
    pub urged: u32,
    /// The citizen's rating as it counts, from 1 (worst) to 5 (best).
    pub rated: Option<u8>,
    /// Whether the matter had been reported before and goes on with that report.
    pub duplicate: bool,
    /// How the matter ended in the report that it goes on with: closed or declined.
    pub joined: Option<PublicStage>,
    /// The kind of the citizen's last wish, `withdraw` or `reopen_request`, while the centre's word on it is
    /// that it is refused.
    pub refused: Option<String>,
    /// The neutral names of what is to be told in words, the stage first: [`crate::Gewu::labels`] has the
    /// words.
    pub told: Vec<String>,
    /// What became of the reward, when there is anything to say of one.
    pub reward: Option<PublicReward>,
}

/// What a citizen is told of a reward.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PublicReward {
    /// `granted`, `refused` or `paid`.
    pub state: String,
    /// Points.
    pub points: Option<u32>,
    /// Money in hundredths of the currency unit.
    pub cents: Option<u64>,
}

impl From<PublicStatus> for PublicWord {
    fn from(status: PublicStatus) -> Self {
        Self {
            told: status.told(),
            joined: status.joined,
            refused: status.refused,
            stage: status.stage,
            may: status.may,
            task_number: status.task_number,
            reply: status.reply.map(|reply| reply.text),
            updated_at: status.updated_at,
            urged: status.urged.unwrap_or(0),
            rated: status.rated,
            duplicate: status.duplicate.unwrap_or(false),
            reward: status.reward.map(|reward| PublicReward {
                state: name_of(&reward.state).unwrap_or_default(),
                points: reward.points,
                cents: reward.cents,
            }),
        }
    }
}
