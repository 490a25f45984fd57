//! What the citizen who reported a case is told of it.

use std::collections::BTreeSet;

use gewu_model::entry::{Body, FieldKind, InstructionKind, Payload};
use gewu_model::fold::table::{Effect, instruction};
use gewu_model::fold::{CaseView, Link, Reason, Stage, Status};
use gewu_model::ids::{ChangeHash, Digest, KeyId};
use gewu_model::media::EvidenceRecord;
use gewu_model::receipt::{CaseReceipt, Received, SignedReceipt};
use gewu_model::scope::Scope;
use gewu_model::status::{
    PublicReward, PublicStage, PublicStatus, SignedStatus, public_stage, reporter_may,
};
use gewu_sync::gate::CaseState;

use super::bench::Bench;
use super::link::{duplicate_of, duplicates};
use super::load::{heads, heads_among, load, opener};
use super::{Core, CoreError, generation};
use crate::store::{StatusRow, StoreError, Tx, What};

impl Core {
    /// Issues a new public status when there is something new to tell, and lets the citizen know
    /// that a change of their own (signed with `author`) was accepted.
    pub(super) fn tell_reporter(
        &self,
        bench: &Bench<'_>,
        view: &CaseView,
        author: KeyId,
    ) -> Result<(), CoreError> {
        let Some(key) = opener(&bench.state) else {
            return Ok(());
        };
        let Some(row) = bench.tx.endorsement(key)? else {
            return Ok(());
        };
        let scope = Scope::Public(row.user);
        if author == key {
            self.feed_receipt(bench, &scope)?;
        }
        if view.report.is_none() {
            return Ok(());
        }
        let issued = bench.tx.statuses(bench.state.case)?;
        let last = issued
            .last()
            .and_then(|row| status_of(row).map(|status| (row.version, status)));
        let version = last.as_ref().map_or(0, |(version, _)| *version) + 1;
        let status = self.public_status(bench, view, version)?;
        if last.is_some_and(|(_, last)| same(&last, &status, view)) {
            return Ok(());
        }
        let signed = SignedStatus::sign(&*self.signer, &status)?;
        for row in &issued {
            let said = status_of(row).and_then(|status| status.reply);
            if let Some(said) = said
                && bench.tx.is_erased(said.digest())?
            {
                let case = bench.state.case;
                bench.tx.reword_status(case, row.version, &signed)?;
            }
        }
        bench.tx.add_status(
            bench.state.case,
            &StatusRow {
                version,
                behind: status.behind,
                may: status.may,
                signed,
            },
        )?;
        bench.feed(&scope, What::Status, &version.to_be_bytes())
    }

    /// Tells those whose reports were joined to this case, by whatever number of ties, how it ended.
    pub(super) fn tell_joined(&self, bench: &Bench<'_>, view: &CaseView) -> Result<(), CoreError> {
        let mut told = BTreeSet::from([bench.state.case]);
        let mut open = duplicates(view);
        while let Some(case) = open.pop() {
            if !told.insert(case) {
                continue;
            }
            let other = Bench::new(bench.tx, load(bench.tx, case)?, bench.now);
            let theirs = self.view(&other.state);
            // What one side says is a tie only while the other says so too.
            if duplicate_of(&theirs).iter().any(|it| told.contains(it)) {
                self.tell_reporter(&other, &theirs, self.signer.public_key().id())?;
                open.extend(duplicates(&theirs));
            }
        }
        Ok(())
    }

    /// How the case ended that goes on with this one's matter. Only what its own reporter would be told.
    fn joined(&self, tx: &dyn Tx, view: &CaseView) -> Result<Option<PublicStage>, CoreError> {
        let ended = self.main_of(tx, view)?.map(|(_, main)| public_stage(&main));
        Ok(ended.filter(|stage| matches!(stage, PublicStage::Closed | PublicStage::Declined)))
    }

    fn feed_receipt(&self, bench: &Bench<'_>, scope: &Scope) -> Result<(), CoreError> {
        bench.feed(scope, What::Receipt, &[])
    }

    fn public_status(
        &self,
        bench: &Bench<'_>,
        view: &CaseView,
        version: u64,
    ) -> Result<PublicStatus, CoreError> {
        let reply = match last_reply(&bench.state, view) {
            Some(digest) => bench
                .tx
                .content(bench.state.case)?
                .into_iter()
                .find(|(held, _)| *held == digest)
                .map(|(_, item)| item),
            None => None,
        };
        Ok(PublicStatus {
            case: bench.state.case,
            version,
            stage: public_stage(view),
            may: reporter_may(view)
                .iter()
                .map(|kind| kind.name().to_owned())
                .collect(),
            behind: view.tip(),
            task_number: view.task_number.clone(),
            reply,
            updated_at: bench.now,
            generation: generation::current(bench.tx)?,
            erased: told_erased(bench)?,
            urged: urged(view),
            rated: view.facts.rating.as_ref().map(|rating| rating.score),
            reward: reward(view),
            duplicate: (!duplicate_of(view).is_empty()).then_some(true),
            refused: refused(view),
            joined: self.joined(bench.tx, view)?,
            voided: (view.stage == Stage::Void).then_some(true),
        })
    }

    /// The server's word for everything accepted of a case.
    pub(super) fn receipt(
        &self,
        tx: &dyn Tx,
        state: &CaseState,
    ) -> Result<(CaseReceipt, SignedReceipt), CoreError> {
        self.sign_receipt(tx, state, None)
    }

    /// The server's word for a citizen's own changes, which is all that the citizen holds.
    pub(super) fn own_receipt(
        &self,
        tx: &dyn Tx,
        state: &CaseState,
        key: KeyId,
    ) -> Result<SignedReceipt, CoreError> {
        Ok(self.sign_receipt(tx, state, Some(key))?.1)
    }

    fn sign_receipt(
        &self,
        tx: &dyn Tx,
        state: &CaseState,
        of: Option<KeyId>,
    ) -> Result<(CaseReceipt, SignedReceipt), CoreError> {
        let own = state
            .changes
            .iter()
            .filter(|change| of.is_none_or(|key| change.key == key));
        let receipt = CaseReceipt {
            case: state.case,
            generation: generation::current(tx)?,
            heads: match of {
                Some(_) => heads_among(own.clone()),
                None => heads(state),
            },
            received: own
                .map(|change| Received {
                    change: change.hash,
                    at: change.received_at,
                })
                .collect(),
        };
        let signed = SignedReceipt::sign(&*self.signer, &receipt)?;
        Ok((receipt, signed))
    }
}

/// The status that a row holds; our own signature needs no check.
fn status_of(row: &StatusRow) -> Option<PublicStatus> {
    gewu_model::cbor::from_slice(&row.signed.body).ok()
}

/// Whether a citizen would learn nothing from `new`. Internal instructions move what is behind a
/// status without the public noticing; only one whose answers would come too late must be replaced.
fn same(last: &PublicStatus, new: &PublicStatus, view: &CaseView) -> bool {
    let behind_holds = match last.behind {
        Some(behind) => is_answerable(view, behind, new.may.is_empty()),
        None => new.behind.is_none(),
    };
    behind_holds
        && last.stage == new.stage
        && last.may == new.may
        && last.task_number == new.task_number
        && last.reply == new.reply
        && last.erased == new.erased
        && (last.urged, last.rated, last.reward) == (new.urged, new.rated, new.reward)
        && (last.duplicate, last.joined) == (new.duplicate, new.joined)
        && (last.refused == new.refused && last.voided == new.voided)
}

/// Whether `behind` holds and no question was asked or ended since, unless there is `nothing` that
/// the citizen may answer it with.
fn is_answerable(view: &CaseView, behind: ChangeHash, nothing: bool) -> bool {
    let turns = |link: &Link| {
        InstructionKind::from_name(link.kind)
            .is_some_and(|kind| matches!(instruction(kind).effect, Effect::Asks(_) | Effect::Ends))
    };
    let since = view.chain.iter().skip_while(|link| link.hash != behind);
    view.link(&behind).is_some() && (nothing || !since.skip(1).any(turns))
}

/// How often the reporter asked to hurry.
fn urged(view: &CaseView) -> Option<u32> {
    let urges = view.entries.iter().filter(|entry| {
        entry.kind == FieldKind::Urge.name()
            && entry.status == Status::Effective
            && Some(&entry.by) == view.reporter.as_ref()
    });
    u32::try_from(urges.count()).ok().filter(|count| *count > 0)
}

/// The reporter's last wish that the centre decides on, if it refused that.
fn refused(view: &CaseView) -> Option<String> {
    let wish = |kind: &str| {
        [FieldKind::Withdraw, FieldKind::ReopenRequest]
            .iter()
            .any(|wish| wish.name() == kind)
    };
    let mut own = view.entries.iter().filter(|entry| {
        wish(&entry.kind) && entry.reason.is_some() && Some(&entry.by) == view.reporter.as_ref()
    });
    let last = own.next_back()?;
    (last.reason == Some(Reason::Refused)).then(|| last.kind.clone())
}

/// What the last word on a reward says, without rule and reason, which are internal.
fn reward(view: &CaseView) -> Option<PublicReward> {
    view.facts.reward.as_ref().map(|said| PublicReward {
        state: said.state,
        points: said.points,
        cents: said.cents,
    })
}

fn last_reply(state: &CaseState, view: &CaseView) -> Option<Digest> {
    view.chain.iter().rev().find_map(|link| {
        let written = state.accepted(&link.hash)?.row.entry.as_ref()?;
        match written.payload.as_ref().ok()? {
            Payload::Instruction(_, Body::Reply(reply)) => Some(reply.text),
            _ => None,
        }
    })
}

/// What was erased of what the citizen wrote or was told; `None` when nothing was.
fn told_erased(bench: &Bench<'_>) -> Result<Option<Vec<Digest>>, StoreError> {
    let erased = bench.tx.erased_in(bench.state.case)?;
    if erased.is_empty() {
        return Ok(None);
    }
    let own = opener(&bench.state);
    let mut held = BTreeSet::new();
    for change in &bench.state.changes {
        let Some(Ok(payload)) = change.row.entry.as_ref().map(|written| &written.payload) else {
            continue;
        };
        if Some(change.key) == own || matches!(payload, Payload::Instruction(_, Body::Reply(_))) {
            held.extend(payload.content());
            held.extend(payload.contact());
            held.extend(payload.photos().iter().flat_map(EvidenceRecord::all_files));
        }
    }
    let told: Vec<Digest> = erased.into_iter().filter(|it| held.contains(it)).collect();
    Ok((!told.is_empty()).then_some(told))
}

/// The user behind a citizen's case, if a citizen opened it.
pub(super) fn citizen_of(
    tx: &dyn Tx,
    state: &CaseState,
) -> Result<Option<crate::store::EndorsementRow>, StoreError> {
    match opener(state) {
        Some(key) => tx.endorsement(key),
        None => Ok(None),
    }
}
