//! A real disk of a few megabytes, so that full disks need no pretending.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A disk in memory, mounted on a folder until it is dropped.
#[derive(Debug)]
pub struct Disk(PathBuf);

impl Disk {
    /// Mounts a disk of so many megabytes on `folder`, which is made if need be; `None`, with a word on
    /// stderr, where nobody may mount one.
    pub fn mount(folder: &Path, megabytes: u32) -> Option<Self> {
        std::fs::create_dir_all(folder).ok()?;
        let size = format!("size={megabytes}m");
        let mut mount = Command::new("mount");
        mount
            .args(["-t", "tmpfs", "-o", &size, "tmpfs"])
            .arg(folder);
        if mount.output().is_ok_and(|done| done.status.success()) {
            return Some(Self(folder.to_owned()));
        }
        eprintln!("SKIPPED a full disk: only root may mount one");
        None
    }

    /// Gives the disk another size; whether that was done.
    #[must_use]
    pub fn resize(&self, megabytes: u32) -> bool {
        let size = format!("remount,size={megabytes}m");
        let mut mount = Command::new("mount");
        let done = mount.args(["-o", &size]).arg(&self.0).status();
        done.is_ok_and(|status| status.success())
    }

    /// Fills what is left with a file of somebody else's.
    ///
    /// # Errors
    /// When the file cannot be made at all.
    pub fn fill(&self) -> std::io::Result<()> {
        use std::io::Write;
        let mut file = std::fs::File::create(self.0.join("of-somebody-else"))?;
        for piece in [64 << 10, 4 << 10, 512, 1] {
            let zeros = vec![0_u8; piece];
            while file.write_all(&zeros).is_ok() {}
        }
        Ok(())
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}
