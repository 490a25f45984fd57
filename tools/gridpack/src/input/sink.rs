//! Where the readers of formats hand their features: coordinates become degrees here, once.

use super::{Coordinate, Feature, Shape};
use crate::crs::SourceCrs;
use gewu_grid::datum::Frame;

/// Why a file cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// The file cannot be opened or read.
    #[error("cannot read {path}: {error}")]
    Io {
        /// The file.
        path: String,
        /// What the system said.
        error: std::io::Error,
    },
    /// The file is not what its name or beginning says.
    #[error("{path} cannot be understood: {reason}")]
    Format {
        /// The file.
        path: String,
        /// What is wrong.
        reason: String,
    },
    /// The file is of another kind.
    #[error("{path} is {what}")]
    Foreign {
        /// The file.
        path: String,
        /// What it is, and what to do.
        what: &'static str,
    },
    /// The coordinates are in a system that is not known here.
    #[error(
        "{path} says that its coordinates are {crs}, which is not converted here; convert it to EPSG:4326 or EPSG:4490 first (for example: ogr2ogr -t_srs EPSG:4326 OUT.geojson IN), or say with --crs what they are"
    )]
    Crs {
        /// The file.
        path: String,
        /// What the coordinates are.
        crs: String,
    },
    /// The file names the frame of its coordinates when they have been read already.
    #[error(
        "{path} says behind its features that they are {crs}: put the member 'crs' before 'features', or say it with --crs {crs}"
    )]
    LateCrs {
        /// The file.
        path: String,
        /// What the coordinates are.
        crs: String,
    },
    /// The first coordinate is no longitude and latitude, and nothing says what it is.
    #[error("the first place in {path} is {}, {}, which is no longitude and latitude: {advice}", short(*.x), short(*.y))]
    NotDegrees {
        /// The file.
        path: String,
        /// The first number.
        x: f64,
        /// The second number.
        y: f64,
        /// What to do.
        advice: &'static str,
    },
}

/// What a reader says before the file's name is added.
#[derive(Debug)]
pub(super) enum Trouble {
    Format(String),
    Foreign(&'static str),
    Crs(String),
    LateCrs(String),
    NotDegrees(Coordinate),
}

impl Trouble {
    pub(super) fn about(self, path: String) -> InputError {
        match self {
            Self::Format(reason) => InputError::Format { path, reason },
            Self::Foreign(what) => InputError::Foreign { path, what },
            Self::Crs(crs) => InputError::Crs { path, crs },
            Self::LateCrs(crs) => InputError::LateCrs { path, crs },
            Self::NotDegrees([x, y]) => InputError::NotDegrees {
                path,
                x,
                y,
                advice: advice(x, y),
            },
        }
    }
}

/// A number in few digits: nobody measures beyond a thousand million metres.
fn short(number: f64) -> String {
    match number.abs() < 1e9 {
        true => number.to_string(),
        false => format!("{number:e}"),
    }
}

fn advice(x: f64, y: f64) -> &'static str {
    if x.abs().max(y.abs()) >= 1e9 {
        "it is no measured coordinate; correct it"
    } else if x.abs() <= 90.0 && y.abs() <= 180.0 {
        "latitude and longitude are swapped; longitude comes first"
    } else {
        "say with --crs in which plane it was measured"
    }
}

/// Takes features and passes them on in degrees.
pub(super) struct Sink<'a> {
    given: Option<SourceCrs>,
    declared: Option<SourceCrs>,
    each: &'a mut dyn FnMut(Feature),
    pub(super) found: usize,
    looked: bool,
    /// What stopped the reading, when the format's own error says less.
    pub(super) trouble: Option<Trouble>,
}

impl<'a> Sink<'a> {
    pub(super) fn new(given: Option<SourceCrs>, each: &'a mut dyn FnMut(Feature)) -> Self {
        Self {
            given,
            declared: None,
            each,
            found: 0,
            looked: false,
            trouble: None,
        }
    }

    pub(super) fn crs(&self) -> SourceCrs {
        let plain = SourceCrs::Degrees(Frame::Wgs84);
        self.given.or(self.declared).unwrap_or(plain)
    }

    /// Takes what the file says about its coordinates; `false` when the reading must stop.
    pub(super) fn declare(&mut self, name: &str) -> bool {
        if self.given.is_some() {
            return true;
        }
        match name.parse::<SourceCrs>() {
            // Too late to convert what has been passed on as degrees.
            Ok(crs) if self.found > 0 && !crs.is_degrees() => {
                self.stop(Trouble::LateCrs(name.to_owned()))
            }
            Ok(crs) => {
                self.declared = Some(crs);
                true
            }
            Err(_) => self.stop(Trouble::Crs(name.to_owned())),
        }
    }

    /// Passes a feature on; `false` when the reading must stop.
    pub(super) fn take(&mut self, mut feature: Feature) -> bool {
        self.found += 1;
        let crs = self.crs();
        if !self.looked
            && let Some(first) = first_place(&feature.shape)
        {
            self.looked = true;
            if crs.is_degrees() && !is_on_the_globe(first) {
                return self.stop(Trouble::NotDegrees(first));
            }
        }
        convert(&mut feature.shape, &crs);
        (self.each)(feature);
        true
    }

    fn stop(&mut self, trouble: Trouble) -> bool {
        self.trouble = Some(trouble);
        false
    }
}

fn convert(shape: &mut Shape, crs: &SourceCrs) {
    let of_areas = shape.areas.iter_mut().flatten().flatten();
    let of_lines = shape.lines.iter_mut().flatten();
    for at in of_areas.chain(of_lines).chain(&mut shape.points) {
        *at = crs.degrees(*at);
    }
}

fn first_place(shape: &Shape) -> Option<Coordinate> {
    let of_areas = shape.areas.iter().flatten().flatten();
    let all = of_areas.chain(shape.lines.iter().flatten());
    all.chain(&shape.points).next().copied()
}

/// A number that is none is a defect of one feature and no sign of another frame.
fn is_on_the_globe([x, y]: Coordinate) -> bool {
    !(x.abs() > 180.0 || y.abs() > 90.0)
}
