//! Cancellation, said aloud: neither language's own reaches across the border.

use gewu::CancelToken;

use crate::error::Answer;

/// Stops a long call from another thread. One handle belongs to one call: a used one stays used.
#[derive(Debug, Default, uniffi::Object)]
pub struct CancelHandle {
    token: CancelToken,
}

#[uniffi::export]
impl CancelHandle {
    /// A handle that nobody has used yet.
    #[uniffi::constructor]
    pub fn new() -> Answer<Self> {
        Ok(Self::default())
    }

    /// Stops the call: a request under way ends, nothing new begins, nothing is lost.
    pub fn cancel(&self) -> Answer<()> {
        self.token.cancel();
        Ok(())
    }

    /// Whether it was used.
    pub fn is_cancelled(&self) -> Answer<bool> {
        Ok(self.token.is_cancelled())
    }
}

impl CancelHandle {
    pub(crate) const fn token(&self) -> &CancelToken {
        &self.token
    }
}
