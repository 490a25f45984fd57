//! The day, act by act: who is in it, how acts are played, and their order.

mod detours;
mod evening;
mod morning;
mod work;

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

/// Where the citizen can be reached; no folder shows it.
pub(super) const PHONE: &str = "13800001234";

/// A citizen's device has no name at the centre.
const CITIZEN: &str = "citizen";

/// The device of a citizen next door.
const NEIGHBOUR: &str = "neighbour";

/// The story with its cases.
pub(super) struct Story {
    pub(super) world: World,
    /// The inspector's case: a sewer cover.
    pub(super) cover: String,
    /// The citizen's case: rubbish.
    pub(super) rubbish: String,
    /// The same rubbish, as a neighbour reported it.
    pub(super) twin: String,
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
            twin: String::new(),
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
        self.a_unit_gives_it_back()?;
        self.the_work_is_suspended()?;
        self.a_neighbour_reports_it_too()?;
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
}
