//! A token as a host app's backend makes it, for trying out.

use gewu_server::host_token::{Claims, HostSigner};
use gewu_server::{Clock, SystemClock};
use serde_json::json;

use crate::args::HostTokenArgs;
use crate::out::{Failure, Out, Outcome};

/// Prints a token.
pub(crate) fn make(args: &HostTokenArgs, out: Out) -> Outcome {
    let refused = |error: &dyn std::fmt::Display| {
        Failure::new(format!("the key {}: {error}", args.key.display()))
    };
    let pem = std::fs::read_to_string(&args.key).map_err(|error| refused(&error))?;
    let signer = HostSigner::from_pem(&pem).map_err(|error| refused(&error))?;
    let iat = SystemClock.now().0 / 1_000;
    let claims = Claims {
        iss: args.iss.clone(),
        sub: args.sub.clone(),
        aud: args.aud.clone(),
        iat,
        exp: iat + i64::from(args.minutes) * 60,
        nonce: args.nonce.clone(),
    };
    let token = signer.token(&claims).map_err(|error| refused(&error))?;
    out.say(&json!({ "token": token }), || token.clone());
    Ok(())
}
