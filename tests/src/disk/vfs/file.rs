//! One open file of the VFS.

use std::ffi::{c_int, c_void};
use std::slice;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::ffi;

use super::code;
use crate::disk::Fault;
use crate::disk::state::{Handle, State};

/// What SQLite allocates for an open file: its own head, and our content.
#[repr(C)]
pub(super) struct SimFile {
    head: ffi::sqlite3_file,
    /// From `Box::into_raw`; freed by `close`.
    file: *mut OpenFile,
}

impl SimFile {
    pub(super) fn new(file: OpenFile) -> Self {
        let head = ffi::sqlite3_file {
            pMethods: &raw const METHODS,
        };
        Self {
            head,
            file: Box::into_raw(Box::new(file)),
        }
    }
}

/// No shared memory (version 1), so SQLite refuses to use the log unless it is alone.
static METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
    iVersion: 1,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(device_characteristics),
    xShmMap: None,
    xShmLock: None,
    xShmBarrier: None,
    xShmUnmap: None,
    xFetch: None,
    xUnfetch: None,
};

/// A file of the disk in a connection's hands.
pub(super) struct OpenFile {
    disk: Arc<Mutex<State>>,
    handle: Handle,
    remove_on_close: Option<String>,
}

impl OpenFile {
    /// Opens or makes the file, as the flags allow.
    pub(super) fn open(disk: Arc<Mutex<State>>, name: String, flags: c_int) -> Option<Self> {
        let mut state = disk.lock().unwrap_or_else(PoisonError::into_inner);
        let boot = state.boot;
        let handle = match state.open(boot, &name).ok()? {
            Some(handle) => handle,
            None if flags & ffi::SQLITE_OPEN_CREATE != 0 => state.create(boot, &name).ok()?,
            None => return None,
        };
        drop(state);
        let remove_on_close = (flags & ffi::SQLITE_OPEN_DELETEONCLOSE != 0).then_some(name);
        Some(Self {
            disk,
            handle,
            remove_on_close,
        })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.disk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Does something with an open file, and turns a fault into `otherwise`.
///
/// # Safety
/// `file` was opened by this VFS and is not closed.
unsafe fn with(
    file: *mut ffi::sqlite3_file,
    otherwise: c_int,
    work: impl FnOnce(&mut State, Handle) -> Result<c_int, Fault>,
) -> c_int {
    // SAFETY: `open` wrote a `SimFile` there, and `close` has not been called.
    let open = unsafe { &*(*file.cast::<SimFile>()).file };
    work(&mut open.lock(), open.handle).unwrap_or_else(|fault| code(fault, otherwise))
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    // SAFETY: SQLite closes a file once; the box was made by `SimFile::new`.
    let open = unsafe { Box::from_raw((*file.cast::<SimFile>()).file) };
    let mut disk = open.lock();
    disk.unlock(open.handle);
    if let Some(name) = &open.remove_on_close {
        // Nobody hears of it, as with the system's own VFS.
        let _ = disk.remove(open.handle.boot, name);
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn read(
    file: *mut ffi::sqlite3_file,
    out: *mut c_void,
    len: c_int,
    offset: i64,
) -> c_int {
    // SAFETY: `out` has `len` bytes, and SQLite uses them for nothing else during the call.
    let out =
        unsafe { slice::from_raw_parts_mut(out.cast::<u8>(), usize::try_from(len).unwrap_or(0)) };
    let work = |disk: &mut State, handle| {
        let content = disk.content(handle)?;
        let start = usize::try_from(offset)
            .unwrap_or(usize::MAX)
            .min(content.len());
        let there = &content[start..content.len().min(start + out.len())];
        out[..there.len()].copy_from_slice(there);
        // SQLite wants the rest to be zero.
        out[there.len()..].fill(0);
        let whole = there.len() == out.len();
        Ok(if whole {
            ffi::SQLITE_OK
        } else {
            ffi::SQLITE_IOERR_SHORT_READ
        })
    };
    // SAFETY: SQLite calls the methods of open files only.
    unsafe { with(file, ffi::SQLITE_IOERR_READ, work) }
}

unsafe extern "C" fn write(
    file: *mut ffi::sqlite3_file,
    data: *const c_void,
    len: c_int,
    offset: i64,
) -> c_int {
    // SAFETY: `data` has `len` bytes.
    let data =
        unsafe { slice::from_raw_parts(data.cast::<u8>(), usize::try_from(len).unwrap_or(0)) };
    let work = |disk: &mut State, handle| {
        let offset = u64::try_from(offset).map_err(|_| Fault::Io)?;
        disk.write(handle, offset, data).map(|()| ffi::SQLITE_OK)
    };
    // SAFETY: SQLite calls the methods of open files only.
    unsafe { with(file, ffi::SQLITE_IOERR_WRITE, work) }
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, len: i64) -> c_int {
    let work = |disk: &mut State, handle| {
        let len = u64::try_from(len).map_err(|_| Fault::Io)?;
        disk.truncate(handle, len).map(|()| ffi::SQLITE_OK)
    };
    // SAFETY: SQLite calls the methods of open files only.
    unsafe { with(file, ffi::SQLITE_IOERR_TRUNCATE, work) }
}

/// Flushes the content; and the names, with the first flush of a new file.
unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, _flags: c_int) -> c_int {
    let work = |disk: &mut State, handle: Handle| {
        disk.sync(handle)?;
        if disk.is_unknown_to_medium(handle) {
            disk.sync_names(handle.boot)?;
        }
        Ok(ffi::SQLITE_OK)
    };
    // SAFETY: SQLite calls the methods of open files only.
    unsafe { with(file, ffi::SQLITE_IOERR_FSYNC, work) }
}

unsafe extern "C" fn file_size(file: *mut ffi::sqlite3_file, out: *mut i64) -> c_int {
    let work = |disk: &mut State, handle| {
        let len = i64::try_from(disk.content(handle)?.len()).map_err(|_| Fault::Io)?;
        // SAFETY: `out` is valid for the call.
        unsafe { *out = len };
        Ok(ffi::SQLITE_OK)
    };
    // SAFETY: SQLite calls the methods of open files only.
    unsafe { with(file, ffi::SQLITE_IOERR_FSTAT, work) }
}

unsafe extern "C" fn lock(file: *mut ffi::sqlite3_file, _level: c_int) -> c_int {
    let work = |disk: &mut State, handle| {
        Ok(if disk.lock(handle)? {
            ffi::SQLITE_OK
        } else {
            ffi::SQLITE_BUSY
        })
    };
    // SAFETY: SQLite calls the methods of open files only.
    unsafe { with(file, ffi::SQLITE_IOERR_LOCK, work) }
}

unsafe extern "C" fn unlock(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    let work = |disk: &mut State, handle| {
        if level == ffi::SQLITE_LOCK_NONE {
            disk.unlock(handle);
        }
        Ok(ffi::SQLITE_OK)
    };
    // SAFETY: SQLite calls the methods of open files only.
    unsafe { with(file, ffi::SQLITE_IOERR_UNLOCK, work) }
}

unsafe extern "C" fn check_reserved_lock(file: *mut ffi::sqlite3_file, out: *mut c_int) -> c_int {
    let work = |disk: &mut State, handle| {
        // SAFETY: `out` is valid for the call.
        unsafe { *out = c_int::from(disk.is_locked_by_other(handle)) };
        Ok(ffi::SQLITE_OK)
    };
    // SAFETY: SQLite calls the methods of open files only.
    unsafe { with(file, ffi::SQLITE_IOERR_CHECKRESERVEDLOCK, work) }
}

unsafe extern "C" fn file_control(
    _file: *mut ffi::sqlite3_file,
    _op: c_int,
    _arg: *mut c_void,
) -> c_int {
    ffi::SQLITE_NOTFOUND
}

unsafe extern "C" fn sector_size(_file: *mut ffi::sqlite3_file) -> c_int {
    4096
}

/// As the system's own VFS says: bytes beside a write survive the loss of power.
unsafe extern "C" fn device_characteristics(_file: *mut ffi::sqlite3_file) -> c_int {
    ffi::SQLITE_IOCAP_POWERSAFE_OVERWRITE
}
