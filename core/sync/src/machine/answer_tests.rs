use super::*;
use crate::auth::WINDOW_MS;

const SIGNED: Millis = Millis(1_000_000_000);

fn answer(status: u16) -> Answer<'static> {
    Answer::new(status, |_| None)
}

fn read(answer: Answer<'_>) -> Result<(), Failure> {
    read_answer(&answer, SIGNED)
}

#[test]
fn another_protocol_is_named() {
    let theirs = |protocol, theirs| {
        let told = Answer {
            protocol,
            ..answer(426)
        };
        let ours = PROTOCOL;
        assert_eq!(read(told), Err(Failure::TooOld { theirs, ours }));
    };
    theirs(Some(7), 7);
    theirs(None, 0);
}

#[test]
fn only_an_answer_with_a_mark_of_ours_revokes() {
    for status in [401, 403] {
        assert_eq!(read(answer(status)), Err(Failure::CaptivePortal));
        let page = Answer {
            content_type: Some("text/html"),
            ..answer(status)
        };
        assert_eq!(read(page), Err(Failure::CaptivePortal));
        for kind in ["application/cbor", "application/problem+json"] {
            let ours = Answer {
                content_type: Some(kind),
                ..answer(status)
            };
            assert_eq!(read(ours), Err(Failure::Revoked { status }), "{kind}");
        }
    }
    let timed = Answer {
        server_time: Some("1"),
        ..answer(403)
    };
    assert_eq!(read(timed), Err(Failure::Revoked { status: 403 }));
}

#[test]
fn a_401_is_about_the_time_where_that_is_off_by_more_than_half_the_window() {
    let read = |offset_ms: i64| {
        let time = (SIGNED.0 + offset_ms).to_string();
        let told = Answer {
            server_time: Some(&time),
            ..answer(401)
        };
        read_answer(&told, SIGNED)
    };
    let half = i64::try_from(WINDOW_MS.unsigned_abs() / 2).unwrap();
    for offset_ms in [half + 1, -half - 1, WINDOW_MS.abs()] {
        assert_eq!(read(offset_ms), Err(Failure::Skew { offset_ms }));
    }
    for offset_ms in [0, half, -half] {
        assert_eq!(read(offset_ms), Err(Failure::Revoked { status: 401 }));
    }
}
