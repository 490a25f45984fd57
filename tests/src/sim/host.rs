//! Time, randomness and keys of a simulated phone.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use gewu::host::{Clock, Entropy, SecretError, SecretStore};
use gewu_model::time::Millis;
use zeroize::Zeroizing;

use crate::disk::Dice;

/// When every run begins: Monday, 2 March 2026.
const START: i64 = 1_772_409_600_000;

/// The true time of the world. It moves only when somebody moves it. Clones are the same time.
#[derive(Debug, Clone)]
pub struct WorldTime(Arc<AtomicI64>);

impl Default for WorldTime {
    fn default() -> Self {
        Self(Arc::new(AtomicI64::new(START)))
    }
}

impl WorldTime {
    /// Now.
    pub fn now(&self) -> Millis {
        Millis(self.0.load(Ordering::Relaxed))
    }

    /// Milliseconds since the run began.
    pub fn since_start_ms(&self) -> i64 {
        self.now().0 - START
    }

    /// Lets time pass.
    pub fn pass(&self, ms: u64) {
        let ms = i64::try_from(ms).unwrap_or(i64::MAX);
        self.0.fetch_add(ms, Ordering::Relaxed);
    }
}

impl gewu_server::Clock for WorldTime {
    fn now(&self) -> Millis {
        self.now()
    }
}

/// A phone's clock: the true time with an error that may jump. Clones are the same clock.
#[derive(Debug, Clone)]
pub struct PhoneClock {
    world: WorldTime,
    error_ms: Arc<AtomicI64>,
}

impl PhoneClock {
    /// A clock that is right so far.
    pub fn new(world: WorldTime) -> Self {
        Self {
            world,
            error_ms: Arc::default(),
        }
    }

    /// From now on it is wrong by so much.
    pub fn set_error(&self, ms: i64) {
        self.error_ms.store(ms, Ordering::Relaxed);
    }
}

impl Clock for PhoneClock {
    fn now(&self) -> Millis {
        Millis(self.world.now().0 + self.error_ms.load(Ordering::Relaxed))
    }

    fn monotonic_ms(&self) -> u64 {
        u64::try_from(self.world.since_start_ms()).unwrap_or(0)
    }
}

impl gewu_server::Clock for PhoneClock {
    fn now(&self) -> Millis {
        Clock::now(self)
    }
}

/// Randomness that a seed decides.
#[derive(Debug)]
pub struct SeededEntropy(Mutex<Dice>);

impl SeededEntropy {
    /// The bytes that `seed` decides.
    pub const fn new(seed: u64) -> Self {
        Self(Mutex::new(Dice::new(seed)))
    }

    fn bytes(&self, buffer: &mut [u8]) {
        let mut dice = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        dice.fill(buffer);
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, buffer: &mut [u8]) {
        self.bytes(buffer);
    }
}

impl gewu_server::Entropy for SeededEntropy {
    fn fill(&self, buffer: &mut [u8]) {
        self.bytes(buffer);
    }
}

/// A key store that outlives crashes, as a phone's does: it is not on the simulated disk.
#[derive(Debug, Default)]
pub struct SimSecrets(Mutex<BTreeMap<String, Vec<u8>>>);

impl SimSecrets {
    /// As after the phone was set up from a backup that holds no keys.
    pub fn lose(&self) {
        self.lock().clear();
    }

    /// Every secret by its name.
    pub fn all(&self) -> BTreeMap<String, Vec<u8>> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Vec<u8>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SecretStore for SimSecrets {
    fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, SecretError> {
        Ok(self.lock().get(name).cloned().map(Zeroizing::new))
    }

    fn put(&self, name: &str, secret: &[u8]) -> Result<(), SecretError> {
        self.lock().insert(name.to_owned(), secret.to_vec());
        Ok(())
    }

    fn delete(&self, name: &str) -> Result<(), SecretError> {
        self.lock().remove(name);
        Ok(())
    }
}
