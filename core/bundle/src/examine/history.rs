//! Each change by itself and in its place: ours, of this case, by its author, after its past.

use std::collections::{BTreeMap, BTreeSet};

use gewu_model::case::{CaseRoot, row};
use gewu_model::change::{Body, DecodedChange, Limits, decode_strict, entry_key};
use gewu_model::crypto::StandardSuite;
use gewu_model::entry::{EntryHeader, Kind};
use gewu_model::fold::{CENTRE, Pins, Row};
use gewu_model::ids::{ActorId, ChangeHash};
use gewu_model::signed::SignedChange;
use gewu_model::small::Gather as _;
use gewu_sync::gate::CITIZEN;

use super::trust::{Holder, Trusted};
use crate::fault::{Fault, Finding};
use crate::name::Member;
use crate::record::{CaseRecord, HeldChange};
use crate::report::{Signer, Standing};

/// A change that is what it claims to be, or at least can be read.
pub(crate) struct Link {
    pub(crate) hash: ChangeHash,
    pub(crate) actor: ActorId,
    pub(crate) row: Row,
    pub(crate) signer: Signer,
    /// Until the server's word is read: unconfirmed.
    pub(crate) standing: Standing,
    max_op: u64,
}

/// The changes of a case in the bundle's order.
pub(crate) struct History {
    pub(crate) root: CaseRoot,
    pub(crate) links: Vec<Link>,
}

impl History {
    /// The packs that the case is judged by.
    pub(crate) fn pins(&self) -> Pins {
        Pins::of(&self.root, &self.rows())
    }

    pub(crate) fn rows(&self) -> Vec<Row> {
        self.links.iter().map(|link| link.row.clone()).collect()
    }
}

/// The most changes of a case. The server takes 2,000 from the field.
const MAX_CHANGES: usize = 5_000;

/// Reads the changes of a case. `None` when it has no root.
pub(super) fn read(
    trusted: &Trusted,
    record: &CaseRecord,
    findings: &mut Vec<Finding>,
) -> Option<History> {
    if record.changes.len().max(record.set_aside.len()) > MAX_CHANGES {
        findings.push(Finding::at(Member::Case(record.case), Fault::TooMany));
        return None;
    }
    let mut reader = Reader {
        trusted,
        record,
        places: BTreeMap::new(),
        sequences: BTreeMap::new(),
        history: None,
        findings,
    };
    for change in &record.changes {
        reader.change(change);
    }
    reader.unsigned_root();
    let history = reader.history;
    if history.is_none() {
        findings.push(Finding::at(Member::Case(record.case), Fault::NoRoot));
    }
    history
}

struct Reader<'a> {
    trusted: &'a Trusted,
    record: &'a CaseRecord,
    places: BTreeMap<ChangeHash, usize>,
    sequences: BTreeMap<ActorId, u64>,
    history: Option<History>,
    findings: &'a mut Vec<Finding>,
}

impl Reader<'_> {
    fn fault(&mut self, change: ChangeHash, fault: Fault) {
        let member = Member::Case(self.record.case);
        self.findings.push(Finding::of(member, change, fault));
    }

    fn change(&mut self, held: &HeldChange) {
        let decoded = match decode_strict(held.bytes(), &Limits::default()) {
            Ok(decoded) => decoded,
            Err(why) => {
                let hash = chunk_hash(held.bytes());
                return self.fault(hash, Fault::ChangeBytes(why));
            }
        };
        let hash = decoded.hash;
        if self.places.contains_key(&hash) {
            return self.fault(hash, Fault::ChangeTwice);
        }
        let Ok(row) = row(&decoded) else {
            return self.fault(hash, Fault::Entry);
        };
        let header = row.entry.as_ref().map(|written| &written.entry.header);
        if header.is_some() && self.history.is_none() {
            // Said once, for the case.
            return;
        }
        let signer = self.signer(held, &decoded, header);
        self.place(&decoded, header);
        let link = Link {
            hash,
            actor: decoded.change.actor,
            signer,
            standing: Standing::Unconfirmed,
            max_op: decoded.max_op,
            row,
        };
        self.add(link, &decoded);
    }

    fn add(&mut self, link: Link, decoded: &DecodedChange) {
        let hash = link.hash;
        match (&decoded.change.body, &mut self.history) {
            (Body::Root { case }, None) => match CaseRoot::from_fields(case) {
                Ok(root) if root.id == self.record.case => {
                    self.history = Some(History {
                        root,
                        links: vec![link],
                    });
                }
                Ok(_) => return self.fault(hash, Fault::OtherCase),
                Err(_) => return self.fault(hash, Fault::Entry),
            },
            (Body::Root { .. }, Some(_)) => return self.fault(hash, Fault::SecondRoot),
            (Body::Entry { .. }, None) => return,
            (Body::Entry { .. }, Some(history)) => history.links.push(link),
        }
        self.places.insert(hash, self.places.len());
    }

    /// What proves who wrote it.
    fn signer(
        &mut self,
        held: &HeldChange,
        decoded: &DecodedChange,
        header: Option<&EntryHeader>,
    ) -> Signer {
        let HeldChange::Signed(signed) = held else {
            if header.is_some_and(|header| !self.may_lack_a_signature(decoded.change.actor, header))
            {
                self.fault(decoded.hash, Fault::Unsigned);
            }
            return Signer::Vouched;
        };
        match check_signature(self.trusted, self.record, signed, decoded, header) {
            Ok(signer) => signer,
            Err(fault) => {
                self.fault(decoded.hash, fault);
                Signer::Vouched
            }
        }
    }

    /// Only a citizen's key is the server's secret; whoever else wrote can be checked here, and a signature
    /// that is not was taken away. So is one whose key came along.
    fn may_lack_a_signature(&self, actor: ActorId, header: &EntryHeader) -> bool {
        header.role.as_str() == CITIZEN && self.trusted.holder(&actor.key()).is_none()
    }

    /// A root says nothing of its author's role: what the same actor wrote in the case does.
    fn unsigned_root(&mut self) {
        let links = self.history.as_ref().map_or(&[][..], |known| &known.links);
        let Some(root) = links.first().filter(|root| root.signer == Signer::Vouched) else {
            return;
        };
        let (hash, actor) = (root.hash, root.actor);
        let theirs = links.iter().filter(|link| link.actor == actor);
        let mut headers = theirs.filter_map(|link| Some(&link.row.entry.as_ref()?.entry.header));
        if !headers.any(|header| self.may_lack_a_signature(actor, header)) {
            self.fault(hash, Fault::Unsigned);
        }
    }

    /// It lies where its author writes, after what it was made upon.
    fn place(&mut self, decoded: &DecodedChange, header: Option<&EntryHeader>) {
        let (hash, change) = (decoded.hash, &decoded.change);
        let links = self.history.as_ref().map_or(&[][..], |known| &known.links);
        let before = |dep: &ChangeHash| links.get(*self.places.get(dep)?);
        let absent = change.deps.iter().find(|dep| before(dep).is_none());
        let highest = change.deps.iter().filter_map(before);
        let highest = highest.map(|link| link.max_op).max().unwrap_or(0);
        let root_actor = links.first().map(|root| root.actor);
        let last = self.sequences.insert(change.actor, change.seq);
        let follows = change.seq == last.unwrap_or(0) + 1 && change.start_op == highest + 1;
        let in_place = match &change.body {
            Body::Root { .. } => true,
            Body::Entry {
                root_actor: of,
                key,
                ..
            } => Some(*of) == root_actor && *key == entry_key(&change.actor, change.seq),
        };
        let lone = header.is_some() && change.deps.is_empty();
        if let Some(absent) = absent.copied() {
            self.fault(hash, Fault::Dependency(absent));
        } else if !follows {
            self.fault(hash, Fault::Sequence);
        } else if !in_place || lone {
            self.fault(hash, Fault::Place);
        }
    }
}

/// The name of bytes that are no change.
fn chunk_hash(bytes: &[u8]) -> ChangeHash {
    ChangeHash(gewu_model::crypto::sha256(bytes.get(8..).unwrap_or(bytes)).0)
}

fn check_signature(
    trusted: &Trusted,
    record: &CaseRecord,
    signed: &SignedChange,
    decoded: &DecodedChange,
    header: Option<&EntryHeader>,
) -> Result<Signer, Fault> {
    let holder = trusted.holder(&signed.key);
    let holder = holder.ok_or(Fault::UnknownAuthor(signed.key))?;
    let key = holder.key().ok_or(Fault::UnknownAuthor(signed.key))?;
    if !signed.verify(&StandardSuite, key, &trusted.city, &record.case) {
        return Err(Fault::ChangeSignature);
    }
    if decoded.change.actor.key() != signed.key {
        return Err(Fault::Author);
    }
    match header {
        None => Ok(signer_of(holder)),
        Some(header) => capacity(trusted, holder, header),
    }
}

const fn signer_of(holder: &Holder) -> Signer {
    match holder {
        Holder::Server(_) => Signer::Server,
        Holder::Certified(_) => Signer::Certified,
        Holder::Case {
            endorsement: None, ..
        } => Signer::CaseKey,
        Holder::Case { .. } => Signer::EndorsedKey,
    }
}

/// Person, role and unit are what the signer's certificate gives.
fn capacity(trusted: &Trusted, holder: &Holder, header: &EntryHeader) -> Result<Signer, Fault> {
    let instruction = matches!(header.kind, Kind::Instruction(_));
    let server = matches!(holder, Holder::Server(_));
    if instruction != server && !matches!(header.kind, Kind::Unknown(_)) {
        return Err(Fault::Side);
    }
    let theirs = match holder {
        Holder::Server(server) => {
            header.role.as_str() == CENTRE
                && header.by == server.user
                && header.cert == trusted.server_cert
        }
        Holder::Certified(held) => {
            let Some((_, named)) = held.iter().find(|(digest, _)| *digest == header.cert) else {
                return Ok(Signer::OtherCertificate);
            };
            let mut units = header.unit.iter();
            named.user == header.by
                && named.roles.contains(&header.role)
                && units.all(|unit| named.units.contains(unit))
        }
        Holder::Case { key, endorsement } => {
            let pseudonym = format!("citizen-{}", key.id());
            header.role.as_str() == CITIZEN
                && header.unit.is_none()
                && header.by.as_str() == pseudonym
                && endorsement.is_none_or(|made| made == header.cert)
        }
    };
    theirs.then(|| signer_of(holder)).ok_or(Fault::Capacity)
}

/// Everything that a set of changes was made upon, themselves included.
pub(super) fn past_of(history: &History, deps: &[ChangeHash]) -> BTreeSet<ChangeHash> {
    let rows: BTreeMap<ChangeHash, &Row> = history
        .links
        .iter()
        .map(|link| (link.hash, &link.row))
        .into_map();
    let mut past = BTreeSet::new();
    let mut open = deps.to_vec();
    while let Some(hash) = open.pop() {
        if let (true, Some(row)) = (past.insert(hash), rows.get(&hash)) {
            open.extend(&row.deps);
        }
    }
    past
}
