//! A city's plane from control points: the affine descriptor with the smallest squares of residuals.

use gewu_grid::file::Planar;

/// A point that is known in both.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Control {
    /// Longitude in degrees.
    pub lon: f64,
    /// Latitude in degrees.
    pub lat: f64,
    /// Metres east in the city's plane.
    pub east: f64,
    /// Metres north in the city's plane.
    pub north: f64,
}

/// The descriptor and how well it fits.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    /// The descriptor.
    pub plane: Planar,
    /// Metres between each control point and where the descriptor puts it, in their order.
    pub residuals: Vec<f64>,
    /// Root of the mean square of the residuals; 0 by construction with three points.
    pub rms: f64,
}

/// Why no descriptor fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FitError {
    /// Fewer than three.
    #[error("three control points are needed, better six or more around the whole city")]
    TooFew,
    /// All on a line, or all in one place.
    #[error("the control points lie on one line; take some aside of it")]
    OnALine,
    /// East and north, or longitude and latitude, are exchanged.
    #[error(
        "the control points are mirrored: east and north are swapped; in Chinese surveys x is north and y is east"
    )]
    Mirrored,
    /// Numbers off the globe, or not numbers.
    #[error("control point {0} is not on the globe, or too far from the others")]
    Place(usize),
}

/// Fits the descriptor. The origin is the middle of the points; `meridian` overrides the central
/// meridian, for a plane whose own is known.
///
/// # Errors
/// [`FitError`] when the points do not determine it.
pub fn fit(points: &[Control], meridian: Option<f64>) -> Result<Fit, FitError> {
    if points.len() < 3 {
        return Err(FitError::TooFew);
    }
    let mean = |of: fn(&Control) -> f64| points.iter().map(of).sum::<f64>() / points.len() as f64;
    let mut plane = Planar {
        lon: meridian.unwrap_or_else(|| mean(|c| c.lon)),
        lat: mean(|c| c.lat),
        east: [0.0; 3],
        north: [0.0; 3],
    };
    let place = |(i, c): (usize, &Control)| {
        let at = plane.metres_from_origin(c.lon, c.lat);
        at.filter(|_| c.east.is_finite() && c.north.is_finite())
            .ok_or(FitError::Place(i + 1))
    };
    let places: Vec<_> = points
        .iter()
        .enumerate()
        .map(place)
        .collect::<Result<_, _>>()?;
    let east: Vec<f64> = points.iter().map(|c| c.east).collect();
    let north: Vec<f64> = points.iter().map(|c| c.north).collect();
    plane.east = row(&places, &east).ok_or(FitError::OnALine)?;
    plane.north = row(&places, &north).ok_or(FitError::OnALine)?;
    if plane.east[1] * plane.north[2] < plane.east[2] * plane.north[1] {
        return Err(FitError::Mirrored);
    }
    let residuals: Vec<f64> = points.iter().map(|c| residual(&plane, c)).collect();
    let squares: f64 = residuals.iter().map(|r| r * r).sum();
    let rms = (squares / points.len() as f64).sqrt();
    Ok(Fit {
        plane,
        residuals,
        rms,
    })
}

fn residual(plane: &Planar, c: &Control) -> f64 {
    let there = plane.to_plane(c.lon, c.lat);
    there.map_or(f64::INFINITY, |(e, n)| (e - c.east).hypot(n - c.north))
}

/// Least squares of `values = c0 + c1·x + c2·y`, with everything counted from its mean so that large
/// coordinates lose no digits.
fn row(places: &[(f64, f64)], values: &[f64]) -> Option<[f64; 3]> {
    let count = places.len() as f64;
    let middle = places
        .iter()
        .fold((0.0, 0.0), |sum, p| (sum.0 + p.0, sum.1 + p.1));
    let (mx, my) = (middle.0 / count, middle.1 / count);
    let mv = values.iter().sum::<f64>() / count;
    let (mut xx, mut xy, mut yy, mut xv, mut yv) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for (&(x, y), &value) in places.iter().zip(values) {
        let (x, y, v) = (x - mx, y - my, value - mv);
        xx += x * x;
        xy += x * y;
        yy += y * y;
        xv += x * v;
        yv += y * v;
    }
    let area = xx * yy - xy * xy;
    if area <= 1e-9 * (xx + yy) * (xx + yy) {
        return None;
    }
    let (c1, c2) = ((yy * xv - xy * yv) / area, (xx * yv - xy * xv) / area);
    Some([mv - c1 * mx - c2 * my, c1, c2])
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn around(plane: &Planar, steps: &[(f64, f64)]) -> Vec<Control> {
        let at = |&(dx, dy): &(f64, f64)| {
            let (lon, lat) = (123.43 + dx, 41.8 + dy);
            let (east, north) = plane.to_plane(lon, lat).unwrap();
            Control {
                lon,
                lat,
                east,
                north,
            }
        };
        steps.iter().map(at).collect()
    }

    const AROUND: [(f64, f64); 5] = [
        (-0.2, -0.1),
        (0.2, -0.15),
        (0.1, 0.2),
        (-0.2, 0.1),
        (0.0, 0.0),
    ];

    #[test]
    fn a_turned_plane_on_another_meridian_is_found_to_a_decimetre() {
        let truth = Planar {
            lon: 123.0,
            lat: 41.5,
            east: [67_000.0, 0.9995, 0.03],
            north: [55_000.0, -0.03, 0.9995],
        };
        let points = around(&truth, &AROUND);
        let found = fit(&points, None).unwrap();
        assert!(found.rms < 0.3, "{found:?}");
        let exact = fit(&points, Some(123.0)).unwrap();
        assert!(exact.rms < 1e-6, "{exact:?}");
        assert_eq!(exact.residuals.len(), 5);
    }

    #[test]
    fn points_that_determine_nothing_are_refused() {
        let plane = Planar {
            lon: 123.4,
            lat: 41.8,
            east: [0.0, 1.0, 0.0],
            north: [0.0, 0.0, 1.0],
        };
        assert_eq!(
            fit(&around(&plane, &AROUND[..2]), None),
            Err(FitError::TooFew)
        );
        let line = around(&plane, &[(0.0, 0.0), (0.0, 0.1), (0.0, 0.2)]);
        assert_eq!(fit(&line, Some(123.43)), Err(FitError::OnALine));
        let mut swapped = around(&plane, &AROUND);
        swapped
            .iter_mut()
            .for_each(|c| std::mem::swap(&mut c.east, &mut c.north));
        assert_eq!(fit(&swapped, None), Err(FitError::Mirrored));
        let mut off = around(&plane, &AROUND);
        off[2].lat = 95.0;
        assert_eq!(fit(&off, Some(123.4)), Err(FitError::Place(3)));
    }
}
