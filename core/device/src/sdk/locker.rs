//! A shared handset: somebody locks up all that is theirs, others use the device, and whoever has the
//! passphrase gets everything back, the key of the device's own with it.
//!
//! At every instant the work is on the device, in the locker or in both, whatever the power does: a locker
//! counts once nothing else is left of the work, and is removed once all of it is back. In between its name
//! stands in the database, and the next opening removes it.

use gewu_model::ids::to_hex;
use gewu_model::time::Millis;
use rusqlite::Connection;
use zeroize::Zeroizing;

use super::leaving::Work;
use super::{Answer, Core, Gewu, guard};
use crate::api::{Locker, Passphrase, WhoAmI};
use crate::db::Database;
use crate::error::{DeviceError, Result};
use crate::files::Files;
use crate::identity::{CASE_SECRET, DEVICE_KEY, secret};
use crate::locker::{
    Head, LockerKey, Reader, SALT, Writer, folder, head, is_locker, lockers, put_head, remove, salt,
};
use crate::store::{MIGRATIONS, meta};

/// The name of the key store's part in every locker's key. It stays when somebody leaves.
const LOCKER_SECRET: &str = "locker-secret";
/// The secrets that go into a locker.
const SECRETS: [&str; 2] = [DEVICE_KEY, CASE_SECRET];

const DATABASE: &str = "database";
const OF_SECRETS: &str = "secret/";
const OF_FILES: &str = "file/";

impl Gewu {
    /// What people locked up here with [`crate::UnsentWork::Seal`], the oldest first.
    ///
    /// # Errors
    /// [`crate::GewuError::Storage`].
    pub fn lockers(&self) -> Answer<Vec<Locker>> {
        let found = lockers(&*self.core.options.host.files)?;
        let locker = |(name, head): (String, Result<Head>)| match head {
            Ok(head) => Locker {
                name,
                user: head.user,
                sealed_at: head.sealed_at,
                unsent: head.unsent,
                drafts: head.drafts,
                problem: None,
            },
            Err(error) => Locker {
                name,
                user: String::new(),
                sealed_at: Millis(0),
                unsent: 0,
                drafts: 0,
                problem: Some(crate::GewuError::from(error).to_string()),
            },
        };
        Ok(found.into_iter().map(locker).collect())
    }

    /// Brings back what somebody locked up: who they are, their cases, drafts, photos and unsent work. The
    /// device is theirs again, as if they had never left. Works without a network. All of it is looked
    /// through before anything is touched, and it has to fit into memory but for the photos.
    ///
    /// # Errors
    /// [`crate::GewuError::NotPermitted`] while somebody is signed in, and when the key store has lost what it
    /// knew; [`crate::GewuError::InvalidInput`] for a wrong passphrase; [`crate::GewuError::NotFound`];
    /// [`crate::GewuError::TooOld`] when a newer app locked it; [`crate::GewuError::Storage`], with the locker
    /// as it was.
    pub fn unlock(&self, locker: &str, passphrase: &Passphrase) -> Answer<WhoAmI> {
        Ok(self.core.unlock(locker, passphrase)?)
    }

    /// Removes a locker with everything in it, for ever: for a passphrase that nobody remembers.
    ///
    /// # Errors
    /// [`crate::GewuError::NotFound`] and [`crate::GewuError::Storage`].
    pub fn discard_locker(&self, locker: &str) -> Answer<()> {
        let files = &*self.core.options.host.files;
        if !self.core.has_locker(locker)? {
            return Err(DeviceError::NotFound("the locker").into());
        }
        let folder = folder(salt(locker)?);
        Ok(remove(files, &folder).map_err(DeviceError::from)?)
    }
}

impl Core {
    /// Locks everything up and forgets it.
    pub(super) fn lock_up(&self, passphrase: &Passphrase, work: &Work, unsent: u32) -> Result<()> {
        if passphrase.text().chars().count() < Passphrase::MIN_CHARS {
            let message = "take at least six characters";
            return Err(DeviceError::input("passphrase", message));
        }
        let salt: [u8; SALT] = self.random();
        let name = to_hex(&salt);
        self.write(|tx| meta::put(tx, meta::LOCKER, name.as_bytes()))?;
        let sealed = self.fill(salt, passphrase, (unsent, work)).and_then(|()| {
            self.forget(|tx| {
                work.is_still(tx)?;
                meta::remove(tx, meta::LOCKER)
            })
        });
        // Does nothing once the work is forgotten here.
        let dropped = sealed.as_ref().err().map(|_| self.drop_locker());
        sealed.and(dropped.unwrap_or(Ok(())))
    }

    fn fill(
        &self,
        salt: [u8; SALT],
        passphrase: &Passphrase,
        (unsent, work): (u32, &Work),
    ) -> Result<()> {
        let host = &self.options.host;
        let user = self.identity()?.certificate.user.0.clone();
        let secret = secret(&*host.secrets, &*host.entropy, LOCKER_SECRET)?;
        let key = LockerKey::grown(passphrase.text(), salt, &secret)?;
        let folder = folder(salt);
        // Nobody removes a file in between.
        let _named = self.name_files();
        let mut writer = Writer::new(&*host.files, &folder, &key);
        writer.item(DATABASE, &self.db.image()?)?;
        for name in SECRETS {
            if let Some(secret) = host.secrets.get(name)? {
                writer.item(&format!("{OF_SECRETS}{name}"), &secret)?;
            }
        }
        let files = host.files.list("")?;
        for path in files.iter().filter(|path| !is_locker(path)) {
            let bytes = Zeroizing::new(host.files.read(path)?);
            writer.item(&format!("{OF_FILES}{path}"), &bytes)?;
        }
        let parts = writer.end()?;
        let drafts = u32::try_from(work.drafts.len()).unwrap_or(u32::MAX);
        let who = (user, host.clock.now());
        let head = Head::new(key.check(), parts, who, (unsent, drafts));
        put_head(&*host.files, &folder, &head)
    }

    fn unlock(&self, name: &str, passphrase: &Passphrase) -> Result<WhoAmI> {
        let (salt, head) = self.locker(name)?;
        self.check_nobody_is_here()?;
        self.leave_on()?;
        let key = self.key_of(salt, &head, passphrase)?;
        let opened = Opened {
            files: &*self.options.host.files,
            folder: folder(salt),
            key,
            parts: head.parts,
        };
        let image = opened.look_through()?;
        let alone = self.alone_with_files();
        // Until all is back it counts as somebody's leave that was cut off.
        self.write(|tx| meta::put_number(tx, meta::LEAVING, 1))?;
        let back = self.bring_back(&opened, &image, name);
        drop(alone);
        if let Err(error) = back {
            // What that does not come to, the next opening does.
            let _ = self.leave_on();
            return Err(error);
        }
        self.forget_packs();
        *guard(&self.machine) = gewu_sync::machine::State::default();
        self.reload_identity()?;
        self.drop_locker()?;
        Ok(self.identity()?.whoami())
    }

    /// The salt and the head of a whole locker.
    fn locker(&self, name: &str) -> Result<([u8; SALT], Head)> {
        let salt = salt(name)?;
        if !self.has_locker(name)? {
            return Err(DeviceError::NotFound("the locker"));
        }
        Ok((salt, head(&*self.options.host.files, name)?))
    }

    /// Whether there is a locker of that name, whole or not.
    fn has_locker(&self, name: &str) -> Result<bool> {
        let found = lockers(&*self.options.host.files)?;
        Ok(found.iter().any(|(found, _)| found == name))
    }

    /// Whatever is here would be lost.
    fn check_nobody_is_here(&self) -> Result<()> {
        let certificate = self.read(|tx| meta::get(tx, meta::CERTIFICATE))?;
        if certificate.is_some() || !self.read(|tx| Work::read(tx))?.is_empty() {
            return Err(DeviceError::NotNow(
                "somebody is signed in on this device, or their work is: they have to sign out first",
            ));
        }
        // An unlocking that is cut off removes every file that lies here.
        self.check_none_aside()
    }

    fn key_of(&self, salt: [u8; SALT], head: &Head, passphrase: &Passphrase) -> Result<LockerKey> {
        let secret = self.options.host.secrets.get(LOCKER_SECRET)?;
        let secret = secret.ok_or(DeviceError::NotNow(
            "the key store has lost its part of the key: this locker cannot be opened any more",
        ))?;
        let key = LockerKey::grown(passphrase.text(), salt, &secret)?;
        if key.check() == head.check {
            Ok(key)
        } else {
            let message = "it is not the one that this was locked with";
            Err(DeviceError::input("passphrase", message))
        }
    }

    fn bring_back(&self, opened: &Opened<'_>, image: &Connection, name: &str) -> Result<()> {
        opened.each(&mut |item, bytes| {
            let host = &self.options.host;
            match (item.strip_prefix(OF_SECRETS), item.strip_prefix(OF_FILES)) {
                (Some(name), _) if SECRETS.contains(&name) => Ok(host.secrets.put(name, bytes)?),
                (_, Some(path)) if !is_locker(path) => Ok(host.files.put_atomic(path, bytes)?),
                _ => Ok(()),
            }
        })?;
        let renewed = self.write(|tx| {
            let offset = meta::get(tx, meta::CLOCK_OFFSET)?;
            Database::adopt(tx, image)?;
            if let Some(offset) = offset {
                meta::put(tx, meta::CLOCK_OFFSET, &offset)?;
            }
            meta::remove(tx, meta::LEAVING)?;
            meta::put(tx, meta::LOCKER, name.as_bytes())?;
            self.renew(tx)
        })?;
        self.go_on_as(renewed)
    }

    /// Removes the locker whose work is here, if there is one.
    pub(super) fn drop_locker(&self) -> Result<()> {
        let Some(name) = self.read(|tx| meta::get(tx, meta::LOCKER))? else {
            return Ok(());
        };
        let name = String::from_utf8(name).map_err(|_| DeviceError::Damaged)?;
        remove(&*self.options.host.files, &folder(salt(&name)?))?;
        self.write(|tx| meta::remove(tx, meta::LOCKER))
    }
}

/// A locker whose key is known.
struct Opened<'a> {
    files: &'a dyn Files,
    folder: String,
    key: LockerKey,
    parts: u64,
}

impl Opened<'_> {
    fn each(&self, take: &mut dyn FnMut(&str, &[u8]) -> Result<()>) -> Result<()> {
        let mut reader = Reader::new(self.files, &self.folder, &self.key, self.parts);
        while let Some((name, bytes)) = reader.item()? {
            take(&name, &bytes)?;
        }
        Ok(())
    }

    /// Reads everything, and opens the database in it.
    fn look_through(&self) -> Result<Connection> {
        let mut image = None;
        self.each(&mut |name, bytes| {
            if name == DATABASE {
                image = Some(Database::open_image(bytes, MIGRATIONS)?);
            }
            Ok(())
        })?;
        image.ok_or(DeviceError::Damaged)
    }
}
