//! Processes: starting them, reading what they print, killing them.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::display;
use crate::out::{Failure, Out};

/// How long the server may take to start or stop.
const PATIENCE: Duration = Duration::from_secs(60);

/// The folder with everybody in it, and the server while it runs.
pub(super) struct World {
    pub(super) dir: PathBuf,
    pub(super) photos: PathBuf,
    binary: PathBuf,
    server: Option<Child>,
    url: String,
    out: Out,
}

impl World {
    pub(super) fn new(dir: PathBuf, out: Out) -> Result<Self, Failure> {
        let binary = std::env::current_exe()?;
        let photos = super::photos::unpack(&dir)?;
        Ok(Self {
            dir,
            photos,
            binary,
            server: None,
            url: String::new(),
            out,
        })
    }

    /// Tells people what happens.
    pub(super) fn tell(&self, words: &str) {
        if !self.out.is_json() {
            println!("{words}");
        }
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    pub(super) fn token_file(&self) -> PathBuf {
        self.dir.join("server").join("operator.token")
    }

    /// Starts the server, on the port it had before if it had one.
    pub(super) fn start_server(&mut self) -> Result<(), Failure> {
        let ready = self.dir.join("server.url");
        let _ = std::fs::remove_file(&ready);
        let listen = self
            .url
            .strip_prefix("http://")
            .unwrap_or("127.0.0.1:0")
            .to_owned();
        let log = std::fs::File::create(self.dir.join("server.log"))?;
        let mut child = Command::new(&self.binary)
            .args([
                "serve",
                "--dir",
                &display(&self.dir.join("server")),
                "--listen",
                &listen,
            ])
            .args(["--ready-file", &display(&ready)])
            .args(["--card-key", &display(&self.dir.join("cards.key"))])
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            let url = std::fs::read_to_string(&ready).unwrap_or_default();
            if !url.trim().is_empty() {
                self.url = url.trim().to_owned();
                self.server = Some(child);
                return Ok(());
            }
            if child.try_wait()?.is_some() {
                break;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = child.kill();
        let log = std::fs::read_to_string(self.dir.join("server.log")).unwrap_or_default();
        Err(Failure::new(format!("the server did not start: {log}")))
    }

    /// Asks the server to end and waits until it has.
    pub(super) fn stop_server(&mut self) -> Result<(), Failure> {
        let Some(mut child) = self.server.take() else {
            return Ok(());
        };
        Command::new("kill")
            .args(["-TERM", &child.id().to_string()])
            .status()?;
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            if child.try_wait()?.is_some() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = child.kill();
        Err(Failure::new("the server did not end in time"))
    }

    /// Leaves the server to whoever wants to look around.
    pub(super) fn leave_running(&mut self) {
        let Some(child) = self.server.take() else {
            return;
        };
        let binary = display(&self.binary);
        let op = format!(
            "{binary} op --server {} --token-file {}",
            self.url,
            display(&self.token_file())
        );
        self.tell(&format!(
            "\nThe server stays up at {} (process {}). Look around:",
            self.url,
            child.id()
        ));
        self.tell(&format!("  {op} list"));
        self.tell(&format!("  {op} show CASE"));
        self.tell(&format!(
            "  {binary} list --dir {}",
            display(&self.dir.join("chen"))
        ));
        self.tell(&format!(
            "  {binary} status --dir {}",
            display(&self.dir.join("li"))
        ));
        self.tell(&format!(
            "  kill {}    ends it; the folder is {}",
            child.id(),
            display(&self.dir)
        ));
    }

    /// A device's folder.
    pub(super) fn device(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    pub(super) fn photo(&self, name: &str) -> String {
        display(&self.photos.join(name))
    }

    /// Runs one command in a process of its own and returns the objects that it printed.
    pub(super) fn run(&self, args: &[&str]) -> Result<Vec<Value>, Failure> {
        let output = Command::new(&self.binary)
            .arg("--json")
            .args(args)
            .stdin(Stdio::null())
            .output()?;
        if !output.status.success() {
            return Err(Failure::new(format!(
                "`gewu {}` failed: {}",
                args.join(" "),
                complaint(&output)
            )));
        }
        lines(&output)
    }

    /// Runs one command that must be refused, and returns the words of the refusal.
    pub(super) fn refused(&self, args: &[&str]) -> Result<String, Failure> {
        let output = Command::new(&self.binary)
            .arg("--json")
            .args(args)
            .stdin(Stdio::null())
            .output()?;
        if output.status.success() {
            return Err(Failure::new(format!(
                "`gewu {}` was not refused",
                args.join(" ")
            )));
        }
        Ok(complaint(&output))
    }

    /// Runs one command, and kills the process with SIGKILL as soon as it has printed its result.
    pub(super) fn run_and_kill(&self, args: &[&str]) -> Result<Value, Failure> {
        let mut child = Command::new(&self.binary)
            .arg("--json")
            .args(args)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let stdout = child
            .stdout
            .take()
            .ok_or_else(|| Failure::new("the process has no output"))?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        child.kill()?;
        let status = child.wait()?;
        if status.success() {
            return Err(Failure::new("the process ended before it could be killed"));
        }
        Ok(serde_json::from_str(&line)?)
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if let Some(mut child) = self.server.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn lines(output: &Output) -> Result<Vec<Value>, Failure> {
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines()
        .map(|line| Ok(serde_json::from_str(line)?))
        .collect()
}

/// The words of a refusal; whatever is not our one line of JSON is given as it is.
fn complaint(output: &Output) -> String {
    let line = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    let said = serde_json::from_str::<Value>(&line).ok();
    said.and_then(|said| said["error"].as_str().map(str::to_owned))
        .unwrap_or(line)
}
