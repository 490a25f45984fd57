//! `gewu serve` as a process.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::binary;
use super::device::{Device, Ended};

/// How long a server may take to start.
const PATIENCE: Duration = Duration::from_secs(30);

/// A server in a folder. Dropping it kills the process.
#[derive(Debug)]
pub struct Server {
    folder: PathBuf,
    more: Vec<String>,
    child: Option<Child>,
    url: String,
}

impl Server {
    /// Starts a server in `folder` on a free port.
    ///
    /// # Errors
    /// When the process cannot be started or is not ready in time.
    pub fn start(folder: &Path) -> io::Result<Self> {
        Self::start_with(folder, &[])
    }

    /// Starts a server with more words on its command line.
    ///
    /// # Errors
    /// As [`Server::start`].
    pub fn start_with(folder: &Path, more: &[&str]) -> io::Result<Self> {
        let mut server = Self {
            more: more.iter().map(|word| (*word).to_owned()).collect(),
            folder: folder.to_owned(),
            child: None,
            url: String::new(),
        };
        server.start_again()?;
        Ok(server)
    }

    /// The file with the key of its contact cards, beside its folder.
    pub fn card_key(&self) -> PathBuf {
        self.folder.with_extension("cards.key")
    }

    /// Other words for its command line, from its next start on.
    pub fn use_words(&mut self, more: &[&str]) {
        self.more = more.iter().map(|word| (*word).to_owned()).collect();
    }

    /// Starts it again, on the port that it had.
    ///
    /// # Errors
    /// As [`Server::start`].
    pub fn start_again(&mut self) -> io::Result<()> {
        let ready = self.folder.with_extension("url");
        let _ = std::fs::remove_file(&ready);
        let listen = self.url.strip_prefix("http://").unwrap_or("127.0.0.1:0");
        let log = File::create(self.folder.with_extension("log"))?;
        let child = Command::new(binary())
            .arg("serve")
            .arg("--dir")
            .arg(&self.folder)
            .args(["--listen", listen])
            .arg("--card-key")
            .arg(self.card_key())
            .args(&self.more)
            .arg("--ready-file")
            .arg(&ready)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        self.child = Some(child);
        self.url = self.wait_for(&ready)?;
        Ok(())
    }

    fn wait_for(&mut self, ready: &Path) -> io::Result<String> {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            let url = std::fs::read_to_string(ready).unwrap_or_default();
            if url.ends_with('\n') || url.trim().len() > "http://127.0.0.1:1".len() {
                return Ok(url.trim().to_owned());
            }
            if let Some(child) = &mut self.child
                && let Some(status) = child.try_wait()?
            {
                return Err(io::Error::other(format!("the server ended with {status}")));
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Err(io::ErrorKind::TimedOut.into())
    }

    /// Its address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Kills the process at once.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// An operator's command; what it printed last.
    ///
    /// # Errors
    /// The words on stderr.
    pub fn op(&self, words: &[&str]) -> Result<Value, String> {
        let lines = self.op_lines(words)?;
        Ok(lines.into_iter().next_back().unwrap_or(Value::Null))
    }

    /// An operator's command; every line that it printed.
    ///
    /// # Errors
    /// The words on stderr.
    pub fn op_lines(&self, words: &[&str]) -> Result<Vec<Value>, String> {
        let output = Command::new(binary())
            .args(["--json", "op", "--server", &self.url, "--token-file"])
            .arg(self.folder.join("operator.token"))
            .args(words)
            .output()
            .map_err(|error| error.to_string())?;
        let ended = Ended::of(&output);
        if ended.code == Some(0) {
            Ok(ended.out)
        } else {
            Err(format!("{words:?}: {}", ended.err))
        }
    }

    /// A code for a person with one role.
    ///
    /// # Errors
    /// The words on stderr.
    pub fn code(&self, user: &str, role: &str, more: &[&str]) -> Result<String, String> {
        let words = [&["code", "--user", user, "--role", role], more].concat();
        let made = self.op(&words)?;
        let code = made["code"].as_str().map(str::to_owned);
        code.ok_or_else(|| format!("no code in {made}"))
    }

    /// A new device of an inspector in `folder`, enrolled and synced.
    ///
    /// # Errors
    /// The words on stderr.
    pub fn inspector(&self, folder: &Path, user: &str) -> Result<Device, String> {
        let code = self.code(user, "inspector", &["--duty-grid", "990101Z01"])?;
        let device = Device::new(folder);
        device.ok(&["enroll", "--server", &self.url, "--code", &code])?;
        device.ok(&["sync"])?;
        Ok(device)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}
