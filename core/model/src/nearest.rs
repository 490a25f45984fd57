//! What somebody may have meant.

/// Of the known names the three that differ least from what was written: by the fewest letters to
/// insert, drop or exchange, then by name. Capitals and blanks make no difference.
pub fn nearest<'k>(wanted: &str, known: impl IntoIterator<Item = &'k str>) -> Vec<&'k str> {
    let wanted = letters(wanted);
    let mut ranked: Vec<(usize, &str)> = known
        .into_iter()
        .map(|name| (distance(&wanted, &letters(name)), name))
        .collect();
    ranked.sort_unstable();
    ranked.dedup();
    ranked.into_iter().take(3).map(|(_, name)| name).collect()
}

/// Whether one of the two is probably the other, misspelt: they differ, and by so few letters that words which
/// mean two things seldom do.
pub fn is_near(one: &str, other: &str) -> bool {
    let (one, other) = (letters(one), letters(other));
    let shorter = one.len().min(other.len());
    let few = match shorter {
        0..=2 => 0,
        3..=5 => 1,
        _ => 2,
    };
    let mut sorted = [one.clone(), other.clone()];
    sorted
        .iter_mut()
        .for_each(|letters| letters.sort_unstable());
    // Two letters that changed places are one slip, and two letters to exchange.
    let most = few + usize::from(few > 0 && sorted[0] == sorted[1]);
    (1..=most).contains(&distance(&one, &other))
}

fn letters(name: &str) -> Vec<char> {
    let solid = name.chars().filter(|c| !c.is_whitespace());
    solid.flat_map(char::to_lowercase).collect()
}

/// The edit distance (Levenshtein), row by row.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for (row, one) in a.iter().enumerate() {
        let mut here = vec![row + 1];
        for (column, other) in b.iter().enumerate() {
            let exchanged = above[column] + usize::from(one != other);
            here.push(exchanged.min(above[column + 1] + 1).min(here[column] + 1));
        }
        above = here;
    }
    above[b.len()]
}

#[cfg(test)]
mod tests {
    use super::{is_near, nearest};

    #[test]
    fn slips_of_the_pen_are_near() {
        let known = [
            "drainage",
            "drainage-west",
            "roads",
            "parks",
            "night-market",
        ];
        assert_eq!(nearest("Drainag", known)[0], "drainage");
        assert_eq!(nearest(" drainage west", known)[0], "drainage-west");
        assert_eq!(nearest("raods", known)[0], "roads");
        assert_eq!(nearest("x", ["b", "a"]), ["a", "b"]);
        assert!(nearest("x", []).is_empty());
    }

    #[test]
    fn a_word_is_near_another_by_few_letters_only() {
        for (one, other) in [
            ("mattter", "matter"),
            ("mater", "matter"),
            ("componnent", "component"),
            ("ordre", "order"),
        ] {
            assert!(is_near(one, other), "{one}");
        }
        for (one, other) in [
            ("matter", "matter"),
            ("order", "matter"),
            ("a", "b"),
            ("east", "west"),
        ] {
            assert!(!is_near(one, other), "{one}");
        }
    }
}
