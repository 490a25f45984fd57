//! Making a folder a device of the city's, as staff, anonymously, or under an account of a host app.

use gewu::{CancelToken, Consent, Gewu};
use gewu_model::ids::Role;

use super::{TERMS, options, sync};
use crate::args::{EnrollArgs, SignInRequestArgs};
use crate::out::{Failure, Out, Outcome, plain};

pub(super) fn enroll(args: &EnrollArgs, out: Out) -> Outcome {
    crate::trust::refuse_plain(&args.server, args.plain_http)?;
    std::fs::create_dir_all(&args.device.dir)?;
    let gewu = Gewu::open(options(&args.device)?)?;
    if let Ok(own) = gewu.whoami()
        && (args.citizen || args.host_token.is_some())
        && !is_citizen(&own.roles)
    {
        return Err(Failure::usage(format!(
            "{} is the device of {} already: name another folder for a citizen's",
            args.device.dir.display(),
            plain(own.user.as_str())
        )));
    }
    gewu.consent(&Consent {
        terms: TERMS.to_owned(),
    })?;
    let mut tell = |step| sync::tell(out, step);
    let cancel = CancelToken::new();
    let done = match (&args.host_token, args.code.as_deref()) {
        (Some(token), _) => gewu.sign_in(&args.server, token, &cancel)?,
        (None, code) => gewu.enrol_telling(&args.server, code, &mut tell, &cancel)?,
    };
    out.say(&serde_json::to_value(&done)?, || {
        let roles: Vec<&str> = done.who.roles.iter().map(|role| role.as_str()).collect();
        let account = match &done.who.account {
            Some(app) => format!(", under an account of {}", plain(app)),
            None => String::new(),
        };
        format!(
            "enrolled as {} ({}){account}",
            done.who.user,
            roles.join(", ")
        )
    });
    Ok(())
}

fn is_citizen(roles: &[Role]) -> bool {
    roles.iter().any(|role| role.as_str() == "citizen")
}

/// Prints what a host app's backend puts into a token.
pub(super) fn request(args: &SignInRequestArgs, out: Out) -> Outcome {
    crate::trust::refuse_plain(&args.server, args.plain_http)?;
    std::fs::create_dir_all(&args.device.dir)?;
    let gewu = Gewu::open(options(&args.device)?)?;
    gewu.consent(&Consent {
        terms: TERMS.to_owned(),
    })?;
    let request = gewu.sign_in_request(&args.server, &CancelToken::new())?;
    out.say(&serde_json::to_value(request)?, || {
        format!("--aud {} --nonce {}", request.city, request.device)
    });
    Ok(())
}
