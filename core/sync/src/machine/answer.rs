//! What an HTTP answer means to a device.

use gewu_model::time::Millis;

use super::Failure;
use crate::auth::SERVER_TIME_HEADER;
use crate::wire::PROTOCOL;

/// The longest `Retry-After` that is obeyed: a day.
const LONGEST_REST_S: u64 = 86_400;

/// The parts of an answer that decide what it means.
#[derive(Debug, Clone, Copy)]
pub struct Answer<'a> {
    /// The HTTP status.
    pub status: u16,
    /// The `content-type` header.
    pub content_type: Option<&'a str>,
    /// The `gewu-server-time` header.
    pub server_time: Option<&'a str>,
    /// The `retry-after` header.
    pub retry_after: Option<&'a str>,
    /// The protocol that a 426 names in its body.
    pub protocol: Option<u32>,
}

impl<'a> Answer<'a> {
    /// The answer of that status, with headers by name.
    pub fn new(status: u16, header: impl Fn(&str) -> Option<&'a str>) -> Self {
        Self {
            status,
            content_type: header("content-type"),
            server_time: header(SERVER_TIME_HEADER),
            retry_after: header("retry-after"),
            protocol: None,
        }
    }

    /// Whether it bears a mark of ours: a portal's page does not.
    fn is_ours(&self) -> bool {
        let typed = |kind: &str| {
            self.content_type
                .is_some_and(|found| found.starts_with(kind))
        };
        self.server_time.is_some() || typed("application/cbor") || typed("application/problem+json")
    }
}

/// Whether the answer is one to go on with, and if not, why. `signed_at` is the time that the
/// request claimed.
///
/// Statuses of the resource itself (404, 409, 410, 413, 423, 460 …) are not judged here.
///
/// # Errors
/// The [`Failure`] that the answer means.
pub fn read_answer(answer: &Answer<'_>, signed_at: Millis) -> Result<(), Failure> {
    match answer.status {
        426 => Err(Failure::TooOld {
            theirs: answer.protocol.unwrap_or(0),
            ours: PROTOCOL,
        }),
        401 if answer.server_time.is_some() => Err(skew(answer, signed_at)),
        401 | 403 if answer.is_ours() => Err(Failure::Revoked {
            status: answer.status,
        }),
        300..=399 | 401 | 403 | 407 | 511 => Err(Failure::CaptivePortal),
        408 | 425 | 429 | 500..=599 => Err(Failure::Unready {
            status: answer.status,
            retry_after_ms: retry_after_ms(answer.retry_after),
        }),
        200..=299 if is_page(answer.content_type) => Err(Failure::CaptivePortal),
        _ => Ok(()),
    }
}

fn is_page(content_type: Option<&str>) -> bool {
    content_type.is_some_and(|found| found.starts_with("text/html"))
}

/// A 401 that says the time is about the time, if the time differs.
fn skew(answer: &Answer<'_>, signed_at: Millis) -> Failure {
    let server: Option<i64> = answer.server_time.and_then(|text| text.trim().parse().ok());
    let offset = server.map(|server| Millis(server).since(signed_at));
    match offset {
        Some(offset_ms) if offset_ms.unsigned_abs() > crate::auth::WINDOW_MS.unsigned_abs() / 2 => {
            Failure::Skew { offset_ms }
        }
        _ => Failure::Revoked { status: 401 },
    }
}

/// Seconds only; a date would need a clock that is right.
fn retry_after_ms(header: Option<&str>) -> u64 {
    let seconds: u64 = header
        .and_then(|text| text.trim().parse().ok())
        .unwrap_or(0);
    seconds.min(LONGEST_REST_S) * 1_000
}

#[cfg(test)]
#[path = "answer_tests.rs"]
mod tests;
