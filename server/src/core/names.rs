//! Names that people would take for one another: of another case, of another width, with signs in them that
//! nobody sees.

use gewu_model::ids::{UnitId, UserId};
use gewu_model::policy::Policy;
use icu_normalizer::ComposingNormalizerBorrowed;

use super::{Core, CoreError};
use crate::store::Tx;

/// The first sign in a name that nobody sees, in words that name it. It would make another name of one that
/// looks the same.
pub(super) fn unseen(name: &str) -> Option<String> {
    let sign = name.chars().find(|sign| is_unseen(*sign))?;
    Some(format!(
        "a sign that nobody sees (U+{:04X}): take it out",
        u32::from(sign)
    ))
}

/// What turns the direction of writing, and what has no width or no ink and is no usual blank: the code points
/// that Unicode ignores by default, separators of lines and paragraphs, annotations, the blank of Braille.
const fn is_unseen(sign: char) -> bool {
    matches!(sign,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// What stays of a name when case and width go (NFKC).
fn folded(name: &str) -> String {
    let nfkc = ComposingNormalizerBorrowed::new_nfkc();
    let small = nfkc.normalize(name).to_lowercase();
    nfkc.normalize(&small).into_owned()
}

/// Of the known names the one that `name` would be taken for. One that is known itself has been decided
/// on before.
fn twin<'k>(name: &str, known: impl Iterator<Item = &'k str> + Clone) -> Option<&'k str> {
    let mut same = known.clone();
    if same.any(|known| known == name) {
        return None;
    }
    let own = folded(name);
    known.into_iter().find(|known| folded(known) == own)
}

impl Core {
    /// Refuses units of a policy with signs that nobody sees, unless they are known by those names.
    pub(super) fn check_units_seen(&self, tx: &dyn Tx, policy: &Policy) -> Result<(), CoreError> {
        let served = policy
            .services()
            .iter()
            .filter_map(|rule| rule.unit.as_ref());
        let all = policy.units().all().chain(served);
        let told = all.filter_map(|unit| Some((unit, unseen(unit.as_str())?)));
        let told: Vec<(&UnitId, String)> = told.collect();
        if told.is_empty() {
            return Ok(());
        }
        let known = self.known_names(tx)?.units;
        match told.into_iter().find(|(unit, _)| !known.contains(*unit)) {
            None => Ok(()),
            Some((unit, why)) => Err(CoreError::Pack(format!(
                "the unit {} has {why}",
                unit.as_str().escape_default()
            ))),
        }
    }

    /// Refuses names of new persons and units that differ from known ones in case or width only: two people
    /// would be one to everybody who reads, and two to every rule.
    pub(super) fn check_twins(&self, user: &str, units: &[UnitId]) -> Result<(), CoreError> {
        let known = self.read(|tx| self.known_names(tx))?;
        let persons = known.persons.iter().map(UserId::as_str);
        let of_unit = |unit: &UnitId| {
            let known = known.units.iter().map(UnitId::as_str);
            twin(unit.as_str(), known)
                .map(|twin| ("unit", unit.as_str().to_owned(), twin.to_owned()))
        };
        let person = twin(user, persons).map(|twin| ("person", user.to_owned(), twin.to_owned()));
        match person.or_else(|| units.iter().find_map(of_unit)) {
            None => Ok(()),
            Some((what, new, known)) => Err(CoreError::Grant(format!(
                "the {what} {new} differs from {known} in case or width only: write {known}, or choose another name"
            ))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{twin, unseen};

    #[test]
    fn signs_that_nobody_sees_are_named() {
        for (name, code) in [
            ("li\u{200b}", "U+200B"),
            ("\u{feff}li", "U+FEFF"),
            ("l\u{ad}i", "U+00AD"),
            ("l\u{202e}i", "U+202E"),
            ("l\u{e0061}i", "U+E0061"),
        ] {
            let told = unseen(name).expect("a sign");
            assert!(told.contains(code), "{told}");
        }
        for name in ["li", "王五 2", "ｸﾙｰ7", "Zha\u{304}o", "排水\u{3000}西"] {
            assert_eq!(unseen(name), None, "{name}");
        }
    }

    #[test]
    fn names_that_differ_in_case_or_width_only_are_twins() {
        let known = ["li", "Zhāo", "王五", "ｸﾙｰ7"];
        let found = |name: &str| twin(name, known.iter().copied());
        assert_eq!(found("LI"), Some("li"));
        assert_eq!(found("ｌｉ"), Some("li"));
        assert_eq!(found("Zha\u{304}o"), Some("Zhāo"));
        assert_eq!(found("クルー７"), Some("ｸﾙｰ7"));
        for other in ["li", "lin", "王五 2", "zhao"] {
            assert_eq!(found(other), None, "{other}");
        }
    }
}
