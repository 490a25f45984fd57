//! Progress out, a wish to stop in.

use crate::error::EvidenceError;

/// What is being done with a photo, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Stage {
    /// Its header is read.
    Check,
    /// Its pixels are read.
    Decode,
    /// It is made smaller.
    Resize,
    /// It is stamped.
    Stamp,
    /// It is written.
    Encode,
    /// Its small picture is made.
    Thumbnail,
    /// It is hashed.
    Hash,
    /// All is done.
    Done,
}

/// How far the work on a photo is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The step.
    pub stage: Stage,
    /// How much of that step is done, in thousandths.
    pub permille: u16,
}

/// What a watcher answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Carry on.
    GoOn,
    /// Give up; the work ends with [`EvidenceError::Stopped`].
    Stop,
}

/// Whoever is told, and may stop the work.
pub struct Watch<'f> {
    tell: &'f mut dyn FnMut(Progress) -> Answer,
    stopped: bool,
}

impl<'f> Watch<'f> {
    /// Tells `tell` at every step and some dozens of times while decoding.
    pub fn new(tell: &'f mut dyn FnMut(Progress) -> Answer) -> Self {
        Self {
            tell,
            stopped: false,
        }
    }

    pub(crate) fn say(&mut self, stage: Stage, permille: u16) {
        let answer = (self.tell)(Progress { stage, permille });
        self.stopped |= answer == Answer::Stop;
    }

    pub(crate) const fn is_stopped(&self) -> bool {
        self.stopped
    }

    pub(crate) const fn go_on(&self) -> Result<(), EvidenceError> {
        if self.stopped {
            return Err(EvidenceError::Stopped);
        }
        Ok(())
    }

    /// Says that a step begins, unless the work was stopped.
    pub(crate) fn enter(&mut self, stage: Stage) -> Result<(), EvidenceError> {
        self.say(stage, 0);
        self.go_on()
    }
}

/// Runs `work` with nobody watching.
pub(crate) fn unwatched<T>(work: impl FnOnce(&mut Watch<'_>) -> T) -> T {
    work(&mut Watch::new(&mut |_| Answer::GoOn))
}
