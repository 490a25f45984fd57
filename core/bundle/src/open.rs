//! Reading and checking a bundle, member by member, without keeping its photos.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read, Write};

use gewu_model::cbor;
use gewu_model::crypto::StandardSuite;
use gewu_model::ids::{CaseId, Digest};
use gewu_model::small::Gather as _;
use minicbor::{Decode, Encode};
use sha2::{Digest as _, Sha256};

use crate::container::{ContainerFault, Entry, Reader};
use crate::examine::{Contents, Examined, examine};
use crate::fault::{Fault, Finding};
use crate::name::{Member, PackKind};
use crate::record::{CaseRecord, Seal, SealedMember, SignedSeal, Trust, Unsent, formats};
use crate::report::{Outcome, Report};
use crate::seal;
use crate::statement::{Language, render};

/// The most bytes of a member that is read into memory.
const MAX_RECORD_BYTES: u64 = 32 << 20;
/// The most bytes of all of them together.
const MAX_RECORDS_BYTES: u64 = 256 << 20;

/// Checks a bundle against a city's root key, given by the key's digest (which is the city's id).
/// Reads the input once, from its beginning to its end. Memory: the records, at most 256 MiB, and a
/// few times their size while they are examined; photos pass through.
///
/// Never fails: what cannot be read is a finding.
pub fn verify(input: impl Read, root: &Digest) -> Report {
    let mut opening = Opening::new(Reader::new(input));
    opening.read_all();
    opening.judge(root)
}

/// What was read so far.
struct Opening<R: Read> {
    reader: Reader<R>,
    last: Option<Member>,
    room: u64,
    statements: BTreeMap<Member, Vec<u8>>,
    seal: Option<SignedSeal>,
    trust: Option<Trust>,
    packs: BTreeMap<(PackKind, Digest), Vec<u8>>,
    cases: Vec<CaseRecord>,
    unsent: Option<Unsent>,
    files: BTreeMap<Digest, u64>,
    names: BTreeMap<Digest, String>,
    found: Vec<SealedMember>,
    findings: Vec<Finding>,
}

impl<R: Read> Opening<R> {
    const fn new(reader: Reader<R>) -> Self {
        Self {
            reader,
            last: None,
            room: MAX_RECORDS_BYTES,
            statements: BTreeMap::new(),
            seal: None,
            trust: None,
            packs: BTreeMap::new(),
            cases: Vec::new(),
            unsent: None,
            files: BTreeMap::new(),
            names: BTreeMap::new(),
            found: Vec::new(),
            findings: Vec::new(),
        }
    }

    /// Reads every member. One whose content is damaged is named, and the next is read; a damaged
    /// container ends it: behind the damage nothing is certain.
    fn read_all(&mut self) {
        loop {
            match self.reader.next() {
                Ok(Some(entry)) => {
                    if let Err(fault) = self.member(&entry) {
                        let passed = has_passed(&fault);
                        self.findings
                            .push(Finding::at(printable(&entry.name), fault));
                        if !passed {
                            return;
                        }
                    }
                }
                Ok(None) => return,
                Err(fault) => {
                    let place = format!("byte {}", self.reader.offset());
                    let after = self.last.as_ref();
                    let place =
                        after.map_or(place.clone(), |last| format!("{place}, after {last}"));
                    return self.findings.push(Finding::at(place, fault.into()));
                }
            }
        }
    }

    fn member(&mut self, entry: &Entry) -> Result<(), Fault> {
        let member = Member::parse(&entry.name).ok_or(Fault::UnknownMember)?;
        if self.last.as_ref().is_some_and(|last| member <= *last) {
            return Err(Fault::MemberOrder);
        }
        self.last = Some(member.clone());
        if let Member::File(digest, _) = &member {
            return self.file(entry, *digest);
        }
        let limit = MAX_RECORD_BYTES.min(self.room);
        let content = self.reader.read(entry, limit)?;
        self.room -= entry.bytes;
        if !matches!(member, Member::Chinese | Member::English | Member::Seal) {
            self.note(entry, Digest(Sha256::digest(&content).into()));
        }
        self.record(member, content)
    }

    fn note(&mut self, entry: &Entry, sha256: Digest) {
        self.found.push(SealedMember {
            name: entry.name.clone(),
            bytes: entry.bytes,
            sha256,
        });
    }

    fn file(&mut self, entry: &Entry, digest: Digest) -> Result<(), Fault> {
        let mut hasher = Hashing(Sha256::new());
        self.reader.copy(entry, &mut hasher)?;
        let sha256 = Digest(hasher.0.finalize().into());
        self.note(entry, sha256);
        self.names.insert(digest, entry.name.clone());
        if sha256 == digest {
            self.files.insert(digest, entry.bytes);
        } else {
            self.findings
                .push(Finding::at(&entry.name, Fault::WrongContent));
        }
        Ok(())
    }

    fn record(&mut self, member: Member, content: Vec<u8>) -> Result<(), Fault> {
        match member {
            Member::Chinese | Member::English => {
                self.statements.insert(member, content);
            }
            Member::Seal => self.seal = Some(decode(&content)?),
            Member::Trust => self.trust = Some(decode(&content)?),
            Member::Unsent => self.unsent = Some(decode(&content)?),
            Member::Case(case) => self.cases.push(case_record(case, &content)?),
            Member::Pack(kind, digest) => {
                if Digest(Sha256::digest(&content).into()) != digest {
                    return Err(Fault::WrongContent);
                }
                self.packs.insert((kind, digest), content);
            }
            Member::File(..) => {}
        }
        Ok(())
    }

    fn judge(self, root: &Digest) -> Report {
        let Self {
            statements,
            seal,
            trust,
            packs,
            cases,
            unsent,
            files,
            names,
            found,
            mut findings,
            ..
        } = self;
        let damaged: BTreeSet<String> = findings.iter().map(|it| it.member.clone()).into_set();
        let (trust, seal) = match (trust, seal) {
            (Some(trust), Some(seal)) => (trust, seal),
            (trust, seal) => {
                for (member, there) in [
                    (Member::Trust, trust.is_some()),
                    (Member::Seal, seal.is_some()),
                ] {
                    let said = there || damaged.contains(&member.to_string());
                    findings.extend(absent(member, !said));
                }
                return Report::unbelieved(findings);
            }
        };
        let contents = Contents {
            trust,
            packs,
            cases,
            unsent,
            files,
        };
        let Some(examined) = examine(&contents, root, &mut findings) else {
            return Report::unbelieved(findings);
        };
        check_names(&examined, &names, &mut findings);
        let seal = check_seal(&examined, &contents, &seal, &found, &mut findings);
        findings.retain(|finding| !follows(finding, &damaged));
        let Some(seal) = seal else {
            return Report::unbelieved(findings);
        };
        for (member, language) in [
            (Member::Chinese, Language::Zh),
            (Member::English, Language::En),
        ] {
            let unsent = (contents.unsent.as_ref(), seal.format);
            let wanted = examined
                .sealer(&seal)
                .map(|seal| render(&examined, &seal, unsent, language));
            compare(&member, statements.get(&member), wanted, &mut findings);
        }
        Report::of(examined, &seal, &contents, findings)
    }
}

/// Whether the content that the fault is in was read to its end, so that the next member follows.
const fn has_passed(fault: &Fault) -> bool {
    matches!(
        fault,
        Fault::Container(ContainerFault::Checksum)
            | Fault::WrongContent
            | Fault::NotCanonical
            | Fault::OtherCase
    )
}

/// Whether the finding says no more than that a member is damaged, which another says. What only a
/// damaged record could have named is no stranger.
fn follows(finding: &Finding, damaged: &BTreeSet<String>) -> bool {
    let names_others = |name: &String| {
        let member = Member::parse(name);
        matches!(member, Some(Member::Case(_) | Member::Unsent))
    };
    match &finding.fault {
        Fault::SealedMissing => damaged.contains(&finding.member),
        Fault::NotNamed | Fault::TrustUnneeded(_) => damaged.iter().any(names_others),
        _ => false,
    }
}

fn absent(member: Member, absent: bool) -> Option<Finding> {
    absent.then(|| Finding::at(member, Fault::MemberMissing))
}

/// A name from the input, so that it can be shown.
fn printable(name: &str) -> String {
    name.chars()
        .map(|c| if c.is_control() { '?' } else { c })
        .collect()
}

/// A record in its canonical form: encoding it again gives the same bytes.
fn decode<T: for<'b> Decode<'b, ()> + Encode<()>>(content: &[u8]) -> Result<T, Fault> {
    let record: T = cbor::from_canonical(content).map_err(|_| Fault::NotCanonical)?;
    if cbor::to_vec(&record) == content {
        Ok(record)
    } else {
        Err(Fault::NotCanonical)
    }
}

fn case_record(case: CaseId, content: &[u8]) -> Result<CaseRecord, Fault> {
    let record: CaseRecord = decode(content)?;
    if record.case == case {
        Ok(record)
    } else {
        Err(Fault::OtherCase)
    }
}

/// Every file is named by something, under the name that it has here.
fn check_names(examined: &Examined, names: &BTreeMap<Digest, String>, findings: &mut Vec<Finding>) {
    for (digest, name) in names {
        let erased = examined.tombstones.contains(digest);
        if examined.names.get(digest) != Some(name) && !erased {
            findings.push(Finding::at(name, Fault::NotNamed));
        }
    }
}

fn check_seal(
    examined: &Examined,
    contents: &Contents,
    signed: &SignedSeal,
    found: &[SealedMember],
    findings: &mut Vec<Finding>,
) -> Option<Seal> {
    let at = |fault| Finding::at(Member::Seal, fault);
    let lacking = !examined.missing_parts.is_empty();
    let unsent = |seal: &Seal| contents.unsent.is_some() || seal.holds(&Member::Unsent);
    let seal = match decode::<Seal>(&signed.body) {
        Ok(seal) if formats(unsent(&seal), lacking).contains(&seal.format) => seal,
        _ => {
            findings.push(at(Fault::NotCanonical));
            return None;
        }
    };
    let holder = examined.trusted.holder(&seal.by);
    match holder.and_then(|holder| holder.key()) {
        None => findings.push(at(Fault::SealSigner)),
        Some(key) if signed.verify(&StandardSuite, key) => {}
        Some(_) => findings.push(at(Fault::SealSignature)),
    }
    findings.extend(seal::compare(&seal.members, found));
    examined.unneeded(contents, &seal.by, findings);
    Some(seal)
}

/// The statement is the one that follows from the facts.
fn compare(
    member: &Member,
    found: Option<&Vec<u8>>,
    wanted: Option<String>,
    findings: &mut Vec<Finding>,
) {
    let (Some(found), Some(wanted)) = (found, wanted) else {
        return findings.push(Finding::at(member, Fault::MemberMissing));
    };
    if *found == wanted.as_bytes() {
        return;
    }
    let lines = found
        .split(|byte| *byte == b'\n')
        .zip(wanted.as_bytes().split(|byte| *byte == b'\n'));
    let same = lines.take_while(|(found, wanted)| found == wanted).count();
    findings.push(Finding::at(member, Fault::Statement { line: same + 1 }));
}

impl Report {
    fn unbelieved(findings: Vec<Finding>) -> Self {
        Self {
            outcome: Outcome::Altered,
            findings,
            city: None,
            seal: None,
            cases: Vec::new(),
            unsent_commands: 0,
            unsent_files: 0,
            drafts: false,
            missing: Vec::new(),
            erased: Vec::new(),
            unconfirmed: Vec::new(),
        }
    }

    fn of(examined: Examined, seal: &Seal, contents: &Contents, findings: Vec<Finding>) -> Self {
        let unconfirmed = examined.unconfirmed();
        let unsent = contents.unsent.as_ref();
        let commands = unsent.map_or(0, |unsent| unsent.commands.len());
        let files = unsent.map_or(0, |unsent| unsent.files.len());
        let drafts = unsent.is_some_and(|unsent| !unsent.drafts.is_empty());
        let outcome = if !findings.is_empty() {
            Outcome::Altered
        } else if !unconfirmed.is_empty() || commands + files > 0 || drafts {
            Outcome::Unconfirmed
        } else if !examined.all_missing().is_empty() {
            Outcome::Incomplete
        } else {
            Outcome::Whole
        };
        let distinct = |digests: &[Digest]| digests.iter().copied().into_set();
        Self {
            outcome,
            findings,
            city: Some(examined.trusted.city),
            seal: examined.sealer(seal),
            unsent_commands: commands,
            unsent_files: files,
            drafts,
            missing: examined.all_missing().into_iter().collect(),
            erased: distinct(&examined.erased).into_iter().collect(),
            cases: examined.cases,
            unconfirmed,
        }
    }
}

/// Hashes what is written to it.
struct Hashing(Sha256);

impl Write for Hashing {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.0.update(buf);
        Ok(buf.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        ContainerFault::Io(error).into()
    }
}
