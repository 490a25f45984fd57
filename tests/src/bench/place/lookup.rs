//! The unit of a point, alone and with everything else that a report stores.

use std::path::Path;

use gewu_grid::Point;
use gewu_grid::lookup::Units;
use gewu_model::place::{Datum, Position};
use memmap2::Mmap;

use super::city::City;
use super::clock::in_turns;
use super::peers::{Sqlite, Tree};
use super::points;
use crate::bench::{Aim, Amount, BenchError, Figure};

const POINTS: usize = 200_000;
/// SQLite takes a hundred times as long.
const FEW: usize = 10_000;

pub(super) fn run(city: &City, folder: &Path) -> Result<Vec<Figure>, BenchError> {
    let file = city.open()?;
    let units = file.units()?;
    let tree = Tree::new(city);
    let path = folder.join("peer.db");
    Sqlite::write(city, &path)?;
    let sqlite = Sqlite::open(&path)?;
    let mut figures = Vec::new();
    let places = [
        (points::track(city, POINTS), TRACK, Aim::Faster(2.0, 2.5)),
        (
            points::random(city, POINTS, 5),
            RANDOM,
            Aim::Faster(2.5, 4.0),
        ),
    ];
    for (points, names, aim) in places {
        let [bare, full, rstar] = in_turns(
            points.len(),
            [
                &mut || sum(&points, |at| bare(&units, at)),
                &mut || sum(&points, |at| full(&units, at)),
                &mut || sum(&points, |at| tree.unit(at).map_or(0, |unit| unit as u64)),
            ],
        );
        let few = &points[..FEW];
        let slow = &mut || {
            sum(few, |at| {
                sqlite.unit(at).map_or(1, |unit| u64::from(unit.is_some()))
            })
        };
        let [slow] = in_turns(FEW, [slow]);
        figures.extend(rows(names, aim, bare, full, [rstar, slow]));
    }
    Ok(figures)
}

type Names = [&'static str; 2];

const TRACK: Names = [
    "unit grid along a walking track",
    "full locate along the track",
];
const RANDOM: Names = ["unit grid at random points", "full locate at random points"];

fn rows(
    names: Names,
    aim: Aim,
    bare: Amount,
    full: Amount,
    [rstar, sqlite]: [Amount; 2],
) -> [Figure; 3] {
    let figure = |name, ours, peer, peers, aim| Figure {
        name,
        ours,
        peer,
        peers,
        aim,
    };
    [
        figure(names[0], bare, "rstar + geo Contains", rstar, aim),
        figure(
            names[0],
            bare,
            "R*Tree in SQLite + integer test",
            sqlite,
            Aim::None,
        ),
        figure(names[1], full, "the unit grid alone", bare, Aim::Times(3.0)),
    ]
}

fn sum(points: &[Point], mut ask: impl FnMut(Point) -> u64) -> u64 {
    points.iter().fold(0, |sum, at| sum.wrapping_add(ask(*at)))
}

fn bare(units: &Units<'_, Mmap>, at: Point) -> u64 {
    units.at(at).map_or(1, |unit| u64::from(unit.is_some()))
}

/// Unit, border, certainty, duty grid and parents, every text of them.
fn full(units: &Units<'_, Mmap>, at: Point) -> u64 {
    let position = Position {
        lon_e7: at.lon_e7,
        lat_e7: at.lat_e7,
        datum: Datum::Wgs84,
        accuracy_mm: Some(5_000),
    };
    let Ok(Some(place)) = units.locate(&position) else {
        return 0;
    };
    let Ok(belongs) = place.belongs() else {
        return 0;
    };
    let duty = belongs.duty().ok().flatten().map_or(0, str::len);
    let parents = belongs.levels().into_iter().flatten().flatten();
    let texts: usize = parents.map(|(level, code)| level.len() + code.len()).sum();
    u64::from(place.border_mm) + (duty + texts) as u64 + place.certainty as u64
}
