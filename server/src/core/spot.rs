//! Spot checks (抽查): which cases the server draws, so that nobody can tell beforehand and nobody can
//! draw again.

use gewu_model::crypto::sha256_parts;
use gewu_model::entry::{Body, CloseKind};
use gewu_model::fold::CaseView;
use gewu_model::ids::CaseId;
use gewu_model::policy::is_drawn;

use super::decide::DecideError;
use super::load::rows;
use super::push::Bench;
use super::{Core, CoreError};
use crate::seam::{Entropy, random};
use crate::store::{self, Store, StoreError, Tx};

/// The meta value that makes draws unforeseeable.
const SECRET: &str = "spot_check_secret";

/// Makes the server's secret on first use.
pub(super) fn begin(store: &dyn Store, entropy: &dyn Entropy) -> Result<(), StoreError> {
    store::write(store, |tx| match tx.meta(SECRET)? {
        Some(_) => Ok(()),
        None => tx.put_meta(SECRET, &random::<32>(entropy)),
    })
}

impl Core {
    /// Whether the case is among the `percent` of 100 that are drawn. The same answer however often it
    /// is asked.
    pub(super) fn is_drawn(
        &self,
        tx: &dyn Tx,
        case: CaseId,
        percent: u8,
    ) -> Result<bool, StoreError> {
        let Some(secret) = tx.meta(SECRET)?.filter(|_| percent > 0) else {
            return Ok(false);
        };
        let digest = sha256_parts(&[b"gewu.spot-check.v1\0", &secret, &case.0]);
        let [a, b, c, d, ..] = digest.0;
        Ok(is_drawn(percent, u32::from_be_bytes([a, b, c, d])))
    }

    /// A case that was drawn is closed in the ordinary way only after somebody else has checked it.
    pub(super) fn check_drawn(
        &self,
        bench: &Bench<'_>,
        body: &Body,
        view: &CaseView,
    ) -> Result<(), DecideError> {
        let Body::Close(close) = body else {
            return Ok(());
        };
        let ordinary = matches!(close.kind, CloseKind::Normal | CloseKind::Late);
        let share = self.spot_check_share(bench, view);
        if ordinary
            && self
                .is_drawn(bench.tx, bench.state.case, share)
                .map_err(CoreError::from)?
        {
            let words =
                "the case was drawn for a spot check: have somebody check it who had no hand in it";
            return Err(DecideError::Denied(words.into()));
        }
        Ok(())
    }

    fn spot_check_share(&self, bench: &Bench<'_>, view: &CaseView) -> u8 {
        let rules = self.rules();
        let policy = rules.pinned(bench.state.root.as_ref(), &rows(&bench.state));
        policy.map_or(0, |policy| policy.spot_check_share(view))
    }
}
