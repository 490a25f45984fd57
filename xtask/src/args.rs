//! The words after a task's name: a few flags, a few values, and what is passed on.

use crate::failure::Failure;

/// The words of one task, split at the first `--`.
#[derive(Debug)]
pub(crate) struct Args {
    own: Vec<String>,
    passed_on: Vec<String>,
}

impl Args {
    /// Splits the words at the first `--`; what follows it is for the program that the task runs.
    pub(crate) fn split(mut words: Vec<String>) -> Self {
        match words.iter().position(|word| word == "--") {
            Some(at) => {
                let passed_on = words.split_off(at + 1);
                words.truncate(at);
                Self {
                    own: words,
                    passed_on,
                }
            }
            None => Self {
                own: words,
                passed_on: Vec::new(),
            },
        }
    }

    /// Takes a flag; true when it was there.
    pub(crate) fn flag(&mut self, name: &str) -> bool {
        let before = self.own.len();
        self.own.retain(|word| word != name);
        self.own.len() != before
    }

    /// Takes `--name VALUE` or `--name=VALUE`.
    pub(crate) fn value(&mut self, name: &str) -> Result<Option<String>, Failure> {
        let prefix = format!("{name}=");
        if let Some(at) = self.own.iter().position(|word| word.starts_with(&prefix)) {
            return Ok(Some(self.own.remove(at).split_off(prefix.len())));
        }
        let Some(at) = self.own.iter().position(|word| word == name) else {
            return Ok(None);
        };
        if at + 1 == self.own.len() {
            return Err(Failure::Usage(format!("give {name} a value")));
        }
        self.own.remove(at);
        Ok(Some(self.own.remove(at)))
    }

    /// Takes the next word that is no flag.
    pub(crate) fn positional(&mut self) -> Option<String> {
        let at = self
            .own
            .iter()
            .position(|word| word == "-" || !word.starts_with('-'))?;
        Some(self.own.remove(at))
    }

    /// What the task did not take itself, then what stood after `--`.
    pub(crate) fn into_rest(self) -> Vec<String> {
        let mut words = self.own;
        words.extend(self.passed_on);
        words
    }

    /// Refuses words that no one took.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        match self.into_rest().first() {
            Some(word) => Err(Failure::Usage(format!("what is `{word}`? see --help"))),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(line: &str) -> Args {
        Args::split(line.split_whitespace().map(str::to_owned).collect())
    }

    #[test]
    fn words_after_the_dashes_are_passed_on_untouched() {
        let mut args = args("--release -- --json --release -- x");
        assert!(args.flag("--release"));
        assert_eq!(args.into_rest(), ["--json", "--release", "--", "x"]);
    }

    #[test]
    fn a_value_stands_beside_or_behind_its_name() {
        let mut args = args("--require kotlin name --seeds=1..20");
        assert_eq!(args.value("--require").unwrap().as_deref(), Some("kotlin"));
        assert_eq!(args.value("--seeds").unwrap().as_deref(), Some("1..20"));
        assert_eq!(args.positional().as_deref(), Some("name"));
        args.finish().unwrap();
    }

    #[test]
    fn a_missing_value_and_a_stray_word_are_refused() {
        assert!(args("--require").value("--require").is_err());
        assert!(args("--chek").finish().is_err());
    }
}
