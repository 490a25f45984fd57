//! The city that is measured: ten thousand cases of eight changes in one duty grid, three hundred in
//! another, let in by the real gate and the real store.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use gewu_model::cbor;
use gewu_model::contact::CardKey;
use gewu_model::ids::Digest;
use gewu_model::policy::BUILT_IN;
use gewu_model::time::Millis;
use gewu_server::{Caller, CardKeySource, Clock, Core, CoreOptions, Database, SystemClock};
use gewu_sync::verdict::{Verdict, VerdictBlock};
use gewu_sync::wire::{CasePush, Cursor, Request, Response};
use minicbor::{Decode, Encode};

use super::Size;
use super::pen::{Line, Pen, Pins};
use super::texts::{FEW, MANY, OTHER, Place, Texts};
use crate::bench::BenchError;
use crate::disk::Dice;

const GRID: &[u8] = include_bytes!("../../../../fixtures/district/district.gewugrid");
const CATALOGUE: &[u8] = include_bytes!("../../../../fixtures/district/catalogue.json");

/// Who writes in each case, in turns.
const AUTHORS: usize = 4;
/// Remarks after root and report, so that a case has eight changes.
pub(super) const NOTES: usize = 6;
/// New cases of one request: 104 changes.
pub(super) const CASES_AT_ONCE: usize = 13;
/// Changes of one request while the city is filled.
const AT_ONCE: usize = 100;
/// Time between two requests, so that no device writes more in a day than a gate takes.
const STEP_MS: i64 = 10 * 60_000;
/// The first case was opened so long ago.
const AGE_MS: i64 = 12 * 86_400_000;
/// The file beside the server's folder that says how to go on.
const STATE: &str = "city.state";

/// What is kept of a city to go on writing in it.
#[derive(Encode, Decode)]
#[cbor(map)]
struct State {
    #[n(0)]
    many: Vec<Line>,
    #[n(1)]
    few: Vec<Line>,
    #[n(2)]
    authors: Vec<Known>,
    #[n(3)]
    crowd: Vec<Known>,
    #[n(4)]
    at: Millis,
}

/// A pen by its certificate and counter.
#[derive(Encode, Decode)]
#[cbor(map)]
struct Known {
    #[n(0)]
    certificate: Digest,
    #[n(1)]
    counter: u64,
}

/// Those who write, and what they have written: enough to go on, whoever has the store.
pub(super) struct Book {
    /// The server's folder.
    pub(super) folder: PathBuf,
    pub(super) many: Vec<Line>,
    pub(super) few: Vec<Line>,
    /// The authors of the cases, then one who holds none and carries what all write.
    authors: Vec<Pen>,
    texts: Texts,
    pub(super) at: Millis,
    cursors: Vec<Cursor>,
}

/// The server, open in this process.
pub(super) struct City {
    pub(super) core: Core,
    pub(super) book: Book,
    crowd: Vec<Pen>,
}

impl City {
    /// A city of that size in `folder`, copied from `kept` when there is one.
    pub(super) fn found(
        folder: &Path,
        kept: Option<&Path>,
        size: &Size,
    ) -> Result<Self, BenchError> {
        let server = folder.join("city");
        let known = kept.filter(|kept| kept.join(STATE).is_file());
        if let Some(kept) = known {
            copy(kept, &server)?;
            return Self::go_on(server, size);
        }
        let mut city = Self::new(server, size)?;
        city.book.many = city.fill(&MANY, size.many)?;
        city.book.few = city.fill(&FEW, size.few)?;
        if let Some(kept) = kept {
            city.keep(kept)?;
        }
        Ok(city)
    }

    fn new(folder: PathBuf, size: &Size) -> Result<Self, BenchError> {
        let at = SystemClock.now().plus(-AGE_MS);
        let core = open(&folder, at)?;
        core.publish_pack("policy", "policy", 1, BUILT_IN, at)?;
        core.publish_pack("catalogue", "catalogue", 1, CATALOGUE, at)?;
        core.publish_pack("grid", "grid", 1, GRID, at)?;
        let mut authors = Vec::new();
        for number in 0..=AUTHORS {
            let place = if number < AUTHORS { &MANY } else { &OTHER };
            authors.push(Pen::enrol(&core, &author(number), place.duty, at)?);
        }
        let crowd = (0..size.members())
            .map(|number| Pen::enrol(&core, &member(number), OTHER.duty, at))
            .collect::<Result<_, _>>()?;
        let book = Book {
            folder,
            many: vec![],
            few: vec![],
            authors,
            texts: Texts(Dice::new(7)),
            at,
            cursors: vec![],
        };
        Ok(Self { core, book, crowd })
    }

    fn go_on(folder: PathBuf, size: &Size) -> Result<Self, BenchError> {
        let bytes = std::fs::read(folder.join(STATE))?;
        let state: State = cbor::from_slice(&bytes).map_err(|_| BenchError::Missing("a city"))?;
        if state.many.len() != size.many || state.crowd.len() != size.members() {
            return Err(BenchError::Missing("a kept city of that size"));
        }
        let core = open(&folder, state.at)?;
        let pen = |name: String, known: &Known| {
            let mut pen = Pen::known(&core, &name, known.certificate);
            pen.counter = known.counter;
            pen
        };
        let named = |list: &[Known], name: fn(usize) -> String| -> Vec<Pen> {
            let numbered = list.iter().enumerate();
            numbered.map(|(n, known)| pen(name(n), known)).collect()
        };
        let book = Book {
            authors: named(&state.authors, author),
            folder,
            many: state.many,
            few: state.few,
            texts: Texts(Dice::new(state.at.0.unsigned_abs())),
            at: state.at,
            cursors: vec![],
        };
        let crowd = named(&state.crowd, member);
        Ok(Self { core, book, crowd })
    }

    fn keep(&self, kept: &Path) -> Result<(), BenchError> {
        let known = |pens: &[Pen]| -> Vec<Known> {
            let known = |pen: &Pen| Known {
                certificate: pen.certificate(),
                counter: pen.counter,
            };
            pens.iter().map(known).collect()
        };
        let state = State {
            many: self.book.many.clone(),
            few: self.book.few.clone(),
            authors: known(&self.book.authors),
            crowd: known(&self.crowd),
            at: self.book.at,
        };
        // The database is copied with its log, which nobody writes to meanwhile.
        copy(&self.book.folder, kept)?;
        Ok(std::fs::write(kept.join(STATE), cbor::to_vec(&state))?)
    }

    /// As in a city, the cases grow side by side: first all are opened, then each remark is written in
    /// all of them before the next.
    fn fill(&mut self, place: &Place, count: usize) -> Result<Vec<Line>, BenchError> {
        let mut lines = Vec::with_capacity(count);
        while lines.len() < count {
            let cases = (AT_ONCE / 2).min(count - lines.len());
            let (new, pushes) = self.book.new_cases(place, cases, 0)?;
            self.push(pushes)?;
            lines.extend(new);
        }
        for round in 1..=NOTES {
            eprintln!("{}: remark {round} of {NOTES} in {count} cases", place.duty);
            for part in lines.chunks_mut(AT_ONCE) {
                let pushes = self.book.remarks(part, round)?;
                self.push(pushes)?;
            }
        }
        Ok(lines)
    }

    /// One exchange that has to be taken whole.
    fn push(&mut self, pushes: Vec<CasePush>) -> Result<(), BenchError> {
        let request = self.book.request(pushes);
        self.exchange(&self.carrier()?, &request).map(|_| ())
    }

    /// Carries out an exchange, some time after the one before; how long it took.
    pub(super) fn exchange(
        &mut self,
        caller: &Caller,
        request: &Request,
    ) -> Result<Duration, BenchError> {
        let start = Instant::now();
        let response = self.core.exchange(caller, request, self.book.at)?;
        let took = start.elapsed();
        self.book.at = self.book.at.plus(STEP_MS);
        self.book.heard(request, &response)?;
        Ok(took)
    }

    /// The device that carries what all write.
    pub(super) fn carrier(&self) -> Result<Caller, BenchError> {
        Ok(self.core.caller(self.book.carrying().key())?)
    }

    /// Lets go of the store. From now on it is today.
    pub(super) fn close(self) -> (Book, Vec<Pen>) {
        let mut book = self.book;
        book.at = SystemClock.now();
        (book, self.crowd)
    }
}

impl Book {
    /// New cases of `2 + notes` changes by four authors, and what brings them.
    pub(super) fn new_cases(
        &mut self,
        place: &Place,
        count: usize,
        notes: usize,
    ) -> Result<(Vec<Line>, Vec<CasePush>), BenchError> {
        let (pins, now) = (pins(), self.at);
        let mut lines = Vec::new();
        let mut pushes = Vec::new();
        for number in 0..count {
            let (report, item) = self.texts.report(place, now)?;
            let random = self.texts.random();
            let author = &mut self.authors[number % AUTHORS];
            let (mut line, mut push) = author.report(report, item, (pins, now, random))?;
            for note in 1..=notes {
                let item = self.texts.note();
                let author = &mut self.authors[(number + note) % AUTHORS];
                author.note(&mut line, item, now, &mut push)?;
            }
            lines.push(line);
            pushes.push(push);
        }
        Ok((lines, pushes))
    }

    /// A remark of some author in each of these cases.
    fn remarks(&mut self, lines: &mut [Line], round: usize) -> Result<Vec<CasePush>, BenchError> {
        let now = self.at;
        lines
            .iter_mut()
            .enumerate()
            .map(|(n, line)| self.authors[(n + round) % AUTHORS].remark(line, &mut self.texts, now))
            .collect()
    }

    /// A remark in each of these of the many cases.
    pub(super) fn in_many(&mut self, cases: Range<usize>) -> Result<Vec<CasePush>, BenchError> {
        let mut lines = std::mem::take(&mut self.many);
        let part = lines.get_mut(cases).ok_or(BenchError::Missing("a case"));
        let pushes = part.and_then(|part| self.remarks(part, 0));
        self.many = lines;
        pushes
    }

    /// A remark in each of these of an inspector's cases.
    pub(super) fn in_few(&mut self, cases: Range<usize>) -> Result<Vec<CasePush>, BenchError> {
        let mut lines = std::mem::take(&mut self.few);
        let part = lines.get_mut(cases).ok_or(BenchError::Missing("a case"));
        let pushes = part.and_then(|part| self.remarks(part, 0));
        self.few = lines;
        pushes
    }

    /// The request that brings these pushes, from one who holds none of the cases.
    pub(super) fn request(&mut self, pushes: Vec<CasePush>) -> Request {
        self.authors[AUTHORS].request(pushes, self.cursors.clone())
    }

    /// Who carries what all write.
    pub(super) fn carrying(&self) -> &Pen {
        &self.authors[AUTHORS]
    }

    /// Takes the answer in; an error unless everything was accepted.
    pub(super) fn heard(
        &mut self,
        request: &Request,
        response: &Response,
    ) -> Result<(), BenchError> {
        self.cursors = response.standing(request);
        accepted(request, response)
    }
}

/// An error unless every change was accepted.
pub(super) fn accepted(request: &Request, response: &Response) -> Result<(), BenchError> {
    let block: VerdictBlock = cbor::from_slice(&response.verdicts.body)
        .map_err(|_| BenchError::Missing("the verdicts"))?;
    let is_accepted = |verdict: &Verdict| matches!(verdict, Verdict::Accepted { .. });
    let sent: usize = request.cases.iter().map(|push| push.changes.len()).sum();
    let mut said = block.changes.iter();
    if block.changes.len() == sent && said.all(|said| is_accepted(&said.verdict)) {
        return Ok(());
    }
    let said: Vec<_> = block.changes.iter().map(|said| &said.verdict).collect();
    eprintln!("{sent} changes got {said:?}");
    Err(BenchError::Missing("an accepted change"))
}

fn open(folder: &Path, now: Millis) -> Result<Core, BenchError> {
    let options = CoreOptions {
        card_key: CardKeySource::Given(CardKey::new([77; 32])),
        database: Database::new(folder.join("gewu.db")),
        ..CoreOptions::in_folder(folder)?
    };
    Ok(Core::open(options, now)?)
}

/// The rules that cases pin.
pub(super) fn pins() -> Pins {
    let digest = gewu_model::crypto::sha256;
    Pins {
        policy: digest(BUILT_IN),
        catalogue: digest(CATALOGUE),
    }
}

fn author(number: usize) -> String {
    format!("author-{number}")
}

fn member(number: usize) -> String {
    format!("member-{number}")
}

/// Copies a folder with everything in it.
fn copy(from: &Path, to: &Path) -> Result<(), BenchError> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        match entry.file_type()?.is_dir() {
            true => copy(&entry.path(), &target)?,
            false => {
                std::fs::copy(entry.path(), target)?;
            }
        }
    }
    Ok(())
}
