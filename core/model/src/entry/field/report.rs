//! The report that opens a case.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::entry::ClassRef;
use crate::entry::PayloadError;
use crate::entry::part::{self, Part};
use crate::ids::Digest;
use crate::media::EvidenceRecord;
use crate::place::{GridRef, Position};

/// Where a report came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Source {
    /// The source's code, such as `inspector`, `citizen` or `hotline`.
    #[n(0)]
    pub code: String,
    /// The channel within the source.
    #[n(1)]
    pub channel: Option<String>,
    /// The identity of the matter in that channel.
    #[n(2)]
    pub external_id: Option<String>,
}

/// What was found, where: the second change of a case, by the root's author, and the only one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Report {
    /// The class in the root's edition.
    #[n(0)]
    pub class: ClassRef,
    /// The filing condition (立案条件) that is met, by the catalogue's code.
    #[n(1)]
    pub condition: Option<String>,
    /// Where it is.
    #[n(2)]
    pub position: Position,
    /// The grid that the authoring device found; `None` outside every grid it knew.
    #[n(3)]
    pub grid: Option<GridRef>,
    /// The component's identifier, when one was chosen.
    #[n(4)]
    pub component: Option<String>,
    /// Where the report came from.
    #[n(5)]
    pub source: Source,
    /// A measured value in thousandths of the condition's own unit.
    #[n(6)]
    pub measured_milli: Option<i64>,
    /// The campaign that it belongs to.
    #[n(7)]
    pub campaign: Option<String>,
    /// Whether the reporter already settled it on the spot (自处置).
    #[n(8)]
    pub self_handled: bool,
    /// The language of the texts, as a BCP 47 tag.
    #[n(9)]
    pub language: String,
    /// The digest of the description.
    #[n(10)]
    pub description: Option<Digest>,
    /// The evidence.
    #[n(11)]
    pub photos: Vec<EvidenceRecord>,
    /// The digest of the reporter's [`ContactCard`](crate::contact::ContactCard), which lies elsewhere.
    #[n(12)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<Digest>,
}

impl Part for Report {
    fn text(&self) -> Option<Digest> {
        self.description
    }

    fn photos(&self) -> &[EvidenceRecord] {
        &self.photos
    }

    fn position(&self) -> Option<&Position> {
        Some(&self.position)
    }

    fn takes_position(&self) -> bool {
        true
    }

    fn check(&self) -> Result<(), PayloadError> {
        self.class.check()?;
        part::optional("condition", self.condition.as_ref())?;
        part::optional("component", self.component.as_ref())?;
        part::code("source", &self.source.code)?;
        part::optional("channel", self.source.channel.as_ref())?;
        part::optional("external_id", self.source.external_id.as_ref())?;
        part::optional("campaign", self.campaign.as_ref())?;
        part::code("language", &self.language)
    }
}
