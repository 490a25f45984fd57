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

/// A file under another name until it is whole; gone when it is given up. What is no regular file, such as
/// a pipe or a device, is written through to.
pub(crate) struct Aside {
    out: BufWriter<File>,
    /// The other name, until the file has its own.
    aside: Option<PathBuf>,
    path: PathBuf,
}

impl Aside {
    /// Begins to write; refuses to take the place of an input.
    pub(crate) fn create(path: &Path, inputs: &[&Path]) -> Result<Self, Failure> {
        if inputs.iter().any(|input| is_same(input, path)) {
            let words = "is an input as well; name another file with -o";
            return Err(Failure::new(format!("{}: {words}", path.display())));
        }
        Self::begin(path).map_err(|error| about(path, &error))
    }

    fn begin(path: &Path) -> io::Result<Self> {
        let special = fs::metadata(path).is_ok_and(|found| !found.is_file());
        let path = if special {
            path.to_owned()
        } else {
            followed(path)
        };
        let (file, aside) = if special {
            (File::options().write(true).open(&path)?, None)
        } else {
            sweep(&path);
            let mut aside = path.as_os_str().to_owned();
            aside.push(format!(".{}.part", std::process::id()));
            let aside = PathBuf::from(aside);
            let file = File::create(&aside)?;
            // Tells a run that goes on from one that was killed. A file system without locks only
            // means that nothing is swept.
            let _ = file.lock();
            (file, Some(aside))
        };
        Ok(Self {
            out: BufWriter::with_capacity(1 << 16, file),
            aside,
            path,
        })
    }

    /// Makes the file appear under its name.
    pub(crate) fn finish(self) -> Outcome {
        let path = self.path.clone();
        self.commit().map_err(|error| about(&path, &error))
    }

    fn commit(mut self) -> io::Result<()> {
        self.out.flush()?;
        if let Some(aside) = &self.aside {
            self.out.get_ref().sync_all()?;
            fs::rename(aside, &self.path)?;
            self.aside = None;
        }
        Ok(())
    }
}

/// Where a link leads, also to what is not there yet; else the path itself.
fn followed(path: &Path) -> PathBuf {
    let Ok(to) = fs::read_link(path) else {
        return path.to_owned();
    };
    let folder = path.parent().unwrap_or(Path::new(""));
    fs::canonicalize(path).unwrap_or_else(|_| folder.join(to))
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
        if let Some(aside) = &self.aside {
            // Nothing more can be done about a file that cannot be removed.
            let _ = fs::remove_file(aside);
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

/// Writes a whole file aside and renames it.
pub(crate) fn put(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = Aside::begin(path)?;
    file.out.write_all(bytes)?;
    file.commit()
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
        let mut full = Aside::create(Path::new("/dev/full"), &[]).unwrap();
        let rows = full.write_all(&[b'r'; 1 << 17]).unwrap_err().to_string();
        assert!(rows.contains("/dev/full: No space left"), "{rows}");
        // What fits into the buffer is told at the end.
        let error = put(Path::new("/dev/full"), b"rows").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::StorageFull);
        let full = Path::new("/dev/full").metadata().unwrap();
        assert!(!full.is_file(), "it is still what it was");
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_file_is_written_through_to_and_links_are_followed() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let (pipe, at) = (path("pipe"), path("there"));
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.unwrap().success());
        let reader = std::thread::spawn({
            let pipe = pipe.clone();
            move || fs::read(pipe).unwrap()
        });
        put(&pipe, b"through").unwrap();
        assert_eq!(reader.join().unwrap(), b"through");
        for words in [b"new".as_slice(), b"again"] {
            let link = path("link");
            let _ = std::os::unix::fs::symlink("there", &link);
            put(&link, words).unwrap();
            assert_eq!(fs::read(&at).unwrap(), words);
            assert!(link.symlink_metadata().unwrap().is_symlink());
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
    }
}
