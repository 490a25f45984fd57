//! Streams of fixes as phones give them, one line a fix, with the marks that each must get.
#![allow(clippy::unwrap_used)]

use gewu_grid::fix::{Fix, FixFilter, Mark, Rules};
use gewu_model::place::{Datum, Position};
use gewu_model::time::Millis;

/// Lines of: seconds of arrival, seconds of measurement, metres east, accuracy in metres (`-` when
/// the receiver is silent), `mock` or `-`, and the expected marks (`ok` for none). The session
/// began at second 100.
fn plays(stream: &str) {
    let mut filter = FixFilter::new(Rules::default(), Millis(100_000));
    for line in stream
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
    {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [now, time, east, accuracy, mock, ref expected @ ..] = words[..] else {
            panic!("{line}");
        };
        let number = |text: &str| text.parse::<f64>().unwrap();
        let millis = |text: &str| Millis((number(text) * 1e3) as i64);
        let accuracy = accuracy.parse::<f64>().ok();
        // 83,068 m are a degree of longitude at 41.8° N.
        let lon = 123.4 + number(east) / 83_068.0;
        let at = Position::from_degrees(lon, 41.8, Datum::Wgs84, accuracy).unwrap();
        let fix = Fix {
            at,
            time: millis(time),
            mock: mock == "mock",
        };
        let marks = filter.mark(&fix, millis(now));
        assert_eq!(
            marks,
            expected
                .iter()
                .filter_map(|word| mark(word))
                .collect::<Vec<_>>(),
            "{line}"
        );
    }
}

fn mark(word: &str) -> Option<Mark> {
    Some(match word {
        "ok" => return None,
        "stale" => Mark::Stale,
        "mock" => Mark::Mock,
        "pre" => Mark::PreFix,
        "jump" => Mark::Jump,
        "zero" => Mark::AccuracyZero,
        "back" => Mark::TimeBack,
        "ahead" => Mark::Ahead,
        other => panic!("{other}"),
    })
}

#[test]
fn a_walk_after_a_remembered_position() {
    plays(
        "100.2  40.0  -900 20 -    stale pre
         101.5 101.2     0 12 -    ok
         102.5 102.2   1.4  9 -    ok
         103.5 103.2   2.8  6 -    ok
         104.5 103.2   2.8  6 -    ok
         105.5 105.2   5.6  - -    ok",
    );
}

#[test]
fn the_first_fix_is_wrong_and_only_the_next_is_doubted() {
    plays(
        "101 100.8  4000 15 - ok
         102 101.8     0 15 - jump
         103 102.8   1.4 15 - ok
         104 103.8   2.8 15 - ok
         105 104.8  4000 15 - jump
         106 105.8   5.6 15 - ok",
    );
}

#[test]
fn one_wrong_fix_in_a_walk_costs_one_mark_and_a_real_move_is_believed_at_its_second_fix() {
    plays(
        "101 101    0 5 - ok
         102 102  1.4 5 - ok
         103 103  500 5 - jump
         104 104  4.2 5 - ok
         105 105  900 5 - jump
         106 106  901 5 - ok
         107 107  902 5 - ok
         108 108  5.0 5 - jump",
    );
}

#[test]
fn a_long_silence_or_a_wide_circle_explains_a_long_way() {
    plays(
        "101 101     0    5 - ok
         161 161  3000    5 - ok
         162 162  4200 1500 - ok
         163 163  3000    5 - ok",
    );
}

#[test]
fn doubtful_fixes_move_nothing() {
    plays(
        "101 101      0 5 -    ok
         102 102   9000 5 mock mock jump
         103 103   9001 5 mock mock jump
         104 104   4.2  5 -    ok
         105 105    -50 0 -    zero
         106 106   7.0  5 -    ok
         140 120   8.0  5 -    stale
         141 141   9.0  5 -    ok",
    );
}

#[test]
fn late_fixes_run_back_until_time_goes_on() {
    plays(
        "110 110   0 5 - ok
         111 105  -7 5 - back
         112 106  -6 5 - back
         113 113   4 5 - ok",
    );
}

#[test]
fn a_time_ahead_is_not_believed_and_does_not_doubt_what_follows() {
    plays(
        "101       101   0 5 - ok
         102 315360102 1.4 5 - ahead
         103       103 2.8 5 - ok
         104     104.8 4.2 5 - ok",
    );
}

#[test]
fn a_clock_that_is_set_back_begins_anew() {
    // An hour back at second 4000: everything later would lie before the session and the last fix.
    plays(
        "3999 3999   0 5 - ok
          401  400   2 5 - ok
          402  401   3 5 - ok
          403 4000   2 5 - ahead
          404  403 900 5 - jump
          405  404   5 5 - ok",
    );
}

#[test]
fn a_clock_that_is_set_forward_makes_one_old_fix_stale() {
    plays(
        "  101    101   0 5 - ok
         36101  101.5 0.7 5 - stale
         36102  36102   2 5 - ok",
    );
}
