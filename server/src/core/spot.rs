//! Spot checks (抽查): which cases the server draws, so that nobody can tell beforehand, nobody can
//! draw again, and everybody can check the draw afterwards.

use std::collections::{BTreeMap, BTreeSet};

use gewu_model::entry::{Body, CloseKind};
use gewu_model::fold::{CaseView, Stage};
use gewu_model::ids::{CaseId, Role, UserId, to_hex};
use gewu_model::policy::{Draw, Policy, is_found_by_another, is_with_another, rests_on_tie};
use gewu_model::time::Millis;
use gewu_sync::gate::CaseState;
use serde_json::{Value, json};

use super::bench::Bench;
use super::decide::DecideError;
use super::load::{load, rows};
use super::passing::capacities_of;
use super::{Core, CoreError};
use crate::store::{DrawRow, StoreError, Tx};

/// How far back draws are looked at for those that wait.
const MOST_LOOKED_AT: u32 = 100_000;

impl Core {
    /// What the case drew. It draws, and that is kept, when the policy first wants a share of cases
    /// like it.
    fn draw(&self, bench: &Bench<'_>, share: u8) -> Result<Option<Draw>, CoreError> {
        let (tx, case) = (bench.tx, bench.state.case);
        if let Some(known) = tx.draw(case)? {
            return Ok(Some(known.draw));
        }
        if share == 0 {
            return Ok(None);
        }
        let draw = Draw::make(&*self.signer, &self.city(), &case)?;
        let row = DrawRow {
            at: bench.now,
            percent: share,
            key: self.signer.public_key().id(),
            draw: draw.clone(),
        };
        tx.add_draw(case, &row)?;
        Ok(Some(draw))
    }

    /// Whether the case was drawn and somebody else has yet to check it.
    pub(super) fn is_drawn(&self, bench: &Bench<'_>, view: &CaseView) -> Result<bool, CoreError> {
        let share = self.spot_check_share(bench.tx, &bench.state, view)?;
        let draw = self.draw(bench, share)?;
        Ok(draw.is_some_and(|draw| draw.is_drawn(share)))
    }

    /// A case that was drawn is closed in the ordinary way only after somebody else has checked it.
    pub(super) fn check_drawn(
        &self,
        bench: &Bench<'_>,
        body: &Body,
        view: &CaseView,
    ) -> Result<(), DecideError> {
        let Body::Close(close) = body else {
            return Ok(());
        };
        let ordinary = matches!(close.kind, CloseKind::Normal | CloseKind::Late);
        if ordinary && (self.is_drawn(bench, view)? || self.rests_on_drawn(bench, view)?) {
            let words =
                "the case was drawn for a spot check: have somebody check it who had no hand in it";
            return Err(DecideError::Denied(words.into()));
        }
        Ok(())
    }

    /// Makes the draws that a close of the case asked for, which went with all else when it was refused: what was
    /// drawn is to be found among the draws.
    pub(super) fn keep_draws(&self, case: CaseId, now: Millis) -> Result<(), CoreError> {
        self.write(|tx| {
            let bench = Bench::new(tx, load(tx, case)?, now);
            let view = self.view(&bench.state);
            self.is_drawn(&bench, &view)?;
            self.rests_on_drawn(&bench, &view)?;
            Ok(())
        })
    }

    /// Whether the case would be closed for what was done in another one, which was drawn.
    fn rests_on_drawn(&self, bench: &Bench<'_>, view: &CaseView) -> Result<bool, CoreError> {
        if !rests_on_tie(view) {
            return Ok(false);
        }
        let Some((state, main)) = self.main_of(bench.tx, view)? else {
            return Ok(false);
        };
        let other = Bench::new(bench.tx, state, bench.now);
        Ok(!main.stage.is_final() && self.is_drawn(&other, &main)?)
    }

    /// Nobody is asked to check what they handled: their answer would count for nothing.
    pub(super) fn check_asked(
        &self,
        bench: &Bench<'_>,
        body: &Body,
        view: &CaseView,
    ) -> Result<(), DecideError> {
        let rules = self.rules();
        let policy = rules.pinned(bench.state.root.as_ref(), rows(&bench.state));
        let mut held: BTreeMap<UserId, BTreeSet<Role>> = BTreeMap::new();
        for person in asked_in_person(body) {
            let capacities = capacities_of(bench.tx, person)?.into_iter();
            let roles = capacities.map(|(who, _)| who.role).collect();
            held.insert(person.clone(), roles);
        }
        let has = |person: &UserId, role: &Role| {
            held.get(person).is_some_and(|roles| roles.contains(role))
        };
        let before = rules.began_under(bench.state.root.as_ref(), rows(&bench.state));
        let above = self.views_above(bench.tx, view)?;
        let barred = |policy: &Policy| policy.barred_from_checking(body, (view, &above), has);
        match policy.and_then(barred).or_else(|| before.and_then(barred)) {
            Some(person) => Err(DecideError::Denied(format!(
                "{person} handled the work, and whoever did does not check it: ask somebody else"
            ))),
            None => Ok(()),
        }
    }

    /// Of 100 cases like this one, how many are drawn; 0 once somebody else found done what stands. Neither another
    /// policy nor other hands undo a draw that was made.
    pub(super) fn spot_check_share(
        &self,
        tx: &dyn Tx,
        state: &CaseState,
        view: &CaseView,
    ) -> Result<u8, CoreError> {
        let above = self.views_above(tx, view)?;
        if is_found_by_another(view, &above) {
            return Ok(0);
        }
        let made = tx.draw(state.case)?.map_or(0, |row| row.percent);
        let rules = self.rules();
        let (root, rows) = (state.root.as_ref(), rows(state));
        let policies = [
            rules.pinned(root, rows.clone()),
            rules.began_under(root, rows),
        ];
        let shares = policies
            .into_iter()
            .flatten()
            .map(|policy| policy.spot_check_share(view, &above));
        Ok(shares.fold(made, u8::max))
    }

    /// Every draw with its proof, the latest first, and the key that they are checked by.
    ///
    /// # Errors
    /// [`CoreError`] when the store cannot be read.
    pub fn draws(&self, limit: u32) -> Result<Value, CoreError> {
        self.read(|tx| {
            let lines = tx.draws(limit)?.into_iter().map(line);
            Ok(self.draws_json(lines.collect()))
        })
    }

    /// The draws of cases that were drawn and that nobody has been asked to check yet, the latest first.
    ///
    /// # Errors
    /// [`CoreError`] when the store cannot be read.
    pub fn draws_waiting(&self, limit: u32) -> Result<Value, CoreError> {
        let most = usize::try_from(limit).unwrap_or(usize::MAX);
        self.read(|tx| {
            let mut lines = Vec::new();
            for (case, row) in tx.draws(MOST_LOOKED_AT)? {
                if lines.len() == most {
                    break;
                }
                if !is_open(tx, case)? {
                    continue;
                }
                let state = load(tx, case)?;
                let view = self.view(&state);
                let share = self.spot_check_share(tx, &state, &view)?;
                let above = self.views_above(tx, &view)?;
                let sent = view.question.as_ref().is_some_and(|it| it.kind.is_work());
                let in_hand = sent && view.stage != Stage::Handled;
                if row.draw.is_drawn(share) && !in_hand && !is_with_another(&view, &above) {
                    let mut line = line((case, row));
                    line["task_number"] = json!(view.task_number);
                    line["stage"] = json!(view.stage.name());
                    lines.push(line);
                }
            }
            Ok(self.draws_json(lines))
        })
    }

    fn draws_json(&self, lines: Vec<Value>) -> Value {
        json!({
            "city": self.city(),
            "server_key": self.signer.public_key(),
            "draws": lines,
        })
    }
}

/// The persons whom an instruction asks to look at a case.
fn asked_in_person(body: &Body) -> &[UserId] {
    match body {
        Body::CheckRequest(asked) => &asked.persons,
        Body::SpotCheck(drawn) => &drawn.persons,
        Body::RedoRequest(redo) => &redo.persons,
        _ => &[],
    }
}

fn line((case, row): (CaseId, DrawRow)) -> Value {
    let mut line = draw_json(&row);
    line["case"] = json!(case);
    line
}

/// Whether the case goes on, by what lists show of it.
fn is_open(tx: &dyn Tx, case: CaseId) -> Result<bool, StoreError> {
    let ended = [
        Stage::Closed,
        Stage::Void,
        Stage::Declined,
        Stage::Withdrawn,
    ];
    let stage = tx.case(case)?.map(|head| head.projection.stage);
    Ok(stage.is_some_and(|stage| !ended.iter().any(|ended| ended.name() == stage)))
}

/// The case's draw under the share that holds for it now.
pub(super) fn shown(tx: &dyn Tx, case: CaseId, share: u8) -> Result<Value, StoreError> {
    let row = tx.draw(case)?;
    let mut shown = row.as_ref().map_or_else(|| json!({}), draw_json);
    let drawn = row.is_some_and(|row| row.draw.is_drawn(share));
    shown["percent"] = json!(share);
    shown["drawn"] = json!(drawn);
    Ok(shown)
}

fn draw_json(row: &DrawRow) -> Value {
    json!({
        "at": row.at,
        "percent": row.percent,
        "number": row.draw.number(),
        "drawn": row.draw.is_drawn(row.percent),
        "key": row.key,
        "proof": to_hex(&row.draw.proof().bytes),
    })
}

/// The words with which a service closes what was not drawn, of 100 cases like it `share`.
pub(super) fn not_drawn(row: &DrawRow, share: u8) -> String {
    format!(
        "未被抽查 not drawn for a spot check: number {} of 100, those below {} are drawn; proof {}",
        row.draw.number(),
        share,
        to_hex(&row.draw.proof().bytes)
    )
}
