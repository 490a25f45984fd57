//! Randomness for keys, salts, ids and jitter.

/// A source of unpredictable bytes. Keys are made from it, so an implementation that is not
/// cryptographically strong belongs in tests only.
pub trait Entropy: Send + Sync {
    /// Fills the whole buffer.
    fn fill(&self, buffer: &mut [u8]);
}

/// The operating system's generator.
#[derive(Debug, Clone, Copy, Default)]
pub struct OsEntropy;

impl Entropy for OsEntropy {
    /// # Panics
    /// When the operating system has no randomness to give. A key made from anything less would
    /// be worse than no key, and no caller could do better than to stop.
    fn fill(&self, buffer: &mut [u8]) {
        if let Err(error) = getrandom::fill(buffer) {
            panic!("the operating system gave no randomness: {error}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fills_the_whole_buffer_and_never_alike() {
        let mut buffers = [[0u8; 64]; 2];
        buffers.iter_mut().for_each(|buffer| OsEntropy.fill(buffer));
        assert_ne!(buffers[0], buffers[1]);
        assert!(
            buffers
                .iter()
                .all(|buffer| buffer.chunks(16).all(|part| part != [0; 16]))
        );
    }
}
