//! One run: a cast with phones, an operator, a server, a network, and some days.

use std::sync::Arc;

use gewu::SyncOutcome;
use gewu::db::Synchronous;
use gewu_evidence::hash_bytes;

use super::centre::{self, Centre, CentreError};
use super::coverage::{Coverage, Tally};
use super::day::{self, Numbers};
use super::host::WorldTime;
use super::network::{Answer, Link, SimNetwork};
use super::operator::Operator;
use super::people::{self, Person};
use super::phone::{Make, Phone, Standing};
use super::shaken::Shaken;
use super::storage::Storage;
use super::story::Story;
use super::verdict::{Audit, Verdict};
use crate::disk::Dice;

mod misfortune;

/// How often everybody may sync until all is quiet.
const ROUNDS: u32 = 10;
/// One seed in so many is a large city.
const LARGE: u64 = 50;

/// What is run.
#[derive(Debug, Clone, Copy)]
pub struct Setup {
    /// Decides everything that happens.
    pub seed: u64,
    /// How many things happen before the faults end.
    pub steps: u64,
    /// Whether everybody takes part.
    pub large: bool,
    /// Whether the story is printed while it happens.
    pub aloud: bool,
    /// When commits on phones wait for the medium. Anything but `Full` must lose saves.
    pub synchronous: Synchronous,
    /// The same of the server's.
    pub at_the_server: gewu_server::Synchronous,
}

impl Setup {
    /// The usual run of a seed: five to ten devices and 200 steps, or a large one.
    pub const fn new(seed: u64) -> Self {
        let large = seed.is_multiple_of(LARGE) && seed > 0;
        Self {
            seed,
            steps: if large { 1_000 } else { 200 },
            large,
            aloud: false,
            synchronous: Synchronous::Full,
            at_the_server: gewu_server::Synchronous::Full,
        }
    }
}

/// What a run came to.
#[derive(Debug)]
pub struct Outcome {
    /// Phones times days.
    pub device_days: f64,
    /// What went wrong, in all.
    pub faults: u64,
    /// Saves that returned.
    pub saves: usize,
    /// Decisions that took effect.
    pub decisions: u64,
    /// After how many rounds of syncing all was quiet.
    pub rounds: u32,
    /// What was met.
    pub coverage: Coverage,
    /// What must not be. Empty when all is well.
    pub findings: Vec<String>,
    /// What happened.
    pub story: Vec<String>,
}

struct World {
    setup: Setup,
    dice: Dice,
    time: WorldTime,
    story: Arc<Story>,
    tally: Arc<Tally>,
    centre: Arc<Centre>,
    shaken: Arc<Shaken>,
    network: Arc<SimNetwork>,
    operator: Operator,
    people: Vec<Person>,
    phones: Vec<Phone>,
    numbers: Numbers,
    findings: Vec<String>,
    rounds: u32,
}

/// Plays one run.
///
/// # Errors
/// [`CentreError`] when the server itself cannot be set up.
pub fn run(setup: Setup) -> Result<Outcome, CentreError> {
    let mut world = World::new(setup)?;
    world.enrol_everybody();
    world.live()?;
    world.settle()?;
    Ok(world.outcome())
}

/// A city in the middle of its life: much is owed, and nothing is settled.
pub struct Lived {
    /// The time.
    pub time: WorldTime,
    /// The server.
    pub centre: Arc<Centre>,
    /// Somebody at its desk.
    pub operator: Operator,
    /// The phones.
    pub phones: Vec<Phone>,
}

/// Plays a run up to where the faults would end.
///
/// # Errors
/// As [`run`].
pub fn live(setup: Setup) -> Result<Lived, CentreError> {
    let mut world = World::new(setup)?;
    world.enrol_everybody();
    world.live()?;
    world.shaken.rest();
    world.centre.set_clock_error(0);
    Ok(Lived {
        time: world.time,
        centre: world.centre,
        operator: world.operator,
        phones: world.phones,
    })
}

impl World {
    fn new(setup: Setup) -> Result<Self, CentreError> {
        let time = WorldTime::default();
        let story = Arc::new(Story::new(time.clone(), setup.aloud));
        let tally = Arc::new(Tally::default());
        let telling = || (Arc::clone(&story), Arc::clone(&tally));
        let storage = Storage::of(setup.seed, setup.at_the_server);
        let centre = Arc::new(Centre::on(storage, time.clone(), setup.seed)?);
        let answer: Arc<dyn Answer> = centre.clone();
        let shaken = Shaken::new(Arc::clone(&centre), telling(), setup.seed ^ 0xD15C);
        let shaken = Arc::new(shaken);
        let network = SimNetwork::new(shaken.clone(), time.clone(), telling(), setup.seed ^ 0x4E7);
        let mut dice = Dice::new(setup.seed);
        let people = people::cast(setup.large, &mut dice);
        let mut world = Self {
            setup,
            dice,
            operator: Operator::new(answer, centre.token()?, telling()),
            time,
            story,
            tally,
            centre,
            shaken,
            network: Arc::new(network),
            people: people.clone(),
            phones: Vec::new(),
            numbers: Numbers::default(),
            findings: Vec::new(),
            rounds: 0,
        };
        let policies = centre::policies(setup.seed);
        let digests = policies.iter().map(|body| hash_bytes(body).to_string());
        world.operator.policies = digests.collect();
        for person in people {
            let phone = world.make_phone(person);
            world.phones.push(phone);
        }
        Ok(world)
    }

    fn make_phone(&mut self, person: Person) -> Phone {
        let same = self.phones.iter();
        let label = match same
            .filter(|phone| phone.person.name == person.name)
            .count()
        {
            0 => person.name.to_owned(),
            before => format!("{}#{}", person.name, before + 1),
        };
        let make = Make {
            link: Link::new(&label, Arc::clone(&self.network)),
            label,
            time: self.time.clone(),
            story: Arc::clone(&self.story),
            tally: Arc::clone(&self.tally),
            seed: self.dice.next(),
            synchronous: self.setup.synchronous,
        };
        Phone::new(person, make)
    }

    /// Codes are handed out, and everybody tries until it works: a code whose answer was lost must
    /// still be good for the same phone.
    fn enrol_everybody(&mut self) {
        self.network.set_trouble(150);
        for at in 0..self.phones.len() {
            self.enrol(at);
            self.phones[at].sync(None);
        }
    }

    /// Whoever the server does not let in asks the office for a code.
    fn enrol(&mut self, at: usize) {
        let phone = &mut self.phones[at];
        phone.refused = false;
        // Whoever has it now, a device in wrong hands is let in no more.
        if phone.standing == Standing::Compromised {
            return;
        }
        phone.empty_disk();
        phone.link.set_offline(false);
        let code = if phone.person.is_citizen() {
            None
        } else {
            self.operator.code(&phone.person)
        };
        let enrolled = (0..40).any(|_| phone.enrol(code.as_deref()));
        // A server that doubts its clock lets nobody in, and whoever asked comes back later.
        phone.comes_back = !enrolled && self.centre.doubts_its_clock();
        if !enrolled && !phone.comes_back {
            phone.find("was never enrolled");
        }
    }

    fn live(&mut self) -> Result<(), CentreError> {
        for _ in 0..self.setup.steps {
            let pause = self.dice.below(40 * 60_000);
            self.time.pass(pause);
            let trouble = 50 + self.dice.below(250);
            self.network.set_trouble(trouble);
            match self.dice.below(100) {
                0..=27 => self.decide(),
                28 | 29 => self.trouble_the_server()?,
                30 => self.trouble_the_staff(),
                draw => self.step_of_a_phone(draw),
            }
            self.audit();
        }
        Ok(())
    }

    fn decide(&mut self) {
        let now = self.time.now();
        self.operator.decide(&self.people, now, &mut self.dice);
    }

    fn step_of_a_phone(&mut self, draw: u64) {
        let dice = &mut self.dice;
        let count = self.phones.len() as u64;
        let at = usize::try_from(dice.below(count)).unwrap_or(0);
        let phone = &mut self.phones[at];
        if phone.link.is_offline() && dice.one_in(5) {
            phone.link.set_offline(false);
            phone.tell("comes out of the basement");
        }
        if phone.is_full() && dice.one_in(4) {
            phone.empty_disk();
        }
        if dice.one_in(7) {
            phone.plan_accident();
        }
        match draw {
            31 => phone.power_cut(),
            32 => phone.restart(),
            33 => phone.upgrade(),
            34 | 35 => phone.wrong_clock(),
            36 => phone.goes_offline(),
            37 => phone.fill_disk(),
            38..=64 => {
                let cancelled = dice.one_in(5).then(|| dice.below(4));
                phone.sync(cancelled);
            }
            _ => day::act(phone, &mut self.numbers, dice),
        }
        phone.recover();
        if self.phones[at].is_to_enrol() && self.dice.one_in(3) {
            self.enrol(at);
        }
    }

    /// What phones do not count as unsent any more, the server has said its word on.
    fn audit(&mut self) {
        let freed = |phone: &&mut Phone| !(phone.freed.is_empty() && phone.freed_files.is_empty());
        for phone in self.phones.iter_mut().filter(freed) {
            let wrong = Audit::new(&self.operator, &self.centre.dir()).wrong(phone);
            for what in wrong {
                phone.find(what);
            }
        }
    }

    /// The faults end; everybody syncs until nobody has anything to say, within a bound and without
    /// a restart. What waits for an operator is decided.
    fn settle(&mut self) -> Result<(), CentreError> {
        self.story.tell("world", "the faults end");
        self.network.set_trouble(0);
        self.shaken.rest();
        self.network.deliver_the_late();
        self.centre.refuse_uploads(false)?;
        self.centre.set_clock_error(0);
        for phone in &mut self.phones {
            phone.end_accidents();
            phone.link.set_offline(false);
        }
        self.rounds = self.until_quiet();
        // A device lets go of a case that is not its any more once a copy of the server has what was
        // written there.
        self.story.tell("server", "is copied");
        self.centre.backup()?;
        self.until_quiet();
        self.phones.iter_mut().for_each(Phone::restart);
        Ok(())
    }

    /// Everybody syncs until nobody has anything to say; how many rounds that took.
    fn until_quiet(&mut self) -> u32 {
        let quiet = (1..=ROUNDS).find(|_| {
            let quiet = self.everybody_syncs();
            self.operator.decide_all_late();
            self.audit();
            quiet
        });
        if quiet.is_none() {
            self.findings
                .push(format!("not quiet after {ROUNDS} rounds"));
        }
        quiet.unwrap_or(ROUNDS)
    }

    /// One round; whether nothing moved in it.
    fn everybody_syncs(&mut self) -> bool {
        let mut quiet = true;
        for at in 0..self.phones.len() {
            self.time.pass(60_000);
            if self.phones[at].is_to_enrol() {
                self.enrol(at);
            }
            let report = self.phones[at].sync(None);
            let phone = &self.phones[at];
            let barred = phone.standing != Standing::Good;
            // A restored server may never have heard of it, and nobody gives it a code.
            let shut_out = phone.standing == Standing::Compromised && phone.refused;
            quiet &= shut_out
                || report.is_some_and(|report| {
                    let ended = match &report.outcome {
                        SyncOutcome::Complete => true,
                        // Everything was exchanged, and the device is told that it is out of use.
                        SyncOutcome::Stopped { .. } => barred,
                        _ => false,
                    };
                    ended
                        && report.exchanges == 1
                        && report.sent + report.received + report.uploaded == 0
                });
        }
        quiet
    }

    fn outcome(mut self) -> Outcome {
        let verdict = Verdict::read(&self.operator, &self.centre.dir());
        let mut coverage = self.tally.coverage();
        verdict.count(&mut coverage);
        self.findings.append(&mut self.operator.findings);
        self.findings.append(&mut self.shaken.findings());
        self.findings.extend(verdict.findings(&self.phones));
        for finding in &self.findings {
            self.story.tell("FINDING", finding);
        }
        let days = self.time.since_start_ms() as f64 / 86_400_000.0;
        Outcome {
            device_days: days * self.phones.len() as f64,
            faults: self.tally.mishaps(),
            saves: self.phones.iter().map(|phone| phone.promises.len()).sum(),
            decisions: self.operator.decisions,
            rounds: self.rounds,
            coverage,
            findings: self.findings,
            story: self.story.lines(),
        }
    }
}

impl Standing {
    /// Whether the city still tells the device what happens.
    pub const fn is_served(self) -> bool {
        matches!(self, Self::Good)
    }
}
