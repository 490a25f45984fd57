//! One line of the table of budgets.

use std::fmt::Write;

/// What was measured, against what has to be reached.
#[derive(Debug, Clone)]
pub(super) struct Row {
    what: String,
    found: String,
    /// `None` when nothing was promised of it.
    budget: Option<(String, bool)>,
}

impl Row {
    /// At most so much.
    pub(super) fn at_most(what: impl Into<String>, found: f64, bound: f64, unit: &str) -> Self {
        Self {
            what: what.into(),
            found: format!("{} {unit}", short(found)),
            budget: Some((format!("<= {} {unit}", short(bound)), found <= bound)),
        }
    }

    /// At least so much.
    pub(super) fn at_least(what: impl Into<String>, found: f64, bound: f64, unit: &str) -> Self {
        Self {
            what: what.into(),
            found: format!("{} {unit}", short(found)),
            budget: Some((format!(">= {} {unit}", short(bound)), found >= bound)),
        }
    }

    /// For the reader to know.
    pub(super) fn told(what: impl Into<String>, found: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            found: found.into(),
            budget: None,
        }
    }
}

fn short(number: f64) -> String {
    match number.abs() {
        size if size >= 1_000.0 || number.fract() == 0.0 => format!("{number:.0}"),
        size if size >= 10.0 => format!("{number:.1}"),
        _ => format!("{number:.3}"),
    }
}

/// The rows as a table.
pub(super) fn table(rows: &[Row]) -> String {
    let mut text = String::new();
    for row in rows {
        let (budget, met) = match &row.budget {
            Some((budget, true)) => (budget.as_str(), "PASS"),
            Some((budget, false)) => (budget.as_str(), "MISSED"),
            None => ("", ""),
        };
        // Writing into a string cannot fail.
        let _ = writeln!(
            text,
            "{:<66} {:>22}  {budget:<16} {met}",
            row.what, row.found
        );
    }
    text
}

/// The value at that share of the sorted list, between 0 and 1.
pub(super) fn at_share(mut list: Vec<f64>, share: f64) -> f64 {
    list.sort_by(f64::total_cmp);
    let last = list.len().saturating_sub(1);
    let at = (last as f64 * share).ceil() as usize;
    list.get(at.min(last)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_says_whether_its_budget_was_kept() {
        let rows = [
            Row::at_most("bytes", 501.0, 500.0, "B"),
            Row::at_least("share", 0.3, 0.25, "x"),
            Row::told("salts", "1.1 MB"),
        ];
        let text = table(&rows);
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].ends_with("MISSED") && lines[1].ends_with("PASS"));
        assert!(lines[2].trim_end().ends_with("1.1 MB"));
    }

    #[test]
    fn shares_of_a_list_are_found_in_any_order() {
        let list: Vec<f64> = (1..=100).rev().map(f64::from).collect();
        assert_eq!(at_share(list.clone(), 0.5), 51.0);
        assert_eq!(at_share(list.clone(), 0.99), 100.0);
        assert_eq!(at_share(list, 1.0), 100.0);
        assert_eq!(at_share(vec![], 0.5), 0.0);
    }
}
