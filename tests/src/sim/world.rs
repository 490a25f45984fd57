//! One run: a cast with phones, an operator, a server, a network, and some days.

use std::sync::Arc;

use gewu::SyncOutcome;
use gewu::db::Synchronous;

use super::centre::{Centre, CentreError};
use super::day::{self, Numbers};
use super::host::WorldTime;
use super::network::{Answer, Link, SimNetwork};
use super::operator::Operator;
use super::people::{self, Person};
use super::phone::{Make, Phone};
use super::story::Story;
use super::verdict::Verdict;
use crate::disk::Dice;

/// How often everybody may sync until all is quiet.
const ROUNDS: u32 = 10;

/// What is run.
#[derive(Debug, Clone, Copy)]
pub struct Setup {
    /// Decides everything that happens.
    pub seed: u64,
    /// How many things happen before the faults end.
    pub steps: u64,
    /// Whether the story is printed while it happens.
    pub aloud: bool,
    /// When commits on phones wait for the medium. Anything but `Full` must lose saves.
    pub synchronous: Synchronous,
    /// Whether the server is also restored from backups.
    pub restores: bool,
}

impl Setup {
    /// The usual run of a seed.
    pub const fn new(seed: u64) -> Self {
        Self {
            seed,
            steps: 300,
            aloud: false,
            synchronous: Synchronous::Full,
            restores: false,
        }
    }
}

/// What a run came to.
#[derive(Debug)]
pub struct Outcome {
    /// Phones times days.
    pub device_days: f64,
    /// Accidents of phones, servers and requests.
    pub faults: u64,
    /// Saves that returned.
    pub saves: usize,
    /// Decisions that took effect.
    pub decisions: u64,
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
    centre: Arc<Centre>,
    network: Arc<SimNetwork>,
    operator: Operator,
    people: Vec<Person>,
    phones: Vec<Phone>,
    numbers: Numbers,
    findings: Vec<String>,
    server_faults: u64,
}

/// Plays one run.
///
/// # Errors
/// [`CentreError`] when the server itself cannot be set up.
pub fn run(setup: Setup) -> Result<Outcome, CentreError> {
    let mut world = World::new(setup)?;
    world.enrol_everybody();
    world.live()?;
    world.settle();
    Ok(world.outcome())
}

impl World {
    fn new(setup: Setup) -> Result<Self, CentreError> {
        let time = WorldTime::default();
        let story = Arc::new(Story::new(time.clone(), setup.aloud));
        let centre = Arc::new(Centre::open(time.clone(), setup.seed)?);
        let answer: Arc<dyn Answer> = centre.clone();
        let network = SimNetwork::new(
            Arc::clone(&answer),
            time.clone(),
            Arc::clone(&story),
            setup.seed ^ 0x4E7,
        );
        let mut dice = Dice::new(setup.seed);
        let people = people::cast(&mut dice);
        let mut world = Self {
            setup,
            dice,
            operator: Operator::new(answer, centre.token()?, Arc::clone(&story)),
            time,
            story,
            centre,
            network: Arc::new(network),
            people,
            phones: Vec::new(),
            numbers: Numbers::default(),
            findings: Vec::new(),
            server_faults: 0,
        };
        world.phones = world.make_phones();
        Ok(world)
    }

    fn make_phones(&mut self) -> Vec<Phone> {
        let people = self.people.clone();
        let made = people.into_iter().map(|person| {
            let make = Make {
                time: self.time.clone(),
                story: Arc::clone(&self.story),
                link: Link::new(person.name, Arc::clone(&self.network)),
                seed: self.dice.next(),
                synchronous: self.setup.synchronous,
            };
            Phone::new(person, make)
        });
        made.collect()
    }

    /// Codes are handed out, and everybody tries until it works: a code whose answer was lost must
    /// still be good for the same phone.
    fn enrol_everybody(&mut self) {
        self.network.set_trouble(150);
        for phone in &mut self.phones {
            let code = if phone.person.is_citizen() {
                None
            } else {
                self.operator.code(&phone.person)
            };
            let done = (0..40).any(|_| phone.enrol(code.as_deref()));
            if !done {
                self.findings
                    .push(format!("{} was never enrolled", phone.person.name));
            }
            phone.sync(None);
        }
    }

    fn live(&mut self) -> Result<(), CentreError> {
        for _ in 0..self.setup.steps {
            let pause = self.dice.below(40 * 60_000);
            self.time.pass(pause);
            let trouble = 50 + self.dice.below(250);
            self.network.set_trouble(trouble);
            match self.dice.below(100) {
                0..=24 => self.operator.decide(&self.people, &mut self.dice),
                25 => self.trouble_the_server()?,
                draw => self.step_of_a_phone(draw),
            }
        }
        Ok(())
    }

    fn step_of_a_phone(&mut self, draw: u64) {
        let dice = &mut self.dice;
        let count = self.phones.len() as u64;
        let phone = &mut self.phones[usize::try_from(dice.below(count)).unwrap_or(0)];
        if phone.link.is_offline() && dice.one_in(5) {
            phone.link.set_offline(false);
            phone.tell("comes out of the basement");
        }
        if dice.one_in(7) {
            phone.plan_accident();
        }
        match draw {
            26 | 27 => phone.power_cut(),
            28 => phone.restart(),
            29 | 30 => wrong_clock(phone, dice),
            31 | 32 => {
                phone.link.set_offline(true);
                phone.tell("goes into a basement");
            }
            33..=62 => {
                let cancelled = dice.one_in(5).then(|| dice.below(4));
                phone.sync(cancelled);
            }
            _ => day::act(phone, &mut self.numbers, dice),
        }
        phone.recover();
    }

    fn trouble_the_server(&mut self) -> Result<(), CentreError> {
        let draw = if self.setup.restores {
            self.dice.below(4)
        } else {
            0
        };
        match draw {
            1 | 2 => {
                self.story.tell("server", "is copied");
                return self.centre.backup();
            }
            3 if self.centre.restore()? => {
                self.story
                    .tell("server", "burned down, and is restored from the copy");
            }
            _ => {
                self.story.tell("server", "is stopped and started again");
                self.centre.restart()?;
            }
        }
        self.server_faults += 1;
        Ok(())
    }

    /// The faults end; everybody syncs until nobody has anything to say, within a bound.
    fn settle(&mut self) {
        self.story.tell("world", "the faults end");
        self.network.set_trouble(0);
        self.network.deliver_the_late();
        for phone in &mut self.phones {
            phone.end_accidents();
            phone.link.set_offline(false);
        }
        let quiet = (0..ROUNDS).find(|_| self.everybody_syncs());
        if quiet.is_none() {
            self.findings
                .push(format!("not quiet after {ROUNDS} rounds"));
        }
        self.phones.iter_mut().for_each(Phone::restart);
    }

    /// One round; whether nothing moved in it.
    fn everybody_syncs(&mut self) -> bool {
        let mut quiet = true;
        for phone in &mut self.phones {
            self.time.pass(60_000);
            let report = phone.sync(None);
            quiet &= report.is_some_and(|report| {
                report.outcome == SyncOutcome::Complete
                    && report.exchanges == 1
                    && report.sent + report.received + report.uploaded == 0
            });
        }
        quiet
    }

    fn outcome(mut self) -> Outcome {
        let verdict = Verdict::read(&self.operator, &self.centre.dir());
        self.findings.append(&mut self.operator.findings);
        self.findings.extend(verdict.findings(&self.phones));
        for finding in &self.findings {
            self.story.tell("FINDING", finding);
        }
        let days = self.time.since_start_ms() as f64 / 86_400_000.0;
        let phones: u64 = self.phones.iter().map(|phone| phone.faults).sum();
        Outcome {
            device_days: days * self.phones.len() as f64,
            faults: phones + self.network.faults() + self.server_faults,
            saves: self.phones.iter().map(|phone| phone.promises.len()).sum(),
            decisions: self.operator.decisions,
            findings: self.findings,
            story: self.story.lines(),
        }
    }
}

/// A clock that somebody set, or that came back from 1970.
fn wrong_clock(phone: &mut Phone, dice: &mut Dice) {
    const YEAR_MS: i64 = 365 * 86_400_000;
    phone.faults += 1;
    let error = match dice.below(5) {
        0 => 0,
        1 => 3_600_000,
        2 => -3_600_000,
        3 => -10 * YEAR_MS,
        _ => 2 * YEAR_MS,
    };
    phone.clock.set_error(error);
    phone.tell(format_args!("clock is now wrong by {error} ms"));
}
