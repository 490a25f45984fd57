//! An entry before it is signed, with everything in it open to be bent.

use std::collections::BTreeSet;

use gewu_model::change::{Body as ChangeBody, PlainChange, entry_key};
use gewu_model::command::{Command, CommandRecord};
use gewu_model::entry::{Body, ENTRY_VERSION, Entry, EntryHeader, InstructionFrame, Payload};
use gewu_model::fold::{CaseView, fold};
use gewu_model::ids::{ActorId, ChangeHash, Digest};
use gewu_model::time::{ClockTrust, Millis};

use super::{Story, Who};

#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) who: Who,
    pub(crate) actor: ActorId,
    pub(crate) seq: u64,
    pub(crate) start_op: u64,
    pub(crate) deps: Vec<ChangeHash>,
    pub(crate) root_actor: ActorId,
    pub(crate) key: Option<String>,
    pub(crate) entry: Entry,
}

impl Draft {
    pub(crate) fn answering(mut self, instruction: ChangeHash) -> Self {
        self.entry.header.answers = Some(instruction);
        self
    }

    pub(crate) fn about(mut self, entry: ChangeHash) -> Self {
        self.entry.header.about = Some(entry);
        self
    }

    pub(crate) fn replacing(mut self, change: ChangeHash) -> Self {
        self.entry.header.replaces = Some(change);
        self
    }

    pub(crate) fn plain(&self) -> PlainChange {
        let own_key = entry_key(&self.actor, self.seq);
        PlainChange {
            actor: self.actor,
            seq: self.seq,
            start_op: self.start_op,
            deps: self.deps.clone(),
            body: ChangeBody::Entry {
                root_actor: self.root_actor,
                key: self.key.clone().unwrap_or(own_key),
                fields: self.entry.to_fields(),
            },
        }
    }
}

impl Story {
    /// An honest entry upon everything that is accepted.
    pub(crate) fn draft(&self, who: Who, payload: Payload) -> Draft {
        let heads = self.heads();
        self.draft_upon(who, payload, &heads)
    }

    /// An honest entry by a replica that holds `deps` and what they were made upon.
    pub(crate) fn draft_upon(&self, who: Who, payload: Payload, deps: &[ChangeHash]) -> Draft {
        let writer = &self.writers[who.0];
        let past = self.past(deps);
        let own = past
            .iter()
            .filter(|made| self.made[*made].actor == writer.actor);
        let mut deps = deps.to_vec();
        deps.sort_unstable();
        let header = EntryHeader {
            kind: payload.kind(),
            version: ENTRY_VERSION,
            by: writer.user.clone(),
            unit: writer.unit.clone(),
            role: writer.role.clone(),
            cert: writer.cert,
            claimed_at: Millis(500),
            clock: ClockTrust::Device,
            answers: None,
            about: None,
            replaces: None,
        };
        Draft {
            who,
            actor: writer.actor,
            seq: own.map(|made| self.made[made].seq).max().unwrap_or(0) + 1,
            start_op: past
                .iter()
                .map(|made| self.made[made].max_op)
                .max()
                .unwrap_or(2)
                + 1,
            deps,
            root_actor: self.root_actor(who),
            key: None,
            entry: Entry {
                header,
                payload: payload.to_cbor(),
                extra: vec![],
            },
        }
    }

    fn root_actor(&self, who: Who) -> ActorId {
        let root = self.case.changes.first();
        root.map_or(self.writers[who.0].actor, |root| root.actor)
    }

    /// `deps` with all their ancestors.
    fn past(&self, deps: &[ChangeHash]) -> BTreeSet<ChangeHash> {
        let (mut past, mut open) = (BTreeSet::new(), deps.to_vec());
        while let Some(hash) = open.pop() {
            if let Some(made) = self.made.get(&hash).filter(|_| past.insert(hash)) {
                open.extend(&made.deps);
            }
        }
        past
    }

    /// Those of `hashes` that no other one of them implies.
    pub(crate) fn independent(&self, hashes: &[ChangeHash]) -> Vec<ChangeHash> {
        let all: BTreeSet<ChangeHash> = hashes.iter().copied().collect();
        let implied = |hash: &ChangeHash| {
            let deps = all.iter().flat_map(|other| &self.made[other].deps);
            let deps: Vec<ChangeHash> = deps.copied().collect();
            self.past(&deps).contains(hash)
        };
        all.iter().filter(|hash| !implied(hash)).copied().collect()
    }

    /// The accepted changes that no other one builds upon.
    pub(crate) fn heads(&self) -> Vec<ChangeHash> {
        let mut heads = self.accepted();
        for dep in self.case.changes.iter().flat_map(|own| &own.row.deps) {
            heads.remove(dep);
        }
        heads.into_iter().collect()
    }

    /// The case as everyone who holds all of it sees it.
    pub(crate) fn view(&self) -> CaseView {
        let rows: Vec<_> = self
            .case
            .changes
            .iter()
            .map(|own| own.row.clone())
            .collect();
        fold(&rows)
    }

    /// The next instruction of the chain, as an operator at the console asked for it.
    pub(crate) fn instruction(&self, body: Body) -> Draft {
        let view = self.view();
        let frame = InstructionFrame {
            prev: view.tip(),
            generation: self.generation,
            number: view.chain.len() as u32 + 1,
            command: self.command(&body),
            body: vec![],
        };
        self.draft(Who::SERVER, Payload::Instruction(frame, body))
    }

    /// What an operator asked for, as the console's session attests it.
    pub(crate) fn command(&self, body: &Body) -> Vec<u8> {
        let command = Command {
            case: self.case.case,
            view: self.view().token(),
            kind: body.kind().name().to_owned(),
            body: body.to_cbor(),
            by: "chen".into(),
            role: "operator".into(),
            unit: None,
            claimed_at: Millis(600),
            counter: 1,
            after: None,
        };
        gewu_model::cbor::to_vec(&CommandRecord::attest(Digest([0x5e; 32]), &command))
    }

    /// The server writes the next instruction.
    pub(crate) fn instructs(&mut self, body: Body) -> ChangeHash {
        let draft = self.instruction(body);
        self.writes(&draft)
    }
}
