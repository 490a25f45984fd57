//! What services do, for operators.

use axum::Json;
use axum::extract::{Request, State};
use serde::Deserialize;
use serde_json::{Value, json};

use super::app::App;
use super::asked::Asked;
use super::problem::Problem;
use crate::core::CoreError;

const DEFAULT_DRAWS: u32 = 200;
const MAX_DRAWS: u32 = 10_000;

type Answer = Result<Json<Value>, Problem>;

/// `GET /v1/op/services`: what waits for its time, and what was refused.
pub(super) async fn list(State(app): State<App>, request: Request) -> Answer {
    app.centre(request.headers()).await?;
    app.run(|core, _| Ok::<_, CoreError>(Json(json!({ "services": core.services()? }))))
        .await
}

/// `POST /v1/op/services`: does what is due now.
pub(super) async fn run(State(app): State<App>, request: Request) -> Answer {
    app.centre(request.headers()).await?;
    app.run(|core, now| Ok::<_, CoreError>(Json(json!(core.run_services(now)?))))
        .await
}

/// Which draws to list.
#[derive(Deserialize)]
pub(super) struct Draws {
    limit: Option<u32>,
    /// Only those that wait for somebody to be asked.
    #[serde(default)]
    waiting: bool,
}

/// `GET /v1/op/draws`: spot checks that were drawn or not, each with its proof.
pub(super) async fn draws(
    State(app): State<App>,
    Asked(asked): Asked<Draws>,
    request: Request,
) -> Answer {
    app.centre(request.headers()).await?;
    let limit = asked.limit.unwrap_or(DEFAULT_DRAWS).min(MAX_DRAWS);
    app.run(move |core, _| {
        let listed = match asked.waiting {
            true => core.draws_waiting(limit)?,
            false => core.draws(limit)?,
        };
        Ok::<_, CoreError>(Json(listed))
    })
    .await
}
