//! Tokens of consoles over the operators' API.

use axum::Json;
use axum::extract::{Path, Request, State};
use gewu_model::ids::Digest;
use serde_json::json;

use super::app::App;
use super::operator::{Answer, opened};
use super::problem::Problem;
use crate::core::{CoreError, TokenGrant};

/// `GET /v1/op/tokens`
pub(super) async fn list(State(app): State<App>, request: Request) -> Answer {
    let operator = app.centre(request.headers()).await?;
    app.run(move |core, _| {
        let tokens = core.tokens(&operator)?;
        Ok::<_, CoreError>(Json(json!({ "tokens": tokens })))
    })
    .await
}

/// `POST /v1/op/tokens`
pub(super) async fn make(State(app): State<App>, request: Request) -> Answer {
    let operator = app.centre(request.headers()).await?;
    let (_, grant): (_, TokenGrant) = opened(&app, request).await?;
    app.run(move |core, now| {
        let made = core.make_token(&operator, &grant, now)?;
        Ok::<_, CoreError>(Json(json!(made)))
    })
    .await
}

/// `POST /v1/op/tokens/{id}/revoke`
pub(super) async fn revoke(
    State(app): State<App>,
    Path(id): Path<String>,
    request: Request,
) -> Answer {
    let operator = app.centre(request.headers()).await?;
    let id: Digest = id.parse().map_err(|_| Problem::not_found("the token"))?;
    app.run(move |core, now| {
        core.revoke_token(&operator, id, now)?;
        Ok::<_, CoreError>(Json(json!({ "id": id, "revoked_at": now })))
    })
    .await
}
