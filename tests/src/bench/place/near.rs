//! The five nearest of a million components.

use std::path::Path;

use gewu_grid::Point;
use gewu_grid::file::{GridFile, PackInput, PointInput, write};
use memmap2::Mmap;
use rstar::RTree;
use rstar::primitives::GeomWithData;

use super::city::open;
use super::clock::{in_turns, timed};
use crate::bench::{Aim, Amount, BenchError, Figure};
use crate::disk::Dice;

const COMPONENTS: usize = 1_000_000;
const QUESTIONS: usize = 50_000;
const NEAREST: usize = 5;
/// Beyond the fifth neighbour everywhere.
const RADIUS_MM: u32 = 1_000_000;
/// South-western corner and sides of the built-up area, in 1e-7 degree: about 25 by 25 km.
const CORNER: (i32, i32) = (1_232_800_000, 416_900_000);
const SIDES: (u64, u64) = (3_020_000, 2_250_000);

type Entry = GeomWithData<[f64; 2], u32>;

pub(super) fn run(folder: &Path) -> Result<Vec<Figure>, BenchError> {
    let places = places(COMPONENTS, 31);
    let path = folder.join("components.gewugrid");
    std::fs::write(&path, pack(&places)?)?;
    let entries = || {
        let entry = |(at, number): (&Point, u32)| Entry::new(metres(*at), number);
        places.iter().zip(0..).map(entry).collect()
    };
    let (tree, building) = timed(|| RTree::bulk_load(entries()));
    let file = open(&path)?;
    let questions = self::places(QUESTIONS, 32);
    compare(&file, &tree, &questions[..5_000])?;
    let [ours, peers] = in_turns(
        questions.len(),
        [
            &mut || questions.iter().map(|at| nearest(&file, *at)).sum(),
            &mut || questions.iter().map(|at| rstar_nearest(&tree, *at)).sum(),
        ],
    );
    let figure = |name, ours, peer, peers, aim| Figure {
        name,
        ours,
        peer,
        peers,
        aim,
    };
    let (_, opening) = timed(|| open(&path).map(|file| nearest(&file, questions[0])));
    Ok(vec![
        figure(
            "nearest 5 of 1,000,000, with their texts",
            ours,
            "rstar, numbers only",
            peers,
            Aim::Times(1.0),
        ),
        figure(
            "the same, open to first answer",
            Amount::Seconds(opening),
            "rstar: building the tree",
            Amount::Seconds(building),
            Aim::None,
        ),
    ])
}

fn places(count: usize, seed: u64) -> Vec<Point> {
    let mut dice = Dice::new(seed);
    let place = |_| Point {
        lon_e7: CORNER.0 + dice.below(SIDES.0) as i32,
        lat_e7: CORNER.1 + dice.below(SIDES.1) as i32,
    };
    (0..count).map(place).collect()
}

fn pack(places: &[Point]) -> Result<Vec<u8>, BenchError> {
    let component = |(number, at): (usize, &Point)| PointInput {
        name: format!("2101020102{number:06}"),
        class: format!("010{:02}", number % 90),
        at: *at,
        attributes: Vec::new(),
    };
    let input = PackInput {
        components: places.iter().enumerate().map(component).collect(),
        ..PackInput::default()
    };
    Ok(write(&input)?)
}

/// Metres on a plane, near enough for neighbours.
fn metres(at: Point) -> [f64; 2] {
    [
        f64::from(at.lon_e7 - CORNER.0) * 0.008_31,
        f64::from(at.lat_e7 - CORNER.1) * 0.011_107,
    ]
}

fn nearest(file: &GridFile<Mmap>, at: Point) -> u64 {
    let found = file.components_near(at, RADIUS_MM, None, NEAREST);
    let found = found.unwrap_or_default().into_iter();
    found
        .map(|one| u64::from(one.distance_mm) + one.name.len() as u64)
        .sum()
}

fn rstar_nearest(tree: &RTree<Entry>, at: Point) -> u64 {
    let found = tree.nearest_neighbor_iter(&metres(at)).take(NEAREST);
    found.map(|one| u64::from(one.data)).sum()
}

/// The same five wherever the planes do not decide the order.
fn compare(
    file: &GridFile<Mmap>,
    tree: &RTree<Entry>,
    questions: &[Point],
) -> Result<(), BenchError> {
    let mut differing = 0;
    for at in questions {
        let ours = file.components_near(*at, RADIUS_MM, None, NEAREST)?;
        let peers = tree.nearest_neighbor_iter(&metres(*at)).take(NEAREST);
        let peers: Vec<u32> = peers.map(|one| one.data).collect();
        let number = |name: &str| name.get(10..).and_then(|digits| digits.parse::<u32>().ok());
        let same = ours
            .iter()
            .all(|one| number(&one.name).is_some_and(|n| peers.contains(&n)));
        differing += usize::from(!same || ours.len() != NEAREST);
    }
    eprintln!(
        "place: of {} fives {differing} differ (two planes)",
        questions.len()
    );
    match differing <= questions.len() / 200 {
        true => Ok(()),
        false => Err(BenchError::Missing("a neighbour")),
    }
}
