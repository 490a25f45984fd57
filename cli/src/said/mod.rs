//! What an entry says beside its texts and photos, for people: the result of a check, the other case, the
//! time asked for, the reason with its code.
//!
//! Every kind and every field of every kind is named in [`field`] and [`instruction`], so that the compiler
//! asks for the words of a new one.

mod field;
mod instruction;
mod line;
#[cfg(test)]
mod tests;

use gewu_model::entry::{Kind, Payload};
use serde_json::Value;

use line::Line;
pub(crate) use line::Naming;

/// What an entry of that kind says, on one line; `None` where its texts and photos say all of it, or where
/// a newer app wrote it. `payload` is as the JSON of the case has it.
pub(crate) fn said(kind: &str, payload: &Value, naming: Naming<'_>) -> Option<String> {
    let payload = Payload::from_json(&Kind::from_name(kind), payload.clone()).ok()?;
    of(&payload, naming)
}

fn of(payload: &Payload, naming: Naming<'_>) -> Option<String> {
    let line = Line::new(naming);
    let line = match payload {
        Payload::Instruction(_, body) => instruction::say(line, body),
        other => field::say(line, other),
    };
    line.finish()
}
