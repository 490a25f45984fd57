//! Names that people would take for one another: of another case, of another width.

use gewu_model::ids::{UnitId, UserId};
use icu_normalizer::ComposingNormalizerBorrowed;

use super::{Core, CoreError};

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
    use super::twin;

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
