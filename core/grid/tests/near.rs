//! Components and addresses near a position, beside measuring every distance.

#![allow(clippy::unwrap_used)]

mod common;

use common::Random;
use geo::{Distance, Geodesic};
use gewu_grid::Point;
use gewu_grid::file::{GridFile, PackInput, PointInput, write};
use gewu_model::ids::Digest;

fn open(input: &PackInput) -> GridFile<Vec<u8>> {
    GridFile::open(write(input).unwrap(), Digest([0; 32])).unwrap()
}

fn somewhere(random: &mut Random) -> Point {
    Point {
        lon_e7: 1_234_000_000 + random.within(0..300_000),
        lat_e7: 418_000_000 + random.within(0..200_000),
    }
}

fn metres(a: Point, b: Point) -> f64 {
    let degrees = |p: Point| geo::Point::new(f64::from(p.lon_e7) / 1e7, f64::from(p.lat_e7) / 1e7);
    Geodesic.distance(degrees(a), degrees(b))
}

#[test]
fn the_nearest_are_those_that_measuring_all_finds() {
    let mut random = Random::new(1);
    let components: Vec<PointInput> = (0..3_000)
        .map(|number| PointInput {
            name: format!("2101020100{number:07}"),
            class: format!("0100{}", number % 5),
            at: somewhere(&mut random),
            attributes: vec![("GLBJMC".to_owned(), format!("井盖{number}"))],
        })
        .collect();
    let file = open(&PackInput {
        components: components.clone(),
        ..PackInput::default()
    });
    for round in 0..300 {
        let mut at = somewhere(&mut random);
        at.lon_e7 += if round % 10 == 0 { 301_000 } else { 0 };
        let class = (round % 2 == 0).then_some("01003");
        let found = file.components_near(at, 200_000, class, 5).unwrap();
        let wanted = components
            .iter()
            .filter(|one| class.is_none_or(|class| one.class == class));
        let mut all: Vec<f64> = wanted
            .map(|one| metres(at, one.at))
            .filter(|far| *far < 200.0)
            .collect();
        all.sort_by(f64::total_cmp);
        all.truncate(5);
        assert_eq!(found.len(), all.len(), "{at:?}");
        for (found, far) in found.iter().zip(all) {
            assert!(
                (f64::from(found.distance_mm) / 1e3 - far).abs() < 0.02,
                "{found:?} {far}"
            );
            let input = components
                .iter()
                .find(|one| one.name == found.name)
                .unwrap();
            assert_eq!(
                (&input.class, input.at, &input.attributes),
                (&found.class, found.at, &found.attributes)
            );
        }
    }
    assert!(
        file.components_near(components[0].at, 9, Some("99"), 5)
            .unwrap()
            .is_empty()
    );
}

#[test]
fn an_address_is_spoken_in_the_house_style() {
    let plate = Point {
        lon_e7: 1_234_000_000,
        lat_e7: 418_000_000,
    };
    let plates = vec![PointInput {
        name: "瑞祥路11号".to_owned(),
        class: String::new(),
        at: plate,
        attributes: vec![],
    }];
    let file = open(&PackInput {
        plates,
        ..PackInput::default()
    });
    let from = |east: i32, north: i32| {
        file.address(Point {
            lon_e7: plate.lon_e7 + east,
            lat_e7: plate.lat_e7 + north,
        })
        .unwrap()
    };
    assert_eq!(from(0, 0).as_deref(), Some("瑞祥路11号"));
    assert_eq!(
        from(1_171, 876).as_deref(),
        Some("瑞祥路11号的东北方向13.76米")
    );
    assert!(from(0, -900).unwrap().contains("南方向"));
    assert!(from(-900, 0).unwrap().contains("西方向"));
    assert_eq!(from(900_000, 0), None);
}
