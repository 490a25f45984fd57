//! The bytes of a file, mapped where the platform can.

/// The bytes of a file that does not change. Read like a slice; pages come from the disk when they
/// are touched.
#[derive(Debug)]
pub struct Mapped(Bytes);

#[derive(Debug)]
enum Bytes {
    Map(memmap2::Mmap),
    Read(Vec<u8>),
}

impl Mapped {
    pub(super) const fn map(map: memmap2::Mmap) -> Self {
        Self(Bytes::Map(map))
    }
}

impl From<Vec<u8>> for Mapped {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Bytes::Read(bytes))
    }
}

impl AsRef<[u8]> for Mapped {
    fn as_ref(&self) -> &[u8] {
        match &self.0 {
            Bytes::Map(map) => map,
            Bytes::Read(bytes) => bytes,
        }
    }
}
