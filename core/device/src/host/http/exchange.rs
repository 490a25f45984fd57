//! One request on the driver's thread, and its answer as events on the caller's.

use std::error::Error;
use std::io;
use std::sync::{Arc, mpsc};

use reqwest::{RequestBuilder, Response};
use tokio::sync::Semaphore;

use crate::host::{HttpResponse, TransportError};

/// How many chunks may wait for a slow writer.
const ROOM: usize = 16;

/// A part of an answer.
pub(super) enum Event {
    /// Status and headers; always first.
    Head(HttpResponse),
    /// The next bytes of the body.
    Chunk(Vec<u8>),
    /// The body is complete.
    End,
}

/// The driver's end of an exchange.
pub(super) struct Outlet {
    events: mpsc::Sender<Result<Event, TransportError>>,
    room: Arc<Semaphore>,
}

/// The caller's end. Dropping it ends the exchange.
pub(super) struct Flow {
    events: mpsc::Receiver<Result<Event, TransportError>>,
    room: Arc<Semaphore>,
}

pub(super) fn channel() -> (Outlet, Flow) {
    let (sender, receiver) = mpsc::channel();
    let room = Arc::new(Semaphore::new(ROOM));
    (
        Outlet {
            events: sender,
            room: Arc::clone(&room),
        },
        Flow {
            events: receiver,
            room,
        },
    )
}

impl Flow {
    /// The next event. The driver's end goes away without one when the exchange was aborted.
    pub(super) fn next(&self) -> Result<Event, TransportError> {
        let event = self.events.recv().unwrap_or(Err(TransportError::Cancelled));
        self.room.add_permits(1);
        event
    }

    /// The first event.
    pub(super) fn head(&self) -> Result<HttpResponse, TransportError> {
        match self.next()? {
            Event::Head(response) => Ok(response),
            _ => Err(TransportError::Other("the answer has no head")),
        }
    }
}

impl Drop for Flow {
    fn drop(&mut self) {
        self.room.close();
    }
}

impl Outlet {
    /// Hands an event over once there is room; `None` when nobody waits for it any more.
    async fn put(&self, event: Event) -> Option<()> {
        self.room.acquire().await.ok()?.forget();
        self.events.send(Ok(event)).ok()
    }
}

/// Sends the request and hands the answer over.
pub(super) async fn run(request: RequestBuilder, outlet: Outlet) {
    if let Err(error) = relay(request, &outlet).await {
        // Nobody may be waiting any more.
        let _ = outlet.events.send(Err(classify(&error)));
    }
}

async fn relay(request: RequestBuilder, outlet: &Outlet) -> Result<(), reqwest::Error> {
    let mut response = request.send().await?;
    let mut open = outlet.put(Event::Head(head(&response))).await;
    while open.is_some() {
        let Some(chunk) = response.chunk().await? else {
            outlet.put(Event::End).await;
            return Ok(());
        };
        open = outlet.put(Event::Chunk(chunk.into())).await;
    }
    Ok(())
}

fn head(response: &Response) -> HttpResponse {
    let text = |(name, value): (&reqwest::header::HeaderName, &reqwest::header::HeaderValue)| {
        value
            .to_str()
            .ok()
            .map(|value| (name.as_str().to_owned(), value.to_owned()))
    };
    let headers = response.headers().iter().filter_map(text).collect();
    HttpResponse {
        status: response.status().as_u16(),
        headers,
        body: Vec::new(),
    }
}

/// What a failure means to the caller.
fn classify(error: &reqwest::Error) -> TransportError {
    if error.is_builder() {
        TransportError::Other("the request is malformed")
    } else if error.is_timeout() {
        TransportError::Timeout
    } else if is_tls(error) {
        TransportError::Tls
    } else {
        // A connection that breaks shows as a failed connect, request, body or decoding.
        TransportError::Offline
    }
}

fn is_tls(error: &(dyn Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        // An I/O error hides the error it wraps from `source`.
        let inner = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        if error.is::<rustls::Error>() || inner.is_some_and(|inner| inner.is::<rustls::Error>()) {
            return true;
        }
        next = inner
            .map(|inner| inner as &(dyn Error + 'static))
            .or_else(|| error.source());
    }
    false
}
