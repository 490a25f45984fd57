//! Signed requests, and what an answer means.

use std::fmt;
use std::sync::Arc;

use gewu_model::cbor;
use gewu_model::ids::CityId;
use gewu_model::time::Millis;
use gewu_sync::auth;
use gewu_sync::machine::{Answer, Failure, read_answer};
use gewu_sync::wire::{CONTENT_TYPE, EnrolResponse, PROTOCOL};
use serde::Deserialize;

use crate::api::CancelToken;
use crate::error::{DeviceError, Result};
use crate::host::{HttpRequest, HttpResponse, Method, Transport, TransportError};
use crate::sdk::{Core, guard};

/// Bytes that went over the wire in bodies.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Traffic {
    pub(crate) up: u64,
    pub(crate) down: u64,
}

/// Why a signed request has no usable answer.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// For the machine to deal with.
    Failed(Failure),
    /// For nobody but the caller.
    Error(DeviceError),
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(failure) => failure.fmt(f),
            Self::Error(error) => error.fmt(f),
        }
    }
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<DeviceError> for Trouble {
    fn from(error: DeviceError) -> Self {
        Self::Error(error)
    }
}

impl From<Trouble> for DeviceError {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Failed(failure) => Self::Exchange(failure),
            Trouble::Error(error) => error,
        }
    }
}

/// What a failed transport means to the machine.
pub(crate) fn failure_of(error: TransportError) -> Failure {
    match error {
        TransportError::Cancelled => Failure::Cancelled,
        TransportError::Write(_) => Failure::Storage,
        TransportError::Tls => Failure::Insecure,
        _ => Failure::Offline,
    }
}

/// Sends a request under the device's signature. The answer is one to go on with: its status is a
/// success or speaks of the resource.
pub(crate) fn send_signed(
    core: &Core,
    request: HttpRequest,
    traffic: &mut Traffic,
) -> std::result::Result<HttpResponse, Trouble> {
    let (response, at) = send(core, request, traffic)?;
    check(&response, at)?;
    Ok(response)
}

/// Like [`send_signed`] for a file or pack, where a 403 speaks of that and not of the device.
pub(crate) fn send_resource(
    core: &Core,
    request: HttpRequest,
    traffic: &mut Traffic,
) -> std::result::Result<HttpResponse, Trouble> {
    let (response, at) = send(core, request, traffic)?;
    match check(&response, at) {
        Err(Failure::Revoked { status: 403 }) | Ok(()) => Ok(response),
        Err(failure) => Err(failure.into()),
    }
}

fn send(
    core: &Core,
    request: HttpRequest,
    traffic: &mut Traffic,
) -> std::result::Result<(HttpResponse, Millis), Trouble> {
    let transport = core.transport(&core.identity()?.server)?;
    send_over(core, &*transport, request, traffic)
}

/// Sends a request under the device's signature over a connection of the caller's.
pub(super) fn send_over(
    core: &Core,
    transport: &dyn Transport,
    mut request: HttpRequest,
    traffic: &mut Traffic,
) -> std::result::Result<(HttpResponse, Millis), Trouble> {
    let identity = core.identity()?;
    let at = guard(core.clock()).request_time(core.options.host.clock.now());
    let (method, path) = (request.method.as_str(), &request.path_and_query);
    let headers = auth::sign(&*identity.signer, method, path, &request.body, at)
        .map_err(DeviceError::from)?;
    request.headers.extend(headers);
    let sent = request.body.len() as u64;
    let response = transport.send(request).map_err(failure_of)?;
    traffic.up += sent;
    traffic.down += response.body.len() as u64;
    Ok((response, at))
}

/// What the answer to a request that claimed this time means.
pub(super) fn check(
    response: &HttpResponse,
    signed_at: Millis,
) -> std::result::Result<(), Failure> {
    let mut answer = Answer::new(response.status, |name| response.header(name));
    answer.protocol = problem(response).protocol;
    read_answer(&answer, signed_at)
}

/// What a refusal says (RFC 9457).
#[derive(Debug, Default, Deserialize)]
struct Problem {
    detail: Option<String>,
    title: Option<String>,
    protocol: Option<u32>,
}

fn problem(response: &HttpResponse) -> Problem {
    if response.is_success() {
        return Problem::default();
    }
    serde_json::from_slice(&response.body).unwrap_or_default()
}

/// The server's words for a refusal.
pub(crate) fn refused(response: &HttpResponse) -> DeviceError {
    DeviceError::Refused {
        status: response.status,
        words: reason(response),
    }
}

/// Why the server refuses, in its words.
pub(crate) fn reason(response: &HttpResponse) -> String {
    let problem = problem(response);
    let words = problem.detail.or(problem.title);
    words.unwrap_or_else(|| "the server gave no reason".to_owned())
}

/// Whether the body says that it is one of ours.
pub(crate) fn is_cbor(response: &HttpResponse) -> bool {
    let kind = response.header("content-type");
    kind.is_some_and(|kind| kind.starts_with(CONTENT_TYPE))
}

/// Asks a server, which nobody has vouched for yet, to take this device.
pub(crate) fn post_enrol(
    core: &Core,
    server: &str,
    body: Vec<u8>,
    cancel: &CancelToken,
) -> Result<EnrolResponse> {
    let request = HttpRequest::new(Method::Post, "/v1/enrol")
        .header("content-type", CONTENT_TYPE)
        .body(body);
    let response = ask_stranger(core, server, request, cancel)?;
    if !is_cbor(&response) {
        return Err(DeviceError::Exchange(Failure::NotAServer));
    }
    let read = cbor::from_slice(&response.body);
    read.map_err(|_| DeviceError::Untrusted("it cannot be read"))
}

/// What a server says of itself to anybody.
#[derive(Deserialize)]
struct Hello {
    protocol: u32,
    city: CityId,
}

/// The city that a server says it is, which nobody has vouched for yet.
pub(crate) fn city_at(core: &Core, server: &str, cancel: &CancelToken) -> Result<CityId> {
    let request = HttpRequest::new(Method::Get, "/v1/hello");
    let response = ask_stranger(core, server, request, cancel)?;
    match serde_json::from_slice(&response.body) {
        Ok(Hello { protocol, city }) if protocol == PROTOCOL => Ok(city),
        Ok(Hello { protocol, .. }) => Err(DeviceError::Exchange(Failure::TooOld {
            theirs: protocol,
            ours: PROTOCOL,
        })),
        Err(_) => Err(DeviceError::Exchange(Failure::NotAServer)),
    }
}

/// Sends what needs no signature, and answers with a success.
fn ask_stranger(
    core: &Core,
    server: &str,
    request: HttpRequest,
    cancel: &CancelToken,
) -> Result<HttpResponse> {
    let transport = core.transport(server)?;
    cancel.watch(Arc::clone(&transport));
    // Whoever cancelled before this line found no transport to stop.
    let sent = match cancel.is_cancelled() {
        true => Err(TransportError::Cancelled),
        false => transport.send(request),
    };
    cancel.on_cancel(None);
    let response = sent?;
    if response.is_success() {
        return Ok(response);
    }
    let ours = response
        .header("content-type")
        .is_some_and(|kind| kind.starts_with("application/problem+json"));
    match check(&response, core.options.host.clock.now()) {
        Err(failure @ (Failure::TooOld { .. } | Failure::Unready { .. })) => {
            Err(DeviceError::Exchange(failure))
        }
        _ if ours => Err(refused(&response)),
        Err(failure) => Err(DeviceError::Exchange(failure)),
        Ok(()) => Err(DeviceError::Exchange(Failure::NotAServer)),
    }
}
