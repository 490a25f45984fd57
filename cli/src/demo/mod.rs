//! A day in a district, played by real processes: one server, and a device process for every act of
//! every person, each with a folder of its own. Nothing is shared but HTTP on loopback.
//!
//! The story is in [`story`], act by act; [`world`] starts and kills processes; [`verdict`] reads
//! every replica in a fresh process and says whether the promises held.

mod photos;
mod story;
mod verdict;
mod world;

use std::path::{Path, PathBuf};
use std::time::Instant;

use serde_json::Value;

use crate::args::DemoArgs;
use crate::out::{Failure, Out, Outcome};
use story::Story;
use world::World;

/// Plays the day and judges it.
pub(crate) fn run(args: &DemoArgs, out: Out) -> Outcome {
    let started = Instant::now();
    let folder = Folder::choose(args)?;
    let world = World::new(folder.path.clone(), out)?;
    let mut story = Story::open(world)?;
    story.play()?;
    let result = verdict::judge(&mut story, started.elapsed())?;
    verdict::print(&result, out);
    if args.keep {
        story.world.leave_running();
    } else {
        story.world.stop_server()?;
        folder.tidy();
    }
    verdict::check(&result)
}

/// Where the demo's devices and server live.
struct Folder {
    path: PathBuf,
    temporary: bool,
}

impl Folder {
    fn choose(args: &DemoArgs) -> Result<Self, Failure> {
        if let Some(dir) = &args.dir {
            let empty = std::fs::read_dir(dir).map_or(true, |mut entries| entries.next().is_none());
            if !empty {
                return Err(Failure::new(format!(
                    "{} is not empty: name another folder",
                    dir.display()
                )));
            }
            std::fs::create_dir_all(dir)?;
            return Ok(Self {
                path: std::path::absolute(dir)?,
                temporary: false,
            });
        }
        let path = std::env::temp_dir().join(format!("gewu-demo-{}", std::process::id()));
        std::fs::create_dir_all(&path)?;
        Ok(Self {
            path,
            temporary: !args.keep,
        })
    }

    fn tidy(&self) {
        if self.temporary {
            // A folder that stays behind harms nobody, and the demo's result stands.
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}

/// A string field of a device's answer.
fn text(value: &Value, field: &str) -> Result<String, Failure> {
    value[field]
        .as_str()
        .map(str::to_owned)
        .ok_or_else(|| Failure::new(format!("the demo expected the field {field} in {value}")))
}

fn display(path: &Path) -> String {
    path.display().to_string()
}
