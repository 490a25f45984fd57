//! From files to what the pack's writer takes.

use gewu_grid::file::PackInput;

use crate::input::{self, Feature, InputError};
use crate::layer::duty::Duties;
use crate::layer::simple;
use crate::layer::unit::Units;
use crate::report::{Action, Finding, Kind, Report};
use crate::source::{Layer, MAX_TOLERANCE_M, Options, Progress, Source};

/// Why nothing was made, not even a report.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// A file cannot be read.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The borders kept moving.
    #[error("the borders do not settle with a tolerance of {0} m; use a smaller --tolerance")]
    Unsettled(f64),
    /// The tolerance is no repair.
    #[error("the tolerance must lie between 0 and {MAX_TOLERANCE_M} m")]
    Tolerance,
    /// Duty grids without unit grids.
    #[error(
        "duty grids are sets of unit grids: give the unit layer too, or pack the duty grids with --layer unit"
    )]
    DutyWithoutUnits,
    /// No feature has the field that should hold the code.
    #[error(
        "no feature of {path} has a field '{field}'; name the code's field with --code-field (there are: {there})"
    )]
    CodeField {
        /// The file.
        path: String,
        /// The field that was looked for.
        field: String,
        /// The fields that the first feature has.
        there: String,
    },
}

/// The result: always a report, and what a pack is written from unless it was refused.
#[derive(Debug)]
pub struct Built {
    /// What was found and done.
    pub report: Report,
    /// For [`gewu_grid::file::write`].
    pub pack: Option<PackInput>,
}

/// How often progress is told while reading.
const EVERY: usize = 10_000;

/// Reads the sources and makes the pack's input.
///
/// # Errors
/// [`BuildError`] when a file cannot be understood. Defects of the data are no errors: they are in
/// the report, and where a person has to decide, there is no pack.
pub fn build(
    sources: &[Source],
    options: &Options,
    progress: &mut dyn FnMut(Progress),
) -> Result<Built, BuildError> {
    if !(0.0..=MAX_TOLERANCE_M).contains(&options.tolerance_m) {
        return Err(BuildError::Tolerance);
    }
    let mut layers = Layers::new(options);
    for source in sources {
        layers.read(source, progress)?;
    }
    layers.finish(progress)
}

struct Layers<'a> {
    options: &'a Options,
    report: Report,
    units: Units,
    has_units: bool,
    duties: Duties,
    pack: PackInput,
}

impl<'a> Layers<'a> {
    fn new(options: &'a Options) -> Self {
        let pack = PackInput {
            city: options.city.clone(),
            version: options.version,
            roads_meta: options.road_meta,
            components_meta: options.component_meta,
            plates_meta: options.plate_meta,
            ..PackInput::default()
        };
        Self {
            options,
            report: Report::default(),
            units: Units::default(),
            has_units: false,
            duties: Duties::default(),
            pack,
        }
    }

    fn read(
        &mut self,
        source: &Source,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<(), BuildError> {
        let mut fields = None;
        let (mut number, mut coded) = (0, false);
        self.has_units |= source.layer == Layer::Unit;
        let taken = input::read(&source.path, self.options.crs, &mut |feature| {
            number += 1;
            coded |= crate::layer::has_code_field(&feature, &source.code_field);
            fields.get_or_insert_with(|| field_names(&feature));
            self.take(&feature, source, number);
            if self.report.features.is_multiple_of(EVERY) {
                progress(Progress::Read(self.report.features));
            }
        })?;
        if source.layer == Layer::Unit || !self.has_units {
            self.pack.crs = taken.crs.stored();
        }
        if coded || number == 0 {
            return Ok(());
        }
        Err(BuildError::CodeField {
            path: source.path.display().to_string(),
            field: source.code_field.clone(),
            there: fields
                .filter(|names| !names.is_empty())
                .unwrap_or_else(|| "none".to_owned()),
        })
    }

    fn take(&mut self, feature: &Feature, source: &Source, number: usize) {
        self.report.features += 1;
        let (field, findings) = (&source.code_field, &mut self.report.findings);
        let result = match source.layer {
            Layer::Unit => return self.units.add(feature, field, self.options, findings),
            Layer::Duty => return self.duties.add(feature, field, self.options, findings),
            Layer::Road => simple::road(feature, field, number, self.options)
                .map(|road| self.pack.roads.push(road)),
            Layer::Component => simple::point(feature, field, source.layer, number, self.options)
                .map(|point| self.pack.components.push(point)),
            Layer::Plate => simple::point(feature, field, source.layer, number, self.options)
                .map(|point| self.pack.plates.push(point)),
        };
        self.report.findings.extend(result.err());
    }

    fn finish(mut self, progress: &mut dyn FnMut(Progress)) -> Result<Built, BuildError> {
        if !self.duties.is_empty() && !self.has_units {
            return Err(BuildError::DutyWithoutUnits);
        }
        if self.has_units {
            let mut built = self.units.build(self.options, &mut self.report, progress)?;
            if !self.duties.is_empty() {
                let findings = &mut self.report.findings;
                self.duties
                    .assign(&mut built.layer, &built.inside, findings);
            }
            self.pack.units = Some(built.layer);
        }
        let (pack, mut report) = (self.pack, self.report);
        report.units = pack.units.as_ref().map_or(0, |layer| layer.units.len());
        report.arcs = pack.units.as_ref().map_or(0, |layer| layer.arcs.len());
        report.roads = pack.roads.len();
        report.components = pack.components.len();
        report.plates = pack.plates.len();
        if self.options.strict {
            report.findings.iter_mut().for_each(refuse);
        }
        report.findings.sort_by(|a, b| {
            let key = |f: &Finding| (std::cmp::Reverse(f.action), f.kind);
            key(a).cmp(&key(b)).then(b.area_m2.total_cmp(&a.area_m2))
        });
        let pack = (!report.is_refused()).then_some(pack);
        Ok(Built { report, pack })
    }
}

/// Which way a ring runs says nothing about the survey: shapefiles prescribe the other way, and
/// the layer comes out the same.
fn refuse(finding: &mut Finding) {
    if finding.kind != Kind::WrongWinding {
        finding.action = Action::Refused;
    }
}

fn field_names(feature: &Feature) -> String {
    let names = feature.properties.iter().map(|(name, _)| name.as_str());
    names.take(30).collect::<Vec<_>>().join(", ")
}
