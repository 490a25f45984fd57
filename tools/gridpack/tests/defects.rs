//! One small layer for every defect, with the report or pack that it must give.
// long-file: one small picture of the ground per defect, all of a kind.

mod common;

use common::*;
use gewu_gridpack::{Action, Kind, Layer, Options};
use serde_json::json;

#[test]
fn two_cells_that_fit_share_one_border() {
    let built = plain(&[
        cell("A", &[square(0.0, 0.0, 100.0, 100.0)]),
        cell("B", &[square(100.0, 0.0, 200.0, 100.0)]),
    ]);
    assert_eq!(built.report.findings, []);
    let pack = built.pack.unwrap();
    let layer = pack.units.as_ref().unwrap();
    assert_eq!(layer.arcs.len(), 3, "the border and the two outsides");
    assert!(layer.gap_free);
    assert_eq!(holders(&pack, 50.0, 50.0), ["A"]);
    assert_eq!(holders(&pack, 150.0, 50.0), ["B"]);
    assert!(holders(&pack, 250.0, 50.0).is_empty());
}

#[test]
fn an_overlap_is_refused_with_codes_place_and_size() {
    let cells = [
        cell("B", &[square(0.0, 0.0, 100.0, 100.0)]),
        cell("A", &[square(90.0, 0.0, 200.0, 100.0)]),
    ];
    let built = plain(&cells);
    let overlap = only(&built);
    is(overlap, Kind::Overlap, &["A", "B"], Action::Refused);
    // 10 by 100 units of 1e-6 degree: 0.83 m by 11.1 m.
    assert!((overlap.area_m2 - 9.22).abs() < 0.05, "{}", overlap.area_m2);
    assert!((overlap.lon.unwrap() - 123.430_095).abs() < 1e-6);
    assert!((overlap.lat.unwrap() - 41.80005).abs() < 5e-5);
    assert!(built.pack.is_none());
}

#[test]
fn healing_gives_an_overlap_to_the_smallest_code_and_says_so() {
    let built = healed(&[
        cell("B", &[square(0.0, 0.0, 100.0, 100.0)]),
        cell("A", &[square(90.0, 0.0, 200.0, 100.0)]),
    ]);
    is(only(&built), Kind::Overlap, &["A", "B"], Action::Healed);
    let pack = built.pack.unwrap();
    assert_eq!(holders(&pack, 95.0, 50.0), ["A"]);
    assert_eq!(holders(&pack, 85.0, 50.0), ["B"]);
}

#[test]
fn a_cell_swallowed_by_a_smaller_code_vanishes_and_is_named() {
    let cells = [
        cell("A", &[square(0.0, 0.0, 100.0, 100.0)]),
        cell("B", &[square(20.0, 20.0, 40.0, 40.0)]),
    ];
    let built = healed(&cells);
    assert_eq!(built.report.count(Kind::Vanished), 1);
    assert_eq!(built.report.count(Kind::Overlap), 1);
    assert_eq!(built.report.units, 1);
    assert_eq!(holders(built.pack.as_ref().unwrap(), 30.0, 30.0), ["A"]);
    assert!(plain(&cells).pack.is_none());
}

#[test]
fn a_wide_gap_is_a_hole_and_is_left() {
    let built = plain(&[
        cell("A", &[square(0.0, 0.0, 300.0, 100.0)]),
        cell("B", &[square(0.0, 200.0, 300.0, 300.0)]),
        cell("C", &[square(0.0, 100.0, 100.0, 200.0)]),
        cell("D", &[square(200.0, 100.0, 300.0, 200.0)]),
    ]);
    let hole = only(&built);
    is(hole, Kind::Hole, &["A", "B", "C", "D"], Action::Left);
    assert!((hole.area_m2 - 92.2).abs() < 0.5, "{}", hole.area_m2);
    let pack = built.pack.unwrap();
    assert!(!pack.units.as_ref().unwrap().gap_free);
    assert!(holders(&pack, 150.0, 150.0).is_empty());
}

/// Two halves whose common border is drawn twice, `apart` units from each other in the middle.
fn halves(apart: f64) -> [serde_json::Value; 2] {
    [
        cell(
            "A",
            &[ring(&[
                (0.0, 0.0),
                (100.0, 0.0),
                (100.0 - apart, 50.0),
                (100.0, 100.0),
                (0.0, 100.0),
            ])],
        ),
        cell(
            "B",
            &[ring(&[
                (100.0, 0.0),
                (200.0, 0.0),
                (200.0, 100.0),
                (100.0, 100.0),
                (100.0, 50.0),
            ])],
        ),
    ]
}

#[test]
fn a_sliver_wider_than_the_tolerance_is_reported_and_a_wider_tolerance_closes_it() {
    let built = plain(&halves(3.0));
    is(only(&built), Kind::Sliver, &["A", "B"], Action::Left);
    let options = Options {
        tolerance_m: 0.3,
        ..Options::default()
    };
    let closed = build_text(&collection(&halves(3.0)), &options);
    assert_eq!(closed.report.findings, []);
    assert_eq!(closed.report.snapped, 1);
    assert!(closed.pack.unwrap().units.unwrap().gap_free);
}

#[test]
fn a_border_that_differs_in_the_last_digit_is_one_border() {
    let built = plain(&halves(0.1));
    assert_eq!(built.report.findings, []);
    assert_eq!(built.report.snapped, 1);
}

#[test]
fn a_corner_on_the_neighbours_edge_becomes_a_vertex_of_it() {
    let built = plain(&[
        cell("A", &[square(0.0, 0.0, 100.0, 100.0)]),
        cell("B", &[square(100.0, 0.0, 200.0, 37.0)]),
        cell("C", &[square(100.0, 37.0, 200.0, 100.0)]),
    ]);
    assert_eq!(built.report.findings, []);
    assert_eq!(built.report.inserted, 1);
    let layer = built.pack.unwrap().units.unwrap();
    assert_eq!(layer.arcs.len(), 6, "A|B, A|C, B|C and three outsides");
}

#[test]
fn a_slanted_edge_that_passes_a_corner_by_rounding_is_noded() {
    // The neighbour's corner lies on the edge as drawn and beside it on the lattice.
    let built = plain(&[
        cell("A", &[ring(&[(0.0, 0.0), (100.0, 33.4), (0.0, 90.0)])]),
        cell("B", &[ring(&[(0.0, 0.0), (40.0, -30.0), (33.3, 11.1)])]),
    ]);
    assert_eq!(built.report.findings, []);
    assert_eq!(built.report.inserted, 1);
}

#[test]
fn a_bow_tie_keeps_both_lobes() {
    let built = plain(&[cell(
        "A",
        &[ring(&[
            (0.0, 0.0),
            (100.0, 100.0),
            (100.0, 0.0),
            (0.0, 100.0),
        ])],
    )]);
    assert_eq!(built.report.count(Kind::BowTie), 1);
    let bow_tie = built
        .report
        .findings
        .iter()
        .find(|f| f.kind == Kind::BowTie)
        .unwrap();
    is(bow_tie, Kind::BowTie, &["A"], Action::Repaired);
    // One lobe: a quarter of 8.3 m by 11.1 m, not the cell.
    assert!((bow_tie.area_m2 - 23.0).abs() < 0.3, "{}", bow_tie.area_m2);
    assert!((bow_tie.lon.unwrap() - 123.430_05).abs() < 1e-7);
    let pack = built.pack.unwrap();
    assert_eq!(holders(&pack, 90.0, 50.0), ["A"]);
    assert_eq!(holders(&pack, 10.0, 50.0), ["A"]);
    assert!(holders(&pack, 50.0, 90.0).is_empty());
}

#[test]
fn holes_stay_outside_and_another_cell_may_fill_one() {
    let donut = cell(
        "A",
        &[
            square(0.0, 0.0, 100.0, 100.0),
            ring(&[(20.0, 20.0), (20.0, 80.0), (80.0, 80.0), (80.0, 20.0)]),
        ],
    );
    let built = plain(std::slice::from_ref(&donut));
    is(only(&built), Kind::Hole, &["A"], Action::Left);
    assert!(holders(built.pack.as_ref().unwrap(), 50.0, 50.0).is_empty());
    let filled = plain(&[donut, cell("B", &[square(20.0, 20.0, 80.0, 80.0)])]);
    assert_eq!(filled.report.findings, []);
    assert_eq!(holders(filled.pack.as_ref().unwrap(), 50.0, 50.0), ["B"]);
}

#[test]
fn an_island_in_a_hole_is_found_though_it_touches_nothing() {
    let built = plain(&[
        cell(
            "A",
            &[
                square(0.0, 0.0, 100.0, 100.0),
                ring(&[(20.0, 20.0), (20.0, 80.0), (80.0, 80.0), (80.0, 20.0)]),
            ],
        ),
        cell("B", &[square(40.0, 40.0, 60.0, 60.0)]),
        cell("C", &[square(45.0, 85.0, 55.0, 95.0)]),
    ]);
    let pack_refused = built.pack.is_none();
    assert!(pack_refused, "C lies on A");
    let overlap = built
        .report
        .findings
        .iter()
        .find(|f| f.kind == Kind::Overlap)
        .unwrap();
    is(overlap, Kind::Overlap, &["A", "C"], Action::Refused);
    let hole = built
        .report
        .findings
        .iter()
        .find(|f| f.kind == Kind::Hole)
        .unwrap();
    is(hole, Kind::Hole, &["A", "B"], Action::Left);
    // 60² − 20² units of 1e-6 degree.
    assert!((hole.area_m2 - 29.5).abs() < 0.2, "{}", hole.area_m2);
}

#[test]
fn a_multipolygon_is_one_cell_and_parts_that_overlap_do_not_cancel() {
    let parts = json!({ "type": "MultiPolygon", "coordinates": [
        [square(0.0, 0.0, 100.0, 100.0)],
        [square(300.0, 0.0, 400.0, 100.0)],
        [square(50.0, 50.0, 150.0, 90.0)],
    ] });
    let built = plain(&[feature("A", parts)]);
    assert_eq!(built.report.findings, []);
    let pack = built.pack.unwrap();
    assert_eq!(pack.units.as_ref().unwrap().arcs.len(), 2);
    for (x, y) in [(10.0, 10.0), (350.0, 50.0), (75.0, 70.0), (140.0, 70.0)] {
        assert_eq!(holders(&pack, x, y), ["A"], "{x},{y}");
    }
}

#[test]
fn a_duplicate_code_is_refused_and_healing_merges() {
    let cells = [
        cell("A", &[square(0.0, 0.0, 100.0, 100.0)]),
        cell("A", &[square(100.0, 0.0, 200.0, 100.0)]),
    ];
    is(
        only(&plain(&cells)),
        Kind::DuplicateCode,
        &["A"],
        Action::Refused,
    );
    let built = healed(&cells);
    is(only(&built), Kind::DuplicateCode, &["A"], Action::Healed);
    assert_eq!(
        built.pack.unwrap().units.unwrap().arcs.len(),
        1,
        "no border inside a cell"
    );
}

#[test]
fn a_missing_code_is_refused_and_named_by_its_place() {
    let mut nameless = cell("", &[square(100.0, 0.0, 200.0, 100.0)]);
    nameless["properties"]["code"] = json!(null);
    let cells = [cell("A", &[square(0.0, 0.0, 100.0, 100.0)]), nameless];
    is(
        only(&plain(&cells)),
        Kind::MissingCode,
        &["feature 2"],
        Action::Refused,
    );
    assert_eq!(healed(&cells).report.units, 1);
}

#[test]
fn small_defects_are_repaired_and_strict_refuses_them() {
    let open = json!([
        at(0.0, 0.0),
        at(100.0, 0.0),
        at(100.0, 100.0),
        at(0.0, 100.0)
    ]);
    let twice = ring(&[
        (100.0, 0.0),
        (200.0, 0.0),
        (200.0, 0.0),
        (200.0, 100.0),
        (100.0, 100.0),
    ]);
    let backwards = ring(&[(0.0, 100.0), (0.0, 200.0), (100.0, 200.0), (100.0, 100.0)]);
    for (code, rings, kind) in [
        ("A", open, Kind::UnclosedRing),
        ("B", twice, Kind::RepeatedPoint),
        ("C", backwards, Kind::WrongWinding),
    ] {
        let cells = [cell(code, &[rings])];
        let built = plain(&cells);
        is(only(&built), kind, &[code], Action::Repaired);
        assert_eq!(built.report.units, 1);
        assert!(built.pack.is_some());
        let strict = Options {
            strict: true,
            ..Options::default()
        };
        let refused = build_text(&collection(&cells), &strict);
        if kind == Kind::WrongWinding {
            // The layer comes out the same: nothing for a person to correct.
            is(only(&refused), kind, &[code], Action::Repaired);
            continue;
        }
        is(only(&refused), kind, &[code], Action::Refused);
        assert!(refused.pack.is_none());
    }
}

#[test]
fn a_ring_without_area_is_refused_as_a_shell_and_dropped_as_a_hole() {
    let line = json!([at(0.0, 0.0), at(100.0, 0.0), at(0.0, 0.0)]);
    let built = plain(&[cell("A", std::slice::from_ref(&line))]);
    assert_eq!(built.report.count(Kind::InvalidRing), 1);
    assert_eq!(built.report.count(Kind::Vanished), 1);
    assert!(built.pack.is_none());
    let built = plain(&[cell("A", &[square(0.0, 0.0, 100.0, 100.0), line])]);
    is(only(&built), Kind::InvalidRing, &["A"], Action::Repaired);
    assert!(built.pack.is_some());
}

#[test]
fn a_spike_encloses_nothing_and_goes() {
    let built = plain(&[cell(
        "A",
        &[ring(&[
            (0.0, 0.0),
            (100.0, 0.0),
            (150.0, 0.0),
            (100.0, 0.0),
            (100.0, 100.0),
            (0.0, 100.0),
        ])],
    )]);
    assert_eq!(built.report.findings, []);
    let pack = built.pack.unwrap();
    let arcs = &pack.units.as_ref().unwrap().arcs;
    assert!(
        arcs.iter()
            .flat_map(|a| &a.points)
            .all(|p| p.lon_e7 <= 1_234_301_000)
    );
}

#[test]
fn cells_that_meet_in_a_point_stay_two() {
    let built = plain(&[
        cell("A", &[square(0.0, 0.0, 100.0, 100.0)]),
        cell("B", &[square(100.0, 100.0, 200.0, 200.0)]),
    ]);
    assert_eq!(built.report.findings, []);
    assert_eq!(built.pack.unwrap().units.unwrap().arcs.len(), 2);
}

#[test]
fn duty_polygons_are_written_into_the_units_inside() {
    let units = collection(&[
        cell("A", &[square(0.0, 0.0, 100.0, 100.0)]),
        cell("B", &[square(100.0, 0.0, 200.0, 100.0)]),
        cell("C", &[square(200.0, 0.0, 300.0, 100.0)]),
    ]);
    let duties = collection(&[cell("D1", &[square(-1.0, -1.0, 201.0, 101.0)])]);
    let built = build_layers(
        &[(Layer::Unit, &units), (Layer::Duty, &duties)],
        &Options::default(),
    );
    is(only(&built), Kind::NoDutyGrid, &["C"], Action::Left);
    let duty: Vec<_> = built
        .pack
        .unwrap()
        .units
        .unwrap()
        .units
        .into_iter()
        .map(|u| u.duty.map(|d| d.0))
        .collect();
    assert_eq!(duty, [Some("D1".to_owned()), Some("D1".to_owned()), None]);
}

#[test]
fn roads_components_and_plates_come_with_their_attributes() {
    let road = json!({ "type": "Feature", "properties": { "code": "R1", "name": "瑞祥路" },
        "geometry": { "type": "LineString", "coordinates": [at(0.0, 0.0), at(9.0, 9.0)] } });
    let cover = json!({ "type": "Feature", "properties": { "code": 2101020101000001_u64, "class": "0101", "owner": null },
        "geometry": { "type": "Point", "coordinates": at(5.0, 5.0) } });
    let built = build_layers(
        &[
            (Layer::Road, &collection(&[road])),
            (Layer::Component, &collection(&[cover])),
        ],
        &Options::default(),
    );
    assert_eq!(built.report.findings, []);
    let pack = built.pack.unwrap();
    assert_eq!(
        pack.roads[0].attributes,
        [("name".to_owned(), "瑞祥路".to_owned())]
    );
    assert_eq!(pack.components[0].name, "2101020101000001");
    assert_eq!(pack.components[0].class, "0101");
    assert!(pack.components[0].attributes.is_empty(), "null is no value");
}

#[test]
fn a_hole_outside_its_polygon_is_told_with_the_code_of_the_polygon() {
    let stray = ring(&[(300.0, 0.0), (300.0, 50.0), (350.0, 50.0), (350.0, 0.0)]);
    let built = plain(&[cell("A", &[square(0.0, 0.0, 100.0, 100.0), stray])]);
    is(only(&built), Kind::Hole, &["A"], Action::Left);
}
