//! A case from elsewhere: a call, a camera, another system.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::entry::PayloadError;
use crate::entry::field::Report;
use crate::entry::part::Part;
use crate::ids::Digest;
use crate::media::EvidenceRecord;
use crate::place::Position;
use crate::time::Millis;

/// A case that reached the centre otherwise than through a device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Register {
    /// What is known of it.
    #[n(0)]
    pub report: Report,
    /// When whoever sent it wants it settled; the stricter of this and the city's own limits holds.
    #[n(1)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_due: Option<Millis>,
    /// Whether whoever sent it waits for a reply.
    #[n(2)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_required: Option<bool>,
}

impl Register {
    /// A case of which nothing is known but the report.
    pub const fn of(report: Report) -> Self {
        Self {
            report,
            external_due: None,
            reply_required: None,
        }
    }
}

impl Part for Register {
    fn text(&self) -> Option<Digest> {
        self.report.text()
    }

    fn photos(&self) -> &[EvidenceRecord] {
        self.report.photos()
    }

    fn position(&self) -> Option<&Position> {
        self.report.position()
    }

    fn takes_position(&self) -> bool {
        true
    }

    fn check(&self) -> Result<(), PayloadError> {
        self.report.check()
    }
}
