//! A device that syncs by itself while its app runs.

use std::sync::{Arc, Mutex, PoisonError};

use gewu::schedule::Pace;
use gewu::{GewuError, Nudge, nudge};

use crate::cancel::CancelHandle;
use crate::error::{Answer, SdkError};
use crate::gewu_object::Gewu;
use crate::host::HostError;
use crate::types::{NetworkKind, SyncReport};

/// Hears how each sync ended that [`Gewu::stay_synced`] began. Called from the thread of that call.
/// Throwing ends the telling, not the syncing.
#[uniffi::export(foreign)]
pub trait SyncEndListener: Send + Sync {
    /// It ran, and ended so.
    fn ended(&self, report: SyncReport) -> Result<(), HostError>;
    /// The device itself was in its way.
    fn failed(&self, error: SdkError) -> Result<(), HostError>;
}

/// What a device that stays synced is told, and what it was told before it began to.
#[derive(Debug, Default)]
pub(super) struct Staying(Mutex<Told>);

#[derive(Debug, Default)]
struct Told {
    foreground: bool,
    nudge: Option<Nudge>,
}

impl Staying {
    fn told<T>(&self, change: impl FnOnce(&mut Told) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Tells the call that runs, if one does.
    fn nudge(&self, tell: impl FnOnce(&Nudge)) {
        self.told(|told| told.nudge.as_ref().map(tell));
    }

    pub(super) fn network(&self, kind: NetworkKind) {
        self.nudge(|nudge| nudge.network(kind));
    }

    fn foreground(&self, is: bool) {
        self.told(|told| {
            told.foreground = is;
            if let Some(nudge) = &told.nudge {
                nudge.foreground(is);
            }
        });
    }

    /// Lets one call hear; refused while another does.
    fn begin(&self, nudge: Nudge) -> Answer<Hearing<'_>> {
        self.told(|told| {
            if told.nudge.is_some() {
                return Err(GewuError::Busy {
                    what: "staying synced".to_owned(),
                }
                .into());
            }
            nudge.foreground(told.foreground);
            told.nudge = Some(nudge);
            Ok(Hearing(self))
        })
    }
}

/// As long as it lives, what is told reaches the call that runs.
struct Hearing<'a>(&'a Staying);

impl Drop for Hearing<'_> {
    fn drop(&mut self) {
        self.0.told(|told| told.nudge = None);
    }
}

#[uniffi::export]
impl Gewu {
    /// Keeps the device synced until `cancel` is used on another thread: a sync follows what is saved, a
    /// network that comes back, the app that comes to the front, a push and a timer; failures are waited
    /// out, and urgent cases do not wait. While the app is in the foreground a request stands at the
    /// server, which answers it when there is news. One such call at a time; busy while another runs.
    ///
    /// A [`Gewu::sync`] meanwhile fails as busy when it meets one of these; ask with
    /// [`Gewu::sync_soon`] instead.
    #[uniffi::method(default(listener = None))]
    pub fn stay_synced(
        &self,
        cancel: &CancelHandle,
        listener: Option<Arc<dyn SyncEndListener>>,
    ) -> Answer<()> {
        let (nudge, ear) = nudge();
        let _hearing = self.staying.begin(nudge)?;
        let mut listener = listener;
        let mut tell = |ran: &Result<gewu::SyncReport, GewuError>| {
            listener = listener.take().filter(|it| {
                let heard = match ran {
                    Ok(report) => it.ended(report.clone()),
                    Err(error) => it.failed(error.clone().into()),
                };
                heard.is_ok()
            });
        };
        Ok(self
            .sdk
            .stay_synced(ear, &Pace::default(), &mut tell, cancel.token())?)
    }

    /// Tells whether the app is in front, or somebody on shift: a device that stays synced listens for
    /// news meanwhile.
    pub fn tell_foreground(&self, is: bool) -> Answer<()> {
        self.staying.foreground(is);
        Ok(())
    }

    /// A vendor's push says that there may be news: has a device that stays synced look. What the push
    /// carries is not looked at.
    pub fn on_push_hint(&self) -> Answer<()> {
        self.staying.nudge(Nudge::on_push_hint);
        Ok(())
    }

    /// Somebody wants a sync now: has a device that stays synced begin one, whatever it waits for.
    pub fn sync_soon(&self) -> Answer<()> {
        self.staying.nudge(Nudge::sync_now);
        Ok(())
    }
}
