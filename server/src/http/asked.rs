//! What a query string asks for. A key that nobody reads would be passed over in silence, and the answer
//! would be that to another question.

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use gewu_model::entry::field_names;
use serde::de::DeserializeOwned;

use super::problem::Problem;

/// A query string that has the keys of `T` and no others.
pub(super) struct Asked<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let given: Query<Vec<(String, String)>> =
            Query::try_from_uri(&parts.uri).map_err(Problem::bad)?;
        let known = field_names::<T>().unwrap_or_default();
        if let Some((key, _)) = given.iter().find(|(key, _)| !known.contains(&key.as_str())) {
            return Err(Problem::bad(format!(
                "this request has no key {}: its keys are {}",
                key.escape_debug(),
                known.join(", ")
            )));
        }
        let asked = Query::try_from_uri(&parts.uri).map_err(Problem::bad)?;
        Ok(Self(asked.0))
    }
}
