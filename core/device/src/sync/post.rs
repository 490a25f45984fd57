//! One exchange over HTTP, packed where both sides read that.

use std::result::Result;

use gewu_model::cbor;
use gewu_sync::machine::Failure;
use gewu_sync::wire::{
    ACCEPT_POST_HEADER, CONTENT_TYPE, MAX_RESPONSE_BYTES, PACKED_TYPE, Request, Response,
    names_packed, pack, unpack,
};

use super::driver::Session;
use super::http::{Trouble, is_cbor, send_signed};
use crate::host::{HttpRequest, HttpResponse, Method};
use crate::store::meta;

/// Statuses with which a server refuses a body that it cannot read.
const UNREAD: [u16; 2] = [400, 415];

impl Session<'_> {
    /// The server's answer to a request.
    pub(super) fn post(&mut self, request: &Request) -> Result<Response, Trouble> {
        let plain = cbor::to_vec(request);
        let reads_packed = self.server_reads_packed()?;
        let packed = reads_packed.then(|| pack(&plain)).flatten();
        let answer = match packed {
            None => self.send(plain, CONTENT_TYPE)?,
            Some(packed) => match self.send(packed, PACKED_TYPE)? {
                // It is not the server any more that once said so.
                answer if UNREAD.contains(&answer.status) => self.send(plain, CONTENT_TYPE)?,
                answer => answer,
            },
        };
        check_status(&answer)?;
        let reads = names_packed(answer.header(ACCEPT_POST_HEADER));
        if reads != reads_packed {
            let write = |tx: &_| meta::put_number(tx, meta::READS_PACKED, i64::from(reads));
            self.core.write(|tx| write(tx))?;
        }
        read_body(&answer).ok_or_else(|| Failure::Untrusted("it cannot be read").into())
    }

    fn server_reads_packed(&self) -> Result<bool, Trouble> {
        let known = self
            .core
            .read(|tx| meta::get_number(tx, meta::READS_PACKED))?;
        Ok(known == Some(1))
    }

    fn send(&mut self, body: Vec<u8>, kind: &str) -> Result<HttpResponse, Trouble> {
        let request = HttpRequest::new(Method::Post, "/v1/sync")
            .header("content-type", kind)
            .header("accept", PACKED_TYPE)
            .body(body);
        send_signed(self.core, request, &mut self.traffic)
    }
}

fn check_status(answer: &HttpResponse) -> Result<(), Failure> {
    match answer.status {
        200 if is_cbor(answer) => Ok(()),
        200..=299 => Err(Failure::CaptivePortal),
        404 => Err(Failure::NotAServer),
        status => Err(Failure::Unready {
            status,
            retry_after_ms: 0,
        }),
    }
}

fn read_body(answer: &HttpResponse) -> Option<Response> {
    match names_packed(answer.header("content-type")) {
        true => {
            let plain = unpack(&answer.body, MAX_RESPONSE_BYTES).ok()?;
            cbor::from_slice(&plain).ok()
        }
        false => cbor::from_slice(&answer.body).ok(),
    }
}
