//! `gewu photo seal`.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use gewu_evidence::{
    Answer, CarryBounds, Font, Metadata, Recipe, Sealed, Stage, Stamp, Watch, carry, is_carried,
    read_metadata, seal,
};
use gewu_model::policy::PhotoPolicy;
use serde_json::json;

use super::record::{self, Facts};
use super::{FileError, each, read};
use crate::args::SealArgs;
use crate::out::{Failure, Out, Outcome, plain};

pub(super) fn run(args: &SealArgs, out: Out) -> Outcome {
    let kitchen = Kitchen {
        policy: policy(args.policy.as_deref())?,
        fonts: fonts(&args.font)?,
        originals: args
            .inputs
            .iter()
            .filter_map(|file| fs::canonicalize(file).ok())
            .collect(),
        many: args.inputs.len() > 1 || args.output.is_dir(),
        args,
        out,
    };
    kitchen.refuse_collisions()?;
    if kitchen.many {
        fs::create_dir_all(&args.output).map_err(|error| about(&args.output, &error))?;
    }
    if kitchen.policy.stamp.is_some() && kitchen.fonts.is_empty() {
        out.progress("the policy wants a stamp; give a font to draw it with: --font FILE");
    }
    each(&args.inputs, out, |file| kitchen.one(file))
}

fn about(path: &Path, error: &dyn std::error::Error) -> Failure {
    Failure::new(format!("{}: {error}", path.display()))
}

fn policy(path: Option<&Path>) -> Result<PhotoPolicy, Failure> {
    let Some(path) = path else {
        return Ok(PhotoPolicy::default());
    };
    let body = fs::read(path).map_err(|error| about(path, &error))?;
    PhotoPolicy::from_json_strict(&body).map_err(|error| about(path, &error))
}

fn fonts(paths: &[PathBuf]) -> Result<Vec<Font>, Failure> {
    let font = |path: &PathBuf| {
        let bytes = fs::read(path).map_err(|error| about(path, &error))?;
        Font::new(bytes).map_err(|error| about(path, &error))
    };
    paths.iter().map(font).collect()
}

pub(super) const fn carry_bounds(policy: &PhotoPolicy) -> CarryBounds {
    CarryBounds {
        max_video_bytes: policy.max_video_bytes,
        max_audio_bytes: policy.max_audio_bytes,
    }
}

/// What all files of one call share.
struct Kitchen<'a> {
    policy: PhotoPolicy,
    fonts: Vec<Font>,
    /// Where the inputs really lie.
    originals: Vec<PathBuf>,
    many: bool,
    args: &'a SealArgs,
    out: Out,
}

impl Kitchen<'_> {
    fn one(&self, file: &Path) -> Result<(), FileError> {
        let policy = &self.policy;
        let bytes = read(file, policy)?;
        if is_carried(&bytes) {
            return self.carried(file, bytes);
        }
        let metadata = read_metadata(&bytes);
        let facts = self.facts(file, &metadata);
        let sealed = self.sealed(&bytes, &facts)?;
        let target = self.target(file, "jpg");
        let thumb = target.with_extension("thumb.jpg");
        self.spare(&target)?;
        if self.args.thumb {
            self.spare(&thumb)?;
        }
        save(&target, &sealed.photo.bytes)?;
        if self.args.thumb {
            save(&thumb, &sealed.thumb.bytes)?;
        }
        let mut said = record::said(&facts.record(&sealed), file, &target);
        said["thumb_bytes"] = sealed.thumb.bytes.len().into();
        if !self.args.private {
            said["device"] = json!({ "make": metadata.make, "model": metadata.model });
        }
        self.out.say(&said, || words(&target, &sealed));
        Ok(())
    }

    /// What is known of a picture beside its pixels.
    fn facts(&self, file: &Path, metadata: &Metadata) -> Facts {
        let policy = &self.policy;
        let position = metadata.position.as_ref();
        Facts {
            role: self.args.role.into(),
            provenance: self.args.origin.into(),
            captured: record::moment(file, metadata, self.args.origin.into(), policy),
            position: position.and_then(|at| at.sealed(policy.assume_datum)),
            direction: metadata.direction,
        }
    }

    fn sealed(&self, bytes: &[u8], facts: &Facts) -> Result<Sealed, FileError> {
        let stamp = self.stamp(facts);
        if let Some(stamp) = &stamp {
            let missing: String = stamp.missing().into_iter().collect();
            if !missing.is_empty() {
                self.out.progress(&format!("no font has: {missing}"));
            }
        }
        let recipe = Recipe {
            stamp,
            written: facts.written(self.args.private),
            keep_profile: !self.args.private,
            ..Recipe::of(&self.policy)
        };
        let shown = self.args.inputs.len() == 1 && bytes.len() > 8_000_000;
        let mut tell = |progress: gewu_evidence::Progress| {
            if shown && progress.permille == 0 && progress.stage < Stage::Done {
                self.out
                    .progress(&format!("{:?}", progress.stage).to_lowercase());
            }
            Answer::GoOn
        };
        Ok(seal(bytes, &recipe, &mut Watch::new(&mut tell))?)
    }

    /// The lines that were named, else those that the policy wants.
    fn stamp(&self, facts: &Facts) -> Option<Stamp<'_>> {
        let wanted = self.policy.stamp.as_ref();
        let lines = match (&self.args.stamp[..], wanted) {
            ([], Some(wanted)) => facts.lines(wanted, self.args.private),
            (named, _) => named.to_vec(),
        };
        let look = wanted.cloned().unwrap_or_default();
        (!lines.is_empty() && !self.fonts.is_empty()).then(|| Stamp {
            lines,
            fonts: self.fonts.iter().collect(),
            corner: look.corner,
            opacity: look.opacity,
        })
    }

    fn carried(&self, file: &Path, bytes: Vec<u8>) -> Result<(), FileError> {
        let facts = self.facts(file, &Metadata::default());
        let carried = carry(bytes, &carry_bounds(&self.policy), self.args.private)?;
        let target = self.target(file, carried.media_type.extension());
        self.spare(&target)?;
        save(&target, &carried.bytes)?;
        let said = record::said(&facts.carried(&carried), file, &target);
        self.out.say(&said, || {
            format!(
                "{}: {}",
                plain(&target.display().to_string()),
                carried.sha256
            )
        });
        Ok(())
    }

    /// Two inputs of one name would be written over each other in the folder. Names that differ
    /// only in case are one on many disks, and so they are here.
    fn refuse_collisions(&self) -> Result<(), Failure> {
        let name = |file: &Path| {
            file.file_name()
                .map(|name| name.to_string_lossy().to_lowercase())
        };
        let mut seen = HashMap::new();
        for file in &self.args.inputs {
            if let Some(first) = seen.insert(name(file), file) {
                return Err(Failure::new(format!(
                    "{} and {} would be written to the same file; seal them into different folders",
                    plain(&first.display().to_string()),
                    plain(&file.display().to_string()),
                )));
            }
        }
        Ok(())
    }

    /// Refuses to write over what is to be sealed, also through a link: nothing could bring the camera's
    /// file back.
    fn spare(&self, target: &Path) -> Result<(), FileError> {
        match fs::canonicalize(target) {
            Ok(place) if self.originals.contains(&place) => {
                Err(FileError::Original(target.to_owned()))
            }
            _ => Ok(()),
        }
    }

    /// The file to write: what was named, or the input's name in the folder that was named.
    fn target(&self, file: &Path, extension: &str) -> PathBuf {
        if !self.many {
            return self.args.output.clone();
        }
        let mut name = file.file_name().map_or_else(OsString::new, OsString::from);
        name.push(".");
        name.push(extension);
        self.args.output.join(name)
    }
}

fn words(target: &Path, sealed: &Sealed) -> String {
    let Sealed {
        photo, original, ..
    } = sealed;
    format!(
        "{}: {} by {}, {} bytes of {}\nsha256   {}\noriginal {}",
        plain(&target.display().to_string()),
        photo.width,
        photo.height,
        photo.bytes.len(),
        original.bytes,
        photo.sha256,
        original.sha256
    )
}

/// Whoever reads the file never meets half a picture.
fn save(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    crate::save::put(path, bytes).map_err(|error| FileError::Output {
        path: path.to_owned(),
        error,
    })
}
