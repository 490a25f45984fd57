//! Files are written aside and renamed: nobody ever meets half of one.

use std::fs::{self, File};
use std::io::{self, BufWriter, ErrorKind, IsTerminal, Stdout, Write};
use std::path::{Path, PathBuf};

use crate::out::{Failure, Outcome, quiet};

/// Where a table or a pack goes: a file written aside, or standard output.
pub(crate) enum Target {
    File(Aside),
    Standard(Pipe),
}

impl Target {
    /// A file, or standard output without one. `inputs` are not to be overwritten.
    pub(crate) fn open(path: Option<&Path>, inputs: &[&Path]) -> Result<Self, Failure> {
        match path {
            Some(path) => Aside::create(path, inputs).map(Self::File),
            None => Ok(Self::Standard(Pipe {
                out: BufWriter::new(io::stdout()),
                closed: false,
                line: io::stdout().is_terminal().then(Vec::new),
            })),
        }
    }

    /// Makes the file appear under its name.
    pub(crate) fn finish(self) -> Outcome {
        match self {
            Self::File(aside) => aside.finish(),
            Self::Standard(mut pipe) => Ok(pipe.flush()?),
        }
    }
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::File(aside) => aside.write(bytes),
            Self::Standard(pipe) => pipe.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::File(aside) => aside.flush(),
            Self::Standard(pipe) => pipe.flush(),
        }
    }
}

/// Standard output. A reader that closed it (`| head`) has what it wanted.
pub(crate) struct Pipe {
    out: BufWriter<Stdout>,
    closed: bool,
    /// On a terminal, what is not a whole line yet: there nothing in a table may act.
    line: Option<Vec<u8>>,
}

impl Pipe {
    fn unless_closed(&mut self, done: io::Result<()>) -> io::Result<()> {
        match done {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                self.closed = true;
                Ok(())
            }
            done => done,
        }
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.closed {
            return Ok(bytes.len());
        }
        let done = match &mut self.line {
            None => self.out.write_all(bytes),
            Some(line) => {
                line.extend_from_slice(bytes);
                let whole = whole_lines(line);
                self.out.write_all(whole.as_bytes())
            }
        };
        self.unless_closed(done)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.closed {
            return Ok(());
        }
        let rest = self.line.as_mut().map(std::mem::take).unwrap_or_default();
        let rest = quiet(&String::from_utf8_lossy(&rest));
        let done = self.out.write_all(rest.as_bytes());
        let done = done.and_then(|()| self.out.flush());
        self.unless_closed(done)
    }
}

/// Takes the whole lines out of what was written, as a terminal may show them.
fn whole_lines(line: &mut Vec<u8>) -> String {
    let end = line.iter().rposition(|byte| *byte == b'\n');
    let whole: Vec<u8> = line.drain(..end.map_or(0, |at| at + 1)).collect();
    quiet(&String::from_utf8_lossy(&whole))
}

/// A file under another name until it is whole; gone when it is given up.
pub(crate) struct Aside {
    out: BufWriter<File>,
    aside: PathBuf,
    path: PathBuf,
    done: bool,
}

impl Aside {
    /// Begins to write; refuses to take the place of an input.
    pub(crate) fn create(path: &Path, inputs: &[&Path]) -> Result<Self, Failure> {
        if inputs.iter().any(|input| is_same(input, path)) {
            let words = "is an input as well; name another file with -o";
            return Err(Failure::new(format!("{}: {words}", path.display())));
        }
        sweep(path);
        let mut aside = path.as_os_str().to_owned();
        aside.push(format!(".{}.part", std::process::id()));
        let aside = PathBuf::from(aside);
        let file = File::create(&aside).map_err(|error| about(path, &error))?;
        // Tells a run that goes on from one that was killed. A file system without locks only
        // means that nothing is swept.
        let _ = file.lock();
        Ok(Self {
            out: BufWriter::with_capacity(1 << 16, file),
            aside,
            path: path.to_owned(),
            done: false,
        })
    }

    /// Makes the file appear under its name.
    pub(crate) fn finish(mut self) -> Outcome {
        let flushed = self
            .out
            .flush()
            .and_then(|()| self.out.get_ref().sync_all());
        flushed.map_err(|error| about(&self.path, &error))?;
        fs::rename(&self.aside, &self.path).map_err(|error| about(&self.path, &error))?;
        self.done = true;
        Ok(())
    }
}

impl Aside {
    /// The error with the file's name: behind a table's writer nobody else knows it.
    fn named(&self, error: &io::Error) -> io::Error {
        io::Error::new(error.kind(), format!("{}: {error}", self.path.display()))
    }
}

impl Write for Aside {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let done = self.out.write(bytes);
        done.map_err(|error| self.named(&error))
    }

    fn flush(&mut self) -> io::Result<()> {
        let done = self.out.flush();
        done.map_err(|error| self.named(&error))
    }
}

/// Removes what runs that were killed left of this file. Whoever still writes holds a lock.
fn sweep(path: &Path) {
    let (Some(name), Some(folder)) = (path.file_name(), path.parent()) else {
        return;
    };
    let folder = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    let name = name.to_string_lossy().into_owned();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if is_aside(&entry.file_name().to_string_lossy(), &name)
            && File::open(entry.path()).is_ok_and(|file| file.try_lock().is_ok())
        {
            // Another run may have swept it first.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Whether a name is `OF.PROCESS.part`.
fn is_aside(name: &str, of: &str) -> bool {
    let process = name
        .strip_prefix(of)
        .and_then(|rest| rest.strip_prefix('.'))
        .and_then(|rest| rest.strip_suffix(".part"));
    process.is_some_and(|id| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()))
}

impl Drop for Aside {
    fn drop(&mut self) {
        if !self.done {
            // Nothing more can be done about a file that cannot be removed.
            let _ = fs::remove_file(&self.aside);
        }
    }
}

fn about(path: &Path, error: &io::Error) -> Failure {
    Failure::new(format!("{}: {error}", path.display()))
}

/// Writes a whole file aside and renames it; refuses to take the place of an input.
pub(crate) fn write(path: &Path, inputs: &[&Path], bytes: &[u8]) -> Outcome {
    let mut file = Aside::create(path, inputs)?;
    file.write_all(bytes)?;
    file.finish()
}

/// Whether two names are one file, be it there already or not.
pub(crate) fn is_same(a: &Path, b: &Path) -> bool {
    matches!((place(a), place(b)), (Some(a), Some(b)) if a == b)
}

fn place(path: &Path) -> Option<PathBuf> {
    if let Ok(there) = fs::canonicalize(path) {
        return Some(there);
    }
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let folder = fs::canonicalize(folder.unwrap_or(Path::new("."))).ok()?;
    Some(folder.join(path.file_name()?))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn on_a_terminal_whole_lines_are_shown_and_nothing_in_them_acts() {
        let mut line = "1,a\u{1b}[2J\n2,路".as_bytes()[..12].to_vec();
        assert_eq!(whole_lines(&mut line), "1,a\\u{1b}[2J\n");
        assert_eq!(line, &"2,路".as_bytes()[..4]);
    }

    #[test]
    fn a_file_appears_when_it_is_whole_and_never_over_its_input() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.csv");
        let mut given_up = Aside::create(&path, &[]).unwrap();
        given_up.write_all(b"half").unwrap();
        drop(given_up);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        let mut whole = Aside::create(&path, &[]).unwrap();
        whole.write_all(b"whole").unwrap();
        assert!(!path.exists());
        whole.finish().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"whole");
        let roundabout = folder.path().join(".").join("out.csv");
        assert!(Aside::create(&path, &[&roundabout]).is_err());
    }

    #[test]
    fn what_a_killed_run_left_is_swept_and_a_running_one_is_let_be() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.csv");
        let left = folder.path().join("out.csv.999999999.part");
        let running = folder.path().join("out.csv.999999998.part");
        let other = folder.path().join("out.csv.mine.part");
        for file in [&left, &other] {
            fs::write(file, b"half").unwrap();
        }
        let held = File::create(&running).unwrap();
        held.lock().unwrap();
        Aside::create(&path, &[]).unwrap().finish().unwrap();
        assert!(!left.exists());
        assert!(running.exists() && other.exists() && path.exists());
    }

    #[test]
    fn files_that_are_not_there_yet_are_told_apart_too() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new");
        assert!(is_same(&path, &folder.path().join(".").join("new")));
        assert!(!is_same(&path, &folder.path().join("newer")));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_told_with_the_files_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("full.csv");
        let full = File::options().write(true).open("/dev/full").unwrap();
        let mut aside = Aside {
            out: BufWriter::with_capacity(1, full),
            aside: folder.path().join("aside"),
            path,
            done: false,
        };
        let error = aside.write_all(b"rows").unwrap_err().to_string();
        assert!(error.contains("full.csv: No space left"), "{error}");
    }
}
