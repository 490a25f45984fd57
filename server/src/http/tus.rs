//! Files in, by tus 1.0.
//!
//! A part's signature covers its body, so a part counts once it has arrived whole; a connection
//! that breaks loses the part under way and nothing else. No request holds a lock while its body
//! arrives: the offset is compared in the transaction that adds the part, so a stale connection can
//! neither block a new one nor write after it.

use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use gewu_model::time::Millis;

use super::app::{App, Signed, header_text};
use super::problem::Problem;
use super::tus_headers::{
    ALGORITHMS, EXTENSIONS, PART_TYPE, VERSION, announced, announced_hash, check_part,
    check_version, name, number,
};
use crate::core::{Upload, UploadError};

/// The longest metadata of one upload.
const MAX_METADATA: usize = 4 << 10;

/// `OPTIONS`: what is served here. Needs no signature and no version.
pub(super) async fn options(State(app): State<App>) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let limit = HeaderValue::from(app.core.settings().max_file_bytes);
    let headers = response.headers_mut();
    headers.insert(name("tus-resumable"), HeaderValue::from_static(VERSION));
    headers.insert(name("tus-version"), HeaderValue::from_static(VERSION));
    headers.insert(name("tus-extension"), HeaderValue::from_static(EXTENSIONS));
    headers.insert(
        name("tus-checksum-algorithm"),
        HeaderValue::from_static(ALGORITHMS),
    );
    headers.insert(name("tus-max-size"), limit);
    response
}

/// Whatever is asked of `/v1/media`.
pub(super) async fn collection(State(app): State<App>, request: Request) -> Response {
    answer(match method(&request) {
        Method::OPTIONS => return options(State(app)).await,
        Method::POST => create(&app, request).await,
        _ => Err(Problem::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "create uploads here with POST",
        )),
    })
}

/// Whatever is asked of `/v1/media/uploads/{id}`.
pub(super) async fn one(
    State(app): State<App>,
    Path(id): Path<String>,
    request: Request,
) -> Response {
    answer(match method(&request) {
        Method::OPTIONS => return options(State(app)).await,
        Method::HEAD => head(&app, id, request).await,
        Method::PATCH => patch(&app, id, request).await,
        Method::DELETE => delete(&app, id, request).await,
        _ => Err(Problem::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "use HEAD, PATCH or DELETE here",
        )),
    })
}

/// The method that is meant: some clients can only say it in a header.
fn method(request: &Request) -> Method {
    let said = header_text(request.headers(), "x-http-method-override");
    said.and_then(|said| said.parse().ok())
        .unwrap_or_else(|| request.method().clone())
}

fn answer(done: Result<Response, Problem>) -> Response {
    let mut response = done.into_response();
    let headers = response.headers_mut();
    headers.insert(name("tus-resumable"), HeaderValue::from_static(VERSION));
    response
}

impl App {
    async fn tus(&self, request: Request) -> Result<Signed, Problem> {
        check_version(request.headers())?;
        let limit = usize::try_from(self.core.settings().max_file_bytes).unwrap_or(usize::MAX);
        self.signed(request, limit).await
    }
}

async fn create(app: &App, request: Request) -> Result<Response, Problem> {
    let signed = app.tus(request).await?;
    let headers = &signed.parts.headers;
    let length = announced(headers)?;
    let metadata = header_text(headers, "upload-metadata")
        .unwrap_or("")
        .to_owned();
    if metadata.len() > MAX_METADATA {
        return Err(Problem::bad("Upload-Metadata is too long"));
    }
    let hash = announced_hash(&metadata)?;
    let carries = typed(headers) && !signed.body.is_empty();
    if carries {
        check_part(headers, &signed.body)?;
    }
    let (caller, body) = (signed.caller, signed.body);
    let upload = app
        .run(move |core, now| {
            let begun = core.begin_upload(&caller, length, hash, &metadata, now)?;
            match carries {
                true => core.append(&caller, &begun.id, 0, &body, now),
                false => Ok::<_, UploadError>(begun),
            }
        })
        .await?;
    let mut response = progress(StatusCode::CREATED, &upload);
    let place = format!("/v1/media/uploads/{}", upload.id);
    let place = HeaderValue::from_str(&place).map_err(|_| Problem::bad("no place"))?;
    response.headers_mut().insert(header::LOCATION, place);
    Ok(response)
}

async fn head(app: &App, id: String, request: Request) -> Result<Response, Problem> {
    let caller = app.tus(request).await?.caller;
    let upload = app
        .run(move |core, now| core.upload(&caller, &id, now))
        .await?;
    let mut response = progress(StatusCode::OK, &upload);
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    match upload.length {
        Some(length) => headers.insert(name("upload-length"), HeaderValue::from(length)),
        None => headers.insert(name("upload-defer-length"), HeaderValue::from_static("1")),
    };
    if let Ok(metadata) = HeaderValue::from_str(&upload.metadata) {
        headers.insert(name("upload-metadata"), metadata);
    }
    Ok(response)
}

async fn patch(app: &App, id: String, request: Request) -> Result<Response, Problem> {
    if !typed(request.headers()) {
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            format!("a part is sent as {PART_TYPE}"),
        ));
    }
    let signed = app.tus(request).await?;
    let headers = &signed.parts.headers;
    let offset = number(headers, "upload-offset")?;
    let offset = offset.ok_or_else(|| Problem::bad("Upload-Offset is missing"))?;
    let length = number(headers, "upload-length")?;
    check_part(headers, &signed.body)?;
    let (caller, body) = (signed.caller, signed.body);
    let upload = app
        .run(move |core, now| {
            if let Some(length) = length {
                core.announce_length(&caller, &id, length)?;
            }
            core.append(&caller, &id, offset, &body, now)
        })
        .await?;
    Ok(progress(StatusCode::NO_CONTENT, &upload))
}

async fn delete(app: &App, id: String, request: Request) -> Result<Response, Problem> {
    let caller = app.tus(request).await?.caller;
    app.run(move |core, _| core.end_upload(&caller, &id))
        .await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn typed(headers: &HeaderMap) -> bool {
    header_text(headers, "content-type").is_some_and(|kind| kind == PART_TYPE)
}

fn progress(status: StatusCode, upload: &Upload) -> Response {
    let mut response = status.into_response();
    let headers = response.headers_mut();
    headers.insert(name("upload-offset"), HeaderValue::from(upload.offset));
    if let Some(expires) = http_date(upload.expires_at) {
        headers.insert(name("upload-expires"), expires);
    }
    response
}

/// A time as RFC 9110 writes it.
fn http_date(at: Millis) -> Option<HeaderValue> {
    let at = chrono::DateTime::from_timestamp_millis(at.0)?;
    HeaderValue::from_str(&at.format("%a, %d %b %Y %H:%M:%S GMT").to_string()).ok()
}
