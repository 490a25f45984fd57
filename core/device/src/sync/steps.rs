//! The effects of the machine, each carried out once: an exchange, a pack, a file.

use std::sync::mpsc;

use gewu_model::crypto::StandardSuite;
use gewu_model::ids::{CaseId, Digest};
use gewu_sync::machine::{Exchanged, Failure, Trigger};
use gewu_sync::wire::{MAX_WHOLE_RECEIPTS, Response};

use super::apply::{Applied, Applying};
use super::build::{Outgoing, build};
use super::download::download_pack;
use super::driver::{Session, ask_again};
use super::http::{Traffic, Trouble};
use super::upload::{Ended, Upload, concerns_one_file};
use super::wipe::Ordered;
use crate::api::{CancelToken, SyncProgress};
use crate::db::DbError;
use crate::error::{DeviceError, Result};
use crate::host::{LogLevel, LogLine, LogSafe};
use crate::sdk::{Core, guard};
use crate::store::media::{self, FileState, StoredFile};
use crate::store::meta;
use crate::write::rebase;

impl Session<'_> {
    /// One exchange.
    pub(super) fn exchange(&mut self) -> std::result::Result<Exchanged, Trouble> {
        self.write_overtaken_again()?;
        let identity = self.core.identity()?;
        let nonce = self.core.random();
        let key = self.core.card_key()?;
        let page = self.core.options.page_bytes;
        let mut outgoing = self
            .core
            .read(|tx| build(tx, &identity, &key, nonce, page))?;
        let wanted: Vec<CaseId> = std::mem::take(&mut self.whole_receipts)
            .into_iter()
            .collect();
        outgoing.request.whole_receipts = (!wanted.is_empty()).then_some(wanted);
        (self.progress)(SyncProgress::Exchanging {
            changes: outgoing.changes,
        });
        let response = self.post(&outgoing.request)?;
        let mut applied = self.apply(&outgoing, &response)?;
        self.out_of_use = response.out_of_use;
        self.overtaken.append(&mut applied.overtaken);
        // Asked for once: what cannot be put together is not news that would keep a sync going.
        if outgoing.request.whole_receipts.is_none() {
            let wanted = std::mem::take(&mut applied.whole_receipts).into_iter();
            self.whole_receipts = wanted.take(MAX_WHOLE_RECEIPTS).collect();
        }
        self.count(&outgoing, &applied, still_to_come(&response));
        self.core.keep_parts(&applied.packs)?;
        let wanted = |rules: bool| -> Vec<Digest> {
            let of = applied
                .packs
                .iter()
                .filter(|(_, it)| it.is_rules() == rules);
            let of = of.map(|(pack, _)| *pack);
            of.filter(|pack| !self.useless.contains(pack)).collect()
        };
        let (rules, packs) = (wanted(true), wanted(false));
        self.wanted = applied.packs;
        Ok(Exchanged {
            more: response.more || !self.whole_receipts.is_empty(),
            unsent: applied.unsent,
            progress: applied.progress,
            rules,
            packs,
            uploads: !self.next_uploads()?.is_empty(),
        })
    }

    /// Writes cases again that were begun under rules which had been replaced, once others came. In the run
    /// only in which their author has not been told yet: afterwards a person may have reported anew.
    fn write_overtaken_again(&mut self) -> Result<()> {
        let core = self.core;
        if !std::mem::take(&mut self.rules_came) || self.overtaken.is_empty() {
            return Ok(());
        }
        let pen = core.pen()?;
        core.write(|tx| {
            self.overtaken
                .iter()
                .try_for_each(|case| rebase::rebase(tx, &pen, case, core.random(), false).map(drop))
        })?;
        self.changed.extend(&self.overtaken);
        Ok(())
    }

    /// Checks the server's signature and applies everything in one transaction.
    fn apply(
        &mut self,
        outgoing: &Outgoing,
        response: &Response,
    ) -> std::result::Result<Applied, Trouble> {
        let pen = self.core.pen()?;
        let identity = &pen.identity;
        let nonce = &outgoing.request.nonce;
        let verdicts = &response.verdicts;
        let block = verdicts
            .verify(&StandardSuite, &identity.server_key, &identity.key, nonce)
            .ok_or(Failure::Untrusted("it is not signed by the city's server"))?;
        if block.generation != response.generation {
            return Err(Failure::Untrusted("it names two generations").into());
        }
        let clock = &self.core.options.host.clock;
        let fresh_epoch = || self.core.random();
        let (now, monotonic) = (clock.now(), clock.monotonic_ms());
        let applied = self.core.write(|tx| {
            meta::put_number(tx, meta::CLOCK_OFFSET, block.at.since(now))?;
            let applying = Applying {
                tx,
                pen: &pen,
                outgoing,
                block: &block,
                response,
                fresh_epoch: &fresh_epoch,
            };
            applying.apply()
        })?;
        guard(self.core.clock()).fix(block.at, now, monotonic);
        self.wipe = block.wipe.map(|order| Ordered {
            order,
            said_at: block.at,
        });
        if applied.renewed {
            self.core.reload_identity()?;
        }
        if applied.withdrawn {
            self.core.forget_packs();
        }
        self.core.remove_doomed()?;
        self.core.drop_old_photos(block.at)?;
        Ok(applied)
    }

    fn count(&mut self, outgoing: &Outgoing, applied: &Applied, left: Option<u64>) {
        let report = &mut self.report;
        report.exchanges += 1;
        report.sent += outgoing.changes;
        report.accepted += applied.accepted;
        report.set_aside.extend(&applied.set_aside);
        report.received += applied.received;
        report.photos_acknowledged += applied.acknowledged;
        report.small_acknowledged += applied.small_acknowledged;
        report.notices += applied.notices;
        self.changed.extend(&applied.changed);
        (self.progress)(SyncProgress::Exchanged {
            receipts: applied.receipts,
            received: applied.received,
            cases: u32::try_from(self.changed.len()).unwrap_or(u32::MAX),
            left,
        });
    }

    /// Fetches a pack.
    pub(super) fn download(&mut self, digest: &Digest) -> std::result::Result<(), Trouble> {
        let Some(wanted) = self.wanted.get(digest).cloned() else {
            return Ok(());
        };
        (self.progress)(SyncProgress::DownloadingPack { digest: *digest });
        match download_pack(self.core, digest, &wanted, self.cancel, &mut self.traffic) {
            Ok(true) => {
                self.rules_came = true;
                if !self.overtaken.is_empty() {
                    ask_again(self.core, Trigger::Saved);
                }
                return Ok(());
            }
            Ok(false) => {}
            // Photos do not wait for it.
            Err(Trouble::Failed(failure @ (Failure::Offline | Failure::Unready { .. }))) => {
                self.late_pack.get_or_insert(failure);
            }
            Err(Trouble::Error(DeviceError::Files(error))) => self.no_room(&error),
            Err(Trouble::Error(DeviceError::Db(error @ DbError::DiskFull))) => self.no_room(&error),
            Err(trouble) => return Err(trouble),
        }
        self.useless.insert(*digest);
        Ok(())
    }

    /// A pack cannot be kept. Room may be made, and what is owed does not wait for that.
    fn no_room(&mut self, why: &dyn LogSafe) {
        let line = LogLine::new(LogLevel::Warn, "sync", "a pack has no room");
        self.core.log_line(line.with("why", why));
        self.late_pack.get_or_insert(Failure::Storage);
    }

    /// Uploads the next files, some at once; whether more wait.
    pub(super) fn upload(&mut self) -> std::result::Result<bool, Trouble> {
        let mut files = self.open_files()?;
        self.tally.opens(&files);
        files.truncate(self.core.options.uploads_at_once.max(1));
        let mut fatal = None;
        for (file, (ended, traffic)) in files.iter().zip(self.upload_all(&files)) {
            self.traffic.up += traffic.up;
            self.traffic.down += traffic.down;
            self.tried.insert(file.sha256);
            match ended {
                Ok(Ended::Whole) => {
                    self.report.uploaded += 1;
                    self.report.small_uploaded += u32::from(file.thumbnail);
                    self.tally.ends(file);
                }
                Ok(Ended::Refused(why)) => self.refused.push(why),
                Ok(Ended::Damaged) => self.damaged += 1,
                Ok(Ended::HeldBack) => {}
                Err(trouble) if concerns_one_file(&trouble) => {
                    let why = trouble.to_string();
                    self.core
                        .write(|tx| media::set_reason(tx, &file.sha256, Some(&why)))?;
                    self.put_off.push((file.sha256, trouble));
                }
                Err(trouble) => fatal = fatal.or(Some((file.sha256, trouble))),
            }
        }
        if let Some((file, trouble)) = fatal {
            self.tried.remove(&file);
            return Err(trouble);
        }
        let more = !self.next_uploads()?.is_empty();
        if more || self.put_off.is_empty() {
            return Ok(more);
        }
        let (files, mut troubles): (Vec<_>, Vec<_>) = self.put_off.drain(..).unzip();
        files.iter().for_each(|file| {
            self.tried.remove(file);
        });
        Err(troubles.swap_remove(0))
    }

    /// Each on a thread of its own, unless there is one only. What they tell goes through the
    /// caller's thread, for the host's callback lives there.
    fn upload_all(&mut self, files: &[StoredFile]) -> Vec<Sent> {
        let (core, cancel) = (self.core, self.cancel);
        let (progress, tally) = (&mut *self.progress, &mut self.tally);
        let mut tell = |(sha256, sent, total)| {
            tally.moves(sha256, sent, total);
            progress(SyncProgress::Uploading {
                sha256,
                sent,
                total,
                overall: tally.totals(),
            });
        };
        if let [file] = files {
            return vec![upload_one(core, cancel, file, &mut tell)];
        }
        let (teller, told) = mpsc::channel();
        std::thread::scope(|scope| {
            let start = |file| {
                let teller = mpsc::Sender::clone(&teller);
                // Nobody listens any more only when the run is over.
                let mut tell = move |step| {
                    let _ = teller.send(step);
                };
                scope.spawn(move || upload_one(core, cancel, file, &mut tell))
            };
            let running: Vec<_> = files.iter().map(start).collect();
            drop(teller);
            told.iter().for_each(&mut tell);
            let join = |thread: std::thread::ScopedJoinHandle<'_, Sent>| {
                thread
                    .join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            };
            running.into_iter().map(join).collect()
        })
    }

    fn next_uploads(&self) -> Result<Vec<StoredFile>> {
        let mut files = self.open_files()?;
        files.truncate(self.core.options.uploads_at_once.max(1));
        Ok(files)
    }

    /// The files that may go up now and were not tried in this run, in the order in which they go.
    fn open_files(&self) -> Result<Vec<StoredFile>> {
        let mut open = Vec::new();
        for file in self.core.read(|tx| media::unsent(tx))? {
            // What was refused may fit another time.
            let waits = matches!(
                file.state,
                FileState::Queued | FileState::Partial | FileState::Refused
            ) && !file.damaged
                && !self.tried.contains(&file.sha256);
            // What is removed next goes over any network.
            let held = self.wipe.is_none() && self.core.holds_back(&file)?.is_some();
            if waits && !held && self.core.holds_whole(&file) {
                open.push(file);
            }
        }
        Ok(open)
    }
}

/// How an upload ended, and what went over the wire for it.
type Sent = (std::result::Result<Ended, Trouble>, Traffic);

fn upload_one(
    core: &Core,
    cancel: &CancelToken,
    file: &StoredFile,
    tell: &mut dyn FnMut((Digest, u64, u64)),
) -> Sent {
    let mut traffic = Traffic::default();
    let mut told = |sent| tell((file.sha256, sent, file.bytes));
    told(file.sent);
    let upload = Upload {
        core,
        file,
        cancel,
        traffic: &mut traffic,
        told: &mut told,
    };
    let ended = upload.run();
    (ended, traffic)
}

/// About how much news the server still has for this device, as far as it says.
fn still_to_come(response: &Response) -> Option<u64> {
    match (&response.reading, response.more) {
        (Some(reading), _) => Some(reading.left),
        (None, false) => Some(0),
        (None, true) => None,
    }
}
