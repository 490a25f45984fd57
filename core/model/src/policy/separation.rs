//! Supervision apart from handling (监管分离), and where a city makes an exception.

use serde::Deserialize;

use super::matrix::{ClassPrefix, KindName, covers};
use super::relation::{Relation, Stands};
use super::{Asking, Policy, PolicyError};
use crate::entry::{Body, ClassRef, FieldKind, Kind};
use crate::fold::{CaseView, EntryView, QuestionKind, Stage, Status};
use crate::ids::{ChangeHash, Role, UserId};

/// What is kept from whoever handled the work.
pub(super) const SEPARATED: [&str; 2] = ["check", "close"];

/// Who handled never checks or closes that work, by person and over all their devices.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Separation {
    /// Whether the two are kept apart at all.
    pub on: bool,
    /// What is kept from handlers; check and close when it is missing.
    #[serde(default = "separated")]
    pub kinds: Vec<KindName>,
    /// Who may all the same.
    #[serde(default)]
    pub except: Vec<Exception>,
}

/// People who report, dispose and check in one hand, such as a grid sub-centre (网格分中心) inside its
/// own grid.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exception {
    /// Their roles.
    pub roles: Vec<Role>,
    /// Their relation to the case.
    pub relation: Relation,
    /// The level of `own_area`.
    #[serde(default)]
    pub level: Option<String>,
    /// For which classes; all when it is missing.
    #[serde(default)]
    pub classes: Vec<ClassPrefix>,
    /// Of 100 such checks, how many the server draws for a check by somebody else.
    #[serde(default)]
    pub spot_check_percent: u8,
}

fn separated() -> Vec<KindName> {
    SEPARATED.map(KindName::of).to_vec()
}

impl Exception {
    /// Whether it is made to people in that role in cases of that class, if they stand so to the case.
    pub(crate) fn names(&self, role: &Role, class: Option<&ClassRef>) -> bool {
        self.roles.contains(role) && covers(&self.classes, class)
    }
}

impl Separation {
    /// As `gewu-policy/1` says it.
    pub(super) fn plain(on: bool) -> Self {
        Self {
            on,
            kinds: separated(),
            except: Vec::new(),
        }
    }

    pub(super) fn check(self) -> Result<Self, PolicyError> {
        match self.except.iter().find(|one| one.spot_check_percent > 100) {
            Some(_) => Err(PolicyError(
                "separation.except.spot_check_percent must lie between 0 and 100".to_owned(),
            )),
            None => Ok(self),
        }
    }

    /// Whether that is kept from whoever handled the work.
    pub(super) fn keeps(&self, kind: &Kind, variant: Option<&str>) -> bool {
        self.on && self.kinds.iter().any(|own| own.covers(kind, variant))
    }

    /// Whether checks are. The fold judges nothing else by it: a close is the server's, which asks first.
    pub(super) fn keeps_checks(&self) -> bool {
        self.keeps(&Kind::Field(FieldKind::Check), None)
    }

    /// Whether separation bars what is asked.
    pub(super) fn bars(&self, asking: &Asking<'_>, stands: &Stands<'_>) -> bool {
        if !did(asking) {
            return false;
        }
        let excepted = self.exception(asking, stands).is_some();
        let now = self.keeps(asking.kind, asking.variant) && !excepted;
        now || kept_before(asking, excepted)
    }

    /// The exception under which this is asked.
    pub(super) fn exception(&self, asking: &Asking<'_>, stands: &Stands<'_>) -> Option<&Exception> {
        let class = asking.view.report.as_ref().map(|report| &report.class);
        self.except.iter().find(|one| {
            one.names(&asking.who.role, class) && stands.holds(one.relation, one.level.as_deref())
        })
    }
}

impl Policy {
    /// Who of those whom an instruction asks to check handled what is to be checked, in this case or in one
    /// `above`, to which its ties as a duplicate lead, or settled it on the spot. Nobody to whom the city makes an exception in cases like this one: in which of the roles that
    /// somebody `has` they will answer is not known beforehand.
    pub fn barred_from_checking(
        &self,
        body: &Body,
        (view, above): (&CaseView, &[CaseView]),
        has: impl Fn(&UserId, &Role) -> bool,
    ) -> Option<UserId> {
        let (persons, settled) = match body {
            Body::CheckRequest(asked) => (asked.persons.as_slice(), false),
            Body::SpotCheck(drawn) => (drawn.persons.as_slice(), true),
            Body::RedoRequest(redo) if was_checked(view.stage) => match redo.persons.as_slice() {
                [] => (asked_before(view), false),
                named => (named, false),
            },
            _ => return None,
        };
        let class = view.report.as_ref().map(|report| &report.class);
        let separation = &self.separation;
        if !separation.keeps_checks() {
            return None;
        }
        // What is drawn is for somebody else, whatever exceptions there are.
        let lenient = |person: &UserId| {
            if settled {
                return false;
            }
            let mut concerned = separation.except.iter();
            concerned.any(|one| {
                let mut roles = one.roles.iter();
                roles.any(|role| one.names(role, class) && has(person, role))
            })
        };
        persons
            .iter()
            .find(|person| had_a_hand((view, above), settled, person) && !lenient(person))
            .cloned()
    }

    /// Of 100 cases like this one, how many the server draws for a check by somebody else before they
    /// are closed: a case that its reporter settled on the spot, or one that somebody checked whose own work it was
    /// and to whom the city makes an exception, whatever that finding came to beside others. Work in a case `above`,
    /// to which its ties as a duplicate lead, is their own as well. What was drawn stays so until
    /// [`is_found_by_another`].
    pub fn spot_check_share(&self, view: &CaseView, above: &[CaseView]) -> u8 {
        let class = view.report.as_ref().map(|report| &report.class);
        let own = |entry: &&EntryView| {
            let joined = entry.kind == FieldKind::Check.name()
                && entry.status == Status::Effective
                && worked_above(above, &entry.by);
            joined || view.excepted.contains(&entry.hash)
        };
        let settled = was_settled(view);
        let mut share = if settled {
            self.self_handled_spot_check
        } else {
            0
        };
        for check in view.entries.iter().filter(own) {
            let except = self.separation.except.iter();
            let used =
                |one: &&Exception| self.separation.keeps_checks() && one.names(&check.role, class);
            let most = except.filter(used).map(|one| one.spot_check_percent).max();
            share = share.max(most.unwrap_or(0));
        }
        share
    }
}

/// Whether somebody found done what stands now who neither reported it as settled on the spot nor ever worked at it,
/// in this case or in one `above`, to which its ties as a duplicate lead. A finding that it is not, or that nobody
/// could tell, is none; nor is one that was overtaken: by a later finding, by another round of work, or because the
/// case was opened again as not done.
pub fn is_found_by_another(view: &CaseView, above: &[CaseView]) -> bool {
    let mut passes = view.passes().into_iter();
    passes.any(|pass| {
        let check = view.entry(pass);
        check.is_some_and(|check| !ever_had_a_hand((view, above), &check.by))
    })
}

/// Whether somebody like that is asked to check it, and has not answered.
pub fn is_with_another(view: &CaseView, above: &[CaseView]) -> bool {
    let open = view.question.as_ref();
    let check = open.filter(|open| open.kind == QuestionKind::Check);
    check.is_some_and(|check| {
        let mut asked = check.persons.iter();
        asked.any(|person| {
            let waits = view.tasks_of(person, &[]).next().is_some();
            waits && !ever_had_a_hand((view, above), person)
        })
    })
}

/// Whether its reporter said that they settled it on the spot, whatever became of that.
fn was_settled(view: &CaseView) -> bool {
    view.report.as_ref().is_some_and(|it| it.self_handled)
}

/// Whether that person handled what is to be checked, or ever worked at it in a case `above`, or, where that is what
/// was `settled` on the spot, reported it or ever worked at it here.
fn had_a_hand((view, above): (&CaseView, &[CaseView]), settled: bool, person: &UserId) -> bool {
    let own = || view.reporter.as_ref() == Some(person) || ever_worked(view, person);
    worked(view, person) || worked_above(above, person) || (settled && own())
}

/// Whether that person ever worked at it, here or in a case `above`, or settled it on the spot.
fn ever_had_a_hand((view, above): (&CaseView, &[CaseView]), person: &UserId) -> bool {
    worked(view, person) || ever_worked(view, person) || worked_above(above, person)
}

fn worked_above(above: &[CaseView], person: &UserId) -> bool {
    above.iter().any(|case| ever_worked(case, person))
}

/// Whether that person handled the case in any round, whatever became of it, or settled the matter on the spot.
fn ever_worked(view: &CaseView, person: &UserId) -> bool {
    let works = |it: &EntryView| it.kind == FieldKind::Handle.name() && it.by == *person;
    let settled = was_settled(view) && view.reporter.as_ref() == Some(person);
    settled || view.entries.iter().any(works)
}

/// Those whom the open question asks, who are asked again where nobody else is named.
fn asked_before(view: &CaseView) -> &[UserId] {
    let open = view.question.as_ref();
    open.map_or(&[], |open| open.persons.as_slice())
}

/// Whether that person did the work of the latest round, or settled the matter on the spot.
fn worked(view: &CaseView, person: &UserId) -> bool {
    view.handled_by(person) || view.settled_by(person)
}

/// Whether a finding is the word of somebody who worked in a case `above`, where `theirs` keeps them from checking it.
pub(super) fn is_own_finding(
    view: &CaseView,
    check: &ChangeHash,
    above: &[CaseView],
    theirs: &Separation,
) -> bool {
    let class = |view: &CaseView| view.report.as_ref().map(|report| report.class.clone());
    let here = class(view);
    // In the class of the case that is checked, and in that of the case in which they worked.
    let except = |role: &Role, there: Option<&ClassRef>| {
        let mut exceptions = theirs.except.iter();
        exceptions.any(|one| one.names(role, here.as_ref()) && one.names(role, there))
    };
    let own = |check: &EntryView| {
        let mut worked = above.iter().filter(|case| ever_worked(case, &check.by));
        worked.any(|case| !except(&check.role, class(case).as_ref()))
    };
    theirs.keeps_checks() && view.entry(check).is_some_and(own)
}

/// Whether the rules under which the work began kept that from whoever did it. Another policy judges nothing anew:
/// an exception of the present one counts where those excepted the role as well.
fn kept_before(asking: &Asking<'_>, excepted: bool) -> bool {
    let separated = |kind: &&str| KindName::of(kind).covers(asking.kind, asking.variant);
    let Some(roles) = &asking.view.kept_apart else {
        return false;
    };
    SEPARATED.iter().any(separated) && !(roles.contains(&asking.who.role) && excepted)
}

/// Whether whoever asks did the work of the latest round, or settled the matter on the spot.
fn did(asking: &Asking<'_>) -> bool {
    worked(asking.view, &asking.who.user)
}

/// Whether the last finding was a check.
const fn was_checked(stage: Stage) -> bool {
    matches!(
        stage,
        Stage::Checking | Stage::CheckPassed | Stage::CheckUnable | Stage::CheckFailed
    )
}
