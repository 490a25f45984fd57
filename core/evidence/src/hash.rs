//! SHA-256 of bytes and of streams.

use std::io::{self, Read};

use gewu_model::ids::Digest;
use sha2::{Digest as _, Sha256};

/// SHA-256 of `bytes`.
pub fn hash_bytes(bytes: &[u8]) -> Digest {
    Digest(Sha256::digest(bytes).into())
}

/// SHA-256 and length of everything that `reader` still gives, in constant memory.
///
/// # Errors
/// The reader's own error; interruptions are retried.
pub fn hash_reader(mut reader: impl Read) -> io::Result<(Digest, u64)> {
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 64 << 10];
    let mut total = 0;
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => return Ok((Digest(hasher.finalize().into()), total)),
            Ok(count) => {
                hasher.update(&buffer[..count]);
                total += count as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives one byte at a time and is interrupted before each.
    struct Dribble<'a>(&'a [u8], bool);

    impl Read for Dribble<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.1 = !self.1;
            if self.1 {
                return Err(io::ErrorKind::Interrupted.into());
            }
            let count = self.0.len().min(1);
            buffer[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    #[test]
    fn a_stream_hashes_like_its_bytes() {
        let known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(hash_bytes(b"abc").to_string(), known);
        assert_eq!(
            hash_reader(Dribble(b"abc", false)).unwrap(),
            (hash_bytes(b"abc"), 3)
        );
        let long = vec![7; 200_001];
        assert_eq!(
            hash_reader(&long[..]).unwrap(),
            (hash_bytes(&long), 200_001)
        );
    }

    #[test]
    fn a_failing_stream_has_no_hash() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::ErrorKind::UnexpectedEof.into())
            }
        }
        assert!(hash_reader(Broken).is_err());
    }
}
