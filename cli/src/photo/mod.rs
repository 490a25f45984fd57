//! The photo pipeline on the command line, file by file.

mod inspect;
mod record;
mod seal;

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use gewu_evidence::{EvidenceError, too_large};
use gewu_model::policy::PhotoPolicy;
use serde_json::json;

use crate::args::PhotoCommand;
use crate::out::{Failure, Out, Outcome, plain};

pub(crate) fn run(command: &PhotoCommand, out: Out) -> Outcome {
    match command {
        PhotoCommand::Seal(args) => seal::run(args, out),
        PhotoCommand::Inspect(args) => inspect::run(args, out),
    }
}

/// What went wrong with one file.
#[derive(Debug, thiserror::Error)]
enum FileError {
    #[error("{0}")]
    Evidence(#[from] EvidenceError),
    #[error("{0}")]
    Io(#[from] std::io::Error),
    #[error("{} is to be sealed itself and would be written over: name another output", plain(&.0.display().to_string()))]
    Original(PathBuf),
    #[error("cannot write {}: {error}", plain(&path.display().to_string()))]
    Output {
        path: PathBuf,
        error: std::io::Error,
    },
}

impl FileError {
    const fn code(&self) -> &'static str {
        match self {
            Self::Evidence(error) => error.code(),
            Self::Io(_) | Self::Original(_) | Self::Output { .. } => "file",
        }
    }
}

/// Does `work` for each file, says one line about each that failed, and goes on.
fn each(
    files: &[PathBuf],
    out: Out,
    mut work: impl FnMut(&Path) -> Result<(), FileError>,
) -> Outcome {
    let mut failed = 0;
    for file in files {
        let Err(error) = work(file) else {
            continue;
        };
        failed += 1;
        let name = file.display();
        if out.is_json() {
            let line = json!({
                "file": name.to_string(), "error": error.to_string(), "code": error.code(),
            });
            out.say(&line, String::new);
        } else {
            let name = plain(&name.to_string());
            out.progress(&format!("{name}: {error}"));
        }
    }
    match failed {
        0 => Ok(()),
        1 if files.len() == 1 => Err(Failure::new("the file was refused")),
        _ => Err(Failure::new(format!(
            "{failed} of {} files were refused",
            files.len()
        ))),
    }
}

/// Reads a file that is no larger than anything may be; a larger one is refused by the bound of its kind.
fn read(path: &Path, policy: &PhotoPolicy) -> Result<Vec<u8>, FileError> {
    let carried = seal::carry_bounds(policy);
    let largest = carried.max_video_bytes.max(carried.max_audio_bytes);
    let limit = largest.max(policy.max_bytes);
    let mut bytes = Vec::new();
    let mut file = File::open(path)?;
    file.by_ref().take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        let (start, bytes) = (bytes, file.metadata()?.len().max(limit + 1));
        return Err(too_large(&start, bytes, policy.max_bytes, &carried).into());
    }
    Ok(bytes)
}
