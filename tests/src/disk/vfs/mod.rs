//! The disk as SQLite sees it: a VFS without shared memory.
//!
//! Unsafe code stands here and in `file` beside it. What makes it sound:
//! - Every pointer that SQLite passes in is valid for the call, as its documentation of
//!   `sqlite3_vfs` and `sqlite3_io_methods` promises; each use says which promise it relies on.
//! - The registered structure is never freed, because a connection may outlive the disk and
//!   SQLite keeps a pointer to the structure in every connection.
//! - State is reached through a mutex only, and no lock is held while SQLite is called.
//! - Nothing here panics: a panic must not cross C, and would abort the test run.

mod file;

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::ptr::null_mut;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use rusqlite::ffi;

use super::Fault;
use super::state::State;
use file::{OpenFile, SimFile};

/// The longest name.
const NAME: c_int = 512;
/// Julian day number of 1970-01-01, in milliseconds.
const EPOCH: i64 = 210_866_760_000_000;

/// A VFS that SQLite knows, until this is dropped.
#[derive(Debug)]
pub(super) struct Registration {
    name: String,
    vfs: *mut ffi::sqlite3_vfs,
}

// SAFETY: the pointer is only handed to `sqlite3_vfs_unregister`, which takes SQLite's own lock.
unsafe impl Send for Registration {}
// SAFETY: as above; nothing is done through a shared reference.
unsafe impl Sync for Registration {}

impl Registration {
    pub(super) fn new(state: &Arc<Mutex<State>>) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let name = format!("gewu-sim-{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let c_name = CString::new(name.as_str()).unwrap_or_default();
        let disk = Box::new(Arc::downgrade(state));
        let vfs = Box::into_raw(Box::new(table(
            c_name.into_raw(),
            Box::into_raw(disk).cast(),
        )));
        // SAFETY: the structure is complete, its name ends with NUL, and neither is ever freed.
        let code = unsafe { ffi::sqlite3_vfs_register(vfs, 0) };
        assert_eq!(code, ffi::SQLITE_OK, "SQLite refused the simulated disk");
        Self { name, vfs }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        // SAFETY: registered in `new`. The structure itself stays for connections still open.
        unsafe { ffi::sqlite3_vfs_unregister(self.vfs) };
    }
}

fn table(name: *const c_char, disk: *mut c_void) -> ffi::sqlite3_vfs {
    ffi::sqlite3_vfs {
        iVersion: 2,
        szOsFile: size_of::<SimFile>() as c_int,
        mxPathname: NAME,
        pNext: null_mut(),
        zName: name,
        pAppData: disk,
        xOpen: Some(open),
        xDelete: Some(delete),
        xAccess: Some(access),
        xFullPathname: Some(full_path),
        xDlOpen: None,
        xDlError: None,
        xDlSym: None,
        xDlClose: None,
        xRandomness: Some(randomness),
        xSleep: Some(sleep),
        xCurrentTime: Some(current_time),
        xGetLastError: Some(last_error),
        xCurrentTimeInt64: Some(current_time_ms),
        xSetSystemCall: None,
        xGetSystemCall: None,
        xNextSystemCall: None,
    }
}

/// What SQLite hears of a fault: the disk's own word for a full one, else `otherwise`.
fn code(fault: Fault, otherwise: c_int) -> c_int {
    match fault {
        Fault::DiskFull => ffi::SQLITE_FULL,
        Fault::Io | Fault::PowerOff => otherwise,
    }
}

/// The disk behind a VFS, unless it is gone.
///
/// # Safety
/// `vfs` is one that [`Registration::new`] made.
unsafe fn disk(vfs: *mut ffi::sqlite3_vfs) -> Option<Arc<Mutex<State>>> {
    // SAFETY: `pAppData` was set in `new` to a `Weak` that is never freed.
    unsafe { (*(*vfs).pAppData.cast::<Weak<Mutex<State>>>()).upgrade() }
}

/// Does something with the disk behind a VFS.
///
/// # Safety
/// `vfs` is one that [`Registration::new`] made.
unsafe fn with<T>(vfs: *mut ffi::sqlite3_vfs, work: impl FnOnce(&mut State) -> T) -> Option<T> {
    // SAFETY: passed on.
    let disk = unsafe { disk(vfs) }?;
    let mut state = disk.lock().unwrap_or_else(PoisonError::into_inner);
    Some(work(&mut state))
}

/// The text of a name; empty for none.
///
/// # Safety
/// `name` is null or ends with NUL and is valid for the call.
unsafe fn text(name: *const c_char) -> String {
    if name.is_null() {
        return String::new();
    }
    // SAFETY: not null, so it ends with NUL.
    unsafe { CStr::from_ptr(name) }
        .to_string_lossy()
        .into_owned()
}

unsafe extern "C" fn open(
    vfs: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    // SAFETY: `file` has room for `szOsFile` bytes; SQLite wants `pMethods` null on failure.
    unsafe { (*file).pMethods = std::ptr::null() };
    // SAFETY: `name` is null or ends with NUL.
    let name = unsafe { text(name) };
    // SAFETY: SQLite passes the VFS that it found by its name.
    let Some(disk) = (unsafe { disk(vfs) }) else {
        return ffi::SQLITE_CANTOPEN;
    };
    let Some(opened) = OpenFile::open(disk, name, flags) else {
        return ffi::SQLITE_CANTOPEN;
    };
    // SAFETY: `file` has room for a `SimFile`, as `szOsFile` says; `out_flags` is null or valid.
    unsafe {
        file.cast::<SimFile>().write(SimFile::new(opened));
        if !out_flags.is_null() {
            *out_flags = flags;
        }
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn delete(
    vfs: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    sync_folder: c_int,
) -> c_int {
    // SAFETY: `name` ends with NUL.
    let name = unsafe { text(name) };
    let work = |disk: &mut State| {
        let boot = disk.boot;
        let removed = disk.remove(boot, &name)?;
        if removed && sync_folder != 0 {
            disk.sync_names(boot)?;
        }
        Ok(removed)
    };
    // SAFETY: SQLite passes the VFS that it found by its name.
    match unsafe { with(vfs, work) } {
        Some(Ok(true)) => ffi::SQLITE_OK,
        Some(Ok(false)) => ffi::SQLITE_IOERR_DELETE_NOENT,
        Some(Err(fault)) => code(fault, ffi::SQLITE_IOERR_DELETE),
        None => ffi::SQLITE_IOERR_DELETE,
    }
}

unsafe extern "C" fn access(
    vfs: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    // SAFETY: `name` ends with NUL.
    let name = unsafe { text(name) };
    let work = |disk: &mut State| {
        disk.alive(disk.boot)?;
        let found = disk.find(&name).map(|inode| inode.content().len());
        // The system's own VFS takes an empty file for absent too.
        Ok(found.is_some_and(|len| len > 0 || flags != ffi::SQLITE_ACCESS_EXISTS))
    };
    // SAFETY: SQLite passes the VFS that it found by its name.
    let Some(Ok::<_, Fault>(yes)) = (unsafe { with(vfs, work) }) else {
        return ffi::SQLITE_IOERR_ACCESS;
    };
    // SAFETY: `out` is valid for the call.
    unsafe { *out = c_int::from(yes) };
    ffi::SQLITE_OK
}

unsafe extern "C" fn full_path(
    _vfs: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    room: c_int,
    out: *mut c_char,
) -> c_int {
    // SAFETY: `name` ends with NUL.
    let bytes = unsafe { CStr::from_ptr(name) }.to_bytes_with_nul();
    if usize::try_from(room).is_ok_and(|room| bytes.len() <= room) {
        // SAFETY: `out` has `room` bytes, which was just compared; the two do not overlap.
        unsafe {
            out.cast::<u8>()
                .copy_from_nonoverlapping(bytes.as_ptr(), bytes.len())
        };
        ffi::SQLITE_OK
    } else {
        ffi::SQLITE_CANTOPEN
    }
}

unsafe extern "C" fn randomness(vfs: *mut ffi::sqlite3_vfs, len: c_int, out: *mut c_char) -> c_int {
    let room = usize::try_from(len).unwrap_or(0);
    // SAFETY: `out` has `len` bytes that SQLite has made.
    let buffer = unsafe { std::slice::from_raw_parts_mut(out.cast::<u8>(), room) };
    // SAFETY: SQLite passes the VFS that it found by its name.
    unsafe { with(vfs, |disk| disk.dice.fill(buffer)) };
    len
}

unsafe extern "C" fn sleep(_vfs: *mut ffi::sqlite3_vfs, micros: c_int) -> c_int {
    micros
}

unsafe extern "C" fn current_time(vfs: *mut ffi::sqlite3_vfs, out: *mut f64) -> c_int {
    // SAFETY: SQLite passes the VFS that it found by its name; `out` is valid for the call.
    unsafe {
        *out =
            with(vfs, |disk| EPOCH.saturating_add(disk.now)).unwrap_or(EPOCH) as f64 / 86_400_000.0
    };
    ffi::SQLITE_OK
}

unsafe extern "C" fn current_time_ms(vfs: *mut ffi::sqlite3_vfs, out: *mut i64) -> c_int {
    // SAFETY: SQLite passes the VFS that it found by its name; `out` is valid for the call.
    unsafe { *out = with(vfs, |disk| EPOCH.saturating_add(disk.now)).unwrap_or(EPOCH) };
    ffi::SQLITE_OK
}

unsafe extern "C" fn last_error(
    _vfs: *mut ffi::sqlite3_vfs,
    _len: c_int,
    _out: *mut c_char,
) -> c_int {
    0
}
