//! One request that stands at the server until there is news.

use gewu_model::cbor;
use gewu_sync::machine::Failure;
use gewu_sync::wire::{Hint, HintQuery};

use super::http::{Traffic, Trouble, check, is_cbor, send_over};
use crate::host::{HttpRequest, Method, Transport};
use crate::sdk::Core;
use crate::store::scopes;

/// How long a request stands, in seconds: less than the networks of platforms wait for an answer.
const WAIT_S: u64 = 25;

/// Waits for news over a connection of the caller's; whether there is any. An error of the device is taken
/// for a network that is away: nothing hangs on hints.
pub(crate) fn listen(core: &Core, transport: &dyn Transport) -> std::result::Result<bool, Failure> {
    ask(core, transport).map_err(|trouble| match trouble {
        Trouble::Failed(failure) => failure,
        Trouble::Error(_) => Failure::Offline,
    })
}

fn ask(core: &Core, transport: &dyn Transport) -> std::result::Result<bool, Trouble> {
    let cursors = core.read(|tx| scopes::cursors(tx))?;
    let newest = cursors.iter().map(|cursor| cursor.generation).max();
    // A retired device keeps those of scopes that it reads no more, of whatever life of the server.
    let read = cursors
        .iter()
        .filter(|cursor| Some(cursor.generation) == newest);
    let positions = read.map(|cursor| cursor.position);
    let (Some(generation), Some(after)) = (newest, positions.min()) else {
        return Err(Failure::Offline.into());
    };
    let query = HintQuery {
        generation,
        after,
        wait_s: WAIT_S,
    };
    let request = HttpRequest::new(Method::Get, query.path());
    let (response, at) = send_over(core, transport, request, &mut Traffic::default())?;
    check(&response, at)?;
    if !response.is_success() || !is_cbor(&response) {
        return Err(Failure::NotAServer.into());
    }
    let hint: Hint =
        cbor::from_slice(&response.body).map_err(|_| Failure::Untrusted("it cannot be read"))?;
    Ok(hint.news)
}
