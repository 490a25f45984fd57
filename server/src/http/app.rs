//! What every handler shares: the core, the clock, reading bodies, and who is asking.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody, to_bytes};
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use gewu_model::time::Millis;
use gewu_sync::auth::{AuthError, Claim, claim};

use super::problem::Problem;
use crate::core::{Access, Caller, Core, Operator};
use crate::seam::Clock;

/// How long a body that nobody will read is still taken.
const COURTESY: Duration = Duration::from_secs(2);

/// What handlers work with.
#[derive(Clone)]
pub(super) struct App {
    pub(super) core: Arc<Core>,
    pub(super) clock: Arc<dyn Clock>,
}

/// A request with its body and the device that signed both.
pub(super) struct Signed {
    pub(super) caller: Caller,
    pub(super) parts: Parts,
    pub(super) body: Bytes,
}

impl App {
    /// Does blocking work beside the threads that serve connections.
    pub(super) async fn run<T, E>(
        &self,
        work: impl FnOnce(&Core, Millis) -> Result<T, E> + Send + 'static,
    ) -> Result<T, Problem>
    where
        T: Send + 'static,
        E: Send + 'static,
        Problem: From<E>,
    {
        let (core, now) = (Arc::clone(&self.core), self.clock.now());
        let done = tokio::task::spawn_blocking(move || work(&core, now)).await;
        match done {
            Ok(done) => Ok(done?),
            Err(_) => Err(Problem::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "the server failed on this request: report it",
            )),
        }
    }

    /// Reads a request whole and lets in the device that signed it.
    pub(super) async fn signed(&self, request: Request, limit: usize) -> Result<Signed, Problem> {
        let (parts, body) = request.into_parts();
        let text = |name: &str| header_text(&parts.headers, name);
        let now = self.clock.now();
        let claim = match self.known(claim(text), now).await {
            Ok(claim) => claim,
            Err(refusal) => {
                let _ = tokio::time::timeout(COURTESY, drain(body, limit)).await;
                return Err(refusal);
            }
        };
        let body = whole(body, limit).await?;
        let now = self.clock.now();
        let method = parts.method.as_str().to_owned();
        let path = parts
            .uri
            .path_and_query()
            .map_or("/", |path| path.as_str())
            .to_owned();
        let (core, signed) = (Arc::clone(&self.core), body.clone());
        let check = move || core.authenticate(&claim, &method, &path, &signed, now);
        let caller = match tokio::task::spawn_blocking(check).await {
            Ok(caller) => caller.map_err(|error| Problem::access(error, now))?,
            Err(_) => return Err(Problem::bad("the request cannot be checked")),
        };
        Ok(Signed {
            caller,
            parts,
            body,
        })
    }

    /// The claim of a device that is enrolled here; strangers' bodies are not read.
    async fn known(&self, claim: Result<Claim, AuthError>, now: Millis) -> Result<Claim, Problem> {
        let claim = claim.map_err(|error| Problem::access(Access::Auth(error), now))?;
        let (core, key) = (Arc::clone(&self.core), claim.key);
        match tokio::task::spawn_blocking(move || core.caller(key)).await {
            Ok(Ok(_)) => Ok(claim),
            Ok(Err(error)) => Err(Problem::access(error, now)),
            Err(_) => Err(Problem::bad("the request cannot be checked")),
        }
    }

    /// The operator of the centre whose token a request bears. Other consoles may ask for
    /// instructions only, which the case's policy judges.
    pub(super) async fn centre(&self, headers: &HeaderMap) -> Result<Operator, Problem> {
        let operator = self.operator(headers).await?;
        match operator.is_centre() {
            true => Ok(operator),
            false => Err(Problem::new(
                StatusCode::FORBIDDEN,
                "only operators of the centre may do this: ask one",
            )),
        }
    }

    /// The operator whose token a request bears.
    pub(super) async fn operator(&self, headers: &HeaderMap) -> Result<Operator, Problem> {
        let text = header_text(headers, header::AUTHORIZATION.as_str());
        let token = text
            .and_then(|text| text.strip_prefix("Bearer "))
            .map(str::to_owned);
        let known = match token {
            Some(token) => self.run(move |core, _| core.operator(&token)).await?,
            None => None,
        };
        known.ok_or_else(|| {
            Problem::new(
                StatusCode::UNAUTHORIZED,
                "no valid operator's token was sent",
            )
            .header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
        })
    }
}

/// Reads a body and keeps none of it: a client that is cut off while it sends may never see why.
async fn drain(mut body: Body, limit: usize) {
    let mut left = limit;
    while let Some(Ok(frame)) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
        let bytes = frame.data_ref().map_or(0, Bytes::len);
        match left.checked_sub(bytes) {
            Some(less) => left = less,
            None => return,
        }
    }
}

/// A header that is text.
pub(super) fn header_text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

/// A body within its bound.
pub(super) async fn whole(body: Body, limit: usize) -> Result<Bytes, Problem> {
    to_bytes(body, limit).await.map_err(|_| {
        Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            format!("the body is cut off, or larger than {limit} bytes"),
        )
    })
}
