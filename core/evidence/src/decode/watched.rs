//! A reader that tells how far it is and can be stopped.

use std::io::{self, BufRead, Read, Seek, SeekFrom};

use crate::watch::{Stage, Watch};

/// How often the watcher is asked: cheap enough, and a stop is felt at once.
const STEP: usize = 64 << 10;

/// Bytes in memory, read under a watcher's eyes.
pub(super) struct Watched<'a, 'w, 'f> {
    bytes: &'a [u8],
    at: usize,
    /// Where the watcher is asked next.
    next: usize,
    /// What comes when `bytes` are read, the last first.
    later: [&'a [u8]; 2],
    watch: &'w mut Watch<'f>,
}

impl<'a, 'w, 'f> Watched<'a, 'w, 'f> {
    pub(super) fn new(bytes: &'a [u8], watch: &'w mut Watch<'f>) -> Self {
        Self {
            bytes,
            at: 0,
            next: STEP,
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

    /// Goes on to what comes later; `false` when there is nothing.
    #[cold]
    fn turn(&mut self) -> bool {
        let [last, next] = self.later;
        self.later = [&[], last];
        // What is at the end is little: the watcher has heard nearly all.
        (self.bytes, self.at, self.next) = (next, 0, usize::MAX);
        !next.is_empty() || (!last.is_empty() && self.turn())
    }

    #[cold]
    fn tell(&mut self) -> io::Result<()> {
        let permille = self.at as u64 * 1_000 / (self.bytes.len() as u64).max(1);
        self.watch.say(Stage::Decode, permille as u16);
        if self.watch.is_stopped() {
            return Err(io::Error::other("stopped"));
        }
        self.next = self.at + STEP;
        Ok(())
    }
}

impl Read for Watched<'_, '_, '_> {
    #[inline]
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at >= self.next {
            self.tell()?;
        }
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        // Entropy decoders ask for every byte by itself.
        if let ([one], [first, ..]) = (&mut *buffer, rest) {
            *one = *first;
            self.at += 1;
            return Ok(1);
        }
        if rest.is_empty() && !buffer.is_empty() && self.turn() {
            return self.read(buffer);
        }
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.at += count;
        Ok(count)
    }

    #[inline]
    fn read_exact(&mut self, mut buffer: &mut [u8]) -> io::Result<()> {
        loop {
            let count = self.read(buffer)?;
            if count == buffer.len() {
                return Ok(());
            }
            if count == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            buffer = &mut buffer[count..];
        }
    }
}

impl BufRead for Watched<'_, '_, '_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at >= self.next {
            self.tell()?;
        }
        let end = self.bytes.len().min(self.at + STEP);
        Ok(&self.bytes[self.at..end])
    }

    fn consume(&mut self, count: usize) {
        self.at = self.bytes.len().min(self.at + count);
    }
}

impl Seek for Watched<'_, '_, '_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let from = |base: usize, by: i64| base.checked_add_signed(by as isize);
        let at = match to {
            SeekFrom::Start(at) => usize::try_from(at).ok(),
            SeekFrom::Current(by) => from(self.at, by),
            SeekFrom::End(by) => from(self.bytes.len(), by),
        };
        let at = at.ok_or(io::ErrorKind::InvalidInput)?;
        self.at = at.min(self.bytes.len());
        Ok(self.at as u64)
    }
}
