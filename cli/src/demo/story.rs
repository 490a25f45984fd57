//! The day, act by act.

use serde_json::Value;

use super::world::World;
use super::{display, text};
use crate::out::Failure;

/// Everybody with a device: name, role, unit, duty grid.
pub(super) const PEOPLE: &[(&str, &str, Option<&str>, Option<&str>)] = &[
    ("chen", "inspector", None, Some("990101Z01")),
    ("wang", "inspector", None, Some("990101Z01")),
    ("zhao", "inspector", None, Some("990101Z01")),
    ("he", "operator", None, None),
    ("sun", "unit_lead", Some("drainage"), None),
    ("li", "crew", Some("drainage"), None),
    ("zhou", "crew", Some("roads"), None),
];

/// The citizen's device has no name at the centre.
pub(super) const CITIZEN: &str = "citizen";

/// The story with its two cases.
pub(super) struct Story {
    pub(super) world: World,
    /// The inspector's case: a sewer cover.
    pub(super) cover: String,
    /// The citizen's case: rubbish.
    pub(super) rubbish: String,
    /// What every `sync` printed.
    pub(super) syncs: Vec<Value>,
}

type Act = Result<(), Failure>;

impl Story {
    pub(super) fn open(world: World) -> Result<Self, Failure> {
        Ok(Self {
            world,
            cover: String::new(),
            rubbish: String::new(),
            syncs: Vec::new(),
        })
    }

    pub(super) fn play(&mut self) -> Act {
        self.enrol()?;
        self.report_offline()?;
        self.verify_and_file()?;
        self.dispatch()?;
        self.work_crosses_a_recall()?;
        self.first_check_fails()?;
        self.wrongdoers()?;
        self.second_check_passes()?;
        self.an_old_answer_arrives()?;
        self.the_citizen_sees_and_rates()?;
        self.everybody_syncs()
    }

    fn title(&self, words: &str) {
        self.world.tell(&format!("\n== {words}"));
    }

    fn device(&mut self, who: &str, args: &[&str]) -> Result<Value, Failure> {
        let dir = display(&self.world.device(who));
        let mut all = args.to_vec();
        all.extend(["--dir", &dir]);
        let printed = self.world.run(&all)?;
        Ok(printed.last().cloned().unwrap_or(Value::Null))
    }

    fn act(&mut self, who: &str, verb: &str, case: &str, rest: &[&str]) -> Result<String, Failure> {
        let args: Vec<&str> = [&[verb, case], rest].concat();
        text(&self.device(who, &args)?, "change")
    }

    fn sync(&mut self, who: &str) -> Act {
        let done = self.device(who, &["sync"])?;
        self.syncs.push(done);
        Ok(())
    }

    pub(super) fn op(&self, args: &[&str]) -> Result<Value, Failure> {
        let token = display(&self.world.token_file());
        let head = ["op", "--server", self.world.url(), "--token-file", &token];
        Ok(self
            .world
            .run(&[&head, args].concat())?
            .last()
            .cloned()
            .unwrap_or(Value::Null))
    }

    fn decide(&self, verb: &str, case: &str, rest: &[&str]) -> Act {
        self.op(&[&[verb, case], rest].concat()).map(|_| ())
    }

    fn enrol(&mut self) -> Act {
        self.title("Morning: a city is founded, people enrol their devices");
        self.world.start_server()?;
        self.world
            .tell(&format!("a server process listens on {}", self.world.url()));
        let url = self.world.url().to_owned();
        for (name, role, unit, grid) in PEOPLE {
            let mut args = vec!["code", "--user", name, "--role", role];
            args.extend(unit.iter().flat_map(|unit| ["--unit", unit]));
            args.extend(grid.iter().flat_map(|grid| ["--duty-grid", grid]));
            let code = text(&self.op(&args)?, "code")?;
            self.device(name, &["enroll", "--server", &url, "--code", &code])?;
        }
        self.device(CITIZEN, &["enroll", "--server", &url, "--citizen"])?;
        self.world
            .tell("seven people of the city with one-time codes, one citizen without");
        Ok(())
    }

    fn report_offline(&mut self) -> Act {
        self.title("The network is gone: two reports, and a phone that dies");
        self.world.stop_server()?;
        self.world
            .tell("the server process has ended; nobody can reach it");
        let dir = display(&self.world.device("chen"));
        let (near, wide) = (
            self.world.photo("manhole-before.jpg"),
            self.world.photo("stall-before.jpg"),
        );
        let saved = self.world.run_and_kill(&[
            "report",
            "--dir",
            &dir,
            "--class",
            "01002",
            "--lon",
            "123.422729",
            "--lat",
            "41.7999616",
            "--accuracy",
            "4",
            "--text",
            "井盖缺失，行人绕行 / cover missing",
            "--photo",
            &near,
            "--photo",
            &wide,
            "--hold",
        ])?;
        self.cover = text(&saved, "case")?;
        self.world
            .tell("inspector chen reports a missing sewer cover with two photos;");
        self.world
            .tell("  her process is killed with SIGKILL the moment the save returned");
        let cover = self.cover.clone();
        let kept = self.device("chen", &["show", &cover])?;
        let photos = kept["photos"].as_array().map_or(0, Vec::len);
        if photos != 2 || kept["stage"] != "reported" {
            return Err(Failure::new(format!(
                "after the kill something is missing: {kept}"
            )));
        }
        self.world
            .tell("  started again: the case and both photos are there, counted as unsent");
        let photo = self.world.photo("rubbish-before.jpg");
        let saved = self.device(
            CITIZEN,
            &[
                "report",
                "--class",
                "06010",
                "--lon",
                "123.4237918",
                "--lat",
                "41.8045439",
                "--accuracy",
                "8",
                "--text",
                "垃圾堆了三天 / rubbish for three days",
                "--photo",
                &photo,
            ],
        )?;
        self.rubbish = text(&saved, "case")?;
        self.world.tell("a citizen reports rubbish with a photo");
        Ok(())
    }

    fn verify_and_file(&mut self) -> Act {
        self.title("The network is back: verify, file");
        self.world.start_server()?;
        self.sync("chen")?;
        self.sync(CITIZEN)?;
        let (cover, rubbish) = (self.cover.clone(), self.rubbish.clone());
        self.decide("verify-request", &rubbish, &["--person", "wang"])?;
        self.sync("wang")?;
        let photo = self.world.photo("rubbish-before.jpg");
        let verified = ["--result", "exists", "--photo", &photo, "--text", "属实"];
        self.act("wang", "verify", &rubbish, &verified)?;
        self.sync("wang")?;
        self.world
            .tell("inspector wang verified the citizen's report on the spot");
        self.decide("file", &cover, &[])?;
        self.decide("file", &rubbish, &[])?;
        self.world
            .tell("the operator filed both cases; the server gave them task numbers");
        Ok(())
    }

    fn dispatch(&mut self) -> Act {
        self.title("Dispatch: to a unit, and within it to a crew");
        let cover = self.cover.clone();
        self.decide(
            "dispatch",
            &cover,
            &["--lead", "drainage", "--limit", "2紧急工作时"],
        )?;
        self.sync("sun")?;
        self.device("sun", &["assign", &cover, "--person", "li"])?;
        self.sync("sun")?;
        self.sync("li")?;
        let task = self.device("li", &["tasks"])?;
        if task["case"] != Value::from(cover) {
            return Err(Failure::new(format!("li does not see the task: {task}")));
        }
        self.world
            .tell("drainage got the cover; sun, its lead, assigned li by a signed command");
        Ok(())
    }

    fn work_crosses_a_recall(&mut self) -> Act {
        self.title("Work done meets a recall");
        let cover = self.cover.clone();
        let (before, after) = (
            self.world.photo("manhole-before.jpg"),
            self.world.photo("manhole-after.jpg"),
        );
        for verb in ["take", "set-out", "arrive"] {
            self.act("li", verb, &cover, &[])?;
        }
        self.act(
            "li",
            "handle",
            &cover,
            &["--before", &before, "--after", &after, "--text", "已更换"],
        )?;
        self.world
            .tell("li, offline, took it, set out, arrived and replaced the cover");
        self.decide(
            "recall",
            &cover,
            &["--note", "抢险调走 / crew needed elsewhere"],
        )?;
        self.decide("dispatch", &cover, &["--lead", "roads"])?;
        self.sync("zhou")?;
        self.world
            .tell("meanwhile the dispatcher recalled the task and sent it to roads; zhou sees it");
        self.sync("li")?;
        self.sync("zhou")?;
        let seen = self.device("zhou", &["show", &cover])?;
        if seen["stage"] != "handled" || seen["work"]["by"] != "li" {
            return Err(Failure::new(format!(
                "the work done does not count at zhou's: {}",
                seen["stage"]
            )));
        }
        let status = self.device("zhou", &["status"])?;
        let told = status["notices"].as_array().into_iter().flatten();
        let told = told
            .filter(|notice| notice["code"] == "work_done_elsewhere")
            .count();
        if told == 0 {
            return Err(Failure::new(format!("zhou was not told why: {status}")));
        }
        self.world.tell(
            "li's work counts on every replica; zhou is told why there is nothing left to do",
        );
        Ok(())
    }

    fn first_check_fails(&mut self) -> Act {
        self.title("A check fails, the work is redone");
        let cover = self.cover.clone();
        self.decide("check-request", &cover, &["--person", "zhao"])?;
        self.sync("zhao")?;
        let photo = self.world.photo("manhole-after.jpg");
        let failed = [
            "--result",
            "not-pass",
            "--photo",
            &photo,
            "--text",
            "井盖松动 / loose",
        ];
        self.act("zhao", "check", &cover, &failed)?;
        self.sync("zhao")?;
        self.world.tell("inspector zhao found the cover loose");
        Ok(())
    }

    fn wrongdoers(&mut self) -> Act {
        self.title("Two things that must not be");
        let cover = self.cover.clone();
        self.sync("li")?;
        let told = self.world.refused(&[
            "check",
            &cover,
            "--dir",
            &display(&self.world.device("li")),
            "--result",
            "pass",
        ])?;
        self.world.tell(&format!(
            "li's own app refuses to let him check his unit's work: {told}"
        ));
        self.act("li", "check", &cover, &["--result", "pass", "--unchecked"])?;
        self.act("li", "set-out", &cover, &["--claim", "zhao", "--unchecked"])?;
        self.sync("li")?;
        self.world
            .tell("a modified app signs it all the same, and forges an entry in zhao's name:");
        let status = self.device("li", &["status"])?;
        for aside in status["set_aside"].as_array().into_iter().flatten() {
            self.world.tell(&format!(
                "  set aside: {} ({})",
                aside["reason"].as_str().unwrap_or("?"),
                aside["words"].as_str().unwrap_or("?")
            ));
        }
        self.act(
            "li",
            "note",
            &cover,
            &["--text", "明早带新件返工 / will bring a new part"],
        )?;
        self.sync("li")?;
        let status = self.device("li", &["status"])?;
        if status["unsent"]["changes"] != 0 {
            return Err(Failure::new(format!(
                "li's honest note was not taken: {status}"
            )));
        }
        self.world
            .tell("li's next honest entry in the same case is accepted");
        Ok(())
    }

    fn second_check_passes(&mut self) -> Act {
        self.title("Rework, a second check, closing");
        let cover = self.cover.clone();
        self.decide(
            "rework",
            &cover,
            &["--lead", "drainage", "--note", "井盖松动"],
        )?;
        self.sync("li")?;
        let (before, after) = (
            self.world.photo("manhole-before.jpg"),
            self.world.photo("manhole-after.jpg"),
        );
        self.act(
            "li",
            "handle",
            &cover,
            &["--before", &before, "--after", &after],
        )?;
        self.sync("li")?;
        self.decide(
            "check-request",
            &cover,
            &["--person", "zhao", "--person", "wang"],
        )?;
        self.sync("wang")?;
        self.act(
            "wang",
            "check",
            &cover,
            &[
                "--result",
                "not-pass",
                "--text",
                "路过时看 / seen in passing",
            ],
        )?;
        self.world
            .tell("wang looks, writes not-pass, and his phone goes into a drawer for days");
        self.sync("zhao")?;
        self.act(
            "zhao",
            "check",
            &cover,
            &["--result", "pass", "--photo", &after],
        )?;
        self.sync("zhao")?;
        self.decide("close", &cover, &[])?;
        self.world
            .tell("zhao passes it; the operator closes the case");
        Ok(())
    }

    fn an_old_answer_arrives(&mut self) -> Act {
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

    fn the_citizen_sees_and_rates(&mut self) -> Act {
        self.title("What the citizen sees");
        let rubbish = self.rubbish.clone();
        self.decide("dispatch", &rubbish, &["--lead", "roads"])?;
        self.sync("zhou")?;
        let (before, after) = (
            self.world.photo("rubbish-before.jpg"),
            self.world.photo("rubbish-after.jpg"),
        );
        self.act(
            "zhou",
            "handle",
            &rubbish,
            &["--before", &before, "--after", &after],
        )?;
        self.sync("zhou")?;
        self.decide("check-request", &rubbish, &["--person", "chen"])?;
        self.sync("chen")?;
        self.act(
            "chen",
            "check",
            &rubbish,
            &["--result", "pass", "--photo", &after],
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
        Ok(())
    }

    fn everybody_syncs(&mut self) -> Act {
        self.title("Evening: everybody syncs");
        for _ in 0..2 {
            for (name, ..) in PEOPLE {
                self.sync(name)?;
            }
            self.sync(CITIZEN)?;
        }
        Ok(())
    }
}
