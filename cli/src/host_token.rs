//! Keys and tokens as a host app's backend makes them, for trying out.

use std::io::Write;

use gewu_server::host_token::{Claims, HostSigner, new_key};
use gewu_server::{Clock, SystemClock};
use serde_json::json;

use crate::args::{HostKeyArgs, HostTokenArgs};
use crate::out::{Failure, Out, Outcome, private};

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

/// Makes a key in two files.
pub(crate) fn make_key(args: &HostKeyArgs, out: Out) -> Outcome {
    let (secret, public) = new_key().map_err(|error| Failure::new(error.to_string()))?;
    let mut file = private(&args.key)?;
    file.write_all(secret.as_bytes())?;
    file.sync_all()?;
    std::fs::write(&args.public, public)?;
    out.say(&json!({ "key": args.key, "public": args.public }), || {
        format!("the key is in {}", args.key.display())
    });
    Ok(())
}
