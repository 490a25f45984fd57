//! Rings drawn at random, crossing themselves and each other: after healing every point belongs to
//! the smallest code whose ring encloses it by even-odd, and to nothing else.

mod common;

use common::*;
use gewu_gridpack::Options;
use proptest::prelude::*;

type Corner = (i32, i32);

fn encloses(ring: &[Corner], x: f64, y: f64) -> bool {
    let next = ring.iter().cycle().skip(1);
    let crossed = ring.iter().zip(next).filter(|&(&a, &b)| {
        let ((ax, ay), (bx, by)) = (float(a), float(b));
        (ay < y) != (by < y) && ax + (y - ay) / (by - ay) * (bx - ax) > x
    });
    crossed.count() % 2 == 1
}

fn distance(ring: &[Corner], x: f64, y: f64) -> f64 {
    let next = ring.iter().cycle().skip(1);
    ring.iter()
        .zip(next)
        .map(|(&a, &b)| {
            let ((ax, ay), (bx, by)) = (float(a), float(b));
            let (ux, uy) = (bx - ax, by - ay);
            let along = ux * (x - ax) + uy * (y - ay);
            let share = (along / (ux * ux + uy * uy).max(1.0)).clamp(0.0, 1.0);
            (x - ax - share * ux).hypot(y - ay - share * uy)
        })
        .fold(f64::MAX, f64::min)
}

fn float((x, y): Corner) -> (f64, f64) {
    (f64::from(x), f64::from(y))
}

fn rings() -> impl Strategy<Value = Vec<Vec<Corner>>> {
    // A coarse lattice makes shared corners, collinear edges and T-junctions common.
    let coarse = (0..12_i32, 0..12_i32).prop_map(|(x, y)| (x * 80, y * 80));
    let fine = (0..960_i32, 0..960_i32);
    let corner = prop_oneof![coarse, fine];
    prop::collection::vec(prop::collection::vec(corner, 3..9), 1..9)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn healing_makes_a_partition_of_any_mess(
        rings in rings(),
        points in prop::collection::vec((0..960_i32, 0..960_i32), 40),
    ) {
        let cells: Vec<_> = rings
            .iter()
            .enumerate()
            .map(|(i, corners)| {
                let corners: Vec<_> = corners.iter().map(|&c| float(c)).collect();
                cell(&format!("C{i}"), &[ring(&corners)])
            })
            .collect();
        let options = Options { heal: true, ..Options::default() };
        let built = build_text(&collection(&cells), &options);
        let pack = built.pack.unwrap();
        let bytes = gewu_grid::file::write(&pack);
        prop_assert!(pack.units.as_ref().unwrap().units.is_empty() || bytes.is_ok(), "{:?}", bytes.err());
        for (x, y) in points {
            // The rays of the two checks run a quarter of a lattice unit above the point.
            let (x, y) = (f64::from(x), f64::from(y) + 0.025);
            // Snapping moves a border by the tolerance (a decimetre here is a unit), chains by more.
            if rings.iter().any(|ring| distance(ring, x, y) < 1.0) {
                continue;
            }
            let expected = rings.iter().position(|ring| encloses(ring, x, y));
            let expected: Vec<String> = expected.iter().map(|i| format!("C{i}")).collect();
            prop_assert_eq!(holders(&pack, x, y - 0.025), expected, "at {},{}", x, y);
        }
    }
}
