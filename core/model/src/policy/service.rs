//! What rules and timers at the centre may do by themselves.

use serde::Deserialize;

use super::Policy;
use super::matrix::{ClassPrefix, KindName, covers};
use super::relation::Whereabouts;
use crate::deadline::Limit;
use crate::entry::{InstructionKind, Kind};
use crate::fold::{CaseView, Stage};
use crate::ids::{GridCode, UnitId};

/// An actor at the centre that is no person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Service {
    /// Files and closes what its reporter settled on the spot (即采即办), unless it was drawn for a
    /// spot check.
    SelfHandled,
    /// Files what was reported (自动立案).
    AutoFile,
    /// Sends a filed case straight to a unit (点对点直派).
    DirectDispatch,
    /// Goes on with what was suspended until a date (挂账到期恢复).
    AutoResume,
}

impl Service {
    /// Every service, in the order in which they act.
    pub const ALL: [Self; 4] = [
        Self::SelfHandled,
        Self::AutoFile,
        Self::DirectDispatch,
        Self::AutoResume,
    ];

    /// The name in policies, and of whoever asks for its instructions.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SelfHandled => "self_handled",
            Self::AutoFile => "auto_file",
            Self::DirectDispatch => "direct_dispatch",
            Self::AutoResume => "auto_resume",
        }
    }

    /// What it can do at all, whatever a policy gives.
    pub const fn kinds(self) -> &'static [InstructionKind] {
        match self {
            Self::SelfHandled => &[InstructionKind::File, InstructionKind::Close],
            Self::AutoFile => &[InstructionKind::File],
            Self::DirectDispatch => &[InstructionKind::Dispatch],
            Self::AutoResume => &[InstructionKind::Resume],
        }
    }

    /// The stages at which it can give that at all, whatever a policy gives.
    pub(super) const fn acts_at(self, kind: InstructionKind) -> &'static [Stage] {
        match (self, kind) {
            (Self::SelfHandled, InstructionKind::File) => &[Stage::Reported],
            (Self::SelfHandled, InstructionKind::Close) => {
                &[Stage::Reported, Stage::Filed, Stage::CheckPassed]
            }
            (Self::AutoFile, InstructionKind::File) => &[Stage::Reported, Stage::VerifiedExists],
            (Self::DirectDispatch, InstructionKind::Dispatch) => &[Stage::Reported, Stage::Filed],
            (Self::AutoResume, InstructionKind::Resume) => &[Stage::Suspended],
            _ => &[],
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|service| service.name() == name)
    }
}

/// One right of a service actor.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceRule {
    /// The actor's name ([`Service::name`]).
    pub service: String,
    /// What it may do.
    pub kinds: Vec<KindName>,
    /// For which classes; all when it is missing.
    #[serde(default)]
    pub classes: Vec<ClassPrefix>,
    /// In which areas, duty grids or road sections, by code; everywhere when it is missing.
    #[serde(default)]
    pub areas: Vec<GridCode>,
    /// At which stages; all that the kind is bound to when it is missing.
    #[serde(default, rename = "in")]
    pub stages: Option<Vec<Stage>>,
    /// To which unit it dispatches.
    #[serde(default)]
    pub unit: Option<UnitId>,
    /// The limit of the dispatch, as it is written; for a resumption, how long work is suspended at
    /// the most where the suspension names no date.
    #[serde(default)]
    pub limit: Option<String>,
}

impl ServiceRule {
    /// Whether the rule gives `kind`, in that variant, for a case that stands as `view` and lies at
    /// `place`.
    pub fn gives(
        &self,
        (kind, variant): (&Kind, Option<&str>),
        place: &Whereabouts,
        view: &CaseView,
    ) -> bool {
        let class = view.report.as_ref().map(|report| &report.class);
        let stages = self.stages.as_ref();
        let staged = stages.is_none_or(|stages| stages.contains(&view.stage));
        let here = self.areas.is_empty() || self.areas.iter().any(|code| place.lies_in(code));
        let kinds = self.kinds.iter();
        let mut kinds = kinds.filter(|own| own.covers(kind, variant));
        staged && here && covers(&self.classes, class) && kinds.next().is_some()
    }

    /// The service, if this version knows it.
    pub(super) fn known(&self) -> Option<Service> {
        Service::from_name(&self.service)
    }

    /// Why the rule never does anything, or never by a clock, if so.
    pub(super) fn idle(&self) -> Option<String> {
        let name = &self.service;
        let Some(service) = self.known() else {
            return Some(format!("no service is called {name}: it never acts"));
        };
        let can = |kind: &KindName| service.kinds().iter().any(|can| can.name() == kind.kind());
        match self.kinds.iter().find(|kind| !can(kind)) {
            Some(kind) => Some(format!("the service {name} never gives {kind}")),
            None if service == Service::DirectDispatch && self.unit.is_none() => Some(format!(
                "the service {name} names no unit: it never dispatches"
            )),
            None => self.unread_limit(),
        }
    }

    /// The limit, if it is one that no clock can run by.
    fn unread_limit(&self) -> Option<String> {
        let limit = self.limit.as_deref()?;
        let error = Limit::parse(limit).err()?;
        Some(format!(
            "the limit of the service {}: {error}",
            self.service
        ))
    }
}

impl Policy {
    /// The first rule by which a service may give `kind`, in that variant, in such a case. The stages
    /// that bound a kind bound services too.
    pub fn service(
        &self,
        service: Service,
        (kind, variant): (&Kind, Option<&str>),
        place: &Whereabouts,
        view: &CaseView,
    ) -> Option<&ServiceRule> {
        let bound = self.bound(kind, variant);
        bound
            .is_none_or(|stages| stages.contains(&view.stage))
            .then_some(())?;
        let mut own = self.services.iter();
        own.find(|rule| rule.service == service.name() && rule.gives((kind, variant), place, view))
    }
}
