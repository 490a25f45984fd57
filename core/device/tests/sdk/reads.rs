//! Reads that fail while a database is opened: the disk's trouble, and no damage to the database.
//!
//! Both faults are real `EIO`: what a process reads of its own memory at the address nought.

use std::cell::Cell;
use std::ffi::{c_int, c_void};
use std::fs::File;
use std::os::fd::AsRawFd;
use std::path::Path;
use std::sync::Arc;

use gewu::{Gewu, GewuError, StorageProblem};
use rusqlite::ffi;

use crate::support::{City, Device, device, options, report};

/// A file of which no byte can be read.
const UNREADABLE: &str = "/proc/self/mem";

thread_local! {
    /// After how many more reads by SQLite on this thread one fails.
    static FAILING: Cell<Option<u32>> = const { Cell::new(None) };
}

unsafe extern "C" {
    fn pread64(fd: c_int, buffer: *mut c_void, bytes: usize, offset: i64) -> isize;
}

type Read = unsafe extern "C" fn(c_int, *mut c_void, usize, i64) -> isize;

/// What SQLite calls in place of the system's own.
unsafe extern "C" fn failing_read(
    fd: c_int,
    buffer: *mut c_void,
    bytes: usize,
    offset: i64,
) -> isize {
    let left = FAILING.get();
    FAILING.set(left.and_then(|left| left.checked_sub(1)));
    let unreadable = (left == Some(0)).then(|| File::open(UNREADABLE).unwrap());
    let (fd, offset) = match &unreadable {
        Some(file) => (file.as_raw_fd(), 0),
        None => (fd, offset),
    };
    // SAFETY: the caller's own buffer, for as many bytes as the caller said.
    unsafe { pread64(fd, buffer, bytes, offset) }
}

/// Has one of SQLite's reads on this thread fail, as on a card that loses contact.
fn lose_contact(after: u32) {
    type Any = unsafe extern "C" fn();
    // SAFETY: SQLite keeps the calls under these names with just this signature.
    let call = unsafe { std::mem::transmute::<Read, Any>(failing_read) };
    for name in [c"pread", c"pread64"] {
        // SAFETY: the system's own VFS is there for as long as the process, and so is the call.
        let set = unsafe {
            let vfs = ffi::sqlite3_vfs_find(std::ptr::null());
            (*vfs).xSetSystemCall.unwrap()(vfs, name.as_ptr(), Some(call))
        };
        assert_eq!(set, ffi::SQLITE_OK);
    }
    FAILING.set(Some(after));
}

fn moved_aside(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.contains(".corrupt-")).collect()
}

#[test]
fn a_read_that_fails_once_moves_no_database_aside() {
    let city = Arc::new(City::new());
    let Device {
        gewu,
        folder,
        clock,
    } = device(&city, "wang");
    gewu.report(report()).unwrap();
    drop(gewu);
    let opened = || Gewu::open(options(folder.path(), &city, &clock));
    let mut after = 0;
    loop {
        lose_contact(after);
        let first = opened().map(drop);
        assert_eq!(moved_aside(folder.path()), Vec::<String>::new(), "{after}");
        if FAILING.take().is_some() {
            break first.unwrap();
        }
        let status = opened().unwrap().status().unwrap();
        assert_eq!(status.cases.len(), 1, "what was unsent is there");
        after += 1;
    }
    assert!(after > 3, "only {after} reads failed");
}

#[test]
fn a_database_of_which_nothing_can_be_read_is_left_where_it_is() {
    let city = Arc::new(City::new());
    let Device {
        gewu,
        folder,
        clock,
    } = device(&city, "wang");
    gewu.report(report()).unwrap();
    drop(gewu);
    let database = folder.path().join("gewu.db");
    let elsewhere = folder.path().join("sound.db");
    std::fs::rename(&database, &elsewhere).unwrap();
    std::os::unix::fs::symlink(UNREADABLE, &database).unwrap();
    let said = Gewu::open(options(folder.path(), &city, &clock)).unwrap_err();
    let GewuError::Storage {
        problem: StorageProblem::Failed(words),
    } = &said
    else {
        panic!("{said:?}");
    };
    assert!(words.contains("try again"), "{words}");
    assert_eq!(moved_aside(folder.path()), Vec::<String>::new());
    std::fs::remove_file(&database).unwrap();
    std::fs::rename(&elsewhere, &database).unwrap();
    let gewu = Gewu::open(options(folder.path(), &city, &clock)).unwrap();
    assert_eq!(gewu.status().unwrap().cases.len(), 1);
}
