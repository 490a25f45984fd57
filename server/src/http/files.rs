//! Files out: by hash, in parts when asked, to those who may see a case that names them.

use std::ops::Range;

use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use gewu_model::ids::Digest;

use super::app::{App, header_text};
use super::problem::Problem;
use super::range::{Asked, asked};

/// `GET` and `HEAD /v1/media/{sha256}`
pub(super) async fn get(
    State(app): State<App>,
    Path(name): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let absent = || Problem::not_found("the file");
    let file: Digest = name.parse().map_err(|_| absent())?;
    let (headers, head) = (request.headers().clone(), request.method() == "HEAD");
    // Whoever may not see a file is not told that it is here.
    let held = readable(&app, request, file).await?.ok_or_else(absent)?;
    let tag = HeaderValue::from_str(&format!("\"{file}\"")).map_err(|_| absent())?;
    if header_text(&headers, "if-none-match").is_some_and(|known| known.contains(&name)) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
    }
    let range = match asked(wanted(&headers, &name), held.bytes) {
        Asked::Whole => None,
        Asked::Part(range) => Some(range),
        Asked::Outside => return Ok(outside(held.bytes)),
    };
    let sent = range.clone().unwrap_or(0..held.bytes);
    let body = match head || sent.is_empty() {
        true => Body::empty(),
        false => {
            let found = app.core.objects().stream(file, range.clone()).await?;
            Body::from_stream(found.into_stream())
        }
    };
    let mut response = body.into_response();
    if range.is_some() {
        mark_partial(&mut response, &sent, held.bytes)?;
    }
    describe(response.headers_mut(), &held, sent.end - sent.start);
    response.headers_mut().insert(header::ETAG, tag);
    Ok(response)
}

/// Says which part of a file an answer carries.
pub(super) fn mark_partial(
    response: &mut Response,
    sent: &Range<u64>,
    bytes: u64,
) -> Result<(), Problem> {
    let span = format!(
        "bytes {}-{}/{bytes}",
        sent.start,
        sent.end.saturating_sub(1)
    );
    let span = HeaderValue::from_str(&span).map_err(|_| Problem::bad("the range is odd"))?;
    response.headers_mut().insert(header::CONTENT_RANGE, span);
    *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    Ok(())
}

fn describe(headers: &mut HeaderMap, held: &Held, bytes: u64) {
    const PRIVATE: &str = "private, max-age=31536000, immutable";
    let fixed = [
        (header::ACCEPT_RANGES, "bytes"),
        (header::CONTENT_TYPE, held.kind),
        (header::CACHE_CONTROL, PRIVATE),
        // A picture is shown, never run.
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    headers.extend(fixed.map(|(name, value)| (name, HeaderValue::from_static(value))));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes));
}

/// The range that is asked for, unless the client holds a part of another file.
pub(super) fn wanted<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let same = header_text(headers, "if-range").is_none_or(|tag| tag.contains(name));
    header_text(headers, "range").filter(|_| same)
}

pub(super) fn outside(bytes: u64) -> Response {
    let problem = Problem::new(
        StatusCode::RANGE_NOT_SATISFIABLE,
        "the file has no such bytes",
    );
    match HeaderValue::from_str(&format!("bytes */{bytes}")) {
        Ok(span) => problem.header(header::CONTENT_RANGE, span).into_response(),
        Err(_) => problem.into_response(),
    }
}

struct Held {
    bytes: u64,
    kind: &'static str,
}

/// The file, if it is held and whoever asks may see it: an operator, or a device of the right scope.
async fn readable(app: &App, request: Request, file: Digest) -> Result<Option<Held>, Problem> {
    let operator = request.headers().contains_key(header::AUTHORIZATION);
    let bytes = if operator {
        app.centre(request.headers()).await?;
        app.run(move |core, _| core.held_file(file)).await?
    } else {
        let caller = app.signed(request, 0).await?.caller;
        app.run(move |core, _| core.readable_file(&caller, file))
            .await?
    };
    let Some(bytes) = bytes else {
        return Ok(None);
    };
    let kind = app.run(move |core, _| core.file_kind(file)).await?;
    Ok(Some(Held { bytes, kind }))
}
