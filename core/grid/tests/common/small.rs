//! A small pack with every layer.

use super::mesh::Plan;
use gewu_grid::Point;
use gewu_grid::file::{PackInput, PointInput, RoadInput, write};
use gewu_model::ids::GridCode;

/// A pack with every layer.
pub(crate) fn small_pack() -> Vec<u8> {
    let plan = Plan {
        columns: 3,
        rows: 3,
        ..Plan::small(1)
    };
    let mesh = plan.draw();
    let point = |number: i32| PointInput {
        name: format!("瑞祥路{number}号"),
        class: format!("0100{}", number % 3),
        at: Point {
            lon_e7: mesh.min.lon_e7 + number * 900,
            lat_e7: mesh.min.lat_e7 + number * 700,
        },
        attributes: vec![("GLBJZT".to_owned(), "完好".to_owned())],
    };
    let input = PackInput {
        components: (0..20).map(point).collect(),
        plates: (0..20).map(point).collect(),
        roads: vec![RoadInput {
            code: GridCode::from("L1"),
            lines: vec![vec![mesh.min, mesh.max]],
            attributes: vec![],
        }],
        ..mesh.pack()
    };
    write(&input).unwrap()
}
