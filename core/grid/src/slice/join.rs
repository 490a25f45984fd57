//! Stretches of border that go on from one another become one.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::file::ArcInput;
use crate::geometry::Point;

/// What lies on the left and on the right; the left is always a unit.
type Sides = (u32, Option<u32>);

/// The same borders in as few arcs as their ends allow, in an order that follows from the arcs alone.
pub(super) fn join(arcs: impl Iterator<Item = ArcInput>) -> Vec<ArcInput> {
    let mut groups: BTreeMap<Sides, Vec<Vec<Point>>> = BTreeMap::new();
    for arc in arcs {
        if let Some((sides, points)) = one_way(arc) {
            groups.entry(sides).or_default().push(points);
        }
    }
    let chained = |((left, right), lines): (Sides, Vec<Vec<Point>>)| {
        chains(lines).into_iter().map(move |points| ArcInput {
            points,
            left: Some(left),
            right,
        })
    };
    groups.into_iter().flat_map(chained).collect()
}

/// The arc with the larger number on its left, so that all between the same two run alike.
fn one_way(arc: ArcInput) -> Option<(Sides, Vec<Point>)> {
    let ArcInput {
        mut points,
        left,
        right,
    } = arc;
    if left > right {
        return Some(((left?, right), points));
    }
    points.reverse();
    Some(((right?, left), points))
}

/// Lines end to end. Those begin that nothing leads to; then what is left are rings.
fn chains(lines: Vec<Vec<Point>>) -> Vec<Vec<Point>> {
    let ends: HashSet<Point> = lines
        .iter()
        .filter_map(|line| line.last().copied())
        .collect();
    let mut from: HashMap<Point, Vec<usize>> = HashMap::new();
    for (at, line) in lines.iter().enumerate().rev() {
        from.entry(line[0]).or_default().push(at);
    }
    let first = |line: &Vec<Point>| !ends.contains(&line[0]);
    let starts = (0..lines.len()).filter(|&at| first(&lines[at]));
    let order: Vec<usize> = starts.chain(0..lines.len()).collect();
    let mut used = vec![false; lines.len()];
    let mut chains = Vec::new();
    for start in order {
        if !used[start] {
            chains.push(chain(start, &lines, &from, &mut used));
        }
    }
    chains
}

fn chain(
    start: usize,
    lines: &[Vec<Point>],
    from: &HashMap<Point, Vec<usize>>,
    used: &mut [bool],
) -> Vec<Point> {
    used[start] = true;
    let mut points = lines[start].clone();
    while let Some(next) = points
        .last()
        .and_then(|end| from.get(end)?.iter().find(|&&at| !used[at]))
    {
        used[*next] = true;
        points.extend(lines[*next].iter().skip(1));
    }
    points
}
