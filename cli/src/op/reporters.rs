//! Who reported a case: the contact, the account of a host app, and who read either when.

use serde_json::Value;

use super::client::{Client, segment};
use super::{print, resolve};
use crate::out::{Failure, Out, Outcome};

pub(super) fn contact(client: &Client, case: &str, out: Out) -> Outcome {
    let shown = read(client, case, "contact")?;
    out.say(&shown, || print::contact(&shown));
    Ok(())
}

pub(super) fn account(client: &Client, case: &str, out: Out) -> Outcome {
    let shown = read(client, case, "account")?;
    out.say(&shown, || shown_account(&shown));
    Ok(())
}

fn read(client: &Client, case: &str, what: &str) -> Result<Value, Failure> {
    let case = resolve(client, case)?;
    client.get(&format!("/v1/op/cases/{}/{what}", segment(&case)))
}

/// The digest of the contact card that a case names.
pub(super) fn card_of(shown: &Value) -> Result<String, Failure> {
    let card = shown["contact"]["digest"].as_str();
    card.map(str::to_owned)
        .ok_or_else(|| Failure::new("the case names no contact: there is nothing to erase"))
}

/// What an erasure names that is to close the way from a case to an account.
pub(super) fn account_of(shown: &Value) -> Result<String, Failure> {
    let mark = shown["reporter"]["endorsement"].as_str();
    mark.map(str::to_owned).ok_or_else(|| {
        Failure::new("no citizen's phone reported the case: there is nothing to erase")
    })
}

pub(super) fn log(client: &Client, case: Option<&str>, limit: u32, out: Out) -> Outcome {
    let of_case = match case {
        Some(case) => format!("&case={}", segment(&resolve(client, case)?)),
        None => String::new(),
    };
    let listed = client.get(&format!("/v1/op/contact-log?limit={limit}{of_case}"))?;
    let reads = listed["reads"].as_array().cloned().unwrap_or_default();
    for read in &reads {
        out.say(read, || print::fields(read).replace('\n', "  "));
    }
    if reads.is_empty() {
        out.progress("nobody has read a contact or an account, and no contact was changed");
    }
    Ok(())
}

/// Under which account a case was reported.
fn shown_account(shown: &Value) -> String {
    match shown["state"].as_str() {
        Some("open") => format!(
            "{}  {}  (signed in since {})",
            print::text(&shown["iss"]),
            print::text(&shown["sub"]),
            print::time(&shown["since"])
        ),
        Some("erased") => "it was erased who reported the case".to_owned(),
        Some("anonymous") => {
            "anonymous: the phone was signed in nowhere when the report came".to_owned()
        }
        _ => "no citizen's phone reported the case".to_owned(),
    }
}
