//! Evening: a late answer, the citizen, everybody syncs.

use super::{Act, CITIZEN, PEOPLE, PHONE, Story};
use crate::out::Failure;

impl Story {
    pub(super) fn an_old_answer_arrives(&mut self) -> Act {
        self.title("Days later: the phone from the drawer");
        let cover = self.cover.clone();
        self.sync("wang")?;
        let seen = self.device("wang", &["show", &cover])?;
        if seen["stage"] != "closed" {
            return Err(Failure::new(format!(
                "a late answer moved a closed case: {}",
                seen["stage"]
            )));
        }
        self.world
            .tell("wang's not-pass arrives: kept as late and shown, and the case stays closed");
        Ok(())
    }

    pub(super) fn the_citizen_sees_and_rates(&mut self) -> Act {
        self.title("What the citizen sees");
        let rubbish = self.rubbish.clone();
        let (before, after) = (
            self.world.photo("rubbish-before.jpg"),
            self.world.photo("rubbish-after.jpg"),
        );
        self.act(
            "zhou",
            "handle",
            &rubbish,
            &["--camera", "--before", &before, "--after", &after],
        )?;
        self.sync("zhou")?;
        self.decide("check-request", &rubbish, &["--person", "chen"])?;
        self.sync("chen")?;
        self.act(
            "chen",
            "check",
            &rubbish,
            &["--result", "pass", "--camera", "--photo", &after],
        )?;
        self.sync("chen")?;
        self.decide(
            "reply",
            &rubbish,
            &["--text", "已清理，感谢您 / cleared, thank you"],
        )?;
        self.decide("close", &rubbish, &[])?;
        self.sync(CITIZEN)?;
        let seen = self.device(CITIZEN, &["show", &rubbish])?;
        if seen["public"]["stage"] != "closed" {
            return Err(Failure::new(format!(
                "the citizen does not see the result: {seen}"
            )));
        }
        let entries = seen["entries"].as_array().map_or(0, Vec::len);
        self.world.tell(&format!(
            "the citizen sees: {} “{}”, and {entries} entry, their own; nothing internal",
            seen["public"]["stage"].as_str().unwrap_or("?"),
            seen["public"]["reply"]["text"].as_str().unwrap_or("")
        ));
        self.act(CITIZEN, "rate", &rubbish, &["--score", "5"])?;
        self.sync(CITIZEN)?;
        self.world.tell("and rates it 5 of 5");
        self.the_centre_calls_back(&rubbish)
    }

    /// The number is read at the centre, and that it was read is written down.
    fn the_centre_calls_back(&mut self, case: &str) -> Act {
        let read = self.op(&["contact", case])?;
        let log = self.op(&["contact-log", "--case", case])?;
        let shown = read["contact"]["phone"] == PHONE && log["user"] == "operator";
        if !shown {
            return Err(Failure::new("the centre cannot read the citizen's contact"));
        }
        let shows = self.device("zhou", &["contact", case])?;
        if !shows["own"].is_null() || shows.to_string().contains(PHONE) {
            return Err(Failure::new("a crew reads the citizen's number"));
        }
        self.world.tell(
            "the centre reads the citizen's number, which is logged; the crew does not see it",
        );
        Ok(())
    }

    pub(super) fn everybody_syncs(&mut self) -> Act {
        self.title("Evening: everybody syncs");
        for _ in 0..2 {
            for (name, ..) in PEOPLE {
                self.sync(name)?;
            }
            for citizen in Self::CITIZENS {
                self.sync(citizen)?;
            }
        }
        Ok(())
    }
}
