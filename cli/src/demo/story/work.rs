//! The day: dispatch, work that crosses a recall, checks, wrongdoers, rework.

use super::{Act, Story};
use crate::demo::display;
use crate::out::Failure;

impl Story {
    pub(super) fn dispatch(&mut self) -> Act {
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
        if task["case"] != cover.as_str() {
            return Err(Failure::new(format!("li does not see the task: {task}")));
        }
        self.world
            .tell("drainage got the cover; sun, its lead, assigned li by a signed command");
        Ok(())
    }

    pub(super) fn work_crosses_a_recall(&mut self) -> Act {
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
            &[
                "--camera",
                "--before",
                &before,
                "--after",
                &after,
                "--text",
                "已更换",
            ],
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

    pub(super) fn first_check_fails(&mut self) -> Act {
        self.title("A check fails, the work is redone");
        let cover = self.cover.clone();
        self.decide("check-request", &cover, &["--person", "zhao"])?;
        self.sync("zhao")?;
        let photo = self.world.photo("manhole-after.jpg");
        let failed = [
            "--result",
            "not-pass",
            "--camera",
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

    pub(super) fn wrongdoers(&mut self) -> Act {
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

    pub(super) fn second_check_passes(&mut self) -> Act {
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
            &["--camera", "--before", &before, "--after", &after],
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
            &["--result", "pass", "--camera", "--photo", &after],
        )?;
        self.sync("zhao")?;
        self.decide("close", &cover, &[])?;
        self.world
            .tell("zhao passes it; the operator closes the case");
        Ok(())
    }
}
