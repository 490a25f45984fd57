//! A 12-megapixel photo through the pipeline, beside the tools that people use for it.
//!
//! Every contestant is a process of its own on one thread, so that its processor time and its peak
//! memory are its own; this process stays small, because a child begins with its parent's peak. All
//! make the same two files: upright, 1,600 and 320 pixels, quality 80, 4:2:0.

mod child;
mod photo;
mod process;

use std::path::Path;

pub use child::run_as_child;
use process::{Cost, here, itself, tool};

use super::BenchError;

const ROUNDS: usize = 7;

/// One contestant: its name, whether its tools are here, and what it runs in the folder.
struct Contestant {
    name: &'static str,
    needs: &'static [&'static str],
    run: fn(&Path) -> Result<Cost, BenchError>,
    /// The two files that it makes.
    files: [&'static str; 2],
}

const OURS: Contestant = Contestant {
    name: "gewu-evidence",
    needs: &[],
    run: |folder| itself(folder, &["seal", "photo.jpg", "ours.jpg", "ours-small.jpg"]),
    files: ["ours.jpg", "ours-small.jpg"],
};

const PEERS: [Contestant; 3] = [
    Contestant {
        name: "libvips (vipsthumbnail, twice)",
        needs: &["vipsthumbnail"],
        run: vips,
        files: ["vips.jpg", "vips-small.jpg"],
    },
    Contestant {
        name: "libjpeg-turbo scaled (djpeg, cjpeg)",
        needs: &["djpeg", "cjpeg"],
        run: turbo,
        files: ["turbo.jpg", "turbo-small.jpg"],
    },
    Contestant {
        name: "image alone",
        needs: &[],
        run: |folder| {
            itself(
                folder,
                &["image", "photo.jpg", "image.jpg", "image-small.jpg"],
            )
        },
        files: ["image.jpg", "image-small.jpg"],
    },
];

fn vips(folder: &Path) -> Result<Cost, BenchError> {
    let large = ["photo.jpg", "-s", "1600x1600", "-o", "vips.jpg[Q=80,strip]"];
    let small = [
        "photo.jpg",
        "-s",
        "320x320",
        "-o",
        "vips-small.jpg[Q=80,strip]",
    ];
    Ok(tool(folder, "vipsthumbnail", &large)?.then(tool(folder, "vipsthumbnail", &small)?))
}

/// The tools scale by halves only and neither turn nor resize: that part is done by us, from and to
/// files that need no decoding.
fn turbo(folder: &Path) -> Result<Cost, BenchError> {
    let decode = ["-scale", "1/2", "-outfile", "half.ppm", "photo.jpg"];
    let encode = |from, to| tool(folder, "cjpeg", &["-quality", "80", "-outfile", to, from]);
    Ok(tool(folder, "djpeg", &decode)?
        .then(itself(
            folder,
            &["resize", "half.ppm", "large.ppm", "small.ppm"],
        )?)
        .then(encode("large.ppm", "turbo.jpg")?)
        .then(encode("small.ppm", "turbo-small.jpg")?)
        .then(itself(
            folder,
            &["hash", "turbo.jpg", "turbo-small.jpg", "photo.jpg"],
        )?))
}

/// What was measured of one contestant.
struct Measured {
    name: &'static str,
    cpu_ms: f64,
    peak_mb: f64,
    bytes: [u64; 2],
    ssim: f64,
}

/// Measures and gives the tables as text.
///
/// # Errors
/// When a process fails, or a file cannot be read.
pub fn run() -> Result<String, BenchError> {
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    itself(folder, &["photo", "photo.jpg", "reference.png"])?;
    let mut lines = Vec::new();
    let mut contestants = vec![&OURS];
    for peer in &PEERS {
        let missing: Vec<&str> = peer
            .needs
            .iter()
            .copied()
            .filter(|name| !here(name))
            .collect();
        if missing.is_empty() {
            contestants.push(peer);
        } else {
            let (name, tools) = (peer.name, missing.join(", "));
            lines.push(format!(
                "SKIPPED {name}: not here: {tools} (cargo xtask setup)"
            ));
        }
    }
    let results = measure(folder, &contestants)?;
    lines.extend(table(&results));
    lines.extend(verdicts(&results));
    Ok(lines.join("\n"))
}

/// Takes turns, so that whatever else the machine does hits all alike.
fn measure(folder: &Path, contestants: &[&Contestant]) -> Result<Vec<Measured>, BenchError> {
    let mut costs: Vec<Vec<Cost>> = contestants.iter().map(|_| Vec::new()).collect();
    for _ in 0..ROUNDS {
        for (contestant, costs) in contestants.iter().zip(&mut costs) {
            costs.push((contestant.run)(folder)?);
        }
    }
    contestants
        .iter()
        .zip(costs)
        .map(|(contestant, mut costs)| {
            costs.sort_by(|a, b| a.cpu_ms.total_cmp(&b.cpu_ms));
            let size = |name| Ok::<u64, BenchError>(std::fs::metadata(folder.join(name))?.len());
            let [large, small] = contestant.files;
            Ok(Measured {
                name: contestant.name,
                cpu_ms: costs[ROUNDS / 2].cpu_ms,
                peak_mb: costs.iter().map(|cost| cost.peak_mb).fold(0.0, f64::max),
                bytes: [size(large)?, size(small)?],
                ssim: process::answer(folder, &["ssim", "reference.png", large])?,
            })
        })
        .collect()
}

fn table(results: &[Measured]) -> Vec<String> {
    let mut lines = vec![format!(
        "{:<38} {:>8} {:>8} {:>10} {:>8} {:>7}",
        "12 MP photo to 1600 and 320", "cpu ms", "peak MB", "bytes", "small", "SSIM"
    )];
    lines.extend(results.iter().map(|result| {
        let [large, small] = result.bytes;
        format!(
            "{:<38} {:>8.1} {:>8.1} {large:>10} {small:>8} {:>7.4}",
            result.name, result.cpu_ms, result.peak_mb, result.ssim
        )
    }));
    lines
}

fn verdicts(results: &[Measured]) -> Vec<String> {
    let (ours, peers) = (&results[0], &results[1..]);
    let find = |start: &str| peers.iter().find(|peer| peer.name.starts_with(start));
    let met = |good: bool| if good { "met" } else { "MISSED" };
    let mut lines = vec![format!(
        "peak memory {:.1} MB: <= 45, {}",
        ours.peak_mb,
        met(ours.peak_mb <= 45.0)
    )];
    for (start, aim) in [("libvips", 0.45), ("libjpeg-turbo", 1.8)] {
        if let Some(peer) = find(start) {
            let ratio = ours.cpu_ms / peer.cpu_ms;
            let good = met(ratio <= aim);
            lines.push(format!("cpu time {ratio:.2} x {start}: <= {aim} x, {good}"));
        }
    }
    if let Some(vips) = find("libvips") {
        let sizes = ours.bytes[0] as f64 / vips.bytes[0] as f64;
        let good = met((0.9..=1.1).contains(&sizes));
        lines.push(format!(
            "output size {sizes:.3} x libvips: within 10 %, {good}"
        ));
        let better = ours.ssim - vips.ssim;
        let good = met(better >= -0.005);
        lines.push(format!(
            "SSIM {better:+.4} against libvips: >= -0.005, {good}"
        ));
    }
    lines
}
