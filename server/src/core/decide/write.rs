//! Writing a change with the server's own key.

use gewu_model::cbor;
use gewu_model::change::{Body as ChangeBody, PlainChange, entry_key};
use gewu_model::command::CommandRecord;
use gewu_model::entry::{Body, Entry, EntryHeader, InstructionFrame, Kind, Payload};
use gewu_model::fold::{CENTRE, CaseView};
use gewu_model::ids::{ActorId, ChangeHash};
use gewu_model::signed::SignedChange;
use gewu_model::time::{ClockTrust, Millis};
use gewu_sync::gate::Judgement;
use gewu_sync::verdict::SetAside;

use super::DecideError;
use crate::core::bench::Bench;
use crate::core::facts::History;
use crate::core::link::Tied;
use crate::core::load::heads;
use crate::core::{Core, CoreError, generation};

/// Why nothing can be decided in a case of which only the root is accepted.
const NOTHING_REPORTED: &str = "nothing is reported in this case: its report has not come, or was set aside, or waits for a decision (see what came late)";

impl Core {
    /// Writes an instruction on top of everything accepted.
    pub(in crate::core) fn write_instruction(
        &self,
        bench: &mut Bench<'_>,
        view: &CaseView,
        body: &Body,
        record: &CommandRecord,
    ) -> Result<ChangeHash, DecideError> {
        let frame = InstructionFrame {
            prev: view.tip(),
            generation: generation::current(bench.tx)?,
            number: u32::try_from(view.chain.len() + 1).unwrap_or(u32::MAX),
            command: cbor::to_vec(record),
            body: Vec::new(),
        };
        let payload = Payload::Instruction(frame, body.clone());
        let (kind, version) = (payload.kind(), payload.version());
        let payload = payload.to_cbor();
        Payload::decode(&kind, &payload)
            .map_err(|error| DecideError::Invalid(error.to_string()))?;
        let entry = self.own_entry(kind, version, payload, bench.now);
        let actor = self.actor(bench)?;
        let seq = next_seq(bench, actor);
        let change = PlainChange {
            actor,
            seq,
            start_op: bench
                .state
                .changes
                .iter()
                .map(|change| change.max_op)
                .max()
                .unwrap_or(0)
                + 1,
            deps: heads(&bench.state),
            body: ChangeBody::Entry {
                root_actor: bench.state.changes.first().map_or(actor, |root| root.actor),
                key: entry_key(&actor, seq),
                fields: entry.to_fields(),
            },
        };
        self.write_own(bench, &change)
    }

    fn own_entry(&self, kind: Kind, version: u64, payload: Vec<u8>, now: Millis) -> Entry {
        Entry {
            header: EntryHeader {
                kind,
                version,
                by: self.credential.certificate.user.clone(),
                unit: None,
                role: CENTRE.into(),
                cert: self.credential.digest,
                claimed_at: now,
                clock: ClockTrust::Server,
                answers: None,
                about: None,
                replaces: None,
            },
            payload,
            extra: vec![],
        }
    }

    /// The actor under which the server writes now.
    pub(in crate::core) fn actor(&self, bench: &Bench<'_>) -> Result<ActorId, DecideError> {
        let key = self.signer.public_key().id();
        Ok(generation::actor(key, generation::current(bench.tx)?))
    }

    /// Encodes, signs and admits a change of the server's own.
    pub(in crate::core) fn write_own(
        &self,
        bench: &mut Bench<'_>,
        change: &PlainChange,
    ) -> Result<ChangeHash, DecideError> {
        let encoded = change
            .encode()
            .map_err(|error| DecideError::Invalid(error.to_string()))?;
        // What an earlier life wrote may wait here for what it was written upon: its counters are taken.
        let own = self.signer.public_key().id();
        generation::use_counter(bench.tx, bench.tx.highest_counter(own)?)?;
        let counter = generation::next_counter(bench.tx)?;
        let signed = SignedChange::sign(
            &*self.signer,
            &self.city(),
            &bench.state.case,
            counter,
            encoded.bytes,
        )
        .map_err(CoreError::from)?;
        let judgement = {
            let rules = self.rules();
            let known = self.known(bench.tx, signed.key, bench.state.case, bench.now)?;
            let history = History::new(bench.tx, signed.key);
            let facts = known.as_ref().map(|known| known.facts(&history));
            let places = self.places();
            let ties = Tied::new(self, bench.tx);
            let gate = self.gate(&rules, &places, &ties, bench.now);
            let judgement = gate.judge(&bench.state, facts.as_ref(), &signed);
            history.check()?;
            ties.check()?;
            judgement
        };
        match judgement {
            Judgement::Admit(admitted) => {
                self.admit(bench, admitted, &signed)?;
                Ok(encoded.hash)
            }
            // Own changes are made upon everything, so it can only be the report that they lack.
            Judgement::SetAside(SetAside::Dependencies) => {
                Err(DecideError::Denied(NOTHING_REPORTED.into()))
            }
            Judgement::SetAside(reason) | Judgement::Unproven(reason) => {
                Err(DecideError::Denied(reason.words().to_owned()))
            }
            _ => Err(DecideError::Denied(
                "the case cannot take an instruction now".into(),
            )),
        }
    }
}

fn next_seq(bench: &Bench<'_>, actor: ActorId) -> u64 {
    let own = bench
        .state
        .changes
        .iter()
        .filter(|change| change.actor == actor);
    own.map(|change| change.seq).max().unwrap_or(0) + 1
}
