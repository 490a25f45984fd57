//! The noded edges as a planar graph: half-edges, and the cycles around its faces.

use super::node::{Noded, ring_edges};
use crate::plane::{Point, delta};

/// Half-edge `2e` runs from the smaller vertex of edge `e` to the larger, `2e + 1` back; the face
/// of a half-edge lies on its left.
#[derive(Debug)]
pub(crate) struct Graph {
    pub(crate) points: Vec<Point>,
    edges: Vec<(u32, u32)>,
    label_starts: Vec<u32>,
    labels: Vec<u32>,
    /// The half-edge that follows around the face on the left.
    pub(crate) next: Vec<u32>,
    /// The cycle that a half-edge belongs to.
    pub(crate) cycle: Vec<u32>,
    /// One half-edge of each cycle.
    pub(crate) first: Vec<u32>,
    /// Twice the signed area of each cycle; negative around the outside of a component.
    pub(crate) area: Vec<i128>,
}

impl Graph {
    /// The graph of the rings. An edge that a ring walks twice bounds nothing and is left out.
    pub(crate) fn new(noded: Noded) -> Self {
        let (edges, label_starts, labels) = labelled_edges(&noded.rings);
        let next = linked(&noded.points, &edges);
        let mut graph = Self {
            points: noded.points,
            edges,
            label_starts,
            labels,
            cycle: vec![u32::MAX; next.len()],
            next,
            first: Vec::new(),
            area: Vec::new(),
        };
        graph.trace();
        graph
    }

    pub(crate) fn edge_count(&self) -> usize {
        self.edges.len()
    }

    pub(crate) fn origin(&self, half: u32) -> Point {
        self.points[self.origin_vertex(half) as usize]
    }

    pub(crate) fn origin_vertex(&self, half: u32) -> u32 {
        origin(&self.edges, half)
    }

    /// The rings that an edge belongs to, ascending.
    pub(crate) fn labels(&self, edge: u32) -> &[u32] {
        let at = |i: u32| self.label_starts[i as usize] as usize;
        &self.labels[at(edge)..at(edge + 1)]
    }

    /// The half-edges of a cycle, from its first.
    pub(crate) fn around(&self, cycle: u32) -> impl Iterator<Item = u32> + Clone + '_ {
        let first = self.first[cycle as usize];
        std::iter::successors(Some(first), move |&half| {
            Some(self.next[half as usize]).filter(|&next| next != first)
        })
    }

    fn trace(&mut self) {
        for half in 0..self.next.len() as u32 {
            if self.cycle[half as usize] != u32::MAX {
                continue;
            }
            let number = self.first.len() as u32;
            self.first.push(half);
            let mut area = 0_i128;
            let mut walk = half;
            while self.cycle[walk as usize] == u32::MAX {
                self.cycle[walk as usize] = number;
                let (a, b) = (self.origin(walk), self.origin(walk ^ 1));
                area += i128::from(a.x) * i128::from(b.y) - i128::from(b.x) * i128::from(a.y);
                walk = self.next[walk as usize];
            }
            self.area.push(area);
        }
    }
}

fn origin(edges: &[(u32, u32)], half: u32) -> u32 {
    let (a, b) = edges[(half >> 1) as usize];
    if half & 1 == 0 { a } else { b }
}

/// Edges with the rings that use them an odd number of times.
fn labelled_edges(rings: &[Vec<u32>]) -> (Vec<(u32, u32)>, Vec<u32>, Vec<u32>) {
    let mut uses: Vec<(u32, u32, u32)> = Vec::new();
    for (number, ring) in rings.iter().enumerate() {
        uses.extend(ring_edges(ring).map(|(a, b)| (a.min(b), a.max(b), number as u32)));
    }
    uses.sort_unstable();
    let (mut edges, mut starts, mut labels) = (Vec::new(), vec![0], Vec::new());
    for edge in uses.chunk_by(|p, q| (p.0, p.1) == (q.0, q.1)) {
        for ring in edge.chunk_by(|p, q| p.2 == q.2) {
            if ring.len() % 2 == 1 {
                labels.push(ring[0].2);
            }
        }
        if labels.len() as u32 > starts[starts.len() - 1] {
            edges.push((edge[0].0, edge[0].1));
            starts.push(labels.len() as u32);
        }
    }
    (edges, starts, labels)
}

/// For each half-edge, the one that leaves its end first clockwise from the way back.
fn linked(points: &[Point], edges: &[(u32, u32)]) -> Vec<u32> {
    let mut out: Vec<u32> = (0..2 * edges.len() as u32).collect();
    let direction = |half: u32| {
        delta(
            points[origin(edges, half) as usize],
            points[origin(edges, half ^ 1) as usize],
        )
    };
    out.sort_unstable_by(|&g, &h| {
        origin(edges, g)
            .cmp(&origin(edges, h))
            .then_with(|| by_angle(direction(g), direction(h)))
    });
    let mut next = vec![0; out.len()];
    for fan in out.chunk_by(|&g, &h| origin(edges, g) == origin(edges, h)) {
        for (i, &half) in fan.iter().enumerate() {
            next[(half ^ 1) as usize] = fan[(i + fan.len() - 1) % fan.len()];
        }
    }
    next
}

/// Counter-clockwise from east, exactly.
fn by_angle(a: (i64, i64), b: (i64, i64)) -> std::cmp::Ordering {
    let lower = |(x, y): (i64, i64)| y < 0 || (y == 0 && x < 0);
    lower(a).cmp(&lower(b)).then_with(|| {
        let turn = i128::from(a.0) * i128::from(b.1) - i128::from(a.1) * i128::from(b.0);
        0.cmp(&turn)
    })
}
