//! What kind of network the device is on.

/// The network, as far as the platform says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NetworkKind {
    /// The platform does not say; nothing is held back.
    #[default]
    Unknown,
    /// One that costs nothing by the byte.
    Wifi,
    /// The operator's own.
    Cellular,
    /// Another operator's.
    Roaming,
    /// There is none.
    Offline,
}

/// Tells the network's kind. Asked before each part of a file, so it answers from memory.
pub trait Connectivity: Send + Sync {
    /// The kind of the network now.
    fn network(&self) -> NetworkKind;
}

/// A host that does not say.
#[derive(Debug, Clone, Copy, Default)]
pub struct AnyNetwork;

impl Connectivity for AnyNetwork {
    fn network(&self) -> NetworkKind {
        NetworkKind::Unknown
    }
}
