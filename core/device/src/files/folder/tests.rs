//! What a save does to the disk, in which order, and what is left when a step fails.

use std::sync::Mutex;

use super::*;

/// The real system, with every call written down and one of them made to fail.
#[derive(Default)]
struct Recorder {
    calls: Mutex<Vec<String>>,
    fail: Option<(&'static str, ErrorKind)>,
    skip: Option<&'static str>,
}

impl Recorder {
    fn call(
        &self,
        name: &'static str,
        path: &Path,
        real: impl FnOnce() -> io::Result<()>,
    ) -> io::Result<()> {
        if let Some((_, kind)) = self.fail.filter(|(failing, _)| *failing == name) {
            return Err(kind.into());
        }
        if self.skip == Some(name) {
            return Ok(());
        }
        real()?;
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        let shown = if file.contains('-') {
            "aside".into()
        } else {
            file
        };
        self.calls.lock().unwrap().push(format!("{name} {shown}"));
        Ok(())
    }
}

impl Os for Recorder {
    fn create_folder(&self, path: &Path) -> io::Result<()> {
        self.call("create_folder", path, || RealOs.create_folder(path))
    }
    fn create_file(&self, path: &Path) -> io::Result<File> {
        self.call("create_file", path, || Ok(()))?;
        RealOs.create_file(path)
    }
    fn write(&self, file: &mut File, path: &Path, bytes: &[u8]) -> io::Result<()> {
        // Half of it lands before the failure, as on a disk that fills.
        if self.fail.is_some_and(|(name, _)| name == "write") {
            RealOs.write(file, path, &bytes[..bytes.len() / 2])?;
        }
        self.call("write", path, || RealOs.write(file, path, bytes))
    }
    fn sync_file(&self, file: &File, path: &Path) -> io::Result<()> {
        self.call("sync_file", path, || RealOs.sync_file(file, path))
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.call("rename", to, || RealOs.rename(from, to))
    }
    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        self.call("sync_folder", path, || RealOs.sync_folder(path))
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        self.call("remove", path, || RealOs.remove(path))
    }
    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        self.call("remove_folder", path, || RealOs.remove_folder(path))
    }
}

fn recorded(root: &Path, os: Recorder) -> FolderFiles<Recorder> {
    let files = FolderFiles::with_os(root, Recorder::default()).unwrap();
    FolderFiles { os, ..files }
}

/// Whether the calls of a save make it durable: the file flushed after its last write and before
/// it gets its name, the folder flushed after that.
fn durable(calls: &[String]) -> bool {
    let last = |call: &str| calls.iter().rposition(|made| made == call);
    let order = [
        "write aside",
        "sync_file aside",
        "rename photo.jpg",
        "sync_folder media",
    ];
    let places: Vec<_> = order.iter().map(|call| last(call)).collect();
    places.iter().all(Option::is_some) && places.is_sorted()
}

#[test]
fn a_save_flushes_file_then_renames_then_flushes_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let files = recorded(folder.path(), Recorder::default());
    files.put_atomic("media/photo.jpg", b"jpeg").unwrap();
    let calls = files.os.calls.into_inner().unwrap();
    let root = folder.path().file_name().unwrap().to_string_lossy();
    assert_eq!(calls[0], "create_folder media");
    assert_eq!(calls[1], format!("sync_folder {root}"));
    assert!(durable(&calls), "{calls:?}");
}

#[test]
fn the_check_sees_a_missing_flush() {
    for skipped in ["sync_file", "sync_folder"] {
        let folder = tempfile::tempdir().unwrap();
        let os = Recorder {
            skip: Some(skipped),
            ..Recorder::default()
        };
        let files = recorded(folder.path(), os);
        files.put_atomic("media/photo.jpg", b"jpeg").unwrap();
        assert!(!durable(&files.os.calls.into_inner().unwrap()), "{skipped}");
    }
}

#[test]
fn a_failed_step_leaves_the_old_content_and_nothing_partial() {
    for step in ["create_file", "write", "sync_file", "rename"] {
        let folder = tempfile::tempdir().unwrap();
        let real = FolderFiles::open(folder.path()).unwrap();
        real.put_atomic("a.jpg", b"old").unwrap();
        let fail = Some((step, ErrorKind::StorageFull));
        let files = recorded(
            folder.path(),
            Recorder {
                fail,
                ..Recorder::default()
            },
        );
        assert_eq!(
            files.put_atomic("a.jpg", b"newer"),
            Err(FilesError::DiskFull),
            "{step}"
        );
        assert_eq!(
            files.put_atomic("b.jpg", b"newer"),
            Err(FilesError::DiskFull),
            "{step}"
        );
        assert_eq!(real.list("").unwrap(), ["a.jpg"], "{step}");
        assert_eq!(real.read("a.jpg").unwrap(), b"old", "{step}");
        assert_eq!(real.sweep().unwrap(), 0, "{step}");
    }
}

#[test]
fn reads_ranges_lengths_and_lists() {
    let folder = tempfile::tempdir().unwrap();
    let files = FolderFiles::open(folder.path().join("deep/er")).unwrap();
    files.put_atomic("media/ab/2.jpg", b"0123456789").unwrap();
    files.put_atomic("media/aa/1.jpg", b"").unwrap();
    files.put_atomic("top", b"x").unwrap();
    assert_eq!(files.read_range("media/ab/2.jpg", 3, 4).unwrap(), b"3456");
    assert_eq!(files.read_range("media/ab/2.jpg", 8, 4).unwrap(), b"89");
    assert_eq!(files.read_range("media/ab/2.jpg", 99, 4).unwrap(), b"");
    assert_eq!(files.len("media/aa/1.jpg").unwrap(), Some(0));
    assert_eq!(files.len("media").unwrap(), None);
    assert_eq!(
        files.list("media").unwrap(),
        ["media/aa/1.jpg", "media/ab/2.jpg"]
    );
    assert_eq!(files.list("").unwrap().len(), 3);
    assert_eq!(files.list("none").unwrap(), [""; 0]);
    assert!(files.free_space().unwrap().is_none_or(|bytes| bytes > 0));
}

#[test]
fn absent_files_are_told_apart_and_removal_repeats() {
    let folder = tempfile::tempdir().unwrap();
    let files = FolderFiles::open(folder.path()).unwrap();
    files.put_atomic("a/b", b"x").unwrap();
    assert_eq!(files.read("c").unwrap_err(), FilesError::NotFound);
    assert_eq!(files.read("a").unwrap_err(), FilesError::NotFound);
    assert!(!files.exists("c").unwrap());
    files.remove("a/b").unwrap();
    files.remove("a/b").unwrap();
    assert!(!files.exists("a/b").unwrap());
    assert_eq!(files.put_atomic("../x", b"x"), Err(FilesError::BadPath));
}

#[test]
fn sweep_takes_what_a_killed_process_left() {
    let folder = tempfile::tempdir().unwrap();
    let files = FolderFiles::open(folder.path()).unwrap();
    fs::write(
        folder
            .path()
            .join(ASIDE)
            .join(format!("{}-0", std::process::id())),
        b"half",
    )
    .unwrap();
    files.put_atomic("a", b"whole").unwrap();
    assert_eq!(files.sweep().unwrap(), 1);
    assert_eq!(files.list("").unwrap(), ["a"]);
}
