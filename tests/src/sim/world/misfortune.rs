//! What befalls the server and the staff.

use super::World;
use crate::sim::centre::CentreError;
use crate::sim::coverage::Mishap;
use crate::sim::people::{DUTY, one_of};
use crate::sim::phone::Standing;

impl World {
    pub(super) fn trouble_the_server(&mut self) -> Result<(), CentreError> {
        let draw = self.dice.below(8);
        if draw != 6 {
            self.centre.refuse_uploads(false)?;
        }
        match draw {
            0..=2 => {
                self.story.tell("server", "is copied");
                self.centre.backup()?;
            }
            3 if self.centre.restore()? => {
                self.tally.all_meet(Mishap::ServerRestored);
                self.story
                    .tell("server", "burned down, and is restored from the copy");
            }
            4 | 5 => self.jump_the_clock(),
            6 => {
                self.tally.all_meet(Mishap::UploadsRefused);
                self.story.tell("server", "has no room for uploads");
                self.centre.refuse_uploads(true)?;
            }
            _ => {
                self.tally.all_meet(Mishap::ServerStopped);
                self.story.tell("server", "is stopped and started again");
                self.centre.restart()?;
            }
        }
        Ok(())
    }

    /// A time server was wrong, or is right again. It may run back, also so far that the server doubts it until
    /// the time has come again at which it wrote last.
    fn jump_the_clock(&mut self) {
        let errors = [0, -7_200_000, 540_000, -540_000, 61_000];
        let error = one_of(&mut self.dice, &errors).copied().unwrap_or(0);
        self.tally.all_meet(Mishap::ServerClock);
        self.story
            .tell("server", format_args!("clock is now wrong by {error} ms"));
        self.centre.set_clock_error(error);
    }

    pub(super) fn trouble_the_staff(&mut self) {
        let count = self.phones.len() as u64;
        let at = usize::try_from(self.dice.below(count)).unwrap_or(0);
        let phone = &self.phones[at];
        if phone.standing != Standing::Good {
            return;
        }
        if phone.person.is_citizen() {
            if self.dice.one_in(3) {
                self.phones[at].lose_keys();
                self.certify(at);
            }
            return;
        }
        match self.dice.below(7) {
            0 => self.bar(at, "retire", Standing::Retired),
            1 => self.bar(at, "compromise", Standing::Compromised),
            2 => {
                self.phones[at].lose_keys();
                self.certify(at);
            }
            3..=5 if self.phones[at].person.is("inspector") => self.reassign(at),
            _ => self.certify(at),
        }
    }

    /// Out of use, and its person gets another one.
    fn bar(&mut self, at: usize, verb: &str, standing: Standing) {
        let phone = &mut self.phones[at];
        let Some(who) = phone.sdk().and_then(|sdk| sdk.whoami().ok()) else {
            return;
        };
        if !self.operator.bar(&who.device.to_string(), verb) {
            return;
        }
        phone.standing = standing;
        phone.tell(format_args!("({verb})"));
        let (label, person) = (phone.label.clone(), phone.person);
        let mishap = match standing {
            Standing::Compromised => Mishap::Compromised,
            _ => Mishap::Retired,
        };
        self.tally.meets(&label, mishap);
        let another = self.make_phone(person);
        self.phones.push(another);
        self.enrol(self.phones.len() - 1);
    }

    /// A fresh code for the same phone.
    fn certify(&mut self, at: usize) {
        let label = self.phones[at].label.clone();
        self.tally.meets(&label, Mishap::Certified);
        self.phones[at].tell("gets a fresh code");
        self.phones[at].link.set_offline(false);
        self.enrol(at);
    }

    /// Other duty grids for a person, on all devices.
    fn reassign(&mut self, at: usize) {
        let name = self.phones[at].person.name;
        let Some(duty) = one_of(&mut self.dice, &DUTY).copied() else {
            return;
        };
        for at in 0..self.phones.len() {
            let phone = &mut self.phones[at];
            if phone.person.name != name || phone.standing != Standing::Good {
                continue;
            }
            phone.person.duty = duty;
            let label = phone.label.clone();
            phone.tell(format_args!("has other duty grids: {}", duty.join(", ")));
            self.tally.meets(&label, Mishap::Reassigned);
            self.certify(at);
        }
        let theirs = self.people.iter_mut().filter(|person| person.name == name);
        theirs.for_each(|person| person.duty = duty);
    }
}
