//! Packs as operators publish them.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use gewu_model::ids::Digest;
use gewu_model::pack::{PackAudience, PackFile, PackHeader};
use gewu_model::policy::Policy;
use serde::Deserialize;
use serde_json::{Value, json};

use super::app::{App, whole};
use super::asked::Asked;
use super::problem::Problem;
use crate::core::{Core, CoreError, Publication};

/// The largest pack that is taken over HTTP, in bytes; `gewu serve --grid` reads larger ones itself.
const MAX_BYTES: usize = 256 << 20;

type Answer = Result<Json<Value>, Problem>;

/// How a body is to be published that says nothing of itself. A signed file needs none of it.
#[derive(Deserialize)]
pub(super) struct Wish {
    kind: Option<String>,
    name: Option<String>,
    version: Option<u64>,
    audience: Option<String>,
}

/// `GET /v1/op/packs`: what is in force.
pub(super) async fn list(State(app): State<App>, request: Request) -> Answer {
    app.centre(request.headers()).await?;
    app.run(|core, _| {
        let packs = core.packs_in_force()?;
        let packs: Vec<Value> = packs.iter().map(shown).collect();
        Ok::<_, CoreError>(Json(json!({ "packs": packs })))
    })
    .await
}

/// `POST /v1/op/packs`: puts a pack in force at once, from a signed file or as a bare body that the
/// server signs.
pub(super) async fn publish(
    State(app): State<App>,
    Asked(wish): Asked<Wish>,
    request: Request,
) -> Answer {
    let operator = app.centre(request.headers()).await?;
    let body = whole(request.into_body(), MAX_BYTES).await?;
    app.run(move |core, now| {
        let named = match PackFile::from_bytes(&body) {
            Some(file) => {
                allows(&file.body)?;
                let digest = core.publish_signed(&file, now)?;
                let header = file.header();
                let header = header.map_err(|error| CoreError::Pack(error.to_string()))?;
                (header.kind, header.name, digest)
            }
            None => {
                let new = wish.publication(&body)?;
                core.check_may_publish(&operator, new.kind)?;
                allows(new.body)?;
                let digest = core.publish_as(&new, now)?;
                (new.kind.to_owned(), new.name.to_owned(), digest)
            }
        };
        Ok::<_, Problem>(Json(published(core, &named)?))
    })
    .await
}

/// Refuses a policy that cannot be meant. What is no policy is looked at elsewhere.
fn allows(body: &[u8]) -> Result<(), CoreError> {
    match Policy::from_json(body) {
        Ok(policy) => policy
            .check_allows(body)
            .map_err(|error| CoreError::Pack(error.to_string())),
        Err(_) => Ok(()),
    }
}

impl Wish {
    fn publication<'a>(&'a self, body: &'a [u8]) -> Result<Publication<'a>, Problem> {
        let missing = |what: &str| {
            Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                format!("name the pack's {what}"),
            )
        };
        let audience = self.audience.as_deref().map(PackAudience::from_text);
        if audience == Some(PackAudience::Unknown) {
            let words = "the audience is public, staff, operator or duty-grid:G";
            return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, words));
        }
        Ok(Publication {
            kind: self.kind.as_deref().ok_or_else(|| missing("kind"))?,
            name: self.name.as_deref().ok_or_else(|| missing("name"))?,
            version: self.version.ok_or_else(|| missing("version"))?,
            audience,
            body,
            over: None,
        })
    }
}

/// The pack, and for a map what was cut from it.
fn published(
    core: &Core,
    (kind, name, digest): &(String, String, Digest),
) -> Result<Value, CoreError> {
    let packs = core.packs_in_force()?;
    let named = |pack: &&PackHeader| pack.kind == *kind && pack.name == *name;
    let own = packs.iter().filter(named).find(|pack| pack.body == *digest);
    let part = |pack: &&PackHeader| {
        own.is_some_and(|own| {
            let cut = pack.name.strip_prefix(own.name.as_str());
            own.kind == pack.kind && cut.is_some_and(|cut| cut.starts_with('/'))
        })
    };
    let parts: Vec<Value> = packs.iter().filter(part).map(shown).collect();
    Ok(json!({
        "sha256": digest,
        "warnings": core.look_again(kind, digest)?,
        "in_force": own.is_some(),
        "pack": own.map(shown),
        "parts": parts,
    }))
}

fn shown(pack: &PackHeader) -> Value {
    json!({
        "kind": pack.kind,
        "name": pack.name,
        "version": pack.version,
        "sha256": pack.body,
        "bytes": pack.bytes,
        "transfer_bytes": pack.transfer.as_ref().map(|form| form.bytes),
        "audience": pack.audience,
        "issued_at": pack.issued_at,
    })
}
