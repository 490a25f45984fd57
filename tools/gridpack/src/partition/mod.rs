//! From rings that nearly fit to a planar partition: noding, faces, owners, arcs.

mod arcs;
mod buckets;
mod cover;
mod graph;
mod node;
mod place;

use std::collections::BTreeMap;

pub(crate) use arcs::Arc;
pub(crate) use buckets::bounds;
pub(crate) use node::Counts;

use crate::plane::{Metric, Point, square_metres};
use cover::{Cover, OUTSIDE};
use graph::Graph;

/// A ring of a cell, without its closing point.
#[derive(Debug, Clone)]
pub(crate) struct RingIn {
    /// Cells are numbered by ascending code: the smaller number wins an overlap.
    pub(crate) cell: u32,
    /// The polygon that the ring belongs to; unique over all cells.
    pub(crate) part: u32,
    pub(crate) hole: bool,
    pub(crate) points: Vec<Point>,
}

/// The partition and what was wrong on the way.
#[derive(Debug)]
pub(crate) struct Partition {
    pub(crate) arcs: Vec<Arc>,
    pub(crate) counts: Counts,
    /// Cells with a ring that crosses itself, where, and the square metres of the smallest lobe.
    pub(crate) bow_ties: Vec<(u32, Point, f64)>,
    pub(crate) overlaps: Vec<Patch>,
    pub(crate) gaps: Vec<Patch>,
    pub(crate) cells: Vec<CellArea>,
}

/// A piece of ground that too many or too few cells claim.
#[derive(Debug)]
pub(crate) struct Patch {
    /// The claimants of an overlap; the neighbours of a gap.
    pub(crate) cells: Vec<u32>,
    /// Longitude and latitude inside.
    pub(crate) at: (f64, f64),
    pub(crate) area_m2: f64,
    /// Mean width: twice the area by the length of the border.
    pub(crate) width_m: f64,
}

/// What a cell has become.
#[derive(Debug, Clone, Default)]
pub(crate) struct CellArea {
    /// A point inside its largest face; `None` when nothing of the cell is left.
    pub(crate) inside: Option<(f64, f64)>,
    largest: i128,
}

/// The layer could not be noded.
#[derive(Debug)]
pub(crate) struct Unsettled;

/// Makes the partition of the cells' rings.
pub(crate) fn partition(
    rings: Vec<RingIn>,
    cells: usize,
    metric: Metric,
    tick: &mut dyn FnMut(usize),
) -> Result<Partition, Unsettled> {
    let (meta, points): (Vec<_>, Vec<_>) = rings
        .into_iter()
        .map(|r| ((r.cell, r.part, r.hole), r.points))
        .unzip();
    let noded = node::node(&points, metric, tick).map_err(|_| Unsettled)?;
    drop(points);
    let counts = noded.counts;
    let mut bow_ties: Vec<(u32, Point)> = noded
        .bow_ties
        .iter()
        .map(|&(ring, at)| (meta[ring as usize].0, at))
        .collect();
    bow_ties.sort_unstable();
    bow_ties.dedup_by_key(|b| b.0);
    let graph = Graph::new(noded);
    let cover = cover::cover(&graph);
    let faces = Faces::new(&graph, &cover, &meta, metric);
    Ok(Partition {
        arcs: arcs::arcs(&graph, &faces.owner),
        counts,
        bow_ties: with_lobes(&graph, &bow_ties),
        overlaps: faces.overlaps(),
        gaps: faces.gaps(),
        cells: faces.cells(cells),
    })
}

/// The area of the smallest face at each place.
fn with_lobes(graph: &Graph, ties: &[(u32, Point)]) -> Vec<(u32, Point, f64)> {
    let mut lobes: BTreeMap<Point, i128> = ties.iter().map(|tie| (tie.1, i128::MAX)).collect();
    if lobes.is_empty() {
        return Vec::new();
    }
    for half in 0..2 * graph.edge_count() as u32 {
        let area = graph.area[graph.cycle[half as usize] as usize];
        if area > 0
            && let Some(lobe) = lobes.get_mut(&graph.origin(half))
        {
            *lobe = area.min(*lobe);
        }
    }
    let area = |at: &Point| match lobes.get(at) {
        Some(&lobe) if lobe < i128::MAX => square_metres(lobe, at.degrees().1),
        _ => 0.0,
    };
    ties.iter()
        .map(|(cell, at)| (*cell, *at, area(at)))
        .collect()
}

/// Cell, part and whether it is a hole.
type RingMeta = (u32, u32, bool);

struct Faces<'a> {
    graph: &'a Graph,
    cover: &'a Cover,
    meta: &'a [RingMeta],
    metric: Metric,
    /// The cycles around each face: the outer one and those of its islands.
    cycles: BTreeMap<u32, Vec<u32>>,
    /// The cells that claim each cycle's face, ascending.
    claims: Vec<Vec<u32>>,
    /// The cell that gets each cycle's face.
    owner: Vec<Option<u32>>,
}

impl<'a> Faces<'a> {
    fn new(graph: &'a Graph, cover: &'a Cover, meta: &'a [RingMeta], metric: Metric) -> Self {
        let mut cycles: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for (cycle, &face) in cover.face.iter().enumerate() {
            if face != OUTSIDE {
                cycles.entry(face).or_default().push(cycle as u32);
            }
        }
        let claims: Vec<_> = cover.rings.iter().map(|r| claimants(r, meta)).collect();
        let owner = claims.iter().map(|c| c.first().copied()).collect();
        Self {
            graph,
            cover,
            meta,
            metric,
            cycles,
            claims,
            owner,
        }
    }

    fn doubled(&self, cycles: &[u32]) -> i128 {
        cycles.iter().map(|&c| self.graph.area[c as usize]).sum()
    }

    fn segments(&self, cycles: &[u32]) -> Vec<(Point, Point)> {
        let halves = cycles.iter().flat_map(|&c| self.graph.around(c));
        halves
            .map(|h| (self.graph.origin(h), self.graph.origin(h ^ 1)))
            .collect()
    }

    fn patch(&self, cycles: &[u32], cells: Vec<u32>) -> Patch {
        let segments = self.segments(cycles);
        let length: f64 = segments
            .iter()
            .map(|&(a, b)| self.metric.metres(a, b))
            .sum();
        let at = place::inside(&segments);
        let area_m2 = square_metres(self.doubled(cycles), at.1);
        Patch {
            cells,
            at,
            area_m2,
            width_m: 2.0 * area_m2 / length.max(1e-9),
        }
    }

    /// One patch for each set of claimants, at the largest of its pieces.
    fn overlaps(&self) -> Vec<Patch> {
        let mut by_claim: BTreeMap<&[u32], Vec<&[u32]>> = BTreeMap::new();
        for (&face, cycles) in &self.cycles {
            let claim = self.claims[face as usize].as_slice();
            if claim.len() > 1 {
                by_claim.entry(claim).or_default().push(cycles);
            }
        }
        by_claim
            .into_iter()
            .filter_map(|(claim, faces)| {
                let largest = faces.iter().max_by_key(|cycles| self.doubled(cycles))?;
                let mut patch = self.patch(largest, claim.to_vec());
                let all = faces.iter().map(|cycles| self.doubled(cycles)).sum();
                patch.area_m2 = square_metres(all, patch.at.1);
                Some(patch)
            })
            .collect()
    }

    fn gaps(&self) -> Vec<Patch> {
        let free = |face: u32| self.claims[face as usize].is_empty();
        self.cycles
            .iter()
            .filter(|(face, _)| free(**face))
            .map(|(&face, cycles)| {
                let mut cells = self.beside(cycles);
                if cells.is_empty() {
                    cells = self.strays(face);
                }
                self.patch(cycles, cells)
            })
            .collect()
    }

    /// Whose hole a face is that lies outside the polygon it should be cut from.
    fn strays(&self, face: u32) -> Vec<u32> {
        let rings = self.cover.rings[face as usize].iter();
        let mut cells: Vec<u32> = rings.map(|&ring| self.meta[ring as usize].0).collect();
        cells.sort_unstable();
        cells.dedup();
        cells
    }

    /// The owners across the border of a face.
    fn beside(&self, cycles: &[u32]) -> Vec<u32> {
        let halves = cycles.iter().flat_map(|&c| self.graph.around(c));
        let mut cells: Vec<u32> = halves
            .filter_map(|h| self.owner[self.graph.cycle[(h ^ 1) as usize] as usize])
            .collect();
        cells.sort_unstable();
        cells.dedup();
        cells
    }

    fn cells(&self, count: usize) -> Vec<CellArea> {
        let mut cells = vec![CellArea::default(); count];
        for (&face, cycles) in &self.cycles {
            debug_assert_eq!(self.cover.face[face as usize], face);
            let Some(owner) = self.owner[face as usize] else {
                continue;
            };
            let cell = &mut cells[owner as usize];
            let doubled = self.doubled(cycles);
            if doubled > cell.largest {
                cell.largest = doubled;
                cell.inside = Some(place::inside(&self.segments(cycles)));
            }
        }
        cells
    }
}

/// The cells of which a polygon covers the face: inside its shell and in none of its holes.
fn claimants(rings: &[u32], meta: &[RingMeta]) -> Vec<u32> {
    let of = |r: &u32| meta[*r as usize];
    let mut cells: Vec<u32> = rings
        .iter()
        .map(of)
        .filter(|&(_, part, hole)| !hole && !rings.iter().map(of).any(|(_, p, h)| h && p == part))
        .map(|(cell, _, _)| cell)
        .collect();
    cells.sort_unstable();
    cells.dedup();
    cells
}
