//! What can go wrong, sorted by what the caller does about it.

use std::path::PathBuf;

use rusqlite::ErrorCode;

/// The profile could not be opened. Nothing in it was changed.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process holds the profile.
    #[error("another Sheaf is using the profile {0}: close it, or let it do the work")]
    Locked(PathBuf),
    /// A newer Sheaf has written it.
    #[error("{path} was written by a newer Sheaf (its format is {found}, this one knows {known}): update Sheaf. Nothing was changed")]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: u32,
        /// Ours.
        known: u32,
    },
    /// It is some other program's file, or no database at all.
    #[error("{0} is not a Sheaf database: move it away, or restore a backup in its place. Nothing was changed")]
    Foreign(PathBuf),
    /// SQLite cannot make sense of it.
    #[error("{path} is damaged ({reason}): restore a backup in its place, or move it away to begin anew. It was left as it is")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        reason: String,
    },
    /// A file or folder could not be used.
    #[error("cannot use {path}: {source}. Check that the folder can be written and the disk has room")]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// SQLite failed.
    #[error("cannot open {path}: {source}. Check that the folder can be written and the disk has room")]
    Database {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        source: rusqlite::Error,
    },
}

/// A batch was not written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommitError {
    /// There is no room. Write the same bytes again once there is.
    #[error("the disk is full: make room, Sheaf writes the same bytes again")]
    Full,
    /// The disk, or something below it, failed; the store reopens the database before the next batch. Whether these bytes reached the
    /// disk is unknown. Writing the same bytes again is right: what is already there is recognised, not doubled.
    #[error("the disk failed ({0}): Sheaf reopens the database and writes the same bytes again")]
    Io(String),
    /// These changes can never be written: they contradict what is stored.
    #[error("the store refused the change: {0}")]
    Refused(String),
    /// The store is closed.
    #[error("the store is closed")]
    Closed,
}

impl CommitError {
    /// Whether writing the same bytes again can help.
    pub fn is_passing(&self) -> bool {
        matches!(self, CommitError::Full | CommitError::Io(_))
    }
}

/// Something could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// SQLite failed.
    #[error("cannot read the database: {0}")]
    Database(#[from] rusqlite::Error),
    /// A stored value is not what was written.
    #[error("the database is damaged at {0}")]
    Damaged(String),
}

/// Sorts SQLite's errors by what helps.
impl From<rusqlite::Error> for CommitError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => CommitError::Full,
            Some(ErrorCode::ConstraintViolation | ErrorCode::TypeMismatch | ErrorCode::TooBig | ErrorCode::ParameterOutOfRange) => {
                CommitError::Refused(error.to_string())
            }
            Some(_) => CommitError::Io(error.to_string()),
            None => CommitError::Refused(error.to_string()),
        }
    }
}
