//! The disk itself: names, contents, and what goes wrong.

use std::collections::BTreeMap;

use super::inode::Inode;
use super::names::{NameChange, Names};
use super::{Dice, Fault, Step, What};

/// An open file: which one, and in which run of the machine it was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Handle {
    pub(super) inode: u64,
    pub(super) boot: u64,
    pub(super) number: u64,
}

#[derive(Debug)]
pub(super) struct State {
    pub(super) dice: Dice,
    pub(super) now: i64,
    pub(super) boot: u64,
    pub(super) down: bool,
    pub(super) capacity: Option<u64>,
    /// Steps until the power goes.
    pub(super) until_crash: Option<u64>,
    /// Writes until one fails, and how.
    pub(super) failing_write: Option<(u64, Fault)>,
    /// Flushes until one fails.
    pub(super) failing_sync: Option<u64>,
    pub(super) failed: bool,
    /// Steps that changed something since the disk was made.
    pub(super) steps: u64,
    /// What was done, when somebody wants to know.
    pub(super) record: Option<Vec<Step>>,
    inodes: BTreeMap<u64, Inode>,
    names: Names,
    locks: BTreeMap<u64, u64>,
    next: u64,
}

impl State {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            dice: Dice::new(seed),
            now: 0,
            boot: 0,
            down: false,
            capacity: None,
            until_crash: None,
            failing_write: None,
            failing_sync: None,
            failed: false,
            steps: 0,
            record: None,
            inodes: BTreeMap::new(),
            names: Names::default(),
            locks: BTreeMap::new(),
            next: 1,
        }
    }

    fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// Whether a process of run `boot` may do anything at all.
    pub(super) fn alive(&self, boot: u64) -> Result<(), Fault> {
        if self.down || boot != self.boot {
            Err(Fault::PowerOff)
        } else {
            Ok(())
        }
    }

    /// One more change to the disk, unless the power goes before it.
    fn step(&mut self, boot: u64) -> Result<(), Fault> {
        self.alive(boot)?;
        match &mut self.until_crash {
            Some(0) => {
                self.down = true;
                return Err(Fault::PowerOff);
            }
            Some(left) => *left -= 1,
            None => {}
        }
        self.steps += 1;
        Ok(())
    }

    fn note(&mut self, path: impl FnOnce(&Self) -> String, what: What) {
        if self.record.is_some() {
            let step = Step {
                path: path(self),
                what,
            };
            self.record
                .iter_mut()
                .for_each(|record| record.push(step.clone()));
        }
    }

    pub(super) fn find(&self, name: &str) -> Option<&Inode> {
        self.names
            .get(name)
            .and_then(|inode| self.inodes.get(&inode))
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &String> {
        self.names.all()
    }

    pub(super) fn open(&mut self, boot: u64, name: &str) -> Result<Option<Handle>, Fault> {
        self.alive(boot)?;
        let Some(inode) = self.names.get(name) else {
            return Ok(None);
        };
        Ok(Some(Handle {
            inode,
            boot,
            number: self.number(),
        }))
    }

    /// A new empty file; one without a name when `name` is empty.
    pub(super) fn create(&mut self, boot: u64, name: &str) -> Result<Handle, Fault> {
        self.step(boot)?;
        let inode = self.number();
        self.inodes.insert(inode, Inode::default());
        if !name.is_empty() {
            self.names.change(NameChange::Link(name.to_owned(), inode));
        }
        self.note(|_| name.to_owned(), What::Create);
        Ok(Handle {
            inode,
            boot,
            number: self.number(),
        })
    }

    pub(super) fn content(&self, file: Handle) -> Result<&[u8], Fault> {
        self.alive(file.boot)?;
        self.inodes
            .get(&file.inode)
            .map(Inode::content)
            .ok_or(Fault::Io)
    }

    fn inode(&mut self, file: Handle) -> Result<&mut Inode, Fault> {
        self.inodes.get_mut(&file.inode).ok_or(Fault::Io)
    }

    pub(super) fn write(&mut self, file: Handle, offset: u64, data: &[u8]) -> Result<(), Fault> {
        self.step(file.boot)?;
        self.failing_write()?;
        let growth = (offset + data.len() as u64).saturating_sub(self.content(file)?.len() as u64);
        if growth > 0 && self.free().is_some_and(|free| free < growth) {
            return Err(Fault::DiskFull);
        }
        self.inode(file)?.write(offset, data);
        self.note(
            |disk| disk.names.of(file.inode),
            What::Write {
                offset,
                len: data.len(),
            },
        );
        Ok(())
    }

    fn failing_write(&mut self) -> Result<(), Fault> {
        match &mut self.failing_write {
            Some((0, fault)) => {
                let fault = *fault;
                self.failing_write = None;
                self.failed = true;
                Err(fault)
            }
            Some((left, _)) => {
                *left -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }

    pub(super) fn truncate(&mut self, file: Handle, len: u64) -> Result<(), Fault> {
        self.step(file.boot)?;
        self.inode(file)?.truncate(len);
        self.note(|disk| disk.names.of(file.inode), What::Truncate(len));
        Ok(())
    }

    pub(super) fn sync(&mut self, file: Handle) -> Result<(), Fault> {
        self.step(file.boot)?;
        match &mut self.failing_sync {
            Some(0) => {
                self.failing_sync = None;
                self.failed = true;
                return Err(Fault::Io);
            }
            Some(left) => *left -= 1,
            None => {}
        }
        self.inode(file)?.sync();
        self.note(|disk| disk.names.of(file.inode), What::Sync);
        Ok(())
    }

    /// Whether the medium may not know yet that the file was made.
    pub(super) fn is_unknown_to_medium(&self, file: Handle) -> bool {
        self.names.is_unknown_to_medium(file.inode)
    }

    pub(super) fn sync_names(&mut self, boot: u64) -> Result<(), Fault> {
        self.step(boot)?;
        self.names.sync();
        self.note(|_| String::new(), What::SyncNames);
        Ok(())
    }

    pub(super) fn rename(&mut self, boot: u64, from: &str, to: &str) -> Result<(), Fault> {
        self.step(boot)?;
        self.names
            .change(NameChange::Rename(from.to_owned(), to.to_owned()));
        self.note(|_| from.to_owned(), What::Rename(to.to_owned()));
        Ok(())
    }

    /// Takes a name away; `false` when there was none.
    pub(super) fn remove(&mut self, boot: u64, name: &str) -> Result<bool, Fault> {
        self.alive(boot)?;
        if self.names.get(name).is_none() {
            return Ok(false);
        }
        self.step(boot)?;
        self.names.change(NameChange::Unlink(name.to_owned()));
        self.note(|_| name.to_owned(), What::Remove);
        Ok(true)
    }

    /// Takes the file's one lock; `false` when another open file has it.
    pub(super) fn lock(&mut self, file: Handle) -> Result<bool, Fault> {
        self.alive(file.boot)?;
        Ok(*self.locks.entry(file.inode).or_insert(file.number) == file.number)
    }

    pub(super) fn is_locked_by_other(&self, file: Handle) -> bool {
        self.locks
            .get(&file.inode)
            .is_some_and(|holder| *holder != file.number)
    }

    pub(super) fn unlock(&mut self, file: Handle) {
        if self.locks.get(&file.inode) == Some(&file.number) {
            self.locks.remove(&file.inode);
        }
    }

    /// The room that is left, if the disk has an end.
    pub(super) fn free(&self) -> Option<u64> {
        self.capacity
            .map(|capacity| capacity.saturating_sub(self.used()))
    }

    /// What all files together hold.
    pub(super) fn used(&self) -> u64 {
        let named = self.names.inodes();
        let files = named.iter().filter_map(|inode| self.inodes.get(inode));
        files.map(|file| file.content().len() as u64).sum()
    }

    /// The processes die; the system's memory and so every write stays.
    pub(super) fn restart(&mut self) {
        self.boot += 1;
        self.locks.clear();
        self.until_crash = None;
    }

    /// The power goes and comes back.
    pub(super) fn lose_power(&mut self, dice: &mut Dice) {
        self.restart();
        self.down = false;
        self.names.lose_power(dice);
        let named = self.names.inodes();
        self.inodes.retain(|inode, _| named.contains(inode));
        self.inodes
            .values_mut()
            .for_each(|inode| inode.lose_power(dice));
    }
}
