//! Host apps, whose users may report under their accounts.

use serde_json::{Value, json};

use super::client::{Client, segment};
use super::print;
use crate::args::HostAppCommand;
use crate::out::{Failure, Out, Outcome};

const PATH: &str = "/v1/op/host-apps";

pub(super) fn run(client: &Client, command: &HostAppCommand, out: Out) -> Outcome {
    match command {
        HostAppCommand::Add { name, key } => {
            let pem = std::fs::read_to_string(key).map_err(|error| {
                Failure::new(format!("the key {} cannot be read: {error}", key.display()))
            })?;
            let added = client.post(PATH, &json!({ "name": name, "key": pem }))?;
            out.say(&added, || line(&added));
        }
        HostAppCommand::List => {
            let listed = client.get(PATH)?;
            for app in listed["host_apps"].as_array().into_iter().flatten() {
                out.say(app, || line(app));
            }
        }
        HostAppCommand::Remove { name } => {
            let removed = client.delete(&format!("{PATH}/{}", segment(name)))?;
            out.say(&removed, || line(&removed));
        }
    }
    Ok(())
}

/// A host app in a line.
fn line(app: &Value) -> String {
    let removed = match app["removed_at"].is_null() {
        true => String::new(),
        false => format!("  removed {}", print::time(&app["removed_at"])),
    };
    format!(
        "{:<20} {:<6} {}  added {} by {}{removed}",
        print::text(&app["name"]),
        print::text(&app["algorithm"]),
        print::text(&app["key"])
            .chars()
            .take(12)
            .collect::<String>(),
        print::time(&app["added_at"]),
        print::text(&app["added_by"]),
    )
}
