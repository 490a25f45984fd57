//! Publishing packs, and what is in force.

use std::path::Path;

use gewu_grid::file::GridFile;
use gewu_model::pack::PackFile;
use serde_json::{Value, json};

use super::client::{Client, segment};
use super::print;
use crate::out::{Failure, Out, Outcome};

/// How a bare body is to be published.
pub(super) struct Wish<'a> {
    pub(super) kind: Option<&'a str>,
    pub(super) name: Option<&'a str>,
    pub(super) audience: Option<&'a str>,
}

pub(super) fn publish(client: &Client, file: &Path, wish: &Wish<'_>, out: Out) -> Outcome {
    let body = crate::pack::read_body(file)
        .map_err(|error| Failure::usage(format!("{}: {error}", file.display())))?;
    let (query, mut warnings) = match PackFile::from_bytes(&body) {
        Some(signed) => {
            let kind = signed.header()?.kind;
            (String::new(), looked_at(&kind, &signed.body)?)
        }
        None => {
            let (kind, query) = query(&body, wish)?;
            (query, looked_at(&kind, &body)?)
        }
    };
    for words in &warnings {
        out.progress(&format!("look again: {words}"));
    }
    let mut done = client.post_bytes(&format!("/v1/op/packs{query}"), body)?;
    // What only the server can know, such as which units are there.
    let told = done["warnings"].as_array().into_iter().flatten();
    let told: Vec<String> = told
        .filter_map(|words| words.as_str().map(str::to_owned))
        .filter(|words| !warnings.contains(words))
        .collect();
    for words in &told {
        out.progress(&format!("look again: {}", crate::out::plain(words)));
    }
    warnings.extend(told);
    done["warnings"] = json!(warnings);
    out.say(&done, || {
        let pack = &done["pack"];
        let mut lines = vec![match done["in_force"] == true {
            true => format!("in force: {}", print::pack(pack)),
            false => "published, and overtaken by a newer version".to_owned(),
        }];
        let parts = done["parts"].as_array().into_iter().flatten();
        lines.extend(parts.map(|part| format!("  cut from it: {}", print::pack(part))));
        lines.join("\n")
    });
    Ok(())
}

/// What to look at again in a body that its kind's own reader takes.
fn looked_at(kind: &str, body: &[u8]) -> Result<Vec<String>, Failure> {
    let allows = crate::pack::check_allows(kind, body);
    let looked = allows.and_then(|()| crate::pack::check(kind, body));
    looked.map_err(|why| Failure::new(format!("the {kind} is not published: {why}")))
}

/// The kind of a bare body, and how the server is asked to publish it.
fn query(body: &[u8], wish: &Wish<'_>) -> Result<(String, String), Failure> {
    let own = crate::pack::about(body);
    let grid = GridFile::open_unsigned(body).ok();
    let map = grid.and_then(|file| Some(file.about().ok()?.version));
    let named = wish.kind.map(str::to_owned);
    let kind = named.or(own.kind).or(map.map(|_| "grid".to_owned()));
    let kind =
        kind.ok_or_else(|| Failure::usage("the body does not say what it is: name its --kind"))?;
    let version = own.version.or(map);
    let version = version.ok_or_else(|| {
        Failure::usage(
            "the body does not say its version: sign it with gewu pack sign --pack-version",
        )
    })?;
    let audience = wish
        .audience
        .map(|audience| format!("&audience={}", segment(audience)));
    let query = format!(
        "?kind={}&name={}&version={version}{}",
        segment(&kind),
        segment(wish.name.unwrap_or(&kind)),
        audience.unwrap_or_default()
    );
    Ok((kind, query))
}

pub(super) fn list(client: &Client, out: Out) -> Outcome {
    let listed = client.get("/v1/op/packs")?;
    let packs: Vec<&Value> = listed["packs"].as_array().into_iter().flatten().collect();
    packs
        .iter()
        .for_each(|pack| out.say(pack, || print::pack(pack)));
    Ok(())
}
