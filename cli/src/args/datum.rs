//! The frame of coordinates on the command line.

use clap::ValueEnum;
use gewu::Datum;
use gewu_grid::datum::Frame;

/// The frame of coordinates.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum DatumArg {
    /// What satellite receivers give.
    Wgs84,
    /// The national frame; equal to WGS-84 for a phone's accuracy.
    Cgcs2000,
    /// AMap, Tencent, Apple's maps in China; approximate, to about 1 m.
    Gcj02,
    /// Baidu; approximate, to about 1 m.
    Bd09,
}

impl From<DatumArg> for Datum {
    fn from(arg: DatumArg) -> Self {
        match arg {
            DatumArg::Wgs84 => Self::Wgs84,
            DatumArg::Cgcs2000 => Self::Cgcs2000,
            DatumArg::Gcj02 => Self::Gcj02,
            DatumArg::Bd09 => Self::Bd09,
        }
    }
}

impl From<DatumArg> for Frame {
    fn from(arg: DatumArg) -> Self {
        Datum::from(arg).into()
    }
}
