//! Why an effect failed.

/// What an exchange, a download or an upload can fail with, by what follows from it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// No connection, or it broke.
    #[error("the server cannot be reached; everything is kept and sent later")]
    Offline,
    /// The server did not prove who it is.
    #[error(
        "no secure connection to the server; check its address and certificate, and the date of this device"
    )]
    Insecure,
    /// Something else than the server answered, such as the login page of a wireless network.
    #[error("the network wants a login first; open a web page, log in and sync again")]
    CaptivePortal,
    /// Nothing at this address speaks the protocol.
    #[error("this address is not a gewu server; check the server's address")]
    NotAServer,
    /// The server is overloaded or broken for now.
    #[error("{}; everything is kept and sent later", unready(*status))]
    Unready {
        /// The HTTP status.
        status: u16,
        /// What `Retry-After` asked for, in milliseconds.
        retry_after_ms: u64,
    },
    /// The device's clock is too far from the server's.
    #[error("the device's clock is wrong; set it")]
    Skew {
        /// By how much the device's idea of the server's time is off, in milliseconds.
        offset_ms: i64,
    },
    /// The server speaks another version.
    #[error("the server speaks protocol {theirs}, this app {ours}; update the older one")]
    TooOld {
        /// The server's version; 0 when it did not say.
        theirs: u32,
        /// This library's.
        ours: u32,
    },
    /// The server does not take this device any more.
    #[error(
        "the server does not take this device any more (status {status}); everything is kept, enrol it again, staff with a fresh code"
    )]
    Revoked {
        /// The HTTP status.
        status: u16,
    },
    /// The answer is not what was asked for, or not signed by the city's server.
    #[error("the server's answer cannot be trusted: {0}")]
    Untrusted(&'static str),
    /// The device cannot keep what came.
    #[error("the device cannot keep what came; make room and sync again")]
    Storage,
    /// Somebody stopped it.
    #[error("the sync was stopped")]
    Cancelled,
}

/// Only what its operators can tell the cause of has words of its own.
fn unready(status: u16) -> String {
    match status {
        507 => "the server's disk is full: tell the centre".to_owned(),
        _ => format!("the server is not ready (status {status})"),
    }
}

impl Failure {
    /// Whether only a person can help.
    pub const fn is_final(&self) -> bool {
        matches!(
            self,
            Self::TooOld { .. } | Self::Revoked { .. } | Self::Skew { .. } | Self::Storage
        )
    }

    /// Whether it may be over as soon as the network is back.
    pub const fn is_network(&self) -> bool {
        matches!(
            self,
            Self::Offline | Self::Insecure | Self::CaptivePortal | Self::NotAServer
        )
    }

    /// How long the server asked to be left alone, in milliseconds.
    pub const fn retry_after_ms(&self) -> u64 {
        match self {
            Self::Unready { retry_after_ms, .. } => *retry_after_ms,
            _ => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_of_the_server_is_named() {
        let words = |status| {
            let failure = Failure::Unready {
                status,
                retry_after_ms: 0,
            };
            failure.to_string()
        };
        assert!(words(507).starts_with("the server's disk is full"));
        assert!(words(503).contains("not ready (status 503)"));
    }
}
