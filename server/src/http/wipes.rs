//! Clearing a lost device: the centre asks for it, the device says that it does it.

use axum::Json;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use gewu_model::ids::KeyId;
use serde::Deserialize;
use serde_json::{Value, json};

use super::app::App;
use super::operator::opened;
use super::problem::Problem;
use crate::core::WIPE_DAYS;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    /// For how many days the device may go on trying to deliver.
    days: Option<u32>,
}

/// `POST /v1/op/devices/{key}/wipe`
pub(super) async fn ask(
    State(app): State<App>,
    Path(key): Path<String>,
    request: Request,
) -> Result<Json<Value>, Problem> {
    app.centre(request.headers()).await?;
    let (_, asked): (_, Asked) = opened(&app, request).await?;
    let key = device(&key)?;
    let days = asked.days.unwrap_or(WIPE_DAYS);
    app.run(move |core, now| {
        let wipe = core.wipe(key, days, now)?;
        Ok::<_, Problem>(Json(json!({ "key": key, "status": "wipe", "wipe": wipe })))
    })
    .await
}

/// `DELETE /v1/op/devices/{key}/wipe`
pub(super) async fn take_back(
    State(app): State<App>,
    Path(key): Path<String>,
    request: Request,
) -> Result<Json<Value>, Problem> {
    app.centre(request.headers()).await?;
    let key = device(&key)?;
    app.run(move |core, _| {
        core.unwipe(key)?;
        Ok::<_, Problem>(Json(json!({ "key": key, "wipe": null })))
    })
    .await
}

/// `POST /v1/wiped`, under the device's own signature.
pub(super) async fn done(State(app): State<App>, request: Request) -> Result<StatusCode, Problem> {
    let signed = app.signed(request, 0).await?;
    app.run(move |core, now| {
        core.wiped(&signed.caller, now)?;
        Ok::<_, Problem>(StatusCode::NO_CONTENT)
    })
    .await
}

fn device(key: &str) -> Result<KeyId, Problem> {
    key.parse().map_err(|_| Problem::not_found("the device"))
}
