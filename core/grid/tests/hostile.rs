//! What a pack from elsewhere may contain, and the one answer that each fault gets.

use gewu_grid::{GridError, GridPack, MAX_BODY_BYTES, MAX_CELLS};

fn body(cells: &str) -> Result<GridPack, GridError> {
    let text = format!(r#"{{"format":"gewu-grid/1","city":"c","version":1,"cells":[{cells}]}}"#);
    GridPack::from_json(text.as_bytes())
}

fn fault(cells: &str) -> &'static str {
    body(cells)
        .map(|_| "accepted")
        .unwrap_or_else(|error| error.code())
}

const SQUARE: &str = r#"{"code":"A","ring":[[0,0],[10,0],[10,10],[0,10]]}"#;

#[test]
fn a_small_sound_pack_opens() {
    let pack = body(SQUARE).unwrap();
    assert_eq!(
        (pack.city(), pack.version(), pack.cells().len()),
        ("c", 1, 1)
    );
}

#[test]
fn each_fault_has_its_code_and_names_its_cell() {
    assert_eq!(fault(""), "grid_empty");
    assert_eq!(fault(&format!("{SQUARE},{SQUARE}")), "grid_duplicate");
    assert_eq!(fault(r#"{"code":"A","ring":[[0,0],[1,1]]}"#), "grid_ring");
    assert_eq!(
        fault(r#"{"code":"A","ring":[[0,0],[1,1],[2,2],[0,0]]}"#),
        "grid_ring"
    );
    assert_eq!(
        fault(r#"{"code":"A","ring":[[0,0],[1800000001,0],[0,5]]}"#),
        "grid_coordinates"
    );
    assert_eq!(
        fault(r#"{"code":"A","ring":[[0,0],[9,-900000001],[0,5]]}"#),
        "grid_coordinates"
    );
    assert_eq!(
        fault(r#"{"code":"A","ring":[[0,0],[9223372036854775807,0],[0,5]]}"#),
        "grid_coordinates"
    );
    assert_eq!(
        fault(r#"{"code":"","ring":[[0,0],[1,0],[0,1]]}"#),
        "grid_code"
    );
    assert_eq!(
        fault(r#"{"code":"A\u0000","ring":[[0,0],[1,0],[0,1]]}"#),
        "grid_code"
    );
    assert_eq!(
        fault(r#"{"code":"A","duty":"","ring":[[0,0],[1,0],[0,1]]}"#),
        "grid_code"
    );
    let error = body(r#"{"code":"A","ring":[]}"#).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("cell A has a ring without area"),
        "{error}"
    );
}

#[test]
fn what_is_no_json_of_this_shape_says_where() {
    for cells in [
        "{",
        "7",
        r#"{"code":"A"}"#,
        r#"{"code":"A","ring":[[0,0,0]]}"#,
        r#"{"code":"A","ring":[[0.5,0]]}"#,
    ] {
        assert_eq!(fault(cells), "grid_json", "{cells}");
    }
    assert_eq!(GridPack::from_json(b"").unwrap_err().code(), "grid_json");
    assert_eq!(
        GridPack::from_json(&[0xff; 64]).unwrap_err().code(),
        "grid_json"
    );
    assert_eq!(
        GridPack::from_json("[".repeat(100_000).as_bytes())
            .unwrap_err()
            .code(),
        "grid_json"
    );
    let other = br#"{"format":"gewu-grid/9","city":"c","version":1,"cells":[]}"#;
    assert_eq!(
        GridPack::from_json(other).unwrap_err().code(),
        "grid_format"
    );
}

#[test]
fn more_than_a_million_cells_are_refused() {
    let mut cells = r#"{"code":"","ring":[]},"#.repeat(MAX_CELLS + 5);
    cells.pop();
    assert_eq!(fault(&cells), "grid_too_many_cells");
}

#[test]
fn an_enormous_body_is_refused_before_it_is_read() {
    let error = GridPack::from_json(&vec![b' '; MAX_BODY_BYTES + 1]).unwrap_err();
    assert_eq!(error.code(), "grid_too_large");
}

#[test]
fn damaged_bytes_never_panic() {
    let sound = format!(r#"{{"format":"gewu-grid/1","city":"c","version":1,"cells":[{SQUARE}]}}"#);
    for at in 0..sound.len() {
        for byte in [b'0', b'9', b'-', b'"', b'[', b'}', 0xff] {
            let mut damaged = sound.clone().into_bytes();
            damaged[at] = byte;
            if let Ok(pack) = GridPack::from_json(&damaged) {
                assert_eq!(pack.cells().len(), 1);
            }
        }
        assert!(GridPack::from_json(&sound.as_bytes()[..at]).is_err());
    }
}
