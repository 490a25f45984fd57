//! One-time codes over the operators' API.

use axum::Json;
use axum::extract::{Request, State};
use gewu_model::cert::Reach;
use gewu_model::ids::{GridCode, Role, UnitId, UserId};
use serde::Deserialize;
use serde_json::json;

use super::app::App;
use super::operator::{Answer, opened};
use crate::core::{CodeGrant, CoreError, check_may_give};

const DEFAULT_HOURS: u32 = 72;

/// A code as an operator asks for it: a [`CodeGrant`], field by field, so that no other key is taken.
#[derive(Deserialize)]
struct CodeWish {
    user: UserId,
    roles: Vec<Role>,
    #[serde(default)]
    units: Vec<UnitId>,
    #[serde(default)]
    duty_grids: Vec<GridCode>,
    #[serde(default)]
    areas: Vec<GridCode>,
    #[serde(default)]
    roads: Vec<GridCode>,
    #[serde(default)]
    any_grid: bool,
    hours: Option<u32>,
}

impl From<CodeWish> for CodeGrant {
    fn from(wish: CodeWish) -> Self {
        Self {
            user: wish.user,
            roles: wish.roles,
            units: wish.units,
            duty_grids: wish.duty_grids,
            reach: Reach {
                areas: wish.areas,
                roads: wish.roads,
            },
            any_grid: wish.any_grid,
        }
    }
}

/// `POST /v1/op/enrolment-codes`
pub(super) async fn make(State(app): State<App>, request: Request) -> Answer {
    let operator = app.centre(request.headers()).await?;
    let (_, asked): (_, CodeWish) = opened(&app, request).await?;
    let hours = asked.hours.unwrap_or(DEFAULT_HOURS);
    let grant = CodeGrant::from(asked);
    app.run(move |core, now| {
        check_may_give(&operator, &grant.roles)?;
        let made = core.new_code(&grant, hours, now)?;
        Ok::<_, CoreError>(Json(json!(made)))
    })
    .await
}
