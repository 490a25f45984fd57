//! What services do by the city's rules, and what was drawn for spot checks.

use gewu_model::crypto::{PublicKey, Signature, StandardSuite};
use gewu_model::ids::{CaseId, CityId, from_hex};
use gewu_model::policy::Draw;
use serde_json::{Value, json};

use super::client::Client;
use super::print;
use crate::out::{Failure, Out, Outcome};

const PATH: &str = "/v1/op/services";

/// Does what is due now.
pub(super) fn run(client: &Client, out: Out) -> Outcome {
    let ran = client.post(PATH, &json!({}))?;
    let lines = |name: &str| ran[name].as_array().cloned().unwrap_or_default();
    let (done, refused) = (lines("done"), lines("refused"));
    for line in done.iter().chain(&refused) {
        out.say(line, || print::fields(line).replace('\n', "  "));
    }
    if done.is_empty() && refused.is_empty() {
        out.progress("nothing was due");
    }
    Ok(())
}

/// Lists what waits for its time, and what was refused.
pub(super) fn list(client: &Client, out: Out) -> Outcome {
    let listed = client.get(PATH)?;
    let waiting = listed["services"].as_array().cloned().unwrap_or_default();
    for line in &waiting {
        out.say(line, || print::fields(line).replace('\n', "  "));
    }
    if waiting.is_empty() {
        out.progress("nothing waits for its time");
    }
    Ok(())
}

/// Lists draws. Whether each is proven is found out here, from its signature and the server's key.
pub(super) fn draws(client: &Client, (waiting, limit): (bool, u32), out: Out) -> Outcome {
    let listed = client.get(&format!("/v1/op/draws?limit={limit}&waiting={waiting}"))?;
    let key: PublicKey = serde_json::from_value(listed["server_key"].clone())?;
    let draws = listed["draws"].as_array().cloned().unwrap_or_default();
    out.progress(&format!("checked by {}", crate::bundle::spell(&key)));
    if waiting && draws.is_empty() {
        out.progress("no drawn case waits for a checker");
    }
    let mut unproven = 0;
    for mut draw in draws {
        let proven = is_proven(&listed["city"], &key, &draw).unwrap_or(false);
        unproven += u32::from(!proven);
        draw["proven"] = json!(proven);
        out.say(&draw, || print::fields(&draw).replace('\n', "  "));
    }
    match unproven {
        0 => Ok(()),
        some => Err(Failure::new(format!(
            "{some} draws do not follow from the server's key: they were made with another key, or altered"
        ))),
    }
}

/// Whether the number follows from a signature of the server's over the case.
fn is_proven(city: &Value, key: &PublicKey, draw: &Value) -> Option<bool> {
    let city: CityId = city.as_str()?.parse().ok()?;
    let case: CaseId = draw["case"].as_str()?.parse().ok()?;
    let made = Draw::of(Signature {
        algorithm: key.algorithm,
        bytes: from_hex(draw["proof"].as_str()?)?,
    });
    let percent = u8::try_from(draw["percent"].as_u64()?).ok()?;
    let agrees = draw["number"] == made.number() && draw["drawn"] == made.is_drawn(percent);
    Some(agrees && made.verify(&StandardSuite, key, &city, &case))
}
