//! What the server tells of its work: a line for each request, by the pattern of its address and never by what
//! somebody put into it, and the reason of each failure.
//!
//! | level | what |
//! |---|---|
//! | error | a request failed by the server's own fault, or a service did |
//! | warn | a device sends too much at once |
//! | info | every request: method, pattern, status, milliseconds |

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;

/// Why a request failed, from where that is known to the log.
#[derive(Clone)]
pub(super) struct Why(pub(super) String);

/// Tells of a request once it is answered.
pub(super) async fn told(request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let method = request.method().clone();
    let pattern = request.extensions().get::<MatchedPath>().cloned();
    let response = next.run(request).await;
    let path = pattern.as_ref().map_or("-", MatchedPath::as_str);
    let status = response.status().as_u16();
    let ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    match response.extensions().get::<Why>() {
        Some(Why(why)) => tracing::error!(%method, path, status, ms, why, "failed"),
        None => tracing::info!(%method, path, status, ms, "answered"),
    }
    response
}
