//! Live queries: the host hears that something changed, and asks again.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use gewu::Changes;
use gewu::db::Canceller;

use crate::error::{Answer, SdkError, StorageProblem};
use crate::host::HostError;

/// How long one wait lasts at most; then the next begins.
const WAIT: Duration = Duration::from_secs(3_600);

/// What may show something else than before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Changed {
    /// Lists and single cases.
    Cases,
    /// What the user is asked to do.
    Tasks,
    /// What is unsent, drafts, notices, how the last sync went.
    Status,
}

/// Hears of changes. Called from a thread of the SDK's, one call at a time; may call the SDK.
#[uniffi::export(foreign)]
pub trait ChangeListener: Send + Sync {
    /// Something changed since the last call: query again. While a call runs, further changes wait
    /// and then come as one. Throwing ends the listening.
    fn changed(&self, what: Vec<Changed>) -> Result<(), HostError>;
}

/// A listener at work, until it is cancelled or dropped, or the SDK is closed.
#[derive(Debug, uniffi::Object)]
pub struct Listening {
    canceller: Canceller,
}

#[uniffi::export]
impl Listening {
    /// Ends it. A call under way ends by itself; no other begins.
    pub fn cancel(&self) -> Answer<()> {
        self.canceller.cancel();
        Ok(())
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.canceller.cancel();
    }
}

/// Has a listener hear of the present at once, and then of all changes.
pub(crate) fn start(changes: Changes, listener: Arc<dyn ChangeListener>) -> Answer<Listening> {
    let canceller = changes.canceller();
    let thread = thread::Builder::new().name("gewu-listen".to_owned());
    let started = thread.spawn(move || tell(changes, &*listener));
    started.map_err(|error| {
        let text = error.to_string();
        let problem = StorageProblem::Failed(text.clone());
        SdkError::Storage { problem, text }
    })?;
    Ok(Listening { canceller })
}

fn tell(mut changes: Changes, listener: &dyn ChangeListener) {
    let mut what = vec![Changed::Cases, Changed::Tasks, Changed::Status];
    while listener.changed(what).is_ok() {
        let Some(cases) = wait(&mut changes) else {
            return;
        };
        what = match cases {
            true => vec![Changed::Cases, Changed::Tasks, Changed::Status],
            false => vec![Changed::Status],
        };
    }
}

/// Whether the next change is one of cases; `None` when there will be no other.
fn wait(changes: &mut Changes) -> Option<bool> {
    loop {
        match changes.next(WAIT) {
            Some(change) => return Some(change.cases),
            None if changes.is_over() => return None,
            None => {}
        }
    }
}
