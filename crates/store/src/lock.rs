//! One process per profile, by a lock of the operating system that ends with the process however it ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use crate::OpenError;

/// The lock file's name inside the profile. It stays when the process goes; only the lock on it counts.
pub const LOCK_FILE: &str = "lock";

/// Held while the profile is open.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock, or says that somebody else has it.
    pub(crate) fn take(profile: &Path) -> Result<Lock, OpenError> {
        let path = profile.join(LOCK_FILE);
        let open = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&path);
        let file = open.map_err(|source| OpenError::File { path: path.clone(), source })?;
        match file.try_lock() {
            Ok(()) => Ok(Lock { _file: file }),
            Err(TryLockError::WouldBlock) => Err(OpenError::Locked(profile.to_owned())),
            Err(TryLockError::Error(source)) => Err(OpenError::File { path, source }),
        }
    }
}
