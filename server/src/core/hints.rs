//! Word that there is news, without saying what.

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError, RwLock, Weak};

use gewu_model::ids::KeyId;
use gewu_model::scope::Scope;
use gewu_sync::wire::HintQuery;

use super::devices::Caller;
use super::{Core, CoreError, generation};
use crate::store::ReadFrom;

/// Somebody who wants to know at once when feeds grow.
pub(crate) trait Listener: Send + Sync {
    /// The feeds of these scopes grew. Called on the thread that wrote, so it must be quick.
    fn heard(&self, scopes: &BTreeSet<Scope>);

    /// There is word for one device. Called like [`Listener::heard`].
    fn called(&self, device: KeyId);
}

/// Everybody who listens. Whoever is gone is forgotten.
#[derive(Default)]
pub(super) struct Listeners(RwLock<Vec<Weak<dyn Listener>>>);

impl Core {
    /// From now on `listener` hears of every feed that grows, for as long as somebody else keeps it.
    pub(crate) fn listen(&self, listener: &Arc<dyn Listener>) {
        let listeners = &self.listeners.0;
        let mut listeners = listeners.write().unwrap_or_else(PoisonError::into_inner);
        listeners.retain(|known| known.strong_count() > 0);
        listeners.push(Arc::downgrade(listener));
    }

    pub(super) fn heard(&self, scopes: &BTreeSet<Scope>) {
        if scopes.is_empty() {
            return;
        }
        self.tell(|listener| listener.heard(scopes));
    }

    /// Has a device come that may be waiting for news: what it is told stands in no feed.
    pub(super) fn call(&self, device: KeyId) {
        self.tell(|listener| listener.called(device));
    }

    fn tell(&self, word: impl Fn(&dyn Listener)) {
        let listeners = &self.listeners.0;
        let listeners = listeners.read().unwrap_or_else(PoisonError::into_inner);
        for listener in listeners.iter().filter_map(Weak::upgrade) {
            word(&*listener);
        }
    }

    /// Whether an exchange would bring the device something of its cases.
    ///
    /// # Errors
    /// [`CoreError`] when the store cannot be read.
    pub(crate) fn has_news(&self, caller: &Caller, asked: &HintQuery) -> Result<bool, CoreError> {
        self.read(|tx| {
            if generation::current(tx)? != asked.generation {
                return Ok(true);
            }
            let from = |scope| ReadFrom {
                scope,
                after: asked.after,
                whole_to: 0,
            };
            let scopes: Vec<ReadFrom> = caller.scopes().into_iter().map(from).collect();
            Ok(!tx.rows_after(&scopes, 1)?.is_empty())
        })
    }
}
