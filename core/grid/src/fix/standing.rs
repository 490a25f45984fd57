//! The average of a standing position.

use gewu_model::place::Position;

use super::distance_mm;

/// What a fix without a believable accuracy counts as, in millimetres.
const UNKNOWN_MM: u32 = 50_000;
/// No receiver of a phone is better than this, whatever it says.
const BEST_MM: u32 = 1_000;

/// The average of fixes taken while standing, weighted by accuracy; `None` of no fix or of fixes in
/// several frames. Give it the fixes without a mark.
///
/// Its accuracy is the best single one, or the spread (root mean square of the distances from the
/// average) when that is wider: errors of neighbouring fixes are alike, so many of them promise no
/// more than one, and fixes that disagree promise less.
pub fn standing(fixes: &[Position]) -> Option<Position> {
    let first = fixes.first()?;
    if fixes
        .iter()
        .any(|fix| fix.datum != first.datum || !fix.is_valid())
    {
        return None;
    }
    let (mut total, mut east, mut north) = (0.0, 0.0, 0.0);
    for fix in fixes {
        let weight = weight(fix);
        total += weight;
        east += weight * f64::from(fix.lon_e7.saturating_sub(first.lon_e7));
        north += weight * f64::from(fix.lat_e7.saturating_sub(first.lat_e7));
    }
    let moved = |from: i32, sum: f64| from.saturating_add(libm::round(sum / total) as i32);
    let mut mean = Position {
        lon_e7: moved(first.lon_e7, east),
        lat_e7: moved(first.lat_e7, north),
        datum: first.datum,
        accuracy_mm: None,
    };
    let best = fixes.iter().filter_map(believed).min();
    mean.accuracy_mm = best.map(|best| best.max(spread_mm(fixes, &mean, total)));
    Some(mean)
}

/// An accuracy of zero is none.
fn believed(fix: &Position) -> Option<u32> {
    fix.accuracy_mm.filter(|&mm| mm > 0)
}

fn weight(fix: &Position) -> f64 {
    let metres = f64::from(believed(fix).unwrap_or(UNKNOWN_MM).max(BEST_MM)) / 1e3;
    1.0 / (metres * metres)
}

fn spread_mm(fixes: &[Position], mean: &Position, total: f64) -> u32 {
    let squares = fixes.iter().map(|fix| {
        let off = distance_mm(mean, fix);
        weight(fix) * off * off
    });
    libm::sqrt(squares.sum::<f64>() / total) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use gewu_model::place::Datum;

    fn at(lon_e7: i32, accuracy_mm: Option<u32>) -> Position {
        Position {
            lon_e7,
            lat_e7: 418_000_000,
            datum: Datum::Wgs84,
            accuracy_mm,
        }
    }

    fn mean(fixes: &[Position]) -> (i32, Option<u32>) {
        let mean = standing(fixes).unwrap();
        (mean.lon_e7, mean.accuracy_mm)
    }

    #[test]
    fn good_fixes_weigh_more() {
        let good = at(1_234_000_000, Some(5_000));
        let found = mean(&[good.clone(), at(1_234_000_300, Some(50_000))]);
        assert_eq!(found, (1_234_000_003, Some(5_000)));
        let mut national = good.clone();
        national.datum = Datum::Cgcs2000;
        assert_eq!(standing(&[good, national]), None);
        assert_eq!(standing(&[]), None);
    }

    #[test]
    fn an_accuracy_of_zero_is_believed_by_nobody() {
        let found = mean(&[at(1_234_000_000, Some(5_000)), at(1_234_000_300, Some(0))]);
        assert_eq!(found, (1_234_000_003, Some(5_000)));
        assert_eq!(mean(&[at(1_234_000_000, Some(0))]), (1_234_000_000, None));
    }

    #[test]
    fn fixes_that_disagree_promise_less() {
        // 200 units of 8.3 mm: each is 0.83 m from the mean; 20,000 units: 83 m.
        let near = [
            at(1_234_000_000, Some(5_000)),
            at(1_234_000_200, Some(5_000)),
        ];
        assert_eq!(mean(&near), (1_234_000_100, Some(5_000)));
        let far = [
            at(1_234_000_000, Some(5_000)),
            at(1_234_020_000, Some(5_000)),
        ];
        let (_, accuracy) = mean(&far);
        assert!(
            (82_900..83_300).contains(&accuracy.unwrap()),
            "{accuracy:?}"
        );
    }
}
