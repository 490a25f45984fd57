//! Morning: enrolling, reporting without a network, verifying, filing.

use super::{Act, CITIZEN, PEOPLE, PHONE, Story};
use crate::demo::{display, text};
use crate::out::Failure;

impl Story {
    pub(super) fn enrol(&mut self) -> Act {
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
        for citizen in Self::CITIZENS {
            self.device(citizen, &["enroll", "--server", &url, "--citizen"])?;
        }
        self.world
            .tell("seven people of the city with one-time codes, two citizens without");
        Ok(())
    }

    pub(super) fn report_offline(&mut self) -> Act {
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
            "--camera",
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
        self.look_around()?;
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
                "--camera",
                "--photo",
                &photo,
                "--contact-phone",
                PHONE,
            ],
        )?;
        self.rubbish = text(&saved, "case")?;
        self.world
            .tell("a citizen reports rubbish with a photo and a telephone number");
        Ok(())
    }

    /// What the packs on the inspector's phone say of the place.
    fn look_around(&mut self) -> Act {
        const PLACE: [&str; 4] = ["--lon", "123.422729", "--lat", "41.7999616"];
        let found = self.device(
            "chen",
            &[&["where", "--accuracy", "4"], &PLACE[..]].concat(),
        )?;
        let near = ["near", "--class", "01002", "--count", "1"];
        let near = self.device("chen", &[&near, &PLACE[..]].concat())?;
        self.world.tell(&format!(
            "  her phone knows the place without a network: unit grid {}, {}",
            text(&found, "unit")?,
            text(&found, "address")?
        ));
        self.world.tell(&format!(
            "  the nearest cover is {}, {:.1} m away",
            text(&near, "name")?,
            near["distance_m"].as_f64().unwrap_or_default()
        ));
        Ok(())
    }

    pub(super) fn verify_and_file(&mut self) -> Act {
        self.title("The network is back: verify, file");
        self.world.start_server()?;
        self.sync("chen")?;
        self.sync(CITIZEN)?;
        let (cover, rubbish) = (self.cover.clone(), self.rubbish.clone());
        self.decide("verify-request", &rubbish, &["--person", "wang"])?;
        self.sync("wang")?;
        let photo = self.world.photo("rubbish-before.jpg");
        let verified = [
            "--result", "exists", "--camera", "--photo", &photo, "--text", "属实",
        ];
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
}
