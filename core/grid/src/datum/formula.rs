//! The open formula of GCJ-02 and BD-09 as eviltransform, gcoord, coordtransform and PRCoords state
//! it, with Krasovsky's axis. Every function is `libm`'s, so that all platforms round alike.
//!
//! Domain: longitude 72.004 to 137.8347, latitude 0.8293 to 55.8271; the box is rough and includes
//! parts of neighbouring countries. Outside it nothing is changed. On the box's edge the shift ends
//! abruptly, so within some 700 m of it the inverse has no exact answer.

use std::f64::consts::PI;

use super::Frame;

const AXIS: f64 = 6_378_245.0;
const ECCENTRICITY: f64 = 0.006_693_421_622_965_943;
const BD_TURN: f64 = PI * 3000.0 / 180.0;
/// 1e-9 degree is 0.1 mm.
const ENOUGH: f64 = 1e-9;
/// Four steps reach a micrometre inside the box; more would not end on its edge.
const MOST_STEPS: usize = 12;

type Degrees = (f64, f64);

pub(super) fn from_wgs(to: Frame, at: Degrees) -> Degrees {
    match to {
        Frame::Wgs84 | Frame::Cgcs2000 => at,
        _ if !in_box(at) => at,
        Frame::Gcj02 => gcj_from_wgs(at),
        Frame::Bd09 => bd_from_gcj(gcj_from_wgs(at)),
    }
}

pub(super) fn to_wgs(from: Frame, at: Degrees) -> Degrees {
    match from {
        Frame::Wgs84 | Frame::Cgcs2000 => at,
        _ if !in_box(at) => at,
        _ => inverse(at, |at| from_wgs(from, at)),
    }
}

/// Between the two shifted frames, which need no way over WGS-84.
pub(super) fn bd_to_gcj(at: Degrees) -> Degrees {
    if in_box(at) {
        inverse(at, bd_from_gcj)
    } else {
        at
    }
}

/// As [`bd_to_gcj`], the other way.
pub(super) fn gcj_to_bd(at: Degrees) -> Degrees {
    if in_box(at) { bd_from_gcj(at) } else { at }
}

fn in_box((lon, lat): Degrees) -> bool {
    (72.004..=137.8347).contains(&lon) && (0.8293..=55.8271).contains(&lat)
}

/// The place that `forward` carries to `target`: each step corrects by what the last one missed.
fn inverse(target: Degrees, forward: impl Fn(Degrees) -> Degrees) -> Degrees {
    let mut guess = target;
    for _ in 0..MOST_STEPS {
        let there = forward(guess);
        let missed = (target.0 - there.0, target.1 - there.1);
        guess = (guess.0 + missed.0, guess.1 + missed.1);
        if missed.0.abs().max(missed.1.abs()) < ENOUGH {
            break;
        }
    }
    guess
}

fn gcj_from_wgs((lon, lat): Degrees) -> Degrees {
    let (x, y) = (lon - 105.0, lat - 35.0);
    let angle = lat / 180.0 * PI;
    let sine = libm::sin(angle);
    let magic = 1.0 - ECCENTRICITY * sine * sine;
    let root = libm::sqrt(magic);
    let north = AXIS * (1.0 - ECCENTRICITY) / (magic * root) * PI;
    let east = AXIS / root * libm::cos(angle) * PI;
    (
        lon + shift_east(x, y) * 180.0 / east,
        lat + shift_north(x, y) * 180.0 / north,
    )
}

fn shift_north(x: f64, y: f64) -> f64 {
    let plain = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * libm::sqrt(x.abs());
    let waves = 20.0 * libm::sin(y * PI) + 40.0 * libm::sin(y / 3.0 * PI);
    let long = 160.0 * libm::sin(y / 12.0 * PI) + 320.0 * libm::sin(y * PI / 30.0);
    plain + (common(x) + waves + long) * 2.0 / 3.0
}

fn shift_east(x: f64, y: f64) -> f64 {
    let plain = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * libm::sqrt(x.abs());
    let waves = 20.0 * libm::sin(x * PI) + 40.0 * libm::sin(x / 3.0 * PI);
    let long = 150.0 * libm::sin(x / 12.0 * PI) + 300.0 * libm::sin(x / 30.0 * PI);
    plain + (common(x) + waves + long) * 2.0 / 3.0
}

fn common(x: f64) -> f64 {
    20.0 * libm::sin(6.0 * x * PI) + 20.0 * libm::sin(2.0 * x * PI)
}

fn bd_from_gcj((x, y): Degrees) -> Degrees {
    let length = libm::sqrt(x * x + y * y) + 2e-5 * libm::sin(y * BD_TURN);
    let angle = libm::atan2(y, x) + 3e-6 * libm::cos(x * BD_TURN);
    (
        length * libm::cos(angle) + 0.0065,
        length * libm::sin(angle) + 0.006,
    )
}
