//! Detours of the citizen's case: given back, suspended, reported twice.

use gewu::host::{Clock, SystemClock};
use gewu_model::deadline::Calendar;
use serde_json::{Value, json};

use super::{Act, CITIZEN, NEIGHBOUR, Story};
use crate::demo::text;
use crate::out::Failure;

impl Story {
    pub(super) fn a_unit_gives_it_back(&mut self) -> Act {
        self.title("Sent to the wrong unit: given back, with a reason");
        let rubbish = self.rubbish.clone();
        self.decide("dispatch", &rubbish, &["--lead", "drainage"])?;
        self.sync("sun")?;
        let asks = ["--reason", "not_ours", "--instead", "roads"];
        self.act("sun", "send-back", &rubbish, &asks)?;
        self.sync("sun")?;
        self.stands(&rubbish, "dispatched", "asking moves nothing")?;
        self.decide("send-back", &rubbish, &["--note", "确属路政"])?;
        self.stands(&rubbish, "filed", "what was given back goes to the centre")?;
        self.sync("sun")?;
        self.world.tell(
            "sun of drainage asks to give the rubbish back: not ours; the dispatcher grants it",
        );
        Ok(())
    }

    pub(super) fn the_work_is_suspended(&mut self) -> Act {
        self.title("Suspended and resumed");
        let rubbish = self.rubbish.clone();
        self.decide("dispatch", &rubbish, &["--lead", "roads"])?;
        self.sync("zhou")?;
        let until = in_two_days();
        let wish = ["--reason", "rain", "--until", &until];
        self.act("zhou", "ask-suspension", &rubbish, &wish)?;
        self.sync("zhou")?;
        self.decide("suspend", &rubbish, &[])?;
        self.sync("zhou")?;
        let seen = self.device("zhou", &["show", &rubbish])?;
        if seen["stage"] != "suspended" {
            return Err(Failure::new(format!(
                "zhou's case is not suspended: {seen}"
            )));
        }
        self.decide("resume", &rubbish, &[])?;
        self.sync("zhou")?;
        self.stands(&rubbish, "dispatched", "the same work of the same unit")?;
        self.world.tell(
            "zhou of roads asks for a pause for the rain; it is granted, and ends with the rain",
        );
        Ok(())
    }

    pub(super) fn a_neighbour_reports_it_too(&mut self) -> Act {
        self.title("Reported twice: the second reporter is told");
        let photo = self.world.photo("rubbish-before.jpg");
        let place = [
            "--lon",
            "123.4237918",
            "--lat",
            "41.8045439",
            "--accuracy",
            "9",
        ];
        let words = [
            "--text",
            "垃圾没人管 / nobody clears this",
            "--photo",
            &photo,
        ];
        let report = ["report", "--class", "06010"];
        let saved = self.device(NEIGHBOUR, &[&report[..], &place, &words].concat())?;
        self.twin = text(&saved, "case")?;
        self.sync(NEIGHBOUR)?;
        let (twin, rubbish) = (self.twin.clone(), self.rubbish.clone());
        self.sync("chen")?;
        self.act("chen", "suggest-duplicate", &twin, &["--of", &rubbish])?;
        self.sync("chen")?;
        self.decide("link", &twin, &["--duplicate-of", &rubbish])?;
        self.sync(NEIGHBOUR)?;
        let told = self.device(NEIGHBOUR, &["show", &twin])?;
        let hidden = !told.to_string().contains(&rubbish);
        if told["public"]["duplicate"] != true || !hidden {
            return Err(Failure::new(format!("the neighbour is not told: {told}")));
        }
        self.world.tell(
            "chen takes a neighbour's report for the same matter, the operator ties the two;\n  the neighbour is told that it is being worked on, and not whose the other report is",
        );
        Ok(())
    }

    /// What became of the detours, by the server's and the neighbour's own words.
    pub(in crate::demo) fn detours(&mut self) -> Result<Value, Failure> {
        let (twin, rubbish) = (self.twin.clone(), self.rubbish.clone());
        let shown = self.op(&["show", &rubbish])?;
        let entries = shown["entries"].as_array().cloned().unwrap_or_default();
        let has = |kind: &str| {
            let mut all = entries.iter();
            all.find(|entry| entry["kind"] == kind).cloned()
        };
        let granted = |kind: &str| has(kind).is_some_and(|asked| asked["reason"] == "granted");
        let told = self.device(NEIGHBOUR, &["show", &twin])?;
        Ok(json!({
            "sent_back": granted("send_back_request"),
            "resumed": granted("suspend_request") && has("resume").is_some(),
            "second_reporter_told": told["public"]["duplicate"] == true,
        }))
    }

    fn stands(&self, case: &str, stage: &str, why: &str) -> Act {
        let shown = self.op(&["show", case])?;
        match shown["stage"] == stage {
            true => Ok(()),
            false => Err(Failure::new(format!(
                "the case is {} and should be {stage}: {why}",
                shown["stage"]
            ))),
        }
    }

    /// The citizens' devices, which have no name at the centre.
    pub(in crate::demo) const CITIZENS: [&str; 2] = [CITIZEN, NEIGHBOUR];
}

/// The same time of day in two days, as people write it.
fn in_two_days() -> String {
    let then = SystemClock.now().plus(2 * 86_400_000);
    Calendar::shipped().offset().write(then)
}
