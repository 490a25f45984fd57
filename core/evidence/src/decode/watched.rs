//! A reader that tells how far it is and can be stopped.

use std::io::{self, BufRead, Read, Seek, SeekFrom};

use crate::watch::{Stage, Watch};

/// How often the watcher is asked: cheap enough, and a stop is felt at once.
const STEP: usize = 64 << 10;

/// Bytes in memory, read under a watcher's eyes.
///
/// Entropy decoders ask for every byte by itself, millions of times: what may be read without asking
/// lies by itself, so that a byte costs one comparison.
pub(super) struct Watched<'a, 'w, 'f> {
    bytes: &'a [u8],
    /// What is read before the watcher is asked again.
    ahead: &'a [u8],
    /// What of `bytes` comes behind that.
    behind: &'a [u8],
    /// What comes when `bytes` are read, the last first.
    later: [&'a [u8]; 2],
    watch: &'w mut Watch<'f>,
}

impl<'a, 'w, 'f> Watched<'a, 'w, 'f> {
    pub(super) fn new(bytes: &'a [u8], watch: &'w mut Watch<'f>) -> Self {
        let (ahead, behind) = step(bytes);
        Self {
            bytes,
            ahead,
            behind,
            later: [&[]; 2],
            watch,
        }
    }

    /// The same with something `between` before `at`. It is read forward only.
    pub(super) fn with(
        bytes: &'a [u8],
        at: usize,
        between: &'a [u8],
        watch: &'w mut Watch<'f>,
    ) -> Self {
        let (bytes, last) = bytes.split_at(at);
        Self {
            later: [last, between],
            ..Self::new(bytes, watch)
        }
    }

    const fn at(&self) -> usize {
        self.bytes.len() - self.behind.len() - self.ahead.len()
    }

    /// Asks the watcher and goes on, to what comes later when the bytes are read.
    #[cold]
    fn refill(&mut self) -> io::Result<()> {
        if self.behind.is_empty() {
            // What is at the end is little: the watcher has heard nearly all.
            while self.ahead.is_empty() && self.later.iter().any(|part| !part.is_empty()) {
                let [last, next] = self.later;
                self.later = [&[], last];
                (self.bytes, self.ahead) = (next, next);
            }
            return Ok(());
        }
        let permille = self.at() as u64 * 1_000 / self.bytes.len() as u64;
        self.watch.say(Stage::Decode, permille as u16);
        if self.watch.is_stopped() {
            return Err(io::Error::other("stopped"));
        }
        (self.ahead, self.behind) = step(self.behind);
        Ok(())
    }
}

fn step(bytes: &[u8]) -> (&[u8], &[u8]) {
    bytes.split_at(bytes.len().min(STEP))
}

impl Read for Watched<'_, '_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.ahead.is_empty() {
            self.refill()?;
        }
        self.ahead.read(buffer)
    }

    #[inline(always)]
    fn read_exact(&mut self, buffer: &mut [u8]) -> io::Result<()> {
        if let ([one], [first, rest @ ..]) = (&mut *buffer, self.ahead) {
            *one = *first;
            self.ahead = rest;
            return Ok(());
        }
        read_fully(self, buffer)
    }
}

#[cold]
fn read_fully(from: &mut Watched<'_, '_, '_>, mut buffer: &mut [u8]) -> io::Result<()> {
    while !buffer.is_empty() {
        match from.read(buffer)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            count => buffer = &mut buffer[count..],
        }
    }
    Ok(())
}

impl BufRead for Watched<'_, '_, '_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.ahead.is_empty() {
            self.refill()?;
        }
        Ok(self.ahead)
    }

    fn consume(&mut self, count: usize) {
        self.ahead = self.ahead.get(count..).unwrap_or_default();
    }
}

impl Seek for Watched<'_, '_, '_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let from = |base: usize, by: i64| base.checked_add_signed(by as isize);
        let at = match to {
            SeekFrom::Start(at) => usize::try_from(at).ok(),
            SeekFrom::Current(by) => from(self.at(), by),
            SeekFrom::End(by) => from(self.bytes.len(), by),
        };
        let at = at.ok_or(io::ErrorKind::InvalidInput)?;
        let rest = self.bytes.get(at..).unwrap_or_default();
        (self.ahead, self.behind) = step(rest);
        Ok((self.bytes.len() - rest.len()) as u64)
    }
}
