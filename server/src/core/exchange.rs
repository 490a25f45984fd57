//! One exchange, whole.

use std::collections::BTreeSet;

use gewu_model::cert::SignedCertificate;
use gewu_model::ids::{CaseId, Digest};
use gewu_model::time::Millis;
use gewu_sync::verdict::{SignedVerdicts, VerdictBlock, WipeOrder};
use gewu_sync::wire::{
    CasePush, EarlierWords, MAX_CHANGES, MAX_WORDS, OutOfUse, PROTOCOL, PackHave, PackOffer,
    Request, Response, shorten,
};

use super::accounts;
use super::devices::Caller;
use super::push::pushed_hashes;
use super::{Core, CoreError, generation, packs, wipes};
use crate::store::{DeviceStatus, StoreError, Tx};

/// The most files that one request may ask about.
const MAX_FILES: usize = 5_000;
/// The most lost files that one response asks for again.
const MAX_LOST: usize = 1_000;
/// Cases that are judged in one transaction: each waits for the disk once, and others do not wait for
/// long.
const CASES_AT_ONCE: usize = 64;
/// The most counter statements, cursors or commands in one request.
const MAX_STATEMENTS: usize = 1_000;

/// Why an exchange is not carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExchangeError {
    /// The device speaks another version of the protocol.
    #[error("this server speaks protocol version {PROTOCOL}: update the app or the server")]
    Protocol,
    /// More in one request than a server takes.
    #[error("the request carries too much: send it in parts")]
    TooMuch,
    /// The server failed; what it had already taken stays taken, and the device asks again.
    #[error(transparent)]
    Core(#[from] CoreError),
}

impl From<StoreError> for ExchangeError {
    fn from(error: StoreError) -> Self {
        Self::Core(error.into())
    }
}

impl Core {
    /// Carries out one exchange of a device whose request was authenticated.
    ///
    /// # Errors
    /// [`ExchangeError`]; every verdict that was given is durable all the same.
    pub fn exchange(
        &self,
        caller: &Caller,
        request: &Request,
        now: Millis,
    ) -> Result<Response, ExchangeError> {
        bound(request)?;
        let words = self.write(|tx| {
            self.remember(tx, caller, request, now)?;
            self.record(tx, caller, request, now)?;
            Ok::<_, CoreError>(self.earlier_words(tx, request)?)
        })?;
        let said = (&words, request.generation);
        let (mut changes, mut content, mut erased) = (Vec::new(), Vec::new(), Vec::new());
        let mut cards = Vec::new();
        for pushes in request.cases.chunks(CASES_AT_ONCE) {
            for pushed in self.push_cases(caller, pushes, said, now)? {
                changes.extend(pushed.verdicts);
                content.extend(pushed.content);
                cards.extend(pushed.cards);
                erased.extend(pushed.erased);
            }
        }
        let commands = self.commands(caller, &request.commands, &request.command_content, now)?;
        // What an instruction of this request erases is closed to everybody by now. If its bytes
        // cannot be removed yet, the next exchange and the next start come back to them.
        let _ = self.bury();
        let pull = self.pull(caller, request, &pushed_hashes(&request.cases))?;
        for file in &request.media {
            self.notice_loss(*file)?;
        }
        let now_held = self.read(|tx| Held::read(tx, caller, request))?;
        erased.extend(&now_held.erased);
        let block = VerdictBlock {
            device: caller.key,
            nonce: request.nonce,
            generation: now_held.generation,
            at: now,
            changes,
            content,
            media: now_held.media,
            commands,
            counter: now_held.counter,
            erased: (!erased.is_empty()).then_some(erased),
            cards: (!cards.is_empty()).then_some(cards),
            lost: (!now_held.lost.is_empty()).then_some(now_held.lost),
            wipe: now_held.wipe,
        };
        let (cursors, position) = shorten(pull.cursors, now_held.generation, request);
        let verdicts = SignedVerdicts::sign(&*self.signer, &block).map_err(CoreError::from)?;
        Ok(Response {
            protocol: PROTOCOL,
            generation: now_held.generation,
            server_time: now,
            verdicts,
            cursors,
            cases: pull.cases,
            statuses: pull.statuses,
            notices: pull.notices,
            certificates: pull.certificates,
            packs: now_held.offers,
            more: pull.more,
            backup_covers: now_held.backup_at,
            certificate: now_held.certificate,
            in_force: unless_held(now_held.in_force, &request.packs),
            reading: pull.reading,
            position,
            out_of_use: out_of_use(caller.status),
            account: now_held.account,
        })
    }
}

/// What the server holds once it has taken everything.
struct Held {
    generation: u64,
    counter: u64,
    media: Vec<Digest>,
    /// Files that were asked about and that were erased.
    erased: Vec<Digest>,
    /// Files of the caller's that are wanted again.
    lost: Vec<Digest>,
    offers: Vec<PackOffer>,
    in_force: Vec<PackHave>,
    backup_at: Option<Millis>,
    /// A device that is out of use is told by its certificate until when it is listened to.
    certificate: Option<SignedCertificate>,
    wipe: Option<WipeOrder>,
    /// The host app under whose account the device reports.
    account: Option<String>,
}

impl Held {
    fn read(tx: &dyn Tx, caller: &Caller, request: &Request) -> Result<Self, CoreError> {
        let backup = tx.meta(crate::backup::BACKUP_AT)?;
        let certificate = match (caller.status, tx.device(caller.key)?) {
            (DeviceStatus::Retired { .. }, Some(device)) => tx.certificate(device.certificate)?,
            _ => None,
        };
        Ok(Self {
            certificate,
            wipe: wipes::order(tx, caller.key)?,
            account: accounts::of_device(tx, caller.key)?,
            generation: generation::current(tx)?,
            counter: tx.highest_counter(caller.key)?,
            media: acknowledged(tx, caller, &request.media)?,
            erased: erased(tx, &request.media)?,
            lost: tx.lost_by(&caller.user, MAX_LOST)?,
            offers: packs::offers(tx, caller, &request.packs)?,
            in_force: packs::in_force_for(tx, caller)?,
            backup_at: backup.and_then(crate::backup::read_time),
        })
    }
}

/// What a device is told of its own standing.
const fn out_of_use(status: DeviceStatus) -> Option<OutOfUse> {
    match status {
        DeviceStatus::Good => None,
        DeviceStatus::Retired { until } => Some(OutOfUse {
            compromised: false,
            until: Some(until),
        }),
        DeviceStatus::Compromised => Some(OutOfUse {
            compromised: true,
            until: None,
        }),
    }
}

fn bound(request: &Request) -> Result<(), ExchangeError> {
    if request.protocol != PROTOCOL {
        return Err(ExchangeError::Protocol);
    }
    let changes: usize = request.cases.iter().map(|push| push.changes.len()).sum();
    let content: usize = request.cases.iter().map(|push| push.content.len()).sum();
    let held = |push: &CasePush| push.cards.as_ref().map_or(0, Vec::len);
    let cards: usize = request.cases.iter().map(held).sum();
    let words = request.earlier.as_ref().map_or(0, EarlierWords::len);
    let largest = |counter: u64| i64::try_from(counter).is_err();
    let listed: usize = request
        .counters
        .iter()
        .map(|stated| stated.unsent.len())
        .sum();
    let too_much = changes > MAX_CHANGES
        || content > MAX_CHANGES
        || cards > MAX_CHANGES
        || words > MAX_WORDS
        || listed > 10 * MAX_CHANGES
        || request.cases.len() > MAX_CHANGES
        || repeats_a_case(request)
        || request.media.len() > MAX_FILES
        || request.counters.len() > MAX_STATEMENTS
        || request.cursors.len() > MAX_STATEMENTS
        || request
            .certificates
            .as_ref()
            .is_some_and(|held| held.len() > MAX_STATEMENTS)
        || request.commands.len() > MAX_STATEMENTS
        || request
            .whole_receipts
            .as_ref()
            .is_some_and(|wanted| wanted.len() > MAX_STATEMENTS)
        || request
            .reading
            .as_ref()
            .is_some_and(|reading| reading.scopes.len() > MAX_STATEMENTS)
        || request.packs.len() > MAX_STATEMENTS
        || request
            .counters
            .iter()
            .any(|stated| largest(stated.counter))
        || request
            .cursors
            .iter()
            .any(|cursor| largest(cursor.position));
    if too_much {
        Err(ExchangeError::TooMuch)
    } else {
        Ok(())
    }
}

/// The packs in force, unless the device holds exactly these and has nothing to learn.
fn unless_held(in_force: Vec<PackHave>, held: &[PackHave]) -> Option<Vec<PackHave>> {
    let same = in_force.len() == held.len() && in_force.iter().all(|pack| held.contains(pack));
    (!same).then_some(in_force)
}

/// Each push reads its case whole, so nobody has one read again and again.
fn repeats_a_case(request: &Request) -> bool {
    let cases: BTreeSet<CaseId> = request.cases.iter().map(|push| push.case).collect();
    cases.len() < request.cases.len()
}

/// The files among `asked` that are held durably and that the caller brought. Others have to be
/// uploaded, for a hash proves nothing, and what the caller names is shown on the caller's account.
fn acknowledged(tx: &dyn Tx, caller: &Caller, asked: &[Digest]) -> Result<Vec<Digest>, StoreError> {
    let mut held = Vec::new();
    for file in asked {
        if tx.file(*file)?.is_some() && tx.owns_file(*file, &caller.user)? {
            held.push(*file);
        }
    }
    Ok(held)
}

fn erased(tx: &dyn Tx, asked: &[Digest]) -> Result<Vec<Digest>, StoreError> {
    let mut erased = Vec::new();
    for file in asked {
        if tx.is_erased(*file)? {
            erased.push(*file);
        }
    }
    Ok(erased)
}
