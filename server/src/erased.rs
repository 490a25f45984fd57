//! The tombstones outside the database: one line each, only ever appended.
//!
//! Backups do not carry this file back. A folder that is restored from an older backup keeps the
//! file that lies in it, or is given the one that was saved elsewhere; the server then erases again
//! what the backup still had.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::store::Tombstone;

/// The file's name in a server's folder.
pub(crate) const NAME: &str = "erased.log";

/// The file of tombstones.
#[derive(Debug, Clone)]
pub(crate) struct ErasedLog {
    path: PathBuf,
}

impl ErasedLog {
    pub(crate) const fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// Every stone. A line that a crash cut short is none.
    pub(crate) fn read(&self) -> io::Result<Vec<Tombstone>> {
        match std::fs::read_to_string(&self.path) {
            Ok(text) => Ok(text.lines().filter_map(parse).collect()),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    /// Appends stones, durably.
    pub(crate) fn append(&self, stones: &[Tombstone]) -> io::Result<()> {
        if stones.is_empty() {
            return Ok(());
        }
        let mut file = OpenOptions::new()
            .create(true)
            .append(true)
            .read(true)
            .open(&self.path)?;
        let lines: String = stones.iter().map(line).collect();
        let start = if ends_a_line(&mut file)? { "" } else { "\n" };
        file.write_all(format!("{start}{lines}").as_bytes())?;
        file.sync_all()?;
        match self.path.parent() {
            Some(folder) if folder != Path::new("") => File::open(folder)?.sync_all(),
            _ => Ok(()),
        }
    }
}

/// Whether a new line can begin at the end of the file.
fn ends_a_line(file: &mut File) -> io::Result<bool> {
    if file.seek(SeekFrom::End(0))? == 0 {
        return Ok(true);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

fn line(stone: &Tombstone) -> String {
    let kind = if stone.file { "file" } else { "text" };
    let Tombstone {
        digest,
        case,
        instruction,
        ..
    } = stone;
    format!("{kind} {digest} {case} {instruction}\n")
}

fn parse(line: &str) -> Option<Tombstone> {
    let mut words = line.split(' ');
    let file = match words.next()? {
        "file" => true,
        "text" => false,
        _ => return None,
    };
    let stone = Tombstone {
        file,
        digest: words.next()?.parse().ok()?,
        case: words.next()?.parse().ok()?,
        instruction: words.next()?.parse().ok()?,
    };
    words.next().is_none().then_some(stone)
}

#[cfg(test)]
mod tests {
    use gewu_model::ids::{CaseId, ChangeHash, Digest};

    use super::*;

    fn stone(number: u8) -> Tombstone {
        Tombstone {
            digest: Digest([number; 32]),
            case: CaseId([number; 16]),
            file: number.is_multiple_of(2),
            instruction: ChangeHash([number; 32]),
        }
    }

    #[test]
    fn what_was_appended_is_read_and_a_cut_line_spoils_no_other() {
        let folder = tempfile::tempdir().expect("a folder");
        let log = ErasedLog::new(folder.path().join(NAME));
        assert_eq!(log.read().expect("nothing"), []);
        log.append(&[stone(1), stone(2)]).expect("written");
        let text = std::fs::read(&log.path).expect("text");
        std::fs::write(&log.path, &text[..text.len() - 9]).expect("cut");
        log.append(&[stone(3)]).expect("written");
        assert_eq!(log.read().expect("stones"), [stone(1), stone(3)]);
    }
}
