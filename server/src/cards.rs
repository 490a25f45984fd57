//! The key under which contact cards lie, in a file outside the server's folder.
//!
//! Whoever copies the folder, or finds a backup of it, reads no telephone number. The key is made when
//! the first card arrives, and the database remembers its name. From then on only that key is taken:
//! while its file is gone or holds another, the server goes on without the cards, takes no new ones
//! (devices keep theirs) and says so in its status. It never makes a second key in silence.

use std::fs;
use std::path::{Path, PathBuf};

use gewu_model::contact::CardKey;
use gewu_model::ids::CityId;

use crate::core::keys::make_secret;
use crate::seam::{Entropy, random};

/// Where the key of contact cards comes from.
#[derive(Debug, Clone)]
pub enum CardKeySource {
    /// A file in the state folder of the user who runs the server, named after the city.
    OfUser,
    /// That file. It must not lie in the server's folder.
    File(PathBuf),
    /// A key that lives elsewhere.
    Given(CardKey),
}

/// The key, as far as it is at hand.
#[derive(Debug)]
pub(crate) struct CardBox {
    source: Source,
}

#[derive(Debug)]
enum Source {
    /// `None` where the user has no state folder.
    File(Option<PathBuf>),
    Given(CardKey),
}

impl CardBox {
    pub(crate) fn new(source: CardKeySource, city: CityId) -> Self {
        let source = match source {
            CardKeySource::OfUser => Source::File(of_user(city)),
            CardKeySource::File(path) => Source::File(Some(path)),
            CardKeySource::Given(key) => Source::Given(key),
        };
        Self { source }
    }

    /// The file, if the key is in one.
    pub(crate) fn path(&self) -> Option<&Path> {
        match &self.source {
            Source::File(path) => path.as_deref(),
            Source::Given(_) => None,
        }
    }

    /// The key of that name; `None` while it is not at hand. The file is read each time: a key that is only
    /// remembered is gone with the process, and with it everything that was sealed under it.
    pub(crate) fn named(&self, name: &[u8]) -> Option<CardKey> {
        let key = match &self.source {
            Source::Given(key) => key.clone(),
            Source::File(path) => read(path.as_deref()?)?,
        };
        (key.name() == *name).then_some(key)
    }

    /// The key for a database that has sealed nothing yet: the one in the file, or a new one in it.
    /// `None` where it cannot be kept.
    pub(crate) fn first(&self, entropy: &dyn Entropy) -> Option<CardKey> {
        let path = match &self.source {
            Source::Given(key) => return Some(key.clone()),
            Source::File(path) => path.as_deref()?,
        };
        if !path.exists() {
            fs::create_dir_all(path.parent()?).ok()?;
            make_secret(path, &random::<32>(entropy)).ok()?;
        }
        read(path)
    }
}

fn read(path: &Path) -> Option<CardKey> {
    let text = fs::read_to_string(path).ok()?;
    let bytes = gewu_model::ids::from_hex(text.trim())?;
    Some(CardKey::new(bytes.try_into().ok()?))
}

/// `gewu/cards-CITY.key` in the user's state folder.
fn of_user(city: CityId) -> Option<PathBuf> {
    let named = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let state = named("XDG_STATE_HOME")
        .or_else(|| named("LOCALAPPDATA"))
        .map(PathBuf::from)
        .filter(|path| path.is_absolute())
        .or_else(|| Some(PathBuf::from(named("HOME")?).join(".local/state")))?;
    let city = city.to_string();
    let short = city.get(..16).unwrap_or(&city);
    Some(state.join("gewu").join(format!("cards-{short}.key")))
}

/// Whether `file` would lie in `folder`, links followed as far as the two exist.
pub(crate) fn lies_in(file: &Path, folder: &Path) -> bool {
    let whole = |path: &Path| {
        let mut missing = Vec::new();
        let mut at = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        loop {
            if let Ok(found) = fs::canonicalize(&at) {
                return missing
                    .iter()
                    .rev()
                    .fold(found, |found, name| found.join(name));
            }
            match (
                at.file_name().map(ToOwned::to_owned),
                at.parent().map(Path::to_owned),
            ) {
                (Some(name), Some(parent)) => {
                    missing.push(name);
                    at = parent;
                }
                _ => return path.to_owned(),
            }
        }
    };
    whole(file).starts_with(whole(folder))
}
