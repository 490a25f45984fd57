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

use super::hints::Hints;
use super::lanes::Lanes;
use super::problem::Problem;
use super::turns::Turns;
use crate::core::{Access, Caller, Core, Operator};
use crate::seam::Clock;

/// How long a body that nobody will read is still taken.
const COURTESY: Duration = Duration::from_secs(2);

/// What handlers work with.
#[derive(Clone)]
pub(super) struct App {
    pub(super) core: Arc<Core>,
    pub(super) clock: Arc<dyn Clock>,
    /// Who adds to which upload.
    pub(super) turns: Turns,
    /// Which devices exchange.
    pub(super) lanes: Lanes,
    /// Who waits for news.
    pub(super) hints: Hints,
    /// How long one request may take.
    pub(super) patience: Duration,
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
        done.map_err(|_| Problem::broken())?.map_err(Problem::from)
    }

    /// Like [`App::run`] for work whose errors the caller reads.
    pub(super) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Core) -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let core = Arc::clone(&self.core);
        let done = tokio::task::spawn_blocking(move || work(&core)).await;
        done.map_err(|_| Problem::broken())
    }

    /// Reads a request whole and lets in the device that signed it.
    pub(super) async fn signed(&self, request: Request, limit: usize) -> Result<Signed, Problem> {
        let (parts, body) = request.into_parts();
        let text = |name: &str| header_text(&parts.headers, name);
        let now = self.clock.now();
        let claim = match self.known(claim(text), now).await {
            Ok(claim) => claim,
            Err(refusal) => {
                hear_out(&parts.headers, body, limit).await;
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
        let signed = body.clone();
        let check = move |core: &Core| core.authenticate(&claim, &method, &path, &signed, now);
        let caller = self.blocking(check).await?;
        let caller = caller.map_err(|error| Problem::access(error, now))?;
        Ok(Signed {
            caller,
            parts,
            body,
        })
    }

    /// The claim of a device that is enrolled here; strangers' bodies are not read.
    pub(super) async fn known(
        &self,
        claim: Result<Claim, AuthError>,
        now: Millis,
    ) -> Result<Claim, Problem> {
        let claim = claim.map_err(|error| Problem::access(Access::Auth(error), now))?;
        let key = claim.key;
        let known = self.blocking(move |core| core.caller(key)).await?;
        match known {
            Ok(_) => Ok(claim),
            Err(error) => Err(Problem::access(error, now)),
        }
    }

    /// The operator or shift leader of the centre whose token a request bears. Other consoles may ask for
    /// instructions only, which the case's policy judges.
    pub(super) async fn centre(&self, headers: &HeaderMap) -> Result<Operator, Problem> {
        let operator = self.operator(headers).await?;
        match operator.is_centre() {
            true => Ok(operator),
            false => Err(Problem::new(
                StatusCode::FORBIDDEN,
                "only operators and shift leaders of the centre may do this: ask one of them",
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

/// Takes a body that nobody will read, for a moment: a client that is cut off while it sends may
/// never see why. One that waits to be asked for it sends none.
pub(super) async fn hear_out(headers: &HeaderMap, body: Body, limit: usize) {
    if !headers.contains_key(header::EXPECT) {
        let _ = tokio::time::timeout(COURTESY, drain(body, limit)).await;
    }
}

/// Reads a body and keeps none of it.
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
