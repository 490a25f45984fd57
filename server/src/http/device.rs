//! What devices ask for: being enrolled, exchanges, packs.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use gewu_model::cbor;
use gewu_sync::wire::{
    self, ACCEPT_POST_HEADER, CONTENT_TYPE, EnrolRequest, MAX_REQUEST_BYTES, PACKED_TYPE, PROTOCOL,
    UnpackError, WORTH_PACKING, names_packed, saves, unpack,
};
use minicbor::{Decode, Encode};
use serde_json::{Value, json};

use super::app::{App, header_text, whole};
use super::files::{mark_partial, outside, wanted};
use super::problem::Problem;
use super::range::{Asked, asked};
use crate::core::{Core, CoreError};

/// An enrolment is a key, a code and a signature.
const MAX_ENROL_BYTES: usize = 64 << 10;

/// How hard bodies are packed: what libzstd does unless asked.
const LEVEL: i32 = 3;
/// What bodies an exchange may have, as a device is told that reads them packed.
const TAKEN: &str = "application/cbor, application/cbor+zstd";

/// The one field that every version of a message begins with.
#[derive(Encode, Decode)]
#[cbor(map)]
struct Probe {
    #[n(0)]
    protocol: u32,
}

/// Reads a message of our version. Another version is told so even when the rest of its message
/// means nothing here.
fn read<T: for<'b> Decode<'b, ()>>(body: &[u8]) -> Result<T, Problem> {
    let probe = minicbor::Decoder::new(body).decode::<Probe>();
    let version = probe.map_err(|_| Problem::bad("the body is not a message of this protocol"))?;
    if version.protocol != PROTOCOL {
        return Err(Problem::protocol(format!(
            "the app speaks protocol version {}, this server version {PROTOCOL}: update the older one",
            version.protocol
        )));
    }
    cbor::from_slice(body).map_err(|_| Problem::bad("the message cannot be read"))
}

pub(super) fn message(value: &impl Encode<()>) -> Response {
    ([(header::CONTENT_TYPE, CONTENT_TYPE)], cbor::to_vec(value)).into_response()
}

/// `GET /v1/hello`
pub(super) async fn hello(State(app): State<App>) -> Result<Json<Value>, Problem> {
    app.run(|core, now| {
        Ok::<_, CoreError>(Json(json!({
            "protocol": PROTOCOL,
            "city": core.city(),
            "generation": core.generation()?,
            "server_time": now,
        })))
    })
    .await
}

/// `GET /healthz`: whether the store can be read, and the clock can be right.
pub(super) async fn health(State(app): State<App>) -> Result<&'static str, Problem> {
    app.run(|core, now| {
        core.check_clock(now)?;
        core.generation().map(|_| "ok\n")
    })
    .await
}

/// `POST /v1/enrol`
pub(super) async fn enrol(State(app): State<App>, request: Request) -> Result<Response, Problem> {
    let body = whole(request.into_body(), MAX_ENROL_BYTES).await?;
    let request: EnrolRequest = read(&body)?;
    let response = app.run(move |core, now| core.enrol(&request, now)).await?;
    Ok(message(&response))
}

/// `POST /v1/sync`
pub(super) async fn sync(State(app): State<App>, request: Request) -> Result<Response, Problem> {
    let signed = app.signed(request, MAX_REQUEST_BYTES).await?;
    let named = |name: HeaderName| names_packed(header_text(&signed.parts.headers, name.as_str()));
    let (is_packed, wants_packed) = (named(header::CONTENT_TYPE), named(header::ACCEPT));
    let (caller, body) = (signed.caller, signed.body);
    let Some(lap) = app.lanes.enter(caller.key).await? else {
        // It waits for the word, and its body need not.
        drop(body);
        return Err(app.lanes.send_away(caller.key).await);
    };
    let clock = Arc::clone(&app.clock);
    let done = move |core: &Core| {
        let _work = lap.begin();
        let request: wire::Request = match is_packed {
            true => read(&unpack(&body, MAX_REQUEST_BYTES).map_err(unreadable)?)?,
            false => read(&body)?,
        };
        let response = core.exchange(&caller, &request, clock.now())?;
        let plain = cbor::to_vec(&response);
        let packed = wants_packed.then(|| packed(&plain)).flatten();
        Ok::<_, Problem>((packed.is_some(), packed.unwrap_or(plain)))
    };
    let (packed, body) = app.blocking(done).await??;
    let kind = if packed { PACKED_TYPE } else { CONTENT_TYPE };
    let mut response = ([(header::CONTENT_TYPE, kind)], body).into_response();
    if wants_packed {
        let taken = HeaderValue::from_static(TAKEN);
        response.headers_mut().insert(ACCEPT_POST_HEADER, taken);
    }
    Ok(response)
}

fn packed(plain: &[u8]) -> Option<Vec<u8>> {
    if plain.len() < WORTH_PACKING {
        return None;
    }
    saves(zstd::bulk::compress(plain, LEVEL).ok()?, plain)
}

fn unreadable(error: UnpackError) -> Problem {
    match error {
        UnpackError::Damaged => Problem::bad("the packed body is damaged: send it again"),
        UnpackError::TooLarge => Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            format!("the packed body holds more than {MAX_REQUEST_BYTES} bytes: send it in parts"),
        ),
    }
}

/// `GET /v1/packs/{digest}`: a pack or its compressed form, whole or in parts. Whoever may not have
/// a pack is not told that it is here.
pub(super) async fn pack(
    State(app): State<App>,
    Path(name): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let absent = || Problem::not_found("the pack");
    let digest = name.parse().map_err(|_| absent())?;
    let signed = app.signed(request, 0).await?;
    let caller = signed.caller;
    let file = app.run(move |core, _| core.readable_pack(&caller, digest));
    let file = file.await?.ok_or_else(absent)?;
    let range = match asked(wanted(&signed.parts.headers, &name), file.bytes) {
        Asked::Whole => None,
        Asked::Part(range) => Some(range),
        Asked::Outside => return Ok(outside(file.bytes)),
    };
    let sent = range.clone().unwrap_or(0..file.bytes);
    let part = sent.clone();
    let body = app.run(move |core, _| core.pack_part(file, part)).await?;
    let mut response = body.into_response();
    if range.is_some() {
        mark_partial(&mut response, &sent, file.bytes)?;
    }
    let tag = HeaderValue::from_str(&format!("\"{digest}\"")).map_err(|_| absent())?;
    let headers = response.headers_mut();
    headers.insert(header::ETAG, tag);
    let fixed = [
        (header::CONTENT_TYPE, "application/octet-stream"),
        (header::ACCEPT_RANGES, "bytes"),
        (
            header::CACHE_CONTROL,
            "private, max-age=31536000, immutable",
        ),
    ];
    headers.extend(fixed.map(|(name, value)| (name, HeaderValue::from_static(value))));
    Ok(response)
}
