//! Whom connections trust.

use std::net::{Ipv4Addr, Ipv6Addr};

use gewu::host::TlsRoots;

use crate::args::TlsRootArg;
use crate::out::{Failure, Outcome};

/// The roots that were named; `None` for the system's.
pub(crate) fn roots(args: &TlsRootArg) -> Result<Option<TlsRoots>, Failure> {
    let Some(path) = &args.tls_root else {
        return Ok(None);
    };
    let failed = |why: String| Failure::new(format!("{}: {why}", path.display()));
    let pem = std::fs::read(path).map_err(|error| failed(error.to_string()))?;
    let roots = TlsRoots::from_pem(&pem).map_err(|error| failed(error.to_string()))?;
    Ok(Some(roots))
}

/// Refuses to send codes, tokens and cases readable over a network, unless that was said to be wanted.
pub(crate) fn refuse_plain(server: &str, wanted: bool) -> Outcome {
    let scheme = server.get(..7).unwrap_or_default();
    if wanted || !scheme.eq_ignore_ascii_case("http://") || is_loopback(&server[7..]) {
        return Ok(());
    }
    Err(Failure::usage(
        "over http:// anybody on the way reads codes, tokens and cases: name an https:// address, or say --plain-http where the network itself is trusted",
    ))
}

/// Whether an address without its scheme leads no further than this machine.
fn is_loopback(address: &str) -> bool {
    let authority = address.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    if let Some(v6) = host.strip_prefix('[') {
        let host = v6.split(']').next().unwrap_or_default();
        return host.parse().is_ok_and(|host: Ipv6Addr| host.is_loopback());
    }
    let host = host.split(':').next().unwrap_or_default();
    host.eq_ignore_ascii_case("localhost")
        || host.parse().is_ok_and(|host: Ipv4Addr| host.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_goes_no_further_than_this_machine_unless_that_is_wanted() {
        for near in [
            "http://127.0.0.1:8420",
            "HTTP://localhost",
            "http://[::1]:8420/city",
            "http://127.8.9.1/x?y",
            "https://city.example",
        ] {
            assert!(refuse_plain(near, false).is_ok(), "{near}");
        }
        for far in [
            "http://city.example",
            "http://10.0.0.2:8420",
            "http://127.0.0.1.example",
            "http://127.0.0.1@city.example",
            "http://[fe80::1]:80",
            "http://localhost.example",
        ] {
            assert!(refuse_plain(far, false).is_err(), "{far}");
            assert!(refuse_plain(far, true).is_ok(), "{far}");
        }
    }
}
