//! `cargo run --release -p gewu-grid --example locate`: the unit of a point from a binary pack,
//! beside rstar's tree of boxes and geo's `Contains`, on a city of 51,495 units, in one run.

#![allow(clippy::unwrap_used)]

#[path = "../tests/common/mod.rs"]
mod common;

use std::hint::black_box;
use std::time::Instant;

use common::Random;
use common::mesh::{Mesh, Plan};
use geo::{Contains, Coord, LineString, Polygon};
use gewu_grid::Point;
use gewu_grid::file::{GridFile, write};
use gewu_model::ids::Digest;
use gewu_model::place::{Datum, Position};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

const ROUNDS: usize = 7;

struct Peer {
    tree: RTree<GeomWithData<Rectangle<[f64; 2]>, usize>>,
    polygons: Vec<Polygon>,
}

impl Peer {
    fn new(mesh: &Mesh) -> Self {
        let degrees = |p: &Point| (f64::from(p.lon_e7) / 1e7, f64::from(p.lat_e7) / 1e7);
        let ring = |ring: &Vec<Point>| {
            Polygon::new(ring.iter().map(degrees).collect::<LineString>(), vec![])
        };
        let polygons: Vec<Polygon> = mesh.rings.iter().map(ring).collect();
        let boxes = polygons.iter().enumerate().map(|(unit, polygon)| {
            let (xs, ys): (Vec<f64>, Vec<f64>) =
                polygon.exterior().coords().map(|c| (c.x, c.y)).unzip();
            let least = |all: &[f64]| all.iter().copied().fold(f64::INFINITY, f64::min);
            let most = |all: &[f64]| all.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let rectangle =
                Rectangle::from_corners([least(&xs), least(&ys)], [most(&xs), most(&ys)]);
            GeomWithData::new(rectangle, unit)
        });
        Self {
            tree: RTree::bulk_load(boxes.collect()),
            polygons,
        }
    }

    fn unit(&self, at: Point) -> Option<usize> {
        let (x, y) = (f64::from(at.lon_e7) / 1e7, f64::from(at.lat_e7) / 1e7);
        let point = AABB::from_point([x, y]);
        let mut hits = self.tree.locate_in_envelope_intersecting(&point);
        hits.find(|hit| self.polygons[hit.data].contains(&Coord { x, y }))
            .map(|hit| hit.data)
    }
}

fn random_points(mesh: &Mesh, count: usize) -> Vec<Point> {
    let mut random = Random::new(5);
    let one = |_| Point {
        lon_e7: random.within(mesh.min.lon_e7 + 5_000..mesh.max.lon_e7 - 5_000),
        lat_e7: random.within(mesh.min.lat_e7 + 5_000..mesh.max.lat_e7 - 5_000),
    };
    (0..count).map(one).collect()
}

/// Steps of about 1.4 m with a slowly turning heading.
fn track(mesh: &Mesh, count: usize) -> Vec<Point> {
    let mut random = Random::new(6);
    let (low, high) = (mesh.min, mesh.max);
    let mut at = (
        f64::from(low.lon_e7 / 2 + high.lon_e7 / 2),
        f64::from(low.lat_e7 / 2 + high.lat_e7 / 2),
    );
    let mut heading = 0.4_f64;
    let mut points = Vec::new();
    for _ in 0..count {
        heading += f64::from(random.within(-100..101)) / 2_000.0;
        let next = (at.0 + 168.0 * heading.cos(), at.1 + 126.0 * heading.sin());
        let inside = (f64::from(low.lon_e7 + 9_000)..f64::from(high.lon_e7 - 9_000))
            .contains(&next.0)
            && (f64::from(low.lat_e7 + 9_000)..f64::from(high.lat_e7 - 9_000)).contains(&next.1);
        match inside {
            true => at = next,
            false => heading += 1.5,
        }
        points.push(Point {
            lon_e7: at.0 as i32,
            lat_e7: at.1 as i32,
        });
    }
    points
}

/// Median over rounds of nanoseconds per point.
fn measure(points: &[Point], mut ask: impl FnMut(Point) -> u64) -> f64 {
    let mut rounds: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            let sum = points
                .iter()
                .fold(0_u64, |sum, at| sum.wrapping_add(ask(*at)));
            black_box(sum);
            start.elapsed().as_nanos() as f64 / points.len() as f64
        })
        .collect();
    rounds.sort_by(f64::total_cmp);
    rounds[ROUNDS / 2]
}

fn main() {
    let plan = Plan {
        columns: 255,
        rows: 202,
        ..Plan::small(9)
    };
    let mesh = plan.draw();
    let bytes = write(&mesh.pack()).unwrap();
    println!("{} units, file {} bytes", mesh.rings.len(), bytes.len());
    let start = Instant::now();
    let file = GridFile::open(bytes, Digest([0; 32])).unwrap();
    file.units().unwrap().at(mesh.min).unwrap();
    println!("open to first answer {:?}", start.elapsed());
    file.sections()
        .for_each(|(section, size)| println!("  {section:?} {size}"));
    let peer = Peer::new(&mesh);
    let units = file.units().unwrap();
    let random = random_points(&mesh, 200_000);
    let walk = track(&mesh, 200_000);
    for (name, points) in [("track", &walk), ("random", &random)] {
        let theirs = measure(points, |at| peer.unit(at).unwrap_or(0) as u64);
        let ours = measure(points, |at| u64::from(units.at(at).unwrap().is_some()));
        let full = measure(points, |at| {
            let position = Position {
                lon_e7: at.lon_e7,
                lat_e7: at.lat_e7,
                datum: Datum::Wgs84,
                accuracy_mm: Some(5_000),
            };
            units.locate(&position).unwrap().map_or(0, |place| {
                let duty = place.duty().unwrap().map_or(0, str::len);
                u64::from(place.border_mm) + (place.parents().unwrap().len() + duty) as u64
            })
        });
        println!(
            "{name}: rstar + geo {theirs:.0} ns, pack {ours:.0} ns ({:.2} x), full {full:.0} ns ({:.2} x bare)",
            theirs / ours,
            full / ours
        );
    }
    let mut wrong = 0;
    for at in &random {
        let unit = units.at(*at).unwrap().map(|unit| units.code(unit).unwrap());
        let expected = peer
            .unit(*at)
            .map(|unit| mesh.layer.units[unit].code.clone());
        wrong += usize::from(unit != expected);
    }
    println!("answers that differ: {wrong} of {}", random.len());
}
