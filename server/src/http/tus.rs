//! Files in, by tus 1.0.
//!
//! A device's signature covers the body, so its part counts once it has arrived whole; a connection
//! that breaks loses the part under way and nothing else. Whoever bears a token has every byte
//! counted that arrives ([`super::receive`]). The offset is compared in the transaction that adds a
//! part, so nobody writes after another; and who comes later has who came before stop
//! ([`super::turns`]), so a stale connection blocks nobody.

use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use gewu_model::ids::Digest;
use gewu_model::time::Millis;

use super::app::{App, header_text, hear_out};
use super::problem::Problem;
use super::receive::{Delivery, Sender};
use super::turns::Turn;
use super::tus_headers::{
    ALGORITHMS, EXTENSIONS, PART_TYPE, VERSION, announced, announced_hash, check_alone,
    check_version, checksum, name, number,
};
use crate::core::{Caller, Sum, Upload, UploadError};

/// The longest metadata of one upload.
const MAX_METADATA: usize = 4 << 10;

/// `OPTIONS`: what is served here. Needs no signature and no version.
pub(super) async fn options(State(app): State<App>) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let limit = HeaderValue::from(app.core.max_file_bytes());
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
    let mut asked = Asked::new(request);
    let done = match asked.method() {
        Method::OPTIONS => return options(State(app)).await,
        Method::POST => create(&app, &mut asked).await,
        _ => Err(Problem::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "create uploads here with POST",
        )),
    };
    answer(&app, asked, done).await
}

/// Whatever is asked of `/v1/media/uploads/{id}`.
pub(super) async fn one(
    State(app): State<App>,
    Path(id): Path<String>,
    request: Request,
) -> Response {
    let mut asked = Asked::new(request);
    let done = match asked.method() {
        Method::OPTIONS => return options(State(app)).await,
        Method::HEAD => head(&app, id, &mut asked).await,
        Method::PATCH => patch(&app, id, &mut asked).await,
        Method::DELETE => delete(&app, id, &mut asked).await,
        _ => Err(Problem::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "use HEAD, PATCH or DELETE here",
        )),
    };
    answer(&app, asked, done).await
}

/// A request whose body is read once, if at all.
struct Asked {
    parts: Parts,
    body: Option<Body>,
}

impl Asked {
    fn new(request: Request) -> Self {
        let (parts, body) = request.into_parts();
        Self {
            parts,
            body: Some(body),
        }
    }

    /// The method that is meant: some clients can only say it in a header.
    fn method(&self) -> Method {
        let said = header_text(&self.parts.headers, "x-http-method-override");
        said.and_then(|said| said.parse().ok())
            .unwrap_or_else(|| self.parts.method.clone())
    }

    fn body(&mut self) -> Body {
        self.body.take().unwrap_or_default()
    }

    /// Whether it brings a part of a file.
    fn is_typed(&self) -> bool {
        header_text(&self.parts.headers, "content-type").is_some_and(|kind| kind == PART_TYPE)
    }
}

async fn answer(app: &App, asked: Asked, done: Result<Response, Problem>) -> Response {
    if done.is_err()
        && let Some(body) = asked.body
    {
        let limit = usize::try_from(app.core.max_file_bytes()).unwrap_or(usize::MAX);
        hear_out(&asked.parts.headers, body, limit).await;
    }
    let mut response = done.into_response();
    let headers = response.headers_mut();
    headers.insert(name("tus-resumable"), HeaderValue::from_static(VERSION));
    response
}

impl App {
    /// Who asks for something that needs no body.
    async fn asker(&self, asked: &mut Asked) -> Result<Caller, Problem> {
        check_version(&asked.parts.headers)?;
        match self.sender(&asked.parts.headers).await? {
            Sender::Bearer(caller) => Ok(*caller),
            Sender::Device(claim) => {
                let body = asked.body();
                let (caller, _) = self.take_signed(&asked.parts, claim, body, None).await?;
                Ok(caller)
            }
        }
    }

    /// The caller's upload, with whoever still adds to it told to stop.
    async fn turn(&self, caller: &Caller, id: &str) -> Result<Turn, Problem> {
        let (who, upload) = (caller.clone(), id.to_owned());
        // Nobody disturbs another's upload.
        self.run(move |core, _| core.check_upload(&who, &upload))
            .await?;
        self.turns.take(id).await.ok_or_else(|| {
            let words = "the upload is still being stored: try again in a moment";
            Problem::new(StatusCode::LOCKED, words)
                .header(header::RETRY_AFTER, HeaderValue::from_static("1"))
        })
    }
}

/// What a creation announces.
struct Announced {
    length: Option<u64>,
    hash: Option<Digest>,
    metadata: String,
}

impl Announced {
    fn read(headers: &HeaderMap) -> Result<Self, Problem> {
        let metadata = header_text(headers, "upload-metadata").unwrap_or("");
        if metadata.len() > MAX_METADATA {
            return Err(Problem::bad("Upload-Metadata is too long"));
        }
        Ok(Self {
            length: announced(headers)?,
            hash: announced_hash(metadata)?,
            metadata: metadata.to_owned(),
        })
    }
}

async fn create(app: &App, asked: &mut Asked) -> Result<Response, Problem> {
    check_version(&asked.parts.headers)?;
    check_alone(&asked.parts.headers)?;
    let sender = app.sender(&asked.parts.headers).await?;
    let what = Announced::read(&asked.parts.headers)?;
    let sum = checksum(&asked.parts.headers)?.filter(|_| asked.is_typed());
    let begin = async |caller: Caller| {
        let Announced {
            length,
            hash,
            metadata,
        } = what;
        app.run(move |core, now| core.begin_upload(&caller, length, hash, &metadata, now))
            .await
    };
    let upload = match sender {
        Sender::Device(claim) => {
            let body = asked.body();
            let signed = app.take_signed(&asked.parts, claim, body, sum.as_ref());
            let (caller, incoming) = signed.await?;
            let begun = begin(caller.clone()).await?;
            if begun.done || !asked.is_typed() || incoming.bytes() == 0 {
                begun
            } else {
                let delivery = delivery(begun.id, 0, sum);
                app.add(caller, delivery, incoming).await?
            }
        }
        Sender::Bearer(caller) => {
            let caller = *caller;
            let begun = begin(caller.clone()).await?;
            if begun.done || !asked.is_typed() {
                begun
            } else {
                let turn = app.turn(&caller, &begun.id).await?;
                let delivery = delivery(begun.id, 0, sum);
                app.stream(caller, delivery, asked.body(), turn).await?
            }
        }
    };
    let mut response = progress(StatusCode::CREATED, &upload);
    let place = format!("/v1/media/uploads/{}", upload.id);
    let place = HeaderValue::from_str(&place).map_err(|_| Problem::broken())?;
    response.headers_mut().insert(header::LOCATION, place);
    Ok(response)
}

const fn delivery(upload: String, offset: u64, sum: Option<Sum>) -> Delivery {
    Delivery {
        upload,
        offset,
        sum,
    }
}

async fn head(app: &App, id: String, asked: &mut Asked) -> Result<Response, Problem> {
    let caller = app.asker(asked).await?;
    let turn = app.turn(&caller, &id).await?;
    let upload = app
        .run(move |core, now| core.upload(&caller, &id, now))
        .await?;
    drop(turn);
    let mut response = progress(StatusCode::OK, &upload);
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    match upload.length {
        Some(length) => headers.insert(name("upload-length"), HeaderValue::from(length)),
        None => headers.insert(name("upload-defer-length"), HeaderValue::from_static("1")),
    };
    if let Ok(metadata) = HeaderValue::from_str(&upload.metadata)
        && !upload.metadata.is_empty()
    {
        headers.insert(name("upload-metadata"), metadata);
    }
    Ok(response)
}

async fn patch(app: &App, id: String, asked: &mut Asked) -> Result<Response, Problem> {
    if !asked.is_typed() {
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            format!("a part is sent as {PART_TYPE}"),
        ));
    }
    check_version(&asked.parts.headers)?;
    let headers = &asked.parts.headers;
    let offset = number(headers, "upload-offset")?;
    let offset = offset.ok_or_else(|| Problem::bad("Upload-Offset is missing"))?;
    let length = number(headers, "upload-length")?;
    let sum = checksum(headers)?;
    let upload = match app.sender(headers).await? {
        Sender::Device(claim) => {
            let body = asked.body();
            let signed = app.take_signed(&asked.parts, claim, body, sum.as_ref());
            let (caller, incoming) = signed.await?;
            let _turn = app.turn(&caller, &id).await?;
            announce(app, &caller, &id, length).await?;
            app.add(caller, delivery(id, offset, sum), incoming).await?
        }
        Sender::Bearer(caller) => {
            let caller = *caller;
            let turn = app.turn(&caller, &id).await?;
            announce(app, &caller, &id, length).await?;
            check_offset(app, &caller, &id, offset).await?;
            let delivery = delivery(id, offset, sum);
            app.stream(caller, delivery, asked.body(), turn).await?
        }
    };
    Ok(progress(StatusCode::NO_CONTENT, &upload))
}

/// Notes the length of an upload that was begun without.
async fn announce(
    app: &App,
    caller: &Caller,
    id: &str,
    length: Option<u64>,
) -> Result<(), Problem> {
    let Some(length) = length else {
        return Ok(());
    };
    let (caller, id) = (caller.clone(), id.to_owned());
    app.run(move |core, _| core.announce_length(&caller, &id, length))
        .await
}

/// Says before the body comes that it would not go on where the upload ends.
async fn check_offset(app: &App, caller: &Caller, id: &str, offset: u64) -> Result<(), Problem> {
    let (caller, id) = (caller.clone(), id.to_owned());
    let upload = app
        .run(move |core, now| core.upload(&caller, &id, now))
        .await?;
    match upload.offset {
        at if at == offset => Ok(()),
        at => Err(UploadError::Offset(at).into()),
    }
}

async fn delete(app: &App, id: String, asked: &mut Asked) -> Result<Response, Problem> {
    let caller = app.asker(asked).await?;
    let _turn = app.turn(&caller, &id).await?;
    app.run(move |core, _| core.end_upload(&caller, &id))
        .await?;
    Ok(StatusCode::NO_CONTENT.into_response())
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
