//! Processes whose cost is known when they end.

use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::bench::BenchError;

/// Processor time of a process and its peak memory.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cost {
    pub(super) cpu_ms: f64,
    pub(super) peak_mb: f64,
}

impl Cost {
    /// One after the other: times add, peaks do not.
    pub(super) fn then(self, next: Self) -> Self {
        Self {
            cpu_ms: self.cpu_ms + next.cpu_ms,
            peak_mb: self.peak_mb.max(next.peak_mb),
        }
    }
}

/// Whether a program can be started.
pub(super) fn here(name: &str) -> bool {
    Command::new(name)
        .arg("--help")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok()
}

/// Runs a tool in `folder` on one thread.
pub(super) fn tool(folder: &Path, name: &str, args: &[&str]) -> Result<Cost, BenchError> {
    cost(Command::new(name).args(args).current_dir(folder))
}

/// Runs this program as [`super::run_as_child`] does it.
pub(super) fn itself(folder: &Path, args: &[&str]) -> Result<Cost, BenchError> {
    let program = std::env::current_exe()?;
    cost(
        Command::new(program)
            .arg(super::child::MARK)
            .args(args)
            .current_dir(folder),
    )
}

/// The number that a run of this program prints.
pub(super) fn answer(folder: &Path, args: &[&str]) -> Result<f64, BenchError> {
    let mut command = Command::new(std::env::current_exe()?);
    let output = command
        .arg(super::child::MARK)
        .args(args)
        .current_dir(folder)
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    text.trim()
        .parse()
        .map_err(|_| BenchError::Missing("a number"))
}

fn cost(command: &mut Command) -> Result<Cost, BenchError> {
    command
        .env("VIPS_CONCURRENCY", "1")
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    let child = command.spawn()?;
    let (status, usage) = wait(&child)?;
    if status != 0 {
        return Err(BenchError::Missing("success of a process"));
    }
    let ms = |time: libc::timeval| time.tv_sec as f64 * 1e3 + time.tv_usec as f64 / 1e3;
    Ok(Cost {
        cpu_ms: ms(usage.ru_utime) + ms(usage.ru_stime),
        peak_mb: usage.ru_maxrss as f64 / 1_024.0,
    })
}

/// The status and the usage of exactly this child, which std does not tell.
fn wait(child: &Child) -> Result<(i32, libc::rusage), BenchError> {
    let mut status = 0;
    // SAFETY: `rusage` is plain numbers, for which zeros are a value.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: both pointers lead to live variables of the types that the call fills in, and the
    // child is ours and was not waited for.
    let done = unsafe { libc::wait4(child.id() as i32, &raw mut status, 0, &raw mut usage) };
    if done < 0 {
        return Err(std::io::Error::last_os_error().into());
    }
    Ok((status, usage))
}
