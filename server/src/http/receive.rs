//! The bytes of an upload, from a request's body into parts.
//!
//! A device signs its body, so nothing of it counts before all of it has come and the signature
//! holds; its parts are small. Whoever bears a token is known before the first byte: every byte that
//! arrives counts, and is kept in durable parts of [`COMMIT`] bytes on the way, so that neither a cut
//! connection nor a killed server costs more than that. Either way a body goes to the disk as it
//! comes, and a request holds no more than [`BATCH`] bytes and a frame of it in memory.

use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use gewu_sync::auth::{Claim, claim};
use gewu_sync::token;

use super::app::{App, header_text};
use super::problem::Problem;
use super::turns::Turn;
use crate::core::{Caller, Core, CoreError, Incoming, Sum, Upload, UploadError};

/// How much is written at once.
const BATCH: usize = 512 << 10;
/// How much of a bearer's body is kept at once.
const COMMIT: u64 = 4 << 20;
/// How long a bearer's connection may be silent.
const SILENCE: Duration = Duration::from_secs(30);
/// How long a request that has to stop goes on reading, and how long it waits for each frame.
const LAST_MOMENTS: Duration = Duration::from_secs(2);
const LAST_FRAME: Duration = Duration::from_millis(100);
/// How many times as long as others a bearer's request may take: its body is a whole file.
const LONGER: u32 = 30;

/// Who sends.
pub(super) enum Sender {
    /// Whoever shows a token.
    Bearer(Box<Caller>),
    /// A device that says so; the signature is checked when its body is here.
    Device(Claim),
}

/// What is sent, and where it goes.
pub(super) struct Delivery {
    pub(super) upload: String,
    pub(super) offset: u64,
    pub(super) sum: Option<Sum>,
}

/// Why a body ended.
#[derive(PartialEq)]
enum End {
    Whole,
    /// The connection broke or fell silent.
    Cut,
    /// As much has come as was wanted.
    Enough,
    /// A newer request goes on with the upload.
    Overtaken,
}

/// The token of a device, if the request bears one. An operator's looks otherwise.
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let text = header_text(headers, header::AUTHORIZATION.as_str())?;
    let (scheme, token) = text.split_once(' ')?;
    let ours = scheme.eq_ignore_ascii_case("bearer") && token.starts_with(token::PREFIX);
    ours.then_some(token)
}

impl App {
    /// The device whose token it is.
    pub(super) async fn bearer(&self, token: &str) -> Result<Caller, Problem> {
        let (token, now) = (token.to_owned(), self.clock.now());
        let known = self.blocking(move |core| core.bearer(&token, now)).await?;
        known.map_err(|error| Problem::access(error, now))
    }

    /// Who sends a request, before its body is read.
    pub(super) async fn sender(&self, headers: &HeaderMap) -> Result<Sender, Problem> {
        match bearer(headers) {
            Some(token) => Ok(Sender::Bearer(Box::new(self.bearer(token).await?))),
            None => {
                let claimed = claim(|name| header_text(headers, name));
                let now = self.clock.now();
                Ok(Sender::Device(self.known(claimed, now).await?))
            }
        }
    }

    /// Takes a device's body and the device, once its signature holds.
    pub(super) async fn take_signed(
        &self,
        parts: &Parts,
        claim: Claim,
        body: Body,
        sum: Option<&Sum>,
    ) -> Result<(Caller, Incoming), Problem> {
        let limit = self.core.max_file_bytes();
        // One more, to tell a body that is just as long from one that goes on.
        let fill = self.fill(body, limit + 1, sum, std::future::pending());
        let filled = tokio::time::timeout(self.patience, fill).await;
        let (incoming, end) = filled.map_err(|_| too_slow())??;
        match end {
            End::Whole => {}
            End::Enough => return Err(too_large(limit)),
            _ => return Err(Problem::bad("the body is cut off: send it again")),
        }
        let method = parts.method.as_str().to_owned();
        let path = parts.uri.path_and_query();
        let path = path.map_or("/", |path| path.as_str()).to_owned();
        let (digest, now) = (incoming.digest(), self.clock.now());
        let check =
            move |core: &Core| core.authenticate_digest(&claim, &method, &path, &digest, now);
        let caller = self.blocking(check).await?;
        Ok((
            caller.map_err(|error| Problem::access(error, now))?,
            incoming,
        ))
    }

    /// Adds what a device sent.
    pub(super) async fn add(
        &self,
        caller: Caller,
        delivery: Delivery,
        incoming: Incoming,
    ) -> Result<Upload, Problem> {
        if delivery.sum.is_some_and(|sum| !incoming.adds_up_to(&sum)) {
            return Err(damaged());
        }
        let (id, offset) = (delivery.upload, delivery.offset);
        self.run(move |core, now| core.append_incoming(&caller, &id, offset, incoming, now))
            .await
    }

    /// Adds what a bearer sends, as it comes. What has come is kept also when the connection breaks
    /// and nobody waits for the answer.
    pub(super) async fn stream(
        &self,
        caller: Caller,
        delivery: Delivery,
        body: Body,
        turn: Turn,
    ) -> Result<Upload, Problem> {
        let app = self.clone();
        let work = tokio::spawn(async move {
            let total = app.patience * LONGER;
            let deadline = tokio::time::Instant::now() + total;
            app.stream_until(caller, delivery, body, &turn, deadline)
                .await
        });
        work.await.map_err(|_| Problem::broken())?
    }

    async fn stream_until(
        &self,
        caller: Caller,
        mut delivery: Delivery,
        mut body: Body,
        turn: &Turn,
        deadline: tokio::time::Instant,
    ) -> Result<Upload, Problem> {
        // A checksum speaks of the whole body, so that counts as a whole or not at all.
        let limit = match delivery.sum {
            Some(_) => self.core.max_file_bytes() + 1,
            None => COMMIT,
        };
        let mut kept = None;
        loop {
            let stop = async {
                tokio::select! {
                    () = turn.overtaken() => {}
                    () = tokio::time::sleep_until(deadline) => {}
                }
            };
            let sum = delivery.sum.as_ref();
            let (incoming, end) = self.fill_from(&mut body, limit, sum, stop).await?;
            if let Some(sum) = &delivery.sum {
                match end {
                    End::Whole if incoming.adds_up_to(sum) => {}
                    End::Whole => return Err(damaged()),
                    End::Enough => return Err(too_large(limit - 1)),
                    End::Cut | End::Overtaken => return Err(overtaken()),
                }
            }
            if let (Some(upload), 0, End::Whole) = (&kept, incoming.bytes(), &end) {
                return Ok(Upload::clone(upload));
            }
            let (id, offset, who) = (delivery.upload.clone(), delivery.offset, caller.clone());
            let upload = self
                .run(move |core, now| core.append_incoming(&who, &id, offset, incoming, now))
                .await?;
            match end {
                End::Enough => {
                    delivery.offset = upload.offset;
                    kept = Some(upload);
                }
                End::Whole => return Ok(upload),
                End::Cut => return Err(too_slow()),
                End::Overtaken => return Err(overtaken()),
            }
        }
    }

    async fn fill(
        &self,
        mut body: Body,
        limit: u64,
        sum: Option<&Sum>,
        stop: impl Future<Output = ()>,
    ) -> Result<(Incoming, End), Problem> {
        self.fill_from(&mut body, limit, sum, stop).await
    }

    /// Writes a body into a part until it ends, `limit` bytes have come, or `stop`.
    async fn fill_from(
        &self,
        body: &mut Body,
        limit: u64,
        sum: Option<&Sum>,
        stop: impl Future<Output = ()>,
    ) -> Result<(Incoming, End), Problem> {
        let sum = sum.cloned();
        let mut incoming = self.run(move |core, _| core.incoming(sum.as_ref())).await?;
        let mut stop = std::pin::pin!(stop);
        let mut batch = Batch::default();
        let mut last_moments = None;
        let end = loop {
            if batch.bytes >= BATCH {
                incoming = self.pour(incoming, &mut batch).await?;
            }
            if incoming.bytes() + batch.bytes as u64 >= limit {
                // The frame that comes next would be too much; none may come.
                break End::Enough;
            }
            let next = match last_moments {
                // What is on its way already is taken, no matter who waits.
                Some(end) if tokio::time::Instant::now() < end => {
                    let next = tokio::time::timeout(LAST_FRAME, frame(body)).await;
                    let Ok(next) = next else {
                        break End::Overtaken;
                    };
                    Ok(next)
                }
                Some(_) => break End::Overtaken,
                None => tokio::select! {
                    next = tokio::time::timeout(SILENCE, frame(body)) => next,
                    () = &mut stop => {
                        last_moments = Some(tokio::time::Instant::now() + LAST_MOMENTS);
                        continue;
                    }
                },
            };
            match next {
                Ok(Some(Ok(bytes))) => batch.add(bytes),
                Ok(None) => break End::Whole,
                Ok(Some(Err(()))) | Err(_) => break End::Cut,
            }
        };
        Ok((self.pour(incoming, &mut batch).await?, end))
    }

    async fn pour(&self, mut incoming: Incoming, batch: &mut Batch) -> Result<Incoming, Problem> {
        let full = std::mem::take(batch);
        self.run(move |_, _| {
            for bytes in &full.frames {
                incoming.write(bytes)?;
            }
            Ok::<_, CoreError>(incoming)
        })
        .await
    }
}

/// Bytes that wait to be written.
#[derive(Default)]
struct Batch {
    frames: Vec<Bytes>,
    bytes: usize,
}

impl Batch {
    fn add(&mut self, bytes: Bytes) {
        self.bytes += bytes.len();
        self.frames.push(bytes);
    }
}

/// The next bytes of a body; trailers are passed over.
async fn frame(body: &mut Body) -> Option<Result<Bytes, ()>> {
    loop {
        let next = poll_fn(|cx| Pin::new(&mut *body).poll_frame(cx)).await?;
        match next.map(|frame| frame.into_data().ok()) {
            Ok(Some(bytes)) => return Some(Ok(bytes)),
            Ok(None) => {}
            Err(_) => return Some(Err(())),
        }
    }
}

fn damaged() -> Problem {
    // The status that tus gives to this, unknown to the HTTP registry.
    let status = StatusCode::from_u16(460).unwrap_or(StatusCode::BAD_REQUEST);
    Problem::new(status, "the part was damaged on its way: send it again")
}

fn overtaken() -> Problem {
    let words = "another request goes on with this upload: ask where it stands";
    Problem::new(StatusCode::CONFLICT, words)
}

fn too_slow() -> Problem {
    let words = "the request took too long: ask where the upload stands and go on";
    Problem::new(StatusCode::REQUEST_TIMEOUT, words)
}

fn too_large(limit: u64) -> Problem {
    UploadError::TooLarge(limit).into()
}
