//! What a decision is looked over for before it is an instruction: names of nobody, classes that the
//! catalogue does not have, and rules under which nobody could decide any more.

use std::collections::BTreeSet;

use gewu_model::entry::{Body, Correct, InstructionKind, Kind, Payload, Repin};
use gewu_model::fold::{CaseView, Pins, Row};
use gewu_model::ids::{Digest, UnitId, UserId};
use gewu_model::policy::Policy;

use super::bench::Bench;
use super::decide::DecideError;
use super::load::rows;
use super::names::unseen;
use super::nearest::nearest;
use super::operators::Operator;
use super::{CodeGrant, Core, CoreError, slips};
use crate::store::Tx;

/// What whoever decides wants all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Anyway {
    /// Persons and units that nobody here has heard of: their people may enrol later.
    pub unknown_names: bool,
    /// A policy that leaves the case to nobody.
    pub nothing_allowed: bool,
}

impl Anyway {
    /// What holds for whoever was not asked: names are taken as they come.
    pub const UNASKED: Self = Self {
        unknown_names: true,
        nothing_allowed: false,
    };
}

/// The persons and units that an instruction asks something of.
#[derive(Default)]
struct Named<'b> {
    persons: Vec<&'b UserId>,
    units: Vec<&'b UnitId>,
}

impl<'b> Named<'b> {
    fn of(body: &'b Body) -> Self {
        let persons = |persons: &'b [UserId]| Self {
            persons: persons.iter().collect(),
            units: Vec::new(),
        };
        let units = |units: Vec<&'b UnitId>| Self {
            persons: Vec::new(),
            units,
        };
        match body {
            Body::VerifyRequest(it) | Body::CheckRequest(it) => persons(&it.persons),
            Body::RedoRequest(it) => persons(&it.persons),
            Body::SpotCheck(it) => persons(&it.persons),
            Body::Dispatch(it) => {
                let others = it.assist.iter().chain(&it.substitute_for);
                units([&it.lead].into_iter().chain(others).collect())
            }
            Body::Rework(it) => units(vec![&it.lead]),
            Body::Forward(it) => units([&it.unit].into_iter().chain(&it.from).collect()),
            Body::SendBack(it) => units(it.unit.iter().collect()),
            Body::Extend(it) => units(it.unit.iter().collect()),
            Body::Order(it) => Self {
                persons: it.persons.iter().collect(),
                units: it.units.iter().collect(),
            },
            Body::Assign(it) => Self {
                persons: it.person.iter().collect(),
                units: it.team.iter().collect(),
            },
            Body::Unassign(it) => Self {
                persons: it.person.iter().collect(),
                units: it.team.iter().collect(),
            },
            Body::Ownership(it) => {
                let named = it.authority.iter().chain(&it.owner).chain(&it.handler);
                units(named.collect())
            }
            Body::Supervise(it) => Self {
                persons: it.persons.iter().collect(),
                units: it.units.iter().collect(),
            },
            _ => Self::default(),
        }
    }
}

/// Everybody whom this server has heard of.
#[derive(Default)]
pub(super) struct Known {
    pub(super) persons: BTreeSet<UserId>,
    pub(super) units: BTreeSet<UnitId>,
}

fn invalid(words: String) -> DecideError {
    DecideError::Invalid(words)
}

impl Core {
    /// Refuses what an operator at a console would not want.
    pub(super) fn check_console(
        &self,
        bench: &Bench<'_>,
        view: &CaseView,
        body: &Body,
        anyway: Anyway,
    ) -> Result<(), DecideError> {
        let named = Named::of(body);
        let persons = named
            .persons
            .iter()
            .map(|person| ("person", person.as_str()));
        let units = named.units.iter().map(|unit| ("unit", unit.as_str()));
        let all: Vec<(&str, &str)> = persons.chain(units).collect();
        if let Some((what, name)) = all.iter().find(|(_, name)| !is_plain(name)) {
            return Err(invalid(format!(
                "no {what} is called {name:?}: write it without blanks around it and without control characters"
            )));
        }
        self.check_all_seen(bench.tx, &all)?;
        if !anyway.unknown_names {
            let known = self.people(bench.tx)?;
            let persons = known.persons.iter().map(UserId::as_str).collect();
            let units = known.units.iter().map(UnitId::as_str).collect();
            let asked = |names: &[&UserId]| -> Vec<String> {
                names.iter().map(ToString::to_string).collect()
            };
            check_known("person", &asked(&named.persons), &persons)?;
            let asked: Vec<String> = named.units.iter().map(ToString::to_string).collect();
            check_known("unit", &asked, &units)?;
        }
        slips::check(view, body, bench.now).map_err(invalid)?;
        let Body::Repin(repin) = body else {
            return Ok(());
        };
        self.check_packs(repin)?;
        match anyway.nothing_allowed {
            true => Ok(()),
            false => self.check_repin(view, repin),
        }
    }

    /// Refuses names with signs in them that nobody sees. Those that are known already go on.
    fn check_all_seen(&self, tx: &dyn Tx, all: &[(&str, &str)]) -> Result<(), DecideError> {
        for (what, name) in all {
            let Some(why) = unseen(name) else {
                continue;
            };
            let known = self.known_names(tx)?;
            let is_known = match *what {
                "person" => known.persons.contains(&UserId::from(*name)),
                _ => known.units.contains(&UnitId::from(*name)),
            };
            if !is_known {
                return Err(invalid(format!("the name of the {what} has {why}")));
            }
        }
        Ok(())
    }

    /// Refuses packs that are not published here, and an edition that the catalogue opens no cases under.
    fn check_packs(&self, repin: &Repin) -> Result<(), DecideError> {
        let rules = self.rules();
        let unknown = |what: &str, digest: &Digest| {
            Err(invalid(format!(
                "no {what} {digest} is published here: `gewu op packs` lists those in force"
            )))
        };
        if let Some(digest) = &repin.policy
            && !rules.policies.contains_key(digest)
        {
            return unknown("policy", digest);
        }
        let Some(digest) = &repin.catalogue else {
            return match &repin.edition {
                None => Ok(()),
                Some(_) => Err(invalid(
                    "an edition alone pins nothing: name the catalogue as well".to_owned(),
                )),
            };
        };
        let Some(held) = rules.catalogues.get(digest) else {
            return unknown("catalogue", digest);
        };
        match &repin.edition {
            Some(edition) if edition != held.edition() => Err(invalid(format!(
                "that catalogue opens cases under edition {}, not {edition}: leave the edition out, or name that one",
                held.edition()
            ))),
            _ => Ok(()),
        }
    }

    /// What to look at again in a pack that was published: units of which nobody here has heard, what nobody
    /// may do under it, and names that neither a catalogue nor a map has.
    ///
    /// # Errors
    /// [`CoreError`] when the store cannot be read.
    pub fn look_again(&self, kind: &str, digest: &Digest) -> Result<Vec<String>, CoreError> {
        if kind != "policy" {
            return Ok(Vec::new());
        }
        self.read(|tx| {
            let Some(body) = tx.pack_body(*digest)? else {
                return Ok(Vec::new());
            };
            let Ok(policy) = Policy::from_json(&body) else {
                return Ok(Vec::new());
            };
            let known = self.people(tx)?.units;
            let is_there = |unit: &UnitId| known.contains(unit);
            let told = !known.is_empty();
            let is_there = told.then_some(&is_there as &dyn Fn(&UnitId) -> bool);
            let mut told = policy.idle(&body, is_there);
            told.extend(self.strange(&policy, &body));
            Ok(told)
        })
    }

    /// The units that there are: that a service sends to one makes it none.
    pub(super) fn known_units(&self, tx: &dyn Tx) -> Result<BTreeSet<UnitId>, CoreError> {
        Ok(self.people(tx)?.units)
    }

    /// Persons and units that hold certificates or codes, sit at consoles, or stand in a policy, also as what
    /// a service sends to.
    pub(super) fn known_names(&self, tx: &dyn Tx) -> Result<Known, CoreError> {
        let mut known = self.people(tx)?;
        for policy in self.rules().policies.values() {
            let served = policy.services().iter();
            known
                .units
                .extend(served.filter_map(|rule| rule.unit.clone()));
        }
        Ok(known)
    }

    /// Persons and units that hold certificates or codes, sit at consoles, or stand in a policy's tree.
    fn people(&self, tx: &dyn Tx) -> Result<Known, CoreError> {
        let mut known = Known::default();
        for device in tx.devices()? {
            let signed = tx.certificate(device.certificate)?;
            let held = signed.and_then(|signed| signed.certificate().ok());
            known.persons.insert(device.user);
            known
                .units
                .extend(held.into_iter().flat_map(|held| held.units));
        }
        for operator in tx.operators()? {
            known.persons.insert(operator.user);
            known.units.extend(operator.units);
        }
        for grant in tx.grants()? {
            let grant: Option<CodeGrant> = serde_json::from_str(&grant).ok();
            known
                .persons
                .extend(grant.iter().map(|grant| grant.user.clone()));
            known
                .units
                .extend(grant.into_iter().flat_map(|grant| grant.units));
        }
        for policy in self.rules().policies.values() {
            known.units.extend(policy.units().all().cloned());
        }
        Ok(known)
    }

    /// Refuses a policy under which nobody could decide anything here: the case would stay as it is.
    fn check_repin(&self, view: &CaseView, repin: &Repin) -> Result<(), DecideError> {
        let rules = self.rules();
        let new = repin.policy.and_then(|digest| rules.policies.get(&digest));
        let class = view.report.as_ref().map(|report| &report.class);
        match new {
            Some(new) if !new.leaves_it_to_somebody(view.stage, class) => Err(invalid(format!(
                "that policy gives nobody an instruction in a case of this class that stands at {}: name another one, or say that it shall be so (--even-if-nothing-is-allowed)",
                view.stage.name()
            ))),
            _ => Ok(()),
        }
    }

    /// Refuses a class or condition that the pinned catalogue does not have.
    pub(super) fn check_correct(
        &self,
        bench: &Bench<'_>,
        view: &CaseView,
        correct: &Correct,
    ) -> Result<(), DecideError> {
        let said = correct.class.as_ref();
        let reported = view.report.as_ref().map(|report| &report.class);
        let (Some(root), Some(class)) = (bench.state.root.as_ref(), said.or(reported)) else {
            return Ok(());
        };
        if said.is_none() && correct.condition.is_none() {
            return Ok(());
        }
        let rules = self.rules();
        let pins = Pins::of(root, rows(&bench.state));
        let Some(catalogue) = rules.catalogues.get(&pins.catalogue) else {
            return Ok(());
        };
        let condition = correct.condition.as_deref();
        let checked = catalogue.check(&pins.edition, class, condition);
        checked.map(drop).map_err(|error| {
            let all = catalogue.classes_of(&pins.edition);
            let own = all.filter(|one| one.kind == class.kind && !one.heading);
            let codes = own.map(|one| one.code.as_str());
            let near = nearest(&class.code, codes).join(", ");
            match near.is_empty() {
                true => invalid(format!("{error} ({} {})", class.kind, class.code)),
                false => invalid(format!(
                    "{error}; near {} {}: {near}",
                    class.kind, class.code
                )),
            }
        })
    }

    /// Refuses to publish a policy to whoever may not re-pin cases: what it says holds for them too.
    ///
    /// # Errors
    /// [`DecideError::Denied`] says who may.
    pub(crate) fn check_may_publish(
        &self,
        operator: &Operator,
        kind: &str,
    ) -> Result<(), DecideError> {
        if kind != "policy" {
            return Ok(());
        }
        let in_force = self.read(|tx| Ok::<_, CoreError>(super::packs::newest(tx, "policy")?))?;
        let rules = self.rules();
        let in_force = in_force
            .first()
            .and_then(|policy| rules.policies.get(policy));
        let repin = Kind::Instruction(InstructionKind::Repin);
        let may = |policy: &Policy| {
            let mut capacities = operator.capacities().into_iter();
            capacities.any(|who| policy.gives(&who.role, &repin))
        };
        match in_force.is_none_or(may) {
            true => Ok(()),
            false => Err(DecideError::Denied(
                "a policy gives rights, so it is published by whoever may re-pin cases under the one in force: ask them, or start the server with --policy"
                    .into(),
            )),
        }
    }

    /// The policies beside the pinned one that may give an operator the right to re-pin: the one in force
    /// for new cases, and those by which the case was judged before. Otherwise one slip would put a case
    /// out of everybody's reach for good.
    pub(super) fn may_give_back(&self, bench: &Bench<'_>) -> Result<Vec<Digest>, CoreError> {
        let in_force = super::packs::newest(bench.tx, "policy")?.into_iter().next();
        let root = bench.state.root.as_ref().map(|root| root.policy);
        let named = bench
            .state
            .changes
            .iter()
            .filter_map(|it| repinned(&it.row));
        Ok(in_force.into_iter().chain(root).chain(named).collect())
    }
}

/// The policy that an instruction names.
fn repinned(row: &Row) -> Option<Digest> {
    match row.entry.as_ref()?.payload.as_ref().ok()? {
        Payload::Instruction(_, Body::Repin(repin)) => repin.policy,
        _ => None,
    }
}

fn is_plain(name: &str) -> bool {
    name.trim() == name && !name.chars().any(char::is_control)
}

/// Refuses names that nobody bears. Where none is known at all, a city is being set up.
fn check_known(what: &str, asked: &[String], known: &BTreeSet<&str>) -> Result<(), DecideError> {
    let mut strange = asked.iter().filter(|name| !known.contains(name.as_str()));
    match strange.next() {
        Some(name) if !known.is_empty() => Err(invalid(format!(
            "no {what} is called {name} here; there is {}. Correct the name, or say that it is to be taken all the same (--unknown-names)",
            nearest(name, known.iter().copied()).join(", ")
        ))),
        _ => Ok(()),
    }
}
