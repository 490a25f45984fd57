//! The codes of filing conditions.

use gewu_model::catalogue::{Class, Condition, plain};

use crate::build::{Key, Options};

/// The conditions of a class in the version before.
pub(crate) fn earlier<'o>(options: &'o Options, key: &Key) -> &'o [Condition] {
    let editions = options.before.iter().flat_map(|body| &body.editions);
    let same = editions.filter(|one| one.about.edition == options.edition.edition);
    let mut classes = same.flat_map(|edition| &edition.classes);
    classes
        .find(|class| class.kind == key.0 && class.code == key.1)
        .map_or(&[], |class| &class.conditions)
}

/// The code of a condition: its own, that of the same words in the version before, or the first number
/// that is free. Reports name it, so it must not move when rows do.
pub(crate) fn condition_code(
    own: Option<String>,
    text: &str,
    before: &[Condition],
    class: &Class,
) -> Result<String, String> {
    let taken = |code: &str| class.conditions.iter().any(|known| known.code == code);
    if let Some(code) = own {
        return match taken(&code) {
            true => Err(format!(
                "{} {} has a condition {code} already",
                class.kind, class.code
            )),
            false => Ok(code),
        };
    }
    let same = |known: &&Condition| plain(&known.text.zh) == plain(text) && !taken(&known.code);
    if let Some(known) = before.iter().find(same) {
        return Ok(known.code.clone());
    }
    let kept = |code: &str| before.iter().any(|known| known.code == code);
    let mut numbers = (1_u32..).map(|number| number.to_string());
    let free = numbers.find(|code| !taken(code) && !kept(code));
    free.ok_or_else(|| "there are too many conditions".to_owned())
}
