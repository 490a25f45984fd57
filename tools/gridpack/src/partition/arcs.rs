//! The borders between owners, each once, from the labelled graph.

use super::graph::Graph;
use crate::plane::Point;

/// A stretch of border, with what lies on either side when walking along it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Arc {
    pub(crate) points: Vec<Point>,
    pub(crate) left: Option<u32>,
    pub(crate) right: Option<u32>,
}

/// The arcs between faces of different owners. `owner` is by cycle.
pub(crate) fn arcs(graph: &Graph, owner: &[Option<u32>]) -> Vec<Arc> {
    let borders = Borders::new(graph, owner);
    let mut used = vec![false; graph.edge_count()];
    let mut arcs = Vec::new();
    // Arcs between junctions first; what is left are lone rings, which may begin anywhere.
    for junctions in [true, false] {
        for half in 0..2 * graph.edge_count() as u32 {
            let starts = !junctions || borders.degree[graph.origin_vertex(half) as usize] != 2;
            let walks_up = junctions || half & 1 == 0;
            if starts && walks_up && borders.is_border(half) && !used[(half >> 1) as usize] {
                arcs.push(borders.walk(half, &mut used));
            }
        }
    }
    arcs
}

struct Borders<'a> {
    graph: &'a Graph,
    owner: &'a [Option<u32>],
    degree: Vec<u32>,
}

impl<'a> Borders<'a> {
    fn new(graph: &'a Graph, owner: &'a [Option<u32>]) -> Self {
        let mut borders = Self {
            graph,
            owner,
            degree: vec![0; graph.points.len()],
        };
        for half in 0..2 * graph.edge_count() as u32 {
            if borders.is_border(half) {
                borders.degree[graph.origin_vertex(half) as usize] += 1;
            }
        }
        borders
    }

    fn left(&self, half: u32) -> Option<u32> {
        self.owner[self.graph.cycle[half as usize] as usize]
    }

    fn is_border(&self, half: u32) -> bool {
        self.left(half) != self.left(half ^ 1)
    }

    fn walk(&self, start: u32, used: &mut [bool]) -> Arc {
        let mut points = vec![self.graph.origin(start)];
        let mut half = start;
        loop {
            used[(half >> 1) as usize] = true;
            points.push(self.graph.origin(half ^ 1));
            if self.degree[self.graph.origin_vertex(half ^ 1) as usize] != 2 {
                break;
            }
            half = self.onward(half);
            if used[(half >> 1) as usize] {
                break;
            }
        }
        Arc {
            points,
            left: self.left(start),
            right: self.left(start ^ 1),
        }
    }

    /// The next border edge: past those inside one owner, which meet the same vertex.
    fn onward(&self, half: u32) -> u32 {
        let mut next = self.graph.next[half as usize];
        while !self.is_border(next) {
            next = self.graph.next[(next ^ 1) as usize];
        }
        next
    }
}
