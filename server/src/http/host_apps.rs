//! Host apps over the operators' API, and the accounts of their users.

use axum::Json;
use axum::extract::{Path, Request, State};
use serde::Deserialize;
use serde_json::json;

use super::app::App;
use super::operator::{Answer, opened};
use crate::core::CoreError;

/// A host app as an operator registers it.
#[derive(Deserialize)]
struct Registration {
    name: String,
    /// The public key in PEM.
    key: String,
}

/// `GET /v1/op/host-apps`
pub(super) async fn list(State(app): State<App>, request: Request) -> Answer {
    app.centre(request.headers()).await?;
    app.run(|core, _| Ok::<_, CoreError>(Json(json!({ "host_apps": core.host_apps()? }))))
        .await
}

/// `POST /v1/op/host-apps`
pub(super) async fn add(State(app): State<App>, request: Request) -> Answer {
    let operator = app.centre(request.headers()).await?;
    let (_, asked): (_, Registration) = opened(&app, request).await?;
    app.run(move |core, now| {
        let added = core.add_host_app(&operator, &asked.name, &asked.key, now)?;
        Ok::<_, CoreError>(Json(json!(added)))
    })
    .await
}

/// `DELETE /v1/op/host-apps/{name}`
pub(super) async fn remove(
    State(app): State<App>,
    Path(name): Path<String>,
    request: Request,
) -> Answer {
    app.centre(request.headers()).await?;
    app.run(move |core, now| {
        let removed = core.remove_host_app(&name, now)?;
        Ok::<_, CoreError>(Json(json!(removed)))
    })
    .await
}

/// `GET /v1/op/cases/{case}/account`; the reading is logged.
pub(super) async fn account(
    State(app): State<App>,
    Path(case): Path<String>,
    request: Request,
) -> Answer {
    let operator = app.centre(request.headers()).await?;
    app.run(move |core, now| {
        let case = core.find_case(&case)?;
        let mut shown = json!(core.account(&operator, case, now)?);
        shown["case"] = json!(case);
        Ok::<_, CoreError>(Json(shown))
    })
    .await
}
