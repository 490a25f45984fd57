//! Which rings cover each face. Walking over an edge changes sides for exactly the rings that the
//! edge belongs to, so one walk over the graph labels every face without a single point test.

use super::buckets::{Buckets, bounds};
use super::graph::Graph;
use crate::plane::Point;

/// The face outside everything.
pub(crate) const OUTSIDE: u32 = u32::MAX;

/// Faces and the rings around them.
#[derive(Debug)]
pub(crate) struct Cover {
    /// The cycle that stands for the face of each cycle, or [`OUTSIDE`].
    pub(crate) face: Vec<u32>,
    /// The rings that enclose the face of each cycle, ascending.
    pub(crate) rings: Vec<Box<[u32]>>,
}

/// Labels every face.
pub(crate) fn cover(graph: &Graph) -> Cover {
    let cycles = graph.first.len();
    let mut cover = Cover {
        face: (0..cycles as u32).collect(),
        rings: vec![Box::default(); cycles],
    };
    let (members, mut outer) = components(graph);
    outer.sort_unstable();
    let edges = edge_buckets(graph);
    let mut done = vec![false; cycles];
    for &(leftmost, cycle) in &outer {
        if let Some(half) = edge_on_the_left(graph, &edges, leftmost) {
            let around = graph.cycle[half as usize] as usize;
            cover.face[cycle as usize] = cover.face[around];
            cover.rings[cycle as usize] = cover.rings[around].clone();
        } else {
            cover.face[cycle as usize] = OUTSIDE;
        }
        spread(graph, cycle, &mut cover, &mut done);
    }
    debug_assert_eq!(members, done.iter().filter(|d| **d).count());
    cover
}

/// The number of cycles, and each component's outer cycle with its leftmost vertex.
fn components(graph: &Graph) -> (usize, Vec<(Point, u32)>) {
    let mut seen = vec![false; graph.first.len()];
    let mut outer = Vec::new();
    for start in 0..graph.first.len() as u32 {
        if seen[start as usize] {
            continue;
        }
        seen[start as usize] = true;
        let (mut stack, mut least) = (vec![start], start);
        while let Some(cycle) = stack.pop() {
            if graph.area[cycle as usize] < graph.area[least as usize] {
                least = cycle;
            }
            for half in graph.around(cycle) {
                let other = graph.cycle[(half ^ 1) as usize];
                if !seen[other as usize] {
                    seen[other as usize] = true;
                    stack.push(other);
                }
            }
        }
        if let Some(leftmost) = graph.around(least).map(|h| graph.origin(h)).min() {
            outer.push((leftmost, least));
        }
    }
    (seen.len(), outer)
}

fn edge_buckets(graph: &Graph) -> Buckets {
    let (low, high) = bounds(graph.points.iter().copied());
    Buckets::build(low, high, graph.edge_count(), |buckets, e, visit| {
        buckets.along(graph.origin(2 * e), graph.origin(2 * e + 1), (0, 0), visit);
    })
}

/// The half-edge that faces right and lies nearest on the left of `p`, just above its height.
///
/// `p` is the leftmost vertex of its component, so the edge belongs to another one.
fn edge_on_the_left(graph: &Graph, edges: &Buckets, p: Point) -> Option<u32> {
    let here = edges.at(p);
    let mut best: Option<(Crossed, u32)> = None;
    for column in (0..=here.from).rev() {
        let mut run = here;
        (run.from, run.to) = (column, column);
        for e in edges.items(run) {
            if let Some(crossed) = crossed_by_ray(graph, e, p)
                && best.as_ref().is_none_or(|(b, _)| crossed.is_right_of(b))
            {
                let down = 2 * e + u32::from(graph.origin(2 * e).y < graph.origin(2 * e + 1).y);
                best = Some((crossed, down));
            }
        }
        if best
            .as_ref()
            .is_some_and(|(b, _)| b.reaches(edges.left_of(column), p))
        {
            break;
        }
    }
    best.map(|(_, half)| half)
}

/// Where an edge meets the ray: `x = p.x + offset / rise`, with `run / rise` its slope there.
struct Crossed {
    offset: i128,
    rise: i128,
    run: i128,
}

impl Crossed {
    fn is_right_of(&self, other: &Self) -> bool {
        let here = (self.offset * other.rise, self.run * other.rise);
        let there = (other.offset * self.rise, other.run * self.rise);
        here > there
    }

    fn reaches(&self, x: i64, p: Point) -> bool {
        self.offset >= (i128::from(x) - i128::from(p.x)) * self.rise
    }
}

fn crossed_by_ray(graph: &Graph, edge: u32, p: Point) -> Option<Crossed> {
    let (a, b) = (graph.origin(2 * edge), graph.origin(2 * edge + 1));
    let (a, b) = if a.y <= b.y { (a, b) } else { (b, a) };
    if p.y < a.y || p.y >= b.y {
        return None;
    }
    let rise = i128::from(b.y) - i128::from(a.y);
    let run = i128::from(b.x) - i128::from(a.x);
    let offset =
        (i128::from(a.x) - i128::from(p.x)) * rise + run * (i128::from(p.y) - i128::from(a.y));
    (offset < 0).then_some(Crossed { offset, rise, run })
}

fn spread(graph: &Graph, start: u32, cover: &mut Cover, done: &mut [bool]) {
    done[start as usize] = true;
    let mut stack = vec![start];
    while let Some(cycle) = stack.pop() {
        for half in graph.around(cycle) {
            let other = graph.cycle[(half ^ 1) as usize];
            if done[other as usize] {
                continue;
            }
            done[other as usize] = true;
            cover.rings[other as usize] =
                toggled(&cover.rings[cycle as usize], graph.labels(half >> 1));
            stack.push(other);
        }
    }
}

/// The rings in exactly one of two ascending lists.
fn toggled(a: &[u32], b: &[u32]) -> Box<[u32]> {
    let only = |x: &[u32], y: &[u32]| -> Vec<u32> {
        x.iter().copied().filter(|r| !y.contains(r)).collect()
    };
    let mut out = only(a, b);
    out.extend(only(b, a));
    out.sort_unstable();
    out.into_boxed_slice()
}
