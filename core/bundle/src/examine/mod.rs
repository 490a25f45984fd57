//! Everything that can be checked about the content of a bundle, and what follows from it.
//!
//! 1. `trust`: root key, server, certificates, citizens' keys.
//! 2. `history`: each change is one of ours, of this case, by its author, after what it was made
//!    upon.
//! 3. `word`: what the server said of it: receipt, verdicts, set aside.
//! 4. `tail`: what nobody has judged yet is within the rules.
//! 5. `facts`: the fold, texts and files.

mod facts;
mod history;
mod tail;
mod trust;
mod word;

use std::collections::{BTreeMap, BTreeSet};

use gewu_model::ids::{ChangeHash, Digest, KeyId};
use gewu_model::policy::Policy;
use gewu_model::small::Gather as _;

use crate::fault::{Fault, Finding};
use crate::name::{Member, PackKind};
use crate::record::{CaseRecord, HeldChange, Trust, Unsent};
use crate::report::{CaseFacts, Part, Presence, SealFacts, Standing};

pub(crate) use trust::{Holder, Trusted};

/// What a bundle holds beside statement and seal.
#[derive(Debug, Clone)]
pub struct Contents {
    /// Whom everything is checked against.
    pub trust: Trust,
    /// The bodies of packs that the cases pin.
    pub packs: BTreeMap<(PackKind, Digest), Vec<u8>>,
    /// The cases, ascending by id.
    pub cases: Vec<CaseRecord>,
    /// What was not handed in beside changes.
    pub unsent: Option<Unsent>,
    /// The files with their sizes in bytes.
    pub files: BTreeMap<Digest, u64>,
}

/// What follows from the contents.
pub(crate) struct Examined {
    pub(crate) trusted: Trusted,
    pub(crate) cases: Vec<CaseFacts>,
    /// Texts, photos and packs as often as they are named, and files of unsent work.
    pub(crate) missing: Vec<Digest>,
    /// Thumbnails and originals.
    pub(crate) missing_parts: BTreeSet<Digest>,
    pub(crate) erased: Vec<Digest>,
    /// The name of each file that something names and no instruction of that case erased.
    pub(crate) names: BTreeMap<Digest, String>,
    /// Whatever lies under a tombstone.
    pub(crate) tombstones: BTreeSet<Digest>,
}

/// Checks the contents against a root key's digest. Whatever is wrong goes into `findings`; what can
/// be told nevertheless is told.
///
/// Returns `None` when nothing can be believed: another city, or a server that it did not certify.
pub(crate) fn examine(
    contents: &Contents,
    root: &Digest,
    findings: &mut Vec<Finding>,
) -> Option<Examined> {
    let trusted = Trusted::check(&contents.trust, root, findings)?;
    let mut examined = Examined {
        trusted,
        cases: Vec::new(),
        missing: Vec::new(),
        missing_parts: BTreeSet::new(),
        erased: Vec::new(),
        names: BTreeMap::new(),
        tombstones: BTreeSet::new(),
    };
    let mut packs = BTreeSet::new();
    for record in &contents.cases {
        examined.case(contents, record, &mut packs, findings);
    }
    unneeded_packs(contents, &packs, findings);
    examined.unsent(contents, findings);
    examined.erased_files(contents, findings);
    Some(examined)
}

impl Examined {
    fn case(
        &mut self,
        contents: &Contents,
        record: &CaseRecord,
        packs: &mut BTreeSet<(PackKind, Digest)>,
        findings: &mut Vec<Finding>,
    ) {
        let Some(mut history) = history::read(&self.trusted, record, findings) else {
            return;
        };
        word::check(&self.trusted, record, &mut history, findings);
        let pins = history.pins();
        packs.insert((PackKind::Policy, pins.policy));
        packs.insert((PackKind::Catalogue, pins.catalogue));
        let policy = policy_of(contents, &pins.policy);
        tail::check(record, &history, policy.as_ref(), findings);
        let mut facts = facts::Collector::new(contents, record, &history, policy.as_ref());
        let case = facts.collect(findings);
        self.note(&case);
        self.names.append(&mut facts.names);
        self.tombstones.extend(facts.erased.keys());
        self.cases.push(case);
    }

    /// Remembers what is missing and what was erased.
    fn note(&mut self, case: &CaseFacts) {
        for entry in &case.entries {
            let texts = entry.texts.iter().map(|text| (text.digest, text.presence));
            let files = entry
                .files
                .iter()
                .map(|file| (file.record.sha256, file.presence));
            for (digest, presence) in texts.chain(files) {
                match presence {
                    Presence::Present => {}
                    Presence::Missing => self.missing.push(digest),
                    Presence::Erased { .. } => self.erased.push(digest),
                }
            }
        }
        let lost = case.missing().into_iter();
        let parts = lost.filter(|lost| matches!(lost.part, Part::Thumbnail | Part::Original));
        self.missing_parts.extend(parts.map(|lost| lost.digest));
        for (pinned, present) in [
            (case.policy, case.policy_present),
            (case.catalogue, case.catalogue_present),
        ] {
            if !present && !self.missing.contains(&pinned) {
                self.missing.push(pinned);
            }
        }
    }

    fn unsent(&mut self, contents: &Contents, findings: &mut Vec<Finding>) {
        let Some(unsent) = &contents.unsent else {
            return;
        };
        let signed = unsent.commands.iter().all(|unsent| {
            let named = self.trusted.command_key(&unsent.command);
            named && unsent.command.command().is_some()
        });
        let sorted = unsent.files.is_sorted_by(|a, b| a < b);
        if !signed || !sorted {
            findings.push(Finding::at(Member::Unsent, Fault::Unsent));
        }
        for file in &unsent.files {
            let name = Member::File(*file, facts::DRAFT_EXTENSION.to_owned()).to_string();
            self.names.entry(*file).or_insert(name);
            if !contents.files.contains_key(file) {
                self.missing.push(*file);
            }
        }
    }

    /// Certificates and keys of nobody who wrote here, or who seals.
    pub(crate) fn unneeded(
        &self,
        contents: &Contents,
        sealer: &KeyId,
        findings: &mut Vec<Finding>,
    ) {
        let mut writers: BTreeSet<KeyId> = contents
            .cases
            .iter()
            .flat_map(|record| {
                let changes = record.changes.iter().filter_map(|change| match change {
                    HeldChange::Signed(signed) => Some(signed.key),
                    HeldChange::Vouched(_) => None,
                });
                changes.chain(record.set_aside.iter().map(|aside| aside.change.key))
            })
            .into_set();
        writers.insert(*sealer);
        let endorsed = contents.trust.keys.iter();
        writers.extend(endorsed.filter_map(|key| Some(key.endorsement.as_ref()?.device)));
        for key in self.trusted.keys().filter(|key| !writers.contains(key)) {
            findings.push(Finding::at(Member::Trust, Fault::TrustUnneeded(*key)));
        }
    }

    /// Everything that is missing, each once.
    pub(crate) fn all_missing(&self) -> BTreeSet<Digest> {
        let named = self.missing.iter().chain(&self.missing_parts);
        named.copied().into_set()
    }

    /// Changes without a receipt of the server.
    pub(crate) fn unconfirmed(&self) -> Vec<ChangeHash> {
        let entries = self.cases.iter().flat_map(|case| &case.entries);
        let tail = entries.filter(|entry| entry.standing == Standing::Unconfirmed);
        tail.map(|entry| entry.hash).collect()
    }

    /// A file that some case erased and no other one here still names must not be here.
    fn erased_files(&self, contents: &Contents, findings: &mut Vec<Finding>) {
        let unnamed = contents
            .files
            .keys()
            .filter(|file| !self.names.contains_key(file));
        for file in unnamed.filter(|file| self.tombstones.contains(file)) {
            findings.push(Finding::at("files", Fault::ErasedPresent(*file)));
        }
    }

    /// Who sealed, if the key is known.
    pub(crate) fn sealer(&self, seal: &crate::record::Seal) -> Option<SealFacts> {
        let user = match self.trusted.holder(&seal.by)? {
            Holder::Server(server) => Some(server.user.clone()),
            Holder::Certified(held) => held.first().map(|(_, held)| held.user.clone()),
            Holder::Case { .. } => None,
        };
        Some(SealFacts {
            by: seal.by,
            user,
            made_at: seal.made_at,
            clock: seal.clock,
            app: seal.app.clone(),
        })
    }
}

/// The policy that a case pins, when its body is here.
fn policy_of(contents: &Contents, digest: &Digest) -> Option<Policy> {
    let body = contents.packs.get(&(PackKind::Policy, *digest))?;
    Policy::from_json(body).ok()
}

fn unneeded_packs(
    contents: &Contents,
    needed: &BTreeSet<(PackKind, Digest)>,
    findings: &mut Vec<Finding>,
) {
    for (kind, digest) in contents.packs.keys() {
        if !needed.contains(&(*kind, *digest)) {
            let member = Member::Pack(*kind, *digest);
            findings.push(Finding::at(member, Fault::NotNamed));
        }
    }
}
