// long-file: one city in memory that every test of the SDK talks to.
//! A city in memory: keys, certificates, packs, uploads, and a server that answers as it is told.
//! It judges nothing by itself: whatever is pushed is accepted, unless a test says otherwise.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard};

use gewu::host::{HttpRequest, HttpResponse, Method, Transport, TransportError};
use gewu_model::cbor;
use gewu_model::cert::{Certificate, SignedCertificate, SubjectKind, TrustAnchor};
use gewu_model::crypto::{Ed25519Signer, PublicKey, Signer, sha256};
use gewu_model::ids::{CaseId, ChangeHash, CityId, Digest, KeyId};
use gewu_model::pack::{PackHeader, PackTransfer, SignedPack};
use gewu_model::signed::SignedChange;
use gewu_model::time::Millis;
use gewu_sync::verdict::{
    ChangeVerdict, CommandVerdict, Outcome, SetAside, SignedVerdicts, Verdict, VerdictBlock,
};
use gewu_sync::wire::{
    CasePull, EnrolRequest, EnrolResponse, PACKED_TYPE, PackOffer, Request, Response, names_packed,
    pack, unpack,
};

use super::{START, fixture};

/// What the network does with the next requests.
#[derive(Debug, Clone, PartialEq)]
pub enum Weather {
    Fine,
    /// Nothing gets through.
    Offline,
    /// The request is carried out and the answer is lost.
    LoseAnswer,
    /// A login page answers.
    Portal,
    /// This status and body answer, with these headers.
    Answer(u16, Vec<(String, String)>, String),
}

/// How packs come over the network.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub enum Road {
    #[default]
    Good,
    /// The connection breaks in answers of more bytes.
    Narrow(usize),
    /// It breaks for good when so many more bytes of packs have passed.
    Ends(usize),
    /// The server knows no ranges.
    Whole,
    /// A byte is another one on arrival.
    Torn,
    /// The last bytes are missing.
    Short,
}

/// What a test does to every response.
pub type Edit = Box<dyn Fn(&mut Response) + Send>;

#[derive(Default)]
pub struct State {
    pub weather: Vec<Weather>,
    pub verdicts: BTreeMap<ChangeHash, Verdict>,
    /// Refused by its kind of author: the n-th change that is pushed from now on.
    pub refuse_next: Vec<SetAside>,
    pub accepted: BTreeMap<ChangeHash, (CaseId, SignedChange)>,
    pub set_aside: BTreeMap<ChangeHash, SetAside>,
    pub content: BTreeSet<Digest>,
    /// Texts that a judged change names. No others are held.
    pub named: BTreeSet<Digest>,
    /// Contact cards that are held.
    pub cards: BTreeSet<Digest>,
    /// Without it no card is held.
    pub card_key_is_there: bool,
    pub media: BTreeMap<Digest, Vec<u8>>,
    pub uploads: Vec<(Digest, Vec<u8>, usize)>,
    pub pulls: Vec<CasePull>,
    pub response: Option<Edit>,
    pub requests: Vec<Request>,
    pub outcomes: Vec<Outcome>,
    pub generation: u64,
    pub counter: u64,
    /// Texts and files that lie under a tombstone.
    pub erased: Vec<Digest>,
    /// Files that were acknowledged and are lost.
    pub lost: Vec<Digest>,
    pub sent: Vec<(Method, String)>,
    /// Of the certificates to come: another one makes another certificate.
    pub serial: u64,
    /// Until when the certificates to come hold.
    pub lasts: Option<Millis>,
    /// Paths that answer 500 whatever is asked.
    pub dead: BTreeSet<String>,
    /// How the next packs come.
    pub road: Road,
    /// Whether it reads and writes packed bodies.
    pub reads_packed: bool,
    /// Which requests came packed.
    pub packed: Vec<bool>,
    /// What it answers in place of what it means.
    pub bomb: Option<Vec<u8>>,
    /// Bytes of packs that went out.
    pub pack_bytes: usize,
}

pub struct City {
    pub root: Ed25519Signer,
    pub server: Ed25519Signer,
    pub people: BTreeMap<&'static str, Certificate>,
    pub packs: Vec<(SignedPack, Vec<u8>)>,
    pub state: Mutex<State>,
}

fn person(roles: &[&str], units: &[&str], duty: &[&str]) -> Certificate {
    Certificate {
        city: CityId([0; 32]),
        kind: SubjectKind::Device,
        key: Ed25519Signer::from_seed(&[0; 32]).public_key(),
        user: "nobody".into(),
        roles: roles.iter().map(|role| (*role).into()).collect(),
        units: units.iter().map(|unit| (*unit).into()).collect(),
        duty_grids: duty.iter().map(|grid| (*grid).into()).collect(),
        not_before: Millis(0),
        not_after: Millis(START * 2),
        serial: 1,
        reach: None,
    }
}

impl City {
    pub fn new() -> Self {
        let root = Ed25519Signer::from_seed(&[1; 32]);
        let server = Ed25519Signer::from_seed(&[2; 32]);
        let mut city = Self {
            root,
            server,
            people: BTreeMap::from([
                ("wang", person(&["inspector"], &[], &["990101Z01"])),
                ("li", person(&["inspector"], &[], &[])),
                ("zhao", person(&["crew"], &["drainage"], &[])),
                ("sun", person(&["unit_lead"], &["drainage"], &[])),
                ("citizen", person(&["citizen"], &[], &[])),
            ]),
            packs: Vec::new(),
            state: Mutex::new(State {
                card_key_is_there: true,
                generation: 7,
                ..State::default()
            }),
        };
        city.publish("catalogue", 1, fixture("district/catalogue.json"));
        city.publish("grid", 1, fixture("district/district.gewugrid"));
        city
    }

    pub fn publish(&mut self, kind: &str, version: u64, body: Vec<u8>) {
        self.publish_for(kind, "district", version, None, body);
    }

    /// Publishes a pack for an audience, with its compressed form if it is a grid pack.
    pub fn publish_for(
        &mut self,
        kind: &str,
        name: &str,
        version: u64,
        audience: Option<&str>,
        body: Vec<u8>,
    ) {
        let form = (kind == "grid").then(|| gewu_grid::transfer::pack(&body).ok());
        let transfer = form.flatten().map(|bytes| PackTransfer {
            encoding: gewu_grid::transfer::ENCODING.into(),
            sha256: sha256(&bytes),
            bytes: bytes.len() as u64,
        });
        let header = PackHeader {
            city: self.id(),
            kind: kind.into(),
            name: name.into(),
            version,
            issued_at: Millis(START),
            body: Digest([0; 32]),
            bytes: 0,
            audience: audience.map(str::to_owned),
            transfer,
        };
        let signed = SignedPack::sign(&self.server, header, &body).unwrap();
        self.packs.push((signed, body));
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    pub fn id(&self) -> CityId {
        CityId(self.root.public_key().digest().0)
    }

    /// The weather of the next requests; fine after that.
    pub fn weather(&self, weather: impl IntoIterator<Item = Weather>) {
        let mut list: Vec<Weather> = weather.into_iter().collect();
        list.reverse();
        self.state().weather = list;
    }

    fn anchor(&self) -> TrustAnchor {
        let server = Certificate {
            city: self.id(),
            kind: SubjectKind::Server,
            key: self.server.public_key(),
            user: "server".into(),
            roles: vec!["centre".into()],
            ..person(&[], &[], &[])
        };
        TrustAnchor {
            root: self.root.public_key(),
            server: SignedCertificate::issue(&self.root, &server).unwrap(),
        }
    }

    pub fn certificate(&self, user: &str, key: PublicKey) -> Option<SignedCertificate> {
        let person = self.people.get(user)?.clone();
        let state = self.state();
        let certificate = Certificate {
            city: self.id(),
            key,
            user: user.into(),
            serial: state.serial,
            not_after: state.lasts.unwrap_or(person.not_after),
            ..person
        };
        Some(SignedCertificate::issue(&self.server, &certificate).unwrap())
    }

    fn enrol(&self, body: &[u8]) -> HttpResponse {
        let request: EnrolRequest = cbor::from_slice(body).unwrap();
        let code = request.code.unwrap_or_else(|| "citizen".to_owned());
        let Some(certificate) = self.certificate(&code, request.key) else {
            return problem(403, "the code is wrong or was used");
        };
        ok(cbor::to_vec(&EnrolResponse {
            anchor: self.anchor(),
            certificate,
            generation: self.state().generation,
            server_time: Millis(START),
            account: None,
        }))
    }

    /// A server that packs, or one that has never heard of it.
    fn sync_in_either_form(&self, key: KeyId, request: &HttpRequest) -> HttpResponse {
        let named = |name: &str| {
            let mut headers = request.headers.iter();
            let found = headers.find(|(key, _)| key == name);
            names_packed(found.map(|(_, value)| value.as_str()))
        };
        let (reads, bomb) = {
            let mut state = self.state();
            state.packed.push(named("content-type"));
            (state.reads_packed, state.bomb.clone())
        };
        let body = match named("content-type") {
            true if !reads => return problem(400, "not a message of this protocol"),
            true => unpack(&request.body, 8 << 20).unwrap(),
            false => request.body.clone(),
        };
        let mut answer = self.sync(key, &body);
        if reads && named("accept") {
            let taken = "application/cbor, application/cbor+zstd";
            answer.headers.push(("accept-post".into(), taken.into()));
            if let Some(packed) = bomb.or_else(|| pack(&answer.body)) {
                answer.body = packed;
                answer.headers[0].1 = PACKED_TYPE.into();
            }
        }
        answer
    }

    fn sync(&self, key: KeyId, body: &[u8]) -> HttpResponse {
        let request: Request = cbor::from_slice(body).unwrap();
        let mut state = self.state();
        let block = state.judge(key, &request);
        let held = |pack: &SignedPack| {
            let header: PackHeader = cbor::from_slice(&pack.header).unwrap();
            let have = |have: &gewu_sync::wire::PackHave| {
                have.kind == header.kind
                    && have.name == header.name
                    && have.version >= header.version
            };
            request.packs.iter().any(have)
        };
        let offers = self.packs.iter().filter(|(pack, _)| !held(pack));
        let mut response = Response {
            protocol: 1,
            generation: state.generation,
            server_time: block.at,
            verdicts: SignedVerdicts::sign(&self.server, &block).unwrap(),
            cursors: request.cursors.clone(),
            cases: std::mem::take(&mut state.pulls),
            statuses: vec![],
            notices: vec![],
            certificates: vec![],
            packs: offers
                .map(|(pack, _)| PackOffer { pack: pack.clone() })
                .collect(),
            more: false,
            backup_covers: None,
            certificate: None,
            in_force: None,
            reading: None,
            position: None,
            out_of_use: None,
            account: None,
        };
        if let Some(edit) = &state.response {
            edit(&mut response);
        }
        state.requests.push(request);
        ok(cbor::to_vec(&response))
    }

    fn pack(&self, digest: &str, request: &HttpRequest) -> HttpResponse {
        let form = |body: &Vec<u8>| gewu_grid::transfer::pack(body).ok();
        let bodies = self.packs.iter().map(|(_, body)| body);
        let mut forms = bodies
            .flat_map(|body| [Some(body.clone()), form(body)])
            .flatten();
        let Some(mut body) = forms.find(|form| sha256(form).to_string() == digest) else {
            return problem(404, "no such pack");
        };
        let mut state = self.state();
        match state.road {
            Road::Torn => body[40] ^= 1,
            Road::Short => body.truncate(body.len() - 9),
            _ => {}
        }
        let asked = request.headers.iter().find(|(name, _)| name == "range");
        let asked = asked.filter(|_| state.road != Road::Whole);
        let mut headers = vec![("content-type".into(), "application/octet-stream".into())];
        let mut status = 200;
        if let Some((_, range)) = asked {
            let (from, to) = range["bytes=".len()..].split_once('-').unwrap();
            let (from, to): (usize, usize) = (from.parse().unwrap(), to.parse().unwrap());
            let total = body.len();
            body = body[from.min(total)..(to + 1).min(total)].to_vec();
            headers.push(("content-range".into(), format!("bytes {from}-{to}/{total}")));
            status = if body.is_empty() { 416 } else { 206 };
        }
        if asked.is_some() {
            state.pack_bytes += body.len();
        }
        HttpResponse {
            status,
            headers,
            body,
        }
    }

    /// Whether an answer with a pack gets through.
    fn passes(&self, bytes: usize) -> bool {
        let mut state = self.state();
        match state.road {
            Road::Narrow(most) => bytes <= most,
            Road::Ends(left) if bytes > left => {
                state.road = Road::Ends(0);
                false
            }
            Road::Ends(left) => {
                state.road = Road::Ends(left - bytes);
                true
            }
            _ => true,
        }
    }

    fn route(&self, request: &HttpRequest) -> HttpResponse {
        let key = request.headers.iter().find(|(name, _)| name == "gewu-key");
        let key = key.map(|(_, value)| value.parse().unwrap());
        match request.path_and_query.as_str() {
            path if self.state().dead.contains(path) => problem(500, "broken"),
            "/v1/enrol" => self.enrol(&request.body),
            "/v1/sync" => self.sync_in_either_form(key.unwrap(), request),
            path if path.starts_with("/v1/packs/") => {
                self.pack(&path["/v1/packs/".len()..], request)
            }
            path if path.starts_with("/v1/media") => self.media(request),
            _ => problem(404, "no such path"),
        }
    }
}

impl State {
    fn judge(&mut self, device: KeyId, request: &Request) -> VerdictBlock {
        let mut changes = Vec::new();
        for push in &request.cases {
            for change in &push.changes {
                let hash = change.hash();
                let verdict = self.verdict(&push.case, &hash, change);
                changes.push(ChangeVerdict {
                    case: push.case,
                    hash,
                    verdict,
                });
            }
            let texts = push.content.iter().map(|item| item.digest());
            self.content
                .extend(texts.filter(|text| self.named.contains(text)));
            if self.card_key_is_there {
                let cards = push.cards.iter().flatten().map(|card| card.digest());
                self.cards
                    .extend(cards.filter(|card| self.named.contains(card)));
            }
        }
        let outcomes = &mut self.outcomes;
        let commands = request.commands.iter().map(|command| CommandVerdict {
            command: command.digest(),
            outcome: outcomes.pop().unwrap_or(Outcome::Stale),
        });
        VerdictBlock {
            wipe: None,
            device,
            nonce: request.nonce,
            generation: self.generation,
            at: Millis(START),
            changes,
            commands: commands.collect(),
            content: self.content.iter().copied().collect(),
            media: request
                .media
                .iter()
                .filter(|sha| self.media.contains_key(sha))
                .copied()
                .collect(),
            counter: self.counter,
            erased: (!self.erased.is_empty()).then(|| self.erased.clone()),
            cards: (!self.cards.is_empty()).then(|| self.cards.iter().copied().collect()),
            lost: Some(self.lost.clone())
                .map(|mut lost| {
                    lost.retain(|sha| !self.media.contains_key(sha));
                    lost
                })
                .filter(|lost| !lost.is_empty()),
        }
    }

    fn verdict(&mut self, case: &CaseId, hash: &ChangeHash, change: &SignedChange) -> Verdict {
        let limits = gewu_model::change::Limits::default();
        let decoded = gewu_model::change::decode_strict(&change.bytes, &limits).unwrap();
        let written = gewu_model::case::row(&decoded).unwrap().entry;
        if let Some(Ok(payload)) = written.map(|written| written.payload) {
            self.named.extend(payload.content());
            self.named.extend(payload.contact());
        }
        if let Some(known) = self.verdicts.get(hash) {
            return known.clone();
        }
        if let Some(reason) = self.set_aside.get(hash) {
            return Verdict::SetAside { reason: *reason };
        }
        let known = self.accepted.contains_key(hash);
        let depends = decoded
            .change
            .deps
            .iter()
            .any(|dep| self.set_aside.contains_key(dep));
        let refused = if depends {
            Some(SetAside::DependsOnSetAside)
        } else if known {
            None
        } else {
            self.refuse_next.pop()
        };
        if let Some(reason) = refused {
            self.set_aside.insert(*hash, reason);
            return Verdict::SetAside { reason };
        }
        self.accepted.insert(*hash, (*case, change.clone()));
        Verdict::Accepted {
            received_at: Millis(START + 1),
        }
    }
}

impl Transport for City {
    fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let weather = {
            let mut state = self.state();
            state
                .sent
                .push((request.method, request.path_and_query.clone()));
            state.weather.pop().unwrap_or(Weather::Fine)
        };
        match weather {
            Weather::Fine => {
                let answer = self.route(&request);
                // Only what comes in parts is on the bad road.
                let part = request.headers.iter().any(|(name, _)| name == "range");
                match !part || self.passes(answer.body.len()) {
                    true => Ok(answer),
                    false => Err(TransportError::Offline),
                }
            }
            Weather::Offline => Err(TransportError::Offline),
            Weather::LoseAnswer => {
                self.route(&request);
                Err(TransportError::Offline)
            }
            Weather::Portal => Ok(HttpResponse {
                status: 200,
                headers: vec![("content-type".into(), "text/html".into())],
                body: b"<html>log in</html>".to_vec(),
            }),
            Weather::Answer(status, headers, body) => Ok(HttpResponse {
                status,
                headers,
                body: body.into_bytes(),
            }),
        }
    }
}

fn ok(body: Vec<u8>) -> HttpResponse {
    HttpResponse {
        status: 200,
        headers: vec![("content-type".into(), "application/cbor".into())],
        body,
    }
}

pub(super) fn answer(status: u16, headers: &[(&str, &str)]) -> HttpResponse {
    let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    HttpResponse {
        status,
        headers: headers.iter().map(own).collect(),
        body: vec![],
    }
}

pub fn problem(status: u16, detail: &str) -> HttpResponse {
    HttpResponse {
        status,
        headers: vec![("content-type".into(), "application/problem+json".into())],
        body: format!("{{\"detail\":\"{detail}\"}}").into_bytes(),
    }
}
