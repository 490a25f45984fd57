//! The server's gate: judges each change that arrives, alone, in one fixed order. Under construction.

mod author;
mod judgement;
mod state;

use std::collections::BTreeMap;

use gewu_model::catalogue::Catalogue;
use gewu_model::change;
use gewu_model::crypto::Verifier;
use gewu_model::ids::{CityId, Digest};
use gewu_model::policy::Policy;
use gewu_model::signed::SignedChange;
use gewu_model::time::Millis;

pub use author::{
    Author, CITIZEN, Credential, IssuedStatus, KeyFacts, KeyHistory, Standing, Stated,
};
pub use judgement::{Admitted, Judgement};
pub use state::{AcceptedChange, CaseState, Fate};

/// How much the gate lets in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How large one change may be.
    pub change: change::Limits,
    /// The most changes that one key may write in one case. The server's own are not counted.
    pub per_key: usize,
    /// The most changes that a case may hold before only the server may write.
    pub per_case: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            change: change::Limits::default(),
            per_key: 200,
            per_case: 2_000,
        }
    }
}

/// The packs that a case may pin.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    /// Policies by their hash.
    pub policies: BTreeMap<Digest, Policy>,
    /// Catalogues by their hash.
    pub catalogues: BTreeMap<Digest, Catalogue>,
}

/// The gate of one city at one instant.
#[derive(Clone, Copy)]
pub struct Gate<'a> {
    /// The city whose changes these are.
    pub city: CityId,
    /// The packs that the server knows.
    pub rules: &'a Rules,
    /// Checks signatures.
    pub verifier: &'a dyn Verifier,
    /// How much is let in.
    pub limits: Limits,
    /// The server's clock.
    pub now: Millis,
}

impl Gate<'_> {
    /// Judges `signed` in `case`. `facts` are those of the key that it names; `None` when the
    /// server knows no such key.
    pub fn judge(
        &self,
        _case: &CaseState,
        _facts: Option<&KeyFacts<'_>>,
        _signed: &SignedChange,
    ) -> Judgement {
        Judgement::Pending
    }

    /// Takes `signed` on the word of an earlier generation: a receipt of this server for a field
    /// entry, the server's own signature for an instruction. What it may say is not judged again,
    /// only who signed it and whether it fits the case.
    pub fn take_on_receipt(
        &self,
        _case: &CaseState,
        _facts: Option<&KeyFacts<'_>>,
        _signed: &SignedChange,
    ) -> Judgement {
        Judgement::Pending
    }
}
