//! Snapping and noding: afterwards two edges are the same, share an end, or do not touch.
//!
//! Points closer than the tolerance become one; a point closer than that to an edge becomes a
//! vertex of it; edges that cross get a vertex at the crossing, rounded to the lattice. Rounding
//! may bend an edge onto another, so this repeats for the edges that changed until none does.
//! Every decision is integer arithmetic and independent of the order of the input.

use std::collections::{HashMap, HashSet};

use super::buckets::{Buckets, bounds};
use crate::plane::{Metric, Point, crossing};

/// Each round ends closer to rest; real layers need two to four.
const MAX_ROUNDS: usize = 64;

/// Rings as numbers of shared vertices.
#[derive(Debug)]
pub(crate) struct Noded {
    pub(crate) points: Vec<Point>,
    /// Each ring without its closing vertex.
    pub(crate) rings: Vec<Vec<u32>>,
    pub(crate) counts: Counts,
    /// Rings that cross themselves, with a place.
    pub(crate) bow_ties: Vec<(u32, Point)>,
}

/// What noding changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Different points that were closer than the tolerance and became one.
    pub(crate) snapped: usize,
    /// Vertices inserted into an edge that passed them within the tolerance.
    pub(crate) inserted: usize,
    /// Crossings of edges that became vertices.
    pub(crate) crossings: usize,
}

/// The edges kept changing: the tolerance is too wide for this layer.
#[derive(Debug)]
pub(crate) struct Unsettled;

type Edge = (u32, u32);

/// A vertex to insert into an edge, by its distance along it.
type Split = (u32, i128, u32);

/// Snaps and nodes the rings.
pub(crate) fn node(
    rings: &[Vec<Point>],
    metric: Metric,
    tick: &mut dyn FnMut(usize),
) -> Result<Noded, Unsettled> {
    let mut noded = snap(rings, metric);
    let mut seen = HashSet::new();
    let mut settled_points = 0;
    for round in 0..MAX_ROUNDS {
        tick(round);
        let edges = unique_edges(&noded.rings);
        let splits = round_of(&mut noded, &edges, &seen, settled_points, metric);
        settled_points = splits.points_before;
        if splits.list.is_empty() {
            return Ok(noded);
        }
        rewrite(&mut noded.rings, &edges, splits.list, &mut seen);
    }
    Err(Unsettled)
}

/// One vertex for all points within the tolerance of it; the smallest of a cluster stands.
fn snap(rings: &[Vec<Point>], metric: Metric) -> Noded {
    let mut all: Vec<Point> = rings.iter().flatten().copied().collect();
    all.sort_unstable();
    all.dedup();
    let reach = i64::from(metric.reach().0);
    let mut points: Vec<Point> = Vec::new();
    let mut vertex = Vec::with_capacity(all.len());
    let mut window = 0;
    for &p in &all {
        while window < points.len() && i64::from(points[window].x) + reach < i64::from(p.x) {
            window += 1;
        }
        let centre = (window..points.len()).find(|&i| metric.near(points[i], p));
        vertex.push(centre.unwrap_or(points.len()) as u32);
        if centre.is_none() {
            points.push(p);
        }
    }
    let number = |p: &Point| all.binary_search(p).map_or(0, |i| vertex[i]);
    let rings = rings
        .iter()
        .map(|ring| without_repeats(ring.iter().map(number)))
        .collect();
    Noded {
        counts: Counts {
            snapped: all.len() - points.len(),
            ..Counts::default()
        },
        points,
        rings,
        bow_ties: Vec::new(),
    }
}

fn without_repeats(ring: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut ring: Vec<u32> = ring.collect();
    ring.dedup();
    while ring.len() > 1 && ring.first() == ring.last() {
        ring.pop();
    }
    ring
}

/// A ring's edges, closing edge included.
pub(crate) fn ring_edges(ring: &[u32]) -> impl Iterator<Item = Edge> + '_ {
    let next = ring.iter().skip(1).chain(ring.first());
    ring.iter()
        .zip(next)
        .filter(|(a, b)| a != b)
        .map(|(&a, &b)| (a, b))
}

fn undirected((a, b): Edge) -> Edge {
    (a.min(b), a.max(b))
}

fn unique_edges(rings: &[Vec<u32>]) -> Vec<Edge> {
    let mut edges: Vec<Edge> = rings
        .iter()
        .flat_map(|ring| ring_edges(ring))
        .map(undirected)
        .collect();
    edges.sort_unstable();
    edges.dedup();
    edges
}

struct Round {
    list: Vec<Split>,
    points_before: usize,
}

/// The splits that the edges need. `seen` holds the edges that came out of the last round's
/// splits; empty in the first round, when every edge is new.
fn round_of(
    noded: &mut Noded,
    edges: &[Edge],
    seen: &HashSet<Edge>,
    settled_points: usize,
    metric: Metric,
) -> Round {
    let points_before = noded.points.len();
    let first = settled_points == 0;
    let is_fresh: Vec<bool> = edges.iter().map(|e| first || seen.contains(e)).collect();
    let (low, high) = bounds(noded.points.iter().copied());
    let vertices = Buckets::build(low, high, noded.points.len(), |buckets, i, visit| {
        visit(buckets.at(noded.points[i as usize]));
    });
    let mut list = Vec::new();
    let fresh = (0..edges.len()).filter(|&i| is_fresh[i]);
    near_vertices(&noded.points, edges, fresh, &vertices, 0, metric, &mut list);
    if !first && settled_points < points_before {
        let added = Buckets::build(low, high, points_before - settled_points, |b, i, visit| {
            visit(b.at(noded.points[settled_points + i as usize]));
        });
        let old = (0..edges.len()).filter(|&i| !is_fresh[i]);
        near_vertices(
            &noded.points,
            edges,
            old,
            &added,
            settled_points,
            metric,
            &mut list,
        );
    }
    noded.counts.inserted += list.len();
    let pairs = crossings(&noded.points, edges, &is_fresh, &list, (low, high));
    note_bow_ties(noded, edges, &pairs);
    split_at_crossings(noded, edges, &pairs, &vertices, metric, &mut list);
    Round {
        list,
        points_before,
    }
}

fn near_vertices(
    points: &[Point],
    edges: &[Edge],
    which: impl Iterator<Item = usize>,
    vertices: &Buckets,
    offset: usize,
    metric: Metric,
    list: &mut Vec<Split>,
) {
    let reach = metric.reach();
    for i in which {
        let (a, b) = edges[i];
        let (pa, pb) = (points[a as usize], points[b as usize]);
        let beside = metric.beside(pa, pb);
        vertices.along(pa, pb, reach, &mut |run| {
            for v in vertices.items(run) {
                let v = v + offset as u32;
                let p = points[v as usize];
                if v == a || v == b || outside(p, pa, pb, reach) {
                    continue;
                }
                if let Some(along) = beside.position(p) {
                    list.push((i as u32, along, v));
                }
            }
        });
    }
}

fn outside(p: Point, a: Point, b: Point, (rx, ry): (i32, i32)) -> bool {
    let far = |v: i32, s: i32, t: i32, r: i32| {
        i64::from(v) < i64::from(s.min(t)) - i64::from(r)
            || i64::from(v) > i64::from(s.max(t)) + i64::from(r)
    };
    far(p.x, a.x, b.x, rx) || far(p.y, a.y, b.y, ry)
}

/// Proper crossings of a new edge with any other, unless one of the two is split anyway.
fn crossings(
    points: &[Point],
    edges: &[Edge],
    is_fresh: &[bool],
    list: &[Split],
    (low, high): (Point, Point),
) -> Vec<(u32, u32, Point)> {
    let ends = |i: u32| {
        let (a, b) = edges[i as usize];
        (points[a as usize], points[b as usize])
    };
    let split: HashSet<u32> = list.iter().map(|s| s.0).collect();
    let buckets = Buckets::build(low, high, edges.len(), |buckets, i, visit| {
        let (a, b) = ends(i);
        buckets.along(a, b, (0, 0), visit);
    });
    let mut pairs = Vec::new();
    for square in buckets.squares() {
        for (n, &i) in square.iter().enumerate() {
            for &j in &square[n + 1..] {
                if !(is_fresh[i as usize] || is_fresh[j as usize]) {
                    continue;
                }
                let ((a, b), (c, d)) = (ends(i), ends(j));
                if apart(a, b, c, d) || split.contains(&i) || split.contains(&j) {
                    continue;
                }
                if let Some(p) = crossing(a, b, c, d) {
                    pairs.push((i.min(j), i.max(j), p));
                }
            }
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

fn apart(a: Point, b: Point, c: Point, d: Point) -> bool {
    a.x.max(b.x) < c.x.min(d.x)
        || c.x.max(d.x) < a.x.min(b.x)
        || a.y.max(b.y) < c.y.min(d.y)
        || c.y.max(d.y) < a.y.min(b.y)
}

fn note_bow_ties(noded: &mut Noded, edges: &[Edge], pairs: &[(u32, u32, Point)]) {
    if pairs.is_empty() {
        return;
    }
    let mut rings_of: HashMap<Edge, Vec<u32>> = pairs
        .iter()
        .flat_map(|&(i, j, _)| [i, j])
        .map(|i| (edges[i as usize], Vec::new()))
        .collect();
    for (number, ring) in noded.rings.iter().enumerate() {
        for edge in ring_edges(ring) {
            if let Some(rings) = rings_of.get_mut(&undirected(edge)) {
                rings.push(number as u32);
            }
        }
    }
    let empty = Vec::new();
    let rings = |i: u32| rings_of.get(&edges[i as usize]).unwrap_or(&empty);
    for &(i, j, place) in pairs {
        for &ring in rings(i).iter().filter(|r| rings(j).contains(r)) {
            noded.bow_ties.push((ring, place));
        }
    }
}

fn split_at_crossings(
    noded: &mut Noded,
    edges: &[Edge],
    pairs: &[(u32, u32, Point)],
    vertices: &Buckets,
    metric: Metric,
    list: &mut Vec<Split>,
) {
    let mut added: HashMap<Point, u32> = HashMap::new();
    for &(i, j, p) in pairs {
        let near = nearest(&noded.points, vertices, p, metric);
        let v = near.unwrap_or_else(|| {
            *added.entry(p).or_insert_with(|| {
                noded.points.push(p);
                noded.points.len() as u32 - 1
            })
        });
        for e in [i, j] {
            let (a, b) = edges[e as usize];
            if v != a && v != b {
                let (pa, pb) = (noded.points[a as usize], noded.points[b as usize]);
                let along = metric.along(pa, pb, noded.points[v as usize]);
                list.push((e, along, v));
            }
        }
    }
    noded.counts.crossings += pairs.len();
}

/// The vertex within the tolerance of `p` with the smallest number.
fn nearest(points: &[Point], vertices: &Buckets, p: Point, metric: Metric) -> Option<u32> {
    let mut best = None;
    vertices.along(p, p, metric.reach(), &mut |run| {
        for v in vertices.items(run) {
            // Only vertices from before this round are in the buckets.
            if metric.near(points[v as usize], p) && best.is_none_or(|b| v < b) {
                best = Some(v);
            }
        }
    });
    best
}

/// Puts the new vertices into every ring that uses a split edge, and says which edges are new.
fn rewrite(rings: &mut [Vec<u32>], edges: &[Edge], mut list: Vec<Split>, seen: &mut HashSet<Edge>) {
    list.sort_unstable();
    list.dedup();
    let mut inside: HashMap<Edge, Vec<u32>> = HashMap::new();
    for (edge, _, vertex) in list {
        inside.entry(edges[edge as usize]).or_default().push(vertex);
    }
    seen.clear();
    for (&(a, b), middle) in &inside {
        let chain: Vec<u32> = [a]
            .into_iter()
            .chain(middle.iter().copied())
            .chain([b])
            .collect();
        seen.extend(chain.windows(2).map(|e| undirected((e[0], e[1]))));
    }
    for ring in rings {
        if ring_edges(ring).any(|e| inside.contains_key(&undirected(e))) {
            *ring = split_ring(ring, &inside);
        }
    }
}

fn split_ring(ring: &[u32], inside: &HashMap<Edge, Vec<u32>>) -> Vec<u32> {
    let mut out = Vec::with_capacity(ring.len() + 4);
    for (a, b) in ring_edges(ring) {
        out.push(a);
        match inside.get(&undirected((a, b))) {
            Some(middle) if a < b => out.extend(middle),
            Some(middle) => out.extend(middle.iter().rev()),
            None => {}
        }
    }
    without_repeats(out.into_iter())
}
