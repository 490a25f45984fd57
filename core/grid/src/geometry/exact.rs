//! Exact predicates.

/// A point relative to some origin; differences of two stay below 2³⁴.
pub(crate) type Offset = (i64, i64);

/// Twice the signed area of a, b, c; exact.
pub(crate) fn area(a: Offset, b: Offset, c: Offset) -> i128 {
    i128::from(b.0 - a.0) * i128::from(c.1 - a.1) - i128::from(b.1 - a.1) * i128::from(c.0 - a.0)
}

/// Whether `at` lies left of a → b after every point asked about has moved by the same
/// infinitesimals: east by δ, north by ε, ε ≪ δ ≪ 1. No point then lies on an edge or level with a
/// vertex, so that crossings can be counted without special cases.
fn is_left(a: Offset, b: Offset, at: Offset) -> bool {
    let (east, north) = (b.0 - a.0, b.1 - a.1);
    match area(a, b, at).signum() {
        0 if north != 0 => north < 0,
        0 => east > 0,
        sign => sign > 0,
    }
}

/// Whether the edge a, b crosses the level stretch between two moved points of one latitude.
pub(crate) fn level_crosses((a, b): (Offset, Offset), from: Offset, to: Offset) -> bool {
    (a.1 <= from.1) != (b.1 <= from.1) && is_left(a, b, from) != is_left(a, b, to)
}

/// Whether the edge a, b crosses the upright stretch between two moved points of one longitude.
pub(crate) fn upright_crosses((a, b): (Offset, Offset), from: Offset, to: Offset) -> bool {
    (a.0 <= from.0) != (b.0 <= from.0) && is_left(a, b, from) != is_left(a, b, to)
}

/// Whether `at` lies on the closed edge.
pub(crate) fn touches((a, b): (Offset, Offset), at: Offset) -> bool {
    let within = |p: i64, a: i64, b: i64| a.min(b) <= p && p <= a.max(b);
    within(at.0, a.0, b.0) && within(at.1, a.1, b.1) && area(a, b, at) == 0
}
