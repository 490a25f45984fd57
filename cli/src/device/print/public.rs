//! The centre's public word, for the citizen who reported.

use gewu_model::status::{PublicReward, PublicStatus};
use serde_json::json;

use crate::out::plain;

/// Where the case stands, what was replied, what became of what the citizen wrote, and what the citizen
/// may do now.
pub(super) fn word(status: &PublicStatus, words: &dyn Fn(&str) -> String) -> Vec<String> {
    let mut lines = vec![format!("the centre says: {}", status.word())];
    let voided = status.voided == Some(true);
    lines.extend(voided.then(|| plain(&words("public.voided"))));
    let reply = status.reply.iter();
    lines.extend(reply.map(|reply| format!("  “{}”", plain(&reply.text))));
    let told = status.told();
    lines.extend(told.iter().skip(1).map(|name| plain(&words(name))));
    let urged = status.urged.filter(|count| *count > 0);
    lines.extend(urged.map(|count| format!("asked to hurry: {count} times")));
    let rated = status.rated;
    lines.extend(rated.map(|score| format!("your rating: {score} of 5")));
    lines.extend(status.reward.as_ref().map(reward));
    if !status.may.is_empty() {
        lines.push(format!("you may: {}", status.may.join(", ")));
    }
    lines
}

fn reward(reward: &PublicReward) -> String {
    let state = json!(reward.state);
    let mut line = format!("reward: {}", state.as_str().unwrap_or("?"));
    if let Some(points) = reward.points {
        line.push_str(&format!(", {points} points"));
    }
    if let Some(cents) = reward.cents {
        line.push_str(&format!(", {}.{:02}", cents / 100, cents % 100));
    }
    line
}

#[cfg(test)]
mod tests {
    use gewu_model::entry::RewardState;
    use gewu_model::ids::CaseId;
    use gewu_model::status::PublicStage;
    use gewu_model::time::Millis;

    use super::*;

    fn status() -> PublicStatus {
        PublicStatus {
            case: CaseId([1; 16]),
            version: 1,
            stage: PublicStage::InProgress,
            may: vec!["urge".into()],
            behind: None,
            task_number: None,
            reply: None,
            updated_at: Millis(0),
            generation: 1,
            erased: None,
            urged: None,
            rated: None,
            reward: None,
            duplicate: None,
            refused: None,
            joined: None,
            voided: None,
        }
    }

    fn english(name: &str) -> String {
        let words = gewu_model::labels::built_in();
        words
            .get(name)
            .map(|label| label.en.clone())
            .unwrap_or_default()
    }

    #[test]
    fn a_citizen_reads_that_a_wish_was_refused_and_how_the_joined_case_ended() {
        let told = PublicStatus {
            duplicate: Some(true),
            joined: Some(PublicStage::Closed),
            refused: Some("withdraw".into()),
            may: vec![],
            ..status()
        };
        let lines = word(&told, &english);
        assert!(
            lines[1].ends_with("is closed under that report"),
            "{lines:?}"
        );
        assert!(lines[2].contains("withdraw was refused"), "{lines:?}");
        assert_eq!(lines.len(), 3);
    }

    #[test]
    fn a_citizen_reads_that_the_case_was_voided_and_what_may_be_done() {
        let told = PublicStatus {
            stage: PublicStage::Declined,
            voided: Some(true),
            may: vec!["reopen_request".into()],
            ..status()
        };
        let lines = word(&told, &english);
        assert_eq!(lines[0], "the centre says: voided");
        assert!(lines[1].contains("ask to have it reopened"), "{lines:?}");
        assert_eq!(lines[2..], ["you may: reopen_request"]);
    }

    #[test]
    fn a_citizen_reads_of_the_tie_and_of_the_reward() {
        assert_eq!(
            word(&status(), &english),
            ["the centre says: in_progress", "you may: urge"]
        );
        let told = PublicStatus {
            duplicate: Some(true),
            urged: Some(2),
            rated: Some(4),
            reward: Some(PublicReward {
                state: RewardState::Granted,
                points: Some(5),
                cents: Some(1_205),
            }),
            ..status()
        };
        let lines = word(&told, &english);
        assert!(lines[1].starts_with("the same matter was reported"));
        let rest = [
            "asked to hurry: 2 times",
            "your rating: 4 of 5",
            "reward: granted, 5 points, 12.05",
            "you may: urge",
        ];
        assert_eq!(lines[2..], rest);
    }
}
