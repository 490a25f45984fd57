//! Reading every stored file again, to find what the disk has done to them.

use gewu_model::ids::Digest;
use gewu_model::time::Millis;
use serde::Serialize;

use super::{Core, CoreError};

/// What a scrub found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Scrubbed {
    /// Files that were looked at.
    pub files: u64,
    /// Bytes that they ought to have in all.
    pub bytes: u64,
    /// Files whose bytes are not those of their hash any more. They were moved aside.
    pub damaged: Vec<Digest>,
    /// Files that are gone from their place, now or since an earlier look, and have not come again.
    pub missing: Vec<Digest>,
}

impl Core {
    /// Reads every stored file and compares it with its hash. What is damaged is moved aside and, like
    /// what is gone, no longer counts as held: whoever brought it is asked for it again, also where it
    /// was acknowledged. May run beside a server on the same folder. `told` hears of each file.
    ///
    /// # Errors
    /// [`CoreError`] when the disk or the database fails; what was found until then stays found.
    pub fn scrub(&self, now: Millis, told: &mut dyn FnMut(u64)) -> Result<Scrubbed, CoreError> {
        let (held, lost) = self.read(|tx| Ok::<_, CoreError>((tx.files()?, tx.lost()?)))?;
        let mut found = Scrubbed {
            missing: lost,
            ..Scrubbed::default()
        };
        for (file, bytes) in held {
            self.scrub_one(file, bytes, now, &mut found)?;
            found.files += 1;
            found.bytes += bytes;
            told(found.files);
        }
        Ok(found)
    }

    fn scrub_one(
        &self,
        file: Digest,
        bytes: u64,
        now: Millis,
        found: &mut Scrubbed,
    ) -> Result<(), CoreError> {
        match self.objects.look_at(file)? {
            Some(there) if there == (bytes, file) => return Ok(()),
            // Moved first: a crash in between leaves a file that is missed at the next look.
            Some(_) => {
                self.objects.set_apart(file, now)?;
                if self.is_erased(file)? {
                    return self.objects.remove(file);
                }
                found.damaged.push(file);
            }
            None => {
                // It may have been erased since the list was made.
                if self.is_erased(file)? {
                    return Ok(());
                }
                found.missing.push(file);
            }
        }
        self.write(|tx| Ok(tx.lose_file(file)?))
    }
    fn is_erased(&self, file: Digest) -> Result<bool, CoreError> {
        self.read(|tx| Ok(tx.is_erased(file)?))
    }
}
