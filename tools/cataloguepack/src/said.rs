//! What a row says of its class: days, names, and a filing condition.

use gewu_model::catalogue::{AreaLimit, Condition, Label, plain};
use gewu_model::deadline::Date;

use crate::build::{Builder, Key};
use crate::cells::yes;
use crate::codes::{condition_code, earlier};
use crate::columns::Column;
use crate::measure::measure;
use crate::table::Row;

/// What a row marks with yes or no.
#[derive(Debug, Clone, Copy)]
pub(super) struct Marks {
    local: bool,
    urgent: bool,
}

/// A day that a row names.
fn day(row: &Row<'_>, column: &Column) -> Result<Option<String>, String> {
    let text = row.text(column);
    let wrong = text.as_ref().filter(|text| text.parse::<Date>().is_err());
    match wrong {
        Some(wrong) => Err(format!(
            "{wrong} is no day: days are written as 2026-07-01, and only such as the month has"
        )),
        None => Ok(text),
    }
}

impl Builder<'_> {
    /// What a row marks.
    pub(super) fn marks(&self, row: &Row<'_>) -> Result<Marks, String> {
        Ok(Marks {
            local: yes(row.raw(&Column::Local))?,
            urgent: yes(row.raw(&Column::Urgent))?,
        })
    }

    /// What a row says of its class, whatever the condition.
    pub(super) fn details(&mut self, row: &Row<'_>, key: &Key, marks: Marks) -> Result<(), String> {
        let Some(class) = self.classes.get_mut(key) else {
            return Ok(());
        };
        let (from, to) = (day(row, &Column::ValidFrom)?, day(row, &Column::ValidTo)?);
        let begins = class.valid_from.clone().or(from);
        let ends = class.valid_to.clone().or(to);
        if let Some((begins, ends)) = begins.as_ref().zip(ends.as_ref()).filter(|(a, b)| a > b) {
            return Err(format!(
                "{} {} is valid to {ends}, before it begins on {begins}",
                key.0, key.1
            ));
        }
        class.local |= marks.local;
        for (column, field) in [
            (Column::Accuracy, &mut class.accuracy),
            (Column::ValidFrom, &mut class.valid_from),
            (Column::ValidTo, &mut class.valid_to),
        ] {
            if field.is_none() {
                *field = row.text(&column);
            }
        }
        let aliases = row.line(&Column::Alias);
        for alias in aliases.split(['、', ',', '，', ';', '；']) {
            let alias = alias.trim().to_owned();
            if !alias.is_empty() && !class.aliases.contains(&alias) {
                class.aliases.push(alias);
            }
        }
        Ok(())
    }

    pub(super) fn condition(
        &mut self,
        sheet: &str,
        row: &Row<'_>,
        key: &Key,
        Marks { urgent, .. }: Marks,
    ) -> Result<(), String> {
        let limit = row.text(&Column::Limit);
        let text = row.text(&Column::Condition).unwrap_or_default();
        let areas: Vec<AreaLimit> = row
            .area_limits()
            .map(|(grade, limit)| AreaLimit {
                grade: grade.to_owned(),
                limit,
            })
            .collect();
        let before = earlier(self.options, key);
        let Some(class) = self.classes.get_mut(key) else {
            return Ok(());
        };
        let says_nothing = text.is_empty() && limit.is_none() && areas.is_empty();
        if says_nothing {
            class.urgent |= urgent;
            if let Some(collect) = row.text(&Column::Collect) {
                class.collect = Some(Label::chinese(collect));
            }
            return Ok(());
        }
        let same = |known: &&Condition| plain(&known.text.zh) == plain(&text);
        if let Some(known) = class.conditions.iter().find(same) {
            if known.limit != limit || known.area_limits != areas {
                return Err(format!(
                    "{} {} has this condition already, with the limit {}",
                    key.0,
                    key.1,
                    known.limit.as_deref().unwrap_or("none")
                ));
            }
            let what = format!("{} {} stands there twice", key.0, key.1);
            self.report.heal(sheet, row.line, "repeated rows", what);
            return Ok(());
        }
        let code = condition_code(row.text(&Column::ConditionCode), &text, before, class)?;
        class.conditions.push(Condition {
            code,
            measure: measure(&text),
            text: Label {
                zh: text,
                en: row.line(&Column::ConditionEn),
            },
            limit: limit.clone(),
            urgent,
            closing: row.text(&Column::Closing).map(Label::chinese),
            collect: row.text(&Column::Collect).map(Label::chinese),
            unit: row.text(&Column::Unit),
            supervisor: row.text(&Column::Supervisor),
            law: row.text(&Column::Law),
            area_limits: areas.clone(),
        });
        let raw = row.raw(&Column::Limit);
        if limit.as_deref().is_some_and(|limit| limit != raw) {
            let what = "blanks around a limit go".to_owned();
            self.report.heal(sheet, row.line, "blanks", what);
        }
        let all = limit.iter().chain(areas.iter().map(|area| &area.limit));
        for limit in all {
            self.report.look_at_limit(limit, row.line);
        }
        Ok(())
    }
}
