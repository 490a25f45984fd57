//! Instructions that ask.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::entry::PayloadError;
use crate::entry::part::{self, part};
use crate::ids::{Digest, UnitId, UserId};
use crate::time::Millis;

/// A part of the day in which a check has to be made, because what is checked happens only then
/// (同时段核查). In minutes of the local day; it may go over midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct DayWindow {
    /// The first minute, 0 to 1439.
    #[n(0)]
    pub from_minute: u16,
    /// The minute after the last, 0 to 1439; not equal to the first.
    #[n(1)]
    pub to_minute: u16,
}

impl DayWindow {
    /// Both ends as `hh:mm`.
    pub fn clock_times(self) -> [String; 2] {
        [self.from_minute, self.to_minute]
            .map(|minute| format!("{:02}:{:02}", minute / 60, minute % 60))
    }

    fn check(self) -> Result<(), PayloadError> {
        let within = self.from_minute < 1440 && self.to_minute < 1440;
        if within && self.from_minute != self.to_minute {
            Ok(())
        } else {
            Err(PayloadError::Bounds("same_period"))
        }
    }
}

/// Persons asked to verify or to check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Asked {
    /// Who is asked; at least one.
    #[n(0)]
    pub persons: Vec<UserId>,
    /// Whether they are asked beside those asked before, instead of in their place.
    #[n(1)]
    #[serde(default)]
    pub also: bool,
    /// The digest of the remark.
    #[n(2)]
    #[serde(default)]
    pub note: Option<Digest>,
    /// The part of the day in which it has to be done.
    #[n(3)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same_period: Option<DayWindow>,
    /// The limit in the catalogue's spelling.
    #[n(4)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<String>,
}

/// Asks the last verify or check again, because its answer cannot be used: with nothing asked before
/// it does nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Redo {
    /// Who is asked; empty: those who were asked before.
    #[n(0)]
    #[serde(default)]
    pub persons: Vec<UserId>,
    /// The reason, by the policy's code.
    #[n(1)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The digest of the remark.
    #[n(2)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Digest>,
    /// The part of the day in which it has to be done.
    #[n(3)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same_period: Option<DayWindow>,
    /// The limit in the catalogue's spelling.
    #[n(4)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<String>,
}

/// Persons asked to check what a reporter settled on the spot. The reporter does not count.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct SpotCheck {
    /// Who is asked; at least one.
    #[n(0)]
    pub persons: Vec<UserId>,
    /// The rule of the policy by which the case was drawn.
    #[n(1)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// The digest of the remark.
    #[n(2)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Digest>,
    /// The part of the day in which it has to be done.
    #[n(3)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same_period: Option<DayWindow>,
    /// The limit in the catalogue's spelling.
    #[n(4)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<String>,
}

/// Sends the case to a unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Dispatch {
    /// The unit that answers for the work.
    #[n(0)]
    pub lead: UnitId,
    /// Units that help.
    #[n(1)]
    #[serde(default)]
    pub assist: Vec<UnitId>,
    /// The limit as the catalogue or the dispatcher wrote it.
    #[n(2)]
    #[serde(default)]
    pub limit: Option<String>,
    /// The digest of the remark.
    #[n(3)]
    #[serde(default)]
    pub note: Option<Digest>,
    /// The unit whose duty it is and that pays, when another one does the work (代处置).
    #[n(4)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub substitute_for: Option<UnitId>,
    /// One limit for several nodes together (捆绑时限), in the same spelling.
    #[n(5)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bundle_limit: Option<String>,
    /// Whether a return will not be granted again: it was returned before and must be accepted.
    #[n(6)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub must_accept: Option<bool>,
    /// The due time that came with the case from elsewhere; the stricter one holds.
    #[n(7)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_due: Option<Millis>,
    /// The rule of a pack by which a service actor sent it (点对点直派).
    #[n(8)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
}

/// Work that is asked for without a problem behind it: a case of its own, whose first entry the
/// centre registered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Order {
    /// Persons who do it.
    #[n(0)]
    #[serde(default)]
    pub persons: Vec<UserId>,
    /// Units that do it; the first leads. Persons and units together are at least one.
    #[n(1)]
    #[serde(default)]
    pub units: Vec<UnitId>,
    /// The limit in the catalogue's spelling.
    #[n(2)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<String>,
    /// The digest of the remark.
    #[n(3)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Digest>,
}

/// Sends the work back to the unit that leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Rework {
    /// The unit that does it again.
    #[n(0)]
    pub lead: UnitId,
    /// The digest of the reason.
    #[n(1)]
    #[serde(default)]
    pub note: Option<Digest>,
    /// The limit in the catalogue's spelling.
    #[n(2)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<String>,
    /// The reason, by the policy's code.
    #[n(3)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Asks the work again that was suspended, of the same units and persons. With nothing suspended it
/// does nothing. A date that has come does not resume by itself: a service actor gives this
/// instruction.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Resume {
    /// The rule by which a service actor resumed it.
    #[n(0)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// The limit in the catalogue's spelling.
    #[n(1)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<String>,
    /// The digest of the remark.
    #[n(2)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Digest>,
}

impl Asked {
    /// Asks `persons`, in the place of whoever was asked.
    pub const fn of(persons: Vec<UserId>) -> Self {
        Self {
            persons,
            also: false,
            note: None,
            same_period: None,
            limit: None,
        }
    }
}

impl Dispatch {
    /// Sends the case to `lead` alone, with nothing else said.
    pub const fn to(lead: UnitId) -> Self {
        Self {
            lead,
            assist: Vec::new(),
            limit: None,
            note: None,
            substitute_for: None,
            bundle_limit: None,
            must_accept: None,
            external_due: None,
            rule: None,
        }
    }
}

part!(Asked, note: note, check: |it| {
    part::codes("persons", 1, &it.persons)?;
    it.same_period.map_or(Ok(()), DayWindow::check)?;
    part::optional("limit", it.limit.as_ref())
});
part!(Redo, note: note, check: |it| {
    part::codes("persons", 0, &it.persons)?;
    it.same_period.map_or(Ok(()), DayWindow::check)?;
    part::optional("reason", it.reason.as_ref())?;
    part::optional("limit", it.limit.as_ref())
});
part!(SpotCheck, note: note, check: |it| {
    part::codes("persons", 1, &it.persons)?;
    it.same_period.map_or(Ok(()), DayWindow::check)?;
    part::optional("rule", it.rule.as_ref())?;
    part::optional("limit", it.limit.as_ref())
});
part!(Dispatch, note: note, check: |it| {
    part::code("lead", &it.lead.0)?;
    part::codes("assist", 0, &it.assist)?;
    part::optional("substitute_for", it.substitute_for.as_ref())?;
    part::optional("bundle_limit", it.bundle_limit.as_ref())?;
    part::optional("rule", it.rule.as_ref())
});
part!(Order, note: note, check: |it| {
    part::codes("persons", usize::from(it.units.is_empty()), &it.persons)?;
    part::codes("units", 0, &it.units)?;
    part::optional("limit", it.limit.as_ref())
});
part!(Rework, note: note, check: |it| {
    part::code("lead", &it.lead.0)?;
    part::optional("limit", it.limit.as_ref())?;
    part::optional("reason", it.reason.as_ref())
});
part!(Resume, note: note, check: |it| {
    part::optional("rule", it.rule.as_ref())?;
    part::optional("limit", it.limit.as_ref())
});
