//! What is new for a device, read from the feed in one transaction.
//!
//! The feed is one line of positions. The rows of all the device's scopes are told in order of
//! position until the response is full; every cursor then stands at the same place, the last row
//! told, or at the head of the feed when nothing is left. No row between two cursors is ever
//! skipped, and telling one twice does no harm.

use std::collections::BTreeSet;

use gewu_model::cert::SignedCertificate;
use gewu_model::ids::{CaseId, ChangeHash, KeyId};
use gewu_model::receipt::{CaseReceipt, SignedReceipt};
use gewu_model::scope::Scope;
use gewu_model::status::SignedStatus;
use gewu_sync::gate::CaseState;
use gewu_sync::wire::{
    CasePull, Cursor, MAX_WHOLE_RECEIPTS, Membership, Notice, READS_SHORT_RECEIPTS, Reading,
    Request, ShortReceipt,
};

mod gather;
mod reading;

use gather::{Gathered, News};
use reading::Plan;

use super::devices::Caller;
use super::load::load;
use super::public::citizen_of;
use super::{Core, CoreError, generation};
use crate::store::{MembershipRow, StoreError, Tx};

/// Rows of the feed that one response tells at most.
const MAX_ROWS: usize = 2_000;
/// What a response tells.
#[derive(Debug, Default)]
pub(super) struct Pull {
    pub(super) cursors: Vec<Cursor>,
    pub(super) cases: Vec<CasePull>,
    pub(super) statuses: Vec<SignedStatus>,
    pub(super) notices: Vec<Notice>,
    pub(super) certificates: Vec<SignedCertificate>,
    pub(super) more: bool,
    pub(super) reading: Option<Reading>,
}

impl Core {
    /// Reads what is new for the caller. `pushed` came with the same request and is not sent back:
    /// the verdicts in the same response speak of it.
    pub(super) fn pull(
        &self,
        caller: &Caller,
        request: &Request,
        pushed: &BTreeSet<(CaseId, ChangeHash)>,
    ) -> Result<Pull, CoreError> {
        self.read(|tx| {
            let plan = Plan::of(tx, caller, request)?;
            let rows = tx.rows_after(&plan.from, MAX_ROWS)?;
            let full = rows.len() == MAX_ROWS;
            let mut gathered = Gathered::new(tx, pushed, request.max_bytes);
            let told = gathered.take(&rows)?;
            self.want_receipts(tx, caller, request, &mut gathered)?;
            let cut = told < rows.len() || full;
            let head = match rows.get(told.wrapping_sub(1)) {
                Some(last) if cut => last.pos,
                _ => tx.head()?,
            };
            let generation = generation::current(tx)?;
            let mut pull = Pull {
                cursors: plan.cursors(generation, head),
                reading: if cut { plan.next(tx, head)? } else { None },
                more: cut,
                ..Pull::default()
            };
            let reader = Reader {
                short: reads_short(request) && request.generation == generation,
                pushed,
            };
            self.write_out(tx, caller, gathered, &reader, &mut pull)?;
            Ok(pull)
        })
    }

    /// Receipts that the device could not put together, of cases that it holds.
    fn want_receipts(
        &self,
        tx: &dyn Tx,
        caller: &Caller,
        request: &Request,
        gathered: &mut Gathered<'_>,
    ) -> Result<(), StoreError> {
        let scopes = caller.scopes();
        let wanted = request.whole_receipts.iter().flatten();
        for case in wanted.take(MAX_WHOLE_RECEIPTS) {
            if !members(tx, *case, &scopes, true)?.is_empty() {
                gathered.want_receipt(*case);
            }
        }
        Ok(())
    }

    fn write_out(
        &self,
        tx: &dyn Tx,
        caller: &Caller,
        gathered: Gathered<'_>,
        reader: &Reader<'_>,
        pull: &mut Pull,
    ) -> Result<(), CoreError> {
        let scopes = caller.scopes();
        let mut authors = BTreeSet::new();
        for (case, news) in gathered.cases {
            let state = load(tx, case)?;
            authors.extend(news.authors(&state));
            let contact = match news.card {
                true => self.mask_for(tx, caller, &state)?,
                false => None,
            };
            let (receipt, short) = self.receipt_for(tx, &state, &news, reader)?;
            pull.cases.push(CasePull {
                case,
                entered: members(tx, case, &scopes, true)?,
                left: members(tx, case, &scopes, false)?,
                receipt,
                short,
                changes: news.changes.into_values().collect(),
                content: news.content.into_values().collect(),
                contact,
            });
        }
        for (key, digest) in authors {
            // A citizen's entry names an endorsement, which is none of others' business.
            match tx.certificate(digest)? {
                Some(named) => pull.certificates.push(named),
                // Lost in a restore; any other one shows the key just as well.
                None => pull.certificates.extend(tx.certificates_of(key)?.pop()),
            }
        }
        pull.statuses = gathered.statuses.into_values().collect();
        pull.notices = gathered.notices;
        Ok(())
    }

    fn receipt_for(
        &self,
        tx: &dyn Tx,
        state: &CaseState,
        news: &News,
        reader: &Reader<'_>,
    ) -> Result<(Option<SignedReceipt>, Option<ShortReceipt>), CoreError> {
        if state.changes.is_empty() {
            return Ok((None, None));
        }
        if let (true, Some(row)) = (news.own, citizen_of(tx, state)?) {
            let key: KeyId = row.endorsement.key.id();
            return Ok((Some(self.own_receipt(tx, state, key)?), None));
        }
        if !news.member {
            return Ok((None, None));
        }
        let (receipt, signed) = self.receipt(tx, state)?;
        let short = match reader.short && !news.wants_receipt {
            true => reader.shorten(state, news, &receipt, &signed),
            false => None,
        };
        let whole = short.is_none().then_some(signed);
        Ok((whole, short))
    }
}

/// What is known of the device that the response goes to.
struct Reader<'a> {
    /// It puts short receipts of this generation together.
    short: bool,
    /// What it sent in the same request.
    pushed: &'a BTreeSet<(CaseId, ChangeHash)>,
}

impl Reader<'_> {
    /// The receipt without what the device has: whatever was accepted before the first change that is
    /// new in this exchange stood in the receipt that came with the change before.
    fn shorten(
        &self,
        state: &CaseState,
        news: &News,
        receipt: &CaseReceipt,
        signed: &SignedReceipt,
    ) -> Option<ShortReceipt> {
        let told: Vec<ChangeHash> = news
            .changes
            .values()
            .map(|change| change.signed.hash())
            .collect();
        let is_new =
            |hash: &ChangeHash| told.contains(hash) || self.pushed.contains(&(state.case, *hash));
        let kept = state.changes.iter().position(|own| is_new(&own.hash))?;
        ShortReceipt::of(receipt, &signed.signature, kept, &told)
    }
}

fn reads_short(request: &Request) -> bool {
    request.reads.unwrap_or(0) & READS_SHORT_RECEIPTS != 0
}

/// The device's scopes that the case is in, or that it has left.
fn members(
    tx: &dyn Tx,
    case: CaseId,
    scopes: &[Scope],
    held: bool,
) -> Result<Vec<Membership>, StoreError> {
    let rows = tx.memberships(case)?.into_iter();
    let ours = rows.filter(|row| row.held == held && scopes.contains(&row.scope));
    Ok(ours
        .map(|MembershipRow { scope, epoch, .. }| Membership { scope, epoch })
        .collect())
}
