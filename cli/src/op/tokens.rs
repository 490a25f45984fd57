//! Tokens of consoles: made for a person, listed, taken back.

use std::io::Write;
use std::path::Path;

use serde_json::{Value, json};

use super::client::{Client, segment};
use super::print;
use crate::hashes::{self, Among};
use crate::out::{Failure, Out, Outcome, plain, private};

/// Whom a token is for.
pub(super) struct Wish<'a> {
    pub(super) user: &'a str,
    pub(super) roles: &'a [String],
    pub(super) units: &'a [String],
    pub(super) output: Option<&'a Path>,
}

/// Makes a token and prints it, or writes it where its owner alone reads it. The file is made first: a
/// token that cannot be kept is not made.
pub(super) fn make(client: &Client, wish: &Wish<'_>, out: Out) -> Outcome {
    let file = wish.output.map(|path| Ok((path, private(path)?)));
    let file = file.transpose().map_err(|failure: Failure| failure)?;
    let body = json!({ "user": wish.user, "roles": wish.roles, "units": wish.units });
    let made = client.post("/v1/op/tokens", &body);
    let Some((path, mut file)) = file else {
        let made = made?;
        let token = made["token"].as_str().unwrap_or_default().to_owned();
        out.say(&made, || token);
        return Ok(());
    };
    let written = made.and_then(|made| {
        writeln!(file, "{}", made["token"].as_str().unwrap_or_default())?;
        file.sync_all()?;
        Ok(made)
    });
    let made = written.inspect_err(|_| {
        let _ = std::fs::remove_file(path);
    })?;
    let value = json!({ "id": made["id"], "file": path });
    out.say(&value, || {
        format!("the token of {} is in {}", plain(wish.user), path.display())
    });
    Ok(())
}

pub(super) fn list(client: &Client, out: Out) -> Outcome {
    let listed = client.get("/v1/op/tokens")?;
    for token in listed["tokens"].as_array().into_iter().flatten() {
        out.say(token, || print::token(token));
    }
    Ok(())
}

pub(super) fn revoke(client: &Client, named: &str, out: Out) -> Outcome {
    let listed = client.get("/v1/op/tokens")?;
    let tokens = listed["tokens"].as_array().into_iter().flatten();
    let ids = tokens.map(|token| (token["id"].as_str().unwrap_or_default(), token));
    let token: &Value = hashes::named(&Among::shown("token"), named, ids)?;
    let id = token["id"].as_str().unwrap_or_default();
    let done = client.post(&format!("/v1/op/tokens/{}/revoke", segment(id)), &json!({}))?;
    out.say(&done, || {
        let user = token["user"].as_str().unwrap_or_default();
        format!("revoked: a token of {}", plain(user))
    });
    Ok(())
}
