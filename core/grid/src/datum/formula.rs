//! The open formula of GCJ-02 and BD-09, as the public conversion libraries (eviltransform, gcoord,
//! coordtransform, PRCoords) agree on it. The true algorithm is not public: vendors' own services
//! differ by about 0.7 m, so results are *approximate*, to about 1 m. Every function is `libm`'s, so
//! that all platforms round alike.
//!
//! # WGS-84 to GCJ-02
//! With λ and φ in degrees, x = λ − 105, y = φ − 35, Krasovsky's a = 6,378,245 m and e²:
//! ```text
//! c  = ⅔ (20 sin 6πx + 20 sin 2πx)
//! dφ = −100 + 2x + 3y + 0.2y² + 0.1xy + 0.2√|x| + c
//!      + ⅔ (20 sin πy + 40 sin πy/3 + 160 sin πy/12 + 320 sin πy/30)      metres
//! dλ = 300 + x + 2y + 0.1x² + 0.1xy + 0.1√|x| + c
//!      + ⅔ (20 sin πx + 40 sin πx/3 + 150 sin πx/12 + 300 sin πx/30)      metres
//! m  = 1 − e² sin² φ
//! φ' = φ + dφ · 180 m^1.5 / (π a (1 − e²))       λ' = λ + dλ · 180 √m / (π a cos φ)
//! ```
//! # GCJ-02 to BD-09
//! With X = 3000π/180: r = √(x² + y²) + 2e-5 sin(X y), θ = atan2(y, x) + 3e-6 cos(X x);
//! x' = r cos θ + 0.0065, y' = r sin θ + 0.006.
//!
//! # Inverses
//! Fixed-point iteration to below 1e-9 degree (0.1 mm), where a single step, as libraries have it,
//! leaves up to 4.8 m (GCJ-02) and 0.2 m (BD-09).
//!
//! # Domain
//! Longitude 72.004 to 137.8347, latitude 0.8293 to 55.8271; the box is rough and includes parts of
//! neighbouring countries. Outside it nothing is changed, in both directions. At its edge the shift
//! ends abruptly: a place within some 700 m of the edge may be carried over it, and then does not
//! come back.

use std::f64::consts::PI;

use super::Frame;

const AXIS: f64 = 6_378_245.0;
const ECCENTRICITY: f64 = 0.006_693_421_622_965_943;
const BD_TURN: f64 = PI * 3000.0 / 180.0;
/// 1e-9 degree is 0.1 mm.
const ENOUGH: f64 = 1e-9;
/// Four steps reach a micrometre.
const MOST_STEPS: usize = 12;

type Degrees = (f64, f64);

pub(super) fn from_wgs(to: Frame, at: Degrees) -> Degrees {
    if in_box(at) { shifted(to, at) } else { at }
}

pub(super) fn to_wgs(from: Frame, at: Degrees) -> Degrees {
    // Without the box in each step: near its edge the steps would jump in and out of it.
    inverse(at, |at| shifted(from, at))
}

/// Between the two shifted frames, which need no way over WGS-84.
pub(super) fn bd_to_gcj(at: Degrees) -> Degrees {
    inverse(at, bd_from_gcj)
}

/// As [`bd_to_gcj`], the other way.
pub(super) fn gcj_to_bd(at: Degrees) -> Degrees {
    if in_box(at) { bd_from_gcj(at) } else { at }
}

fn shifted(to: Frame, at: Degrees) -> Degrees {
    match to {
        Frame::Wgs84 | Frame::Cgcs2000 => at,
        Frame::Gcj02 => gcj_from_wgs(at),
        Frame::Bd09 => bd_from_gcj(gcj_from_wgs(at)),
    }
}

fn in_box((lon, lat): Degrees) -> bool {
    (72.004..=137.8347).contains(&lon) && (0.8293..=55.8271).contains(&lat)
}

/// The place that `forward` carries to `target`: each step corrects by what the last one missed.
/// Outside the box the target itself.
fn inverse(target: Degrees, forward: impl Fn(Degrees) -> Degrees) -> Degrees {
    if !in_box(target) {
        return target;
    }
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
