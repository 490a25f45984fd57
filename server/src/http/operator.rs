//! The operators' JSON API.

use axum::Json;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use gewu_model::contact::Contact;
use gewu_model::content::ContentItem;
use gewu_model::entry::{Body, ClassRef, InstructionKind, Source};
use gewu_model::ids::{CaseId, ChangeHash, Digest, KeyId};
use gewu_model::place::{Datum, Position};
use gewu_model::time::Millis;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::app::{App, whole};
use super::asked::Asked;
use super::keys;
use super::problem::Problem;
use crate::core::{Anyway, CoreError, Decision, NewCase, Operator, RegisterError, Registered};

/// A decision is small.
const MAX_BYTES: usize = 256 << 10;
const DEFAULT_PAGE: u32 = 50;
const DEFAULT_READS: u32 = 200;
/// Stands for a case that there is not.
const NOBODY_S: CaseId = CaseId([0; 16]);

pub(super) type Answer = Result<Json<Value>, Problem>;

/// The operator and the JSON body of a request.
pub(super) async fn opened<T: DeserializeOwned>(
    app: &App,
    request: Request,
) -> Result<(Operator, T), Problem> {
    let operator = app.operator(request.headers()).await?;
    let body = whole(request.into_body(), MAX_BYTES).await?;
    let body = if body.is_empty() {
        b"{}".as_slice()
    } else {
        &body
    };
    keys::check_once(body)?;
    keys::check::<T>(body)?;
    let read = serde_json::from_slice(body);
    Ok((
        operator,
        read.map_err(|error| unprocessable(error.to_string()))?,
    ))
}

fn unprocessable(detail: impl ToString) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail)
}

/// Which cases to list.
#[derive(Deserialize)]
pub(super) struct Listing {
    stage: Option<String>,
    limit: Option<u32>,
    after: Option<String>,
}

/// `GET /v1/op/cases`
pub(super) async fn list(
    State(app): State<App>,
    Asked(asked): Asked<Listing>,
    request: Request,
) -> Answer {
    app.centre(request.headers()).await?;
    app.run(move |core, now| {
        let limit = asked.limit.unwrap_or(DEFAULT_PAGE);
        let mut page = core.list(asked.stage.as_deref(), limit, asked.after.as_deref())?;
        core.add_clocks(&mut page, now)?;
        Ok::<_, CoreError>(Json(json!(page)))
    })
    .await
}

/// `GET /v1/op/cases/{case}`
pub(super) async fn show(
    State(app): State<App>,
    Path(case): Path<String>,
    request: Request,
) -> Answer {
    app.centre(request.headers()).await?;
    app.run(move |core, now| {
        let case = core.find_case(&case)?;
        let mut shown = core.show(case)?;
        shown["clocks"] = core.case_clocks(case, now)?;
        Ok::<_, CoreError>(Json(shown))
    })
    .await
}

/// A new case as an operator writes it.
#[derive(Deserialize)]
struct Registration {
    edition: Option<String>,
    class: ClassRef,
    condition: Option<String>,
    lon: f64,
    lat: f64,
    text: Option<String>,
    contact: Option<Contact>,
    source: Source,
    /// In milliseconds since 1970.
    external_due: Option<Millis>,
    #[serde(default)]
    reply_required: bool,
}

/// `POST /v1/op/cases`
pub(super) async fn register(
    State(app): State<App>,
    request: Request,
) -> Result<Response, Problem> {
    let (operator, asked): (_, Registration) = opened(&app, request).await?;
    let position = Position::from_degrees(asked.lon, asked.lat, Datum::Wgs84, None);
    asked.text.as_deref().map(written).transpose()?;
    let new = NewCase {
        edition: asked.edition,
        class: asked.class,
        condition: asked.condition,
        position: position.map_err(unprocessable)?,
        text: asked.text.filter(|text| !text.trim().is_empty()),
        contact: asked.contact.filter(|contact| !contact.is_empty()),
        source: asked.source,
        external_due: asked.external_due,
        reply_required: asked.reply_required,
    };
    app.run(move |core, now| {
        let (case, done) = core.register(&operator, &new, now)?;
        let (status, contact) = match done {
            Registered::New(_) => (StatusCode::CREATED, None),
            Registered::Known(contact) => (StatusCode::OK, contact),
        };
        let view = core.case_view(case)?;
        let body = json!({
            "case": case,
            "new": matches!(done, Registered::New(_)),
            "contact": contact,
            "instruction": view.as_ref().and_then(|view| view.chain.first()).map(|link| link.hash),
            "view": view.map(|view| view.token()),
        });
        Ok::<_, Problem>((status, Json(body)).into_response())
    })
    .await
}

/// `POST /v1/op/cases/{case}/{kind}`
pub(super) async fn decide(
    State(app): State<App>,
    Path((case, kind)): Path<(String, String)>,
    request: Request,
) -> Answer {
    let (operator, mut asked): (_, Map<String, Value>) = opened(&app, request).await?;
    let kind = InstructionKind::from_name(&kind)
        .filter(|kind| *kind != InstructionKind::Register)
        .ok_or_else(|| Problem::not_found("an instruction of that name"))?;
    keys::check_instruction(kind, &asked)?;
    app.run(move |core, now| {
        let anyway = anyway(&mut asked)?;
        let found = core.case_to_decide(&operator, &case);
        // The same is wrong with what is asked, whether or not there is such a case.
        let decision = decision(core, found.clone().unwrap_or(NOBODY_S), kind, asked)?;
        let case = found?;
        let decided = core.decide_anyway(&operator, &decision, anyway, now)?;
        let view = core.case_view(case)?;
        let mut answer = json!({
            "instruction": decided.instruction,
            "view": decided.view,
            "case": case,
            "task_number": view.as_ref().and_then(|view| view.task_number.as_ref()),
            "stage": view.as_ref().map(|view| view.stage.name()),
        });
        if kind == InstructionKind::Close {
            answer["open_duplicates"] = json!(core.open_duplicates(case)?);
        }
        Ok::<_, Problem>(Json(answer))
    })
    .await
}

/// What the body says of things that are unusual. Names that nobody bears are refused, as at a console,
/// unless it says that they are to be taken as they come (`"known_names": false`).
fn anyway(asked: &mut Map<String, Value>) -> Result<Anyway, Problem> {
    let mut said = |name: &str, else_it_is: bool| match asked.remove(name) {
        None | Some(Value::Null) => Ok(else_it_is),
        Some(Value::Bool(said)) => Ok(said),
        Some(_) => Err(unprocessable(format!("{name} is true or false"))),
    };
    Ok(Anyway {
        unknown_names: !said("known_names", true)?,
        nothing_allowed: said("even_if_nothing_is_allowed", false)?,
    })
}

/// Refuses what would move a reader's cursor or hide words.
fn written(words: &str) -> Result<&str, Problem> {
    let control = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    match words.chars().any(control) {
        true => Err(unprocessable(
            "a text has no control characters but ends of lines and tabs",
        )),
        false => Ok(words),
    }
}

/// The instruction that a JSON body means. Texts come as texts and become items of their own.
fn decision(
    core: &crate::Core,
    case: CaseId,
    kind: InstructionKind,
    mut asked: Map<String, Value>,
) -> Result<Decision, Problem> {
    let view = asked.remove("view").unwrap_or_default();
    let view: Option<Digest> = view.as_str().and_then(|view| view.parse().ok());
    let view = view.ok_or_else(|| unprocessable("name the view that you decide on"))?;
    let mut content = Vec::new();
    for field in ["note", "text"] {
        let Some(words) = asked.get(field).and_then(Value::as_str) else {
            continue;
        };
        let item = ContentItem::new(written(words)?, core.new_salt()).map_err(unprocessable)?;
        asked.insert(field.to_owned(), json!(item.digest()));
        content.push(item);
    }
    if kind == InstructionKind::File {
        // The server mints it; the model's body has no room for none.
        asked.insert("task_number".into(), json!("-"));
    }
    let body = Body::from_json(kind, Value::Object(asked)).map_err(unprocessable)?;
    let named = body.content();
    content.retain(|item| named.contains(&item.digest()));
    Ok(Decision {
        case,
        view,
        body,
        content,
    })
}

/// `GET /v1/op/cases/{case}/contact`; the reading is logged.
pub(super) async fn contact(
    State(app): State<App>,
    Path(case): Path<String>,
    request: Request,
) -> Answer {
    let operator = app.centre(request.headers()).await?;
    app.run(move |core, now| {
        let case = core.find_case(&case)?;
        let mut shown = json!(core.contact(&operator, case, now)?);
        shown["case"] = json!(case);
        Ok::<_, CoreError>(Json(shown))
    })
    .await
}

/// Whose readings to list.
#[derive(Deserialize)]
pub(super) struct Readings {
    case: Option<String>,
    limit: Option<u32>,
}

/// `GET /v1/op/contact-log`
pub(super) async fn contact_log(
    State(app): State<App>,
    Asked(asked): Asked<Readings>,
    request: Request,
) -> Answer {
    app.centre(request.headers()).await?;
    app.run(move |core, _| {
        let case = asked.case.map(|case| core.find_case(&case)).transpose()?;
        let reads = core.contact_log(case, asked.limit.unwrap_or(DEFAULT_READS))?;
        Ok::<_, CoreError>(Json(json!({ "reads": reads })))
    })
    .await
}

/// `GET /v1/op/late`: what waits for an operator.
pub(super) async fn late(State(app): State<App>, request: Request) -> Answer {
    app.centre(request.headers()).await?;
    app.run(|core, _| Ok::<_, CoreError>(Json(json!({ "late": core.late()? }))))
        .await
}

/// Whether it counts.
#[derive(Deserialize)]
struct Verdict {
    take: bool,
}

/// `POST /v1/op/late/{change}`
pub(super) async fn decide_late(
    State(app): State<App>,
    Path(change): Path<String>,
    request: Request,
) -> Answer {
    let operator = app.centre(request.headers()).await?;
    let (_, asked): (_, Verdict) = opened(&app, request).await?;
    let change: ChangeHash = change
        .parse()
        .map_err(|_| Problem::not_found("the change"))?;
    app.run(move |core, now| {
        let verdict = core.decide_late(&operator, change, asked.take, now)?;
        let (state, words) = match verdict {
            gewu_sync::verdict::Verdict::Accepted { .. } => ("taken", None),
            gewu_sync::verdict::Verdict::SetAside { reason } => ("set_aside", Some(reason.words())),
            _ => (
                "waiting",
                Some("something that it was made upon is not decided yet"),
            ),
        };
        Ok::<_, CoreError>(Json(
            json!({ "change": change, "state": state, "words": words }),
        ))
    })
    .await
}

/// What the operator saw of the case.
#[derive(Deserialize)]
struct Seen {
    view: Option<Digest>,
    /// Also what something stands for already.
    #[serde(default)]
    anyway: bool,
}

/// `POST /v1/op/set-aside/{change}`: issues again what a set-aside change said.
pub(super) async fn reissue(
    State(app): State<App>,
    Path(change): Path<String>,
    request: Request,
) -> Answer {
    let operator = app.centre(request.headers()).await?;
    let (_, seen): (_, Seen) = opened(&app, request).await?;
    let change: ChangeHash = change
        .parse()
        .map_err(|_| Problem::not_found("the change"))?;
    app.run(move |core, now| {
        let done = core.reissue(&operator, change, seen.view, seen.anyway, now)?;
        Ok::<_, RegisterError>(Json(json!(done)))
    })
    .await
}

/// `GET /v1/op/devices`
pub(super) async fn devices(State(app): State<App>, request: Request) -> Answer {
    app.centre(request.headers()).await?;
    app.run(|core, _| {
        let devices = core.devices()?;
        Ok::<_, CoreError>(Json(json!({ "devices": devices })))
    })
    .await
}

/// `POST /v1/op/devices/{key}/{verb}`
pub(super) async fn standing(
    State(app): State<App>,
    Path((key, verb)): Path<(String, String)>,
    request: Request,
) -> Answer {
    app.centre(request.headers()).await?;
    let key: KeyId = key.parse().map_err(|_| Problem::not_found("the device"))?;
    app.run(move |core, now| {
        let until = match verb.as_str() {
            "retire" => Some(core.retire(key, now)?),
            "compromise" => core.compromise(key).map(|()| None)?,
            _ => return Err(Problem::not_found("that verb")),
        };
        Ok(Json(json!({ "key": key, "status": verb, "until": until })))
    })
    .await
}

/// `GET /v1/op/status`
pub(super) async fn status(State(app): State<App>, request: Request) -> Answer {
    app.centre(request.headers()).await?;
    app.run(|core, _| Ok::<_, CoreError>(Json(core.status()?)))
        .await
}
