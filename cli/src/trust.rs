//! Whom connections trust.

use gewu::host::TlsRoots;

use crate::args::TlsRootArg;
use crate::out::Failure;

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
