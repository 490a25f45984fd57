//! Files are written aside and renamed: nobody ever meets half of one.

use std::fs::{self, File};
use std::io::{self, BufWriter, ErrorKind, Stdout, Write};
use std::path::{Path, PathBuf};

use super::about;
use crate::out::{Failure, Outcome};

/// Where a table or a pack goes: a file written aside, or standard output.
pub(super) enum Target {
    File(Aside),
    Standard(Pipe),
}

impl Target {
    /// A file, or standard output without one. `inputs` are not to be overwritten.
    pub(super) fn open(path: Option<&Path>, inputs: &[&Path]) -> Result<Self, Failure> {
        match path {
            Some(path) => Aside::create(path, inputs).map(Self::File),
            None => Ok(Self::Standard(Pipe {
                out: BufWriter::new(io::stdout()),
                closed: false,
            })),
        }
    }

    /// Makes the file appear under its name.
    pub(super) fn finish(self) -> Outcome {
        match self {
            Self::File(aside) => aside.finish(),
            Self::Standard(mut pipe) => Ok(pipe.flush()?),
        }
    }
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::File(aside) => aside.out.write(bytes),
            Self::Standard(pipe) => pipe.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::File(aside) => aside.out.flush(),
            Self::Standard(pipe) => pipe.flush(),
        }
    }
}

/// Standard output. A reader that closed it (`| head`) has what it wanted.
pub(super) struct Pipe {
    out: BufWriter<Stdout>,
    closed: bool,
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
        if !self.closed {
            let done = self.out.write_all(bytes);
            self.unless_closed(done)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.closed {
            return Ok(());
        }
        let done = self.out.flush();
        self.unless_closed(done)
    }
}

/// A file under another name until it is whole; gone when it is given up.
pub(super) struct Aside {
    out: BufWriter<File>,
    aside: PathBuf,
    path: PathBuf,
    done: bool,
}

impl Aside {
    /// Begins to write; refuses to take the place of an input.
    pub(super) fn create(path: &Path, inputs: &[&Path]) -> Result<Self, Failure> {
        if inputs.iter().any(|input| is_same(input, path)) {
            let words = "is an input as well; name another file with -o";
            return Err(Failure::new(format!("{}: {words}", path.display())));
        }
        let mut aside = path.as_os_str().to_owned();
        aside.push(format!(".{}.part", std::process::id()));
        let aside = PathBuf::from(aside);
        let file = File::create(&aside).map_err(|error| about(path, &error))?;
        Ok(Self {
            out: BufWriter::with_capacity(1 << 16, file),
            aside,
            path: path.to_owned(),
            done: false,
        })
    }

    /// Makes the file appear under its name.
    pub(super) fn finish(mut self) -> Outcome {
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

impl Write for Aside {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        if !self.done {
            // Nothing more can be done about a file that cannot be removed.
            let _ = fs::remove_file(&self.aside);
        }
    }
}

fn is_same(a: &Path, b: &Path) -> bool {
    match (fs::canonicalize(a), fs::canonicalize(b)) {
        (Ok(a), Ok(b)) => a == b,
        _ => false,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

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
}
