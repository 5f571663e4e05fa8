//! Versions of the database: found out before SQLite touches the file, brought up to date one transaction a step.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, TransactionBehavior, backup::Backup};

use crate::OpenError;

/// The version that this build writes.
pub const VERSION: u32 = STEPS.len() as u32;

/// Step n leads from version n to n + 1. A step that has been released is never edited.
pub(crate) const STEPS: &[&str] = &[
    include_str!("steps/1.sql"),
    include_str!("steps/2.sql"),
    include_str!("steps/3.sql"),
    include_str!("steps/4.sql"),
    include_str!("steps/5.sql"),
    include_str!("steps/6.sql"),
];

/// "Shef", in the header of every database of ours.
const APPLICATION: i32 = 0x5368_6566;

/// SQLite's header, and that of the first page's tree behind it.
const HEADER: usize = 108;
const USER_VERSION_AT: usize = 60;
const APPLICATION_AT: usize = 68;
const TABLES_AT: usize = 103;
const WAL_HEADER: usize = 32;
const FRAME_HEADER: usize = 24;

/// Refuses what a newer Sheaf, or another program, has written. Reads only, and not through SQLite, which would create files beside it.
pub(crate) fn check(path: &Path, known: u32) -> Result<(), OpenError> {
    let unusable = |source| OpenError::File { path: path.to_owned(), source };
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(unusable(error)),
    };
    if file.metadata().map_err(unusable)?.len() == 0 {
        return Ok(());
    }
    let mut header = [0; HEADER];
    match file.read_exact(&mut header) {
        Ok(()) if header.starts_with(b"SQLite format 3\0") => {}
        Ok(()) => return Err(OpenError::Foreign(path.to_owned())),
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => return Err(OpenError::Foreign(path.to_owned())),
        Err(error) => return Err(unusable(error)),
    }
    let (application, version) = (number(&header, APPLICATION_AT), number(&header, USER_VERSION_AT));
    // A first start that was killed leaves a file that nobody has signed; but then nothing is in it.
    let untouched = application == 0 && version == 0 && header[TABLES_AT..TABLES_AT + 2] == [0, 0];
    let ours = application == APPLICATION.cast_unsigned() || untouched;
    if !ours {
        return Err(OpenError::Foreign(path.to_owned()));
    }
    let found = version.max(newest_in_wal(&beside(path, "-wal")).map_err(unusable)?);
    if found > known { Err(OpenError::Newer { path: path.to_owned(), found, known }) } else { Ok(()) }
}

/// The largest version that the write-ahead log's copies of the first page carry; a program killed soon after a migration leaves the
/// new version only there.
fn newest_in_wal(path: &Path) -> std::io::Result<u32> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(error),
    };
    let length = file.metadata()?.len();
    let mut header = [0; WAL_HEADER];
    if length < WAL_HEADER as u64 {
        return Ok(0);
    }
    file.read_exact(&mut header)?;
    let page = u64::from(number(&header, 8));
    let salts = &header[16..24];
    let mut newest = 0;
    let mut at = WAL_HEADER as u64;
    while page >= HEADER as u64 && at + FRAME_HEADER as u64 + page <= length {
        let mut frame = [0; FRAME_HEADER + HEADER];
        file.seek(SeekFrom::Start(at))?;
        file.read_exact(&mut frame)?;
        if &frame[8..16] != salts {
            break;
        }
        if number(&frame, 0) == 1 {
            newest = newest.max(number(&frame[FRAME_HEADER..], USER_VERSION_AT));
        }
        at += FRAME_HEADER as u64 + page;
    }
    Ok(newest)
}

fn number(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes(std::array::from_fn(|index| bytes[at + index]))
}

/// Brings the database up to `steps`, after copying it aside if there is anything in it.
pub(crate) fn run(connection: &mut Connection, path: &Path, steps: &[&str]) -> Result<(), OpenError> {
    let failed = |source| database_error(path, source);
    let version: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(failed)?;
    let known = steps.len() as u32;
    if version > known {
        return Err(OpenError::Newer { path: path.to_owned(), found: version, known });
    }
    if version == 0 {
        let tables: u32 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).map_err(failed)?;
        if tables > 0 {
            return Err(OpenError::Foreign(path.to_owned()));
        }
    } else if version < known {
        copy_aside(connection, path, version)?;
    }
    for (index, step) in steps.iter().enumerate().skip(version as usize) {
        migrate_one(connection, step, index as u32 + 1).map_err(failed)?;
    }
    Ok(())
}

fn migrate_one(connection: &mut Connection, step: &str, version: u32) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction.execute_batch(step)?;
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.pragma_update(None, "user_version", version)?;
    transaction.commit()
}

/// Copies the database to `sheaf.db.before-N`, so that nothing is lost if a migration is wrong.
fn copy_aside(connection: &Connection, path: &Path, version: u32) -> Result<(), OpenError> {
    let part = beside(path, ".part");
    let target = beside(path, &format!(".before-{version}"));
    let unusable = |source| OpenError::File { path: part.clone(), source };
    match std::fs::remove_file(&part) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(unusable(error)),
        _ => {}
    }
    create_private(&part).map_err(unusable)?;
    let copy = || -> rusqlite::Result<()> {
        let mut copy = Connection::open(&part)?;
        Backup::new(connection, &mut copy)?.run_to_completion(1000, Duration::ZERO, None)?;
        copy.pragma_update(None, "journal_mode", "DELETE")
    };
    copy().map_err(|source| database_error(&part, source))?;
    File::open(&part).and_then(|file| file.sync_all()).map_err(unusable)?;
    std::fs::rename(&part, &target).map_err(unusable)?;
    sync_folder(path).map_err(unusable)
}

/// The path with something after it.
pub(crate) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Creates a file that only this user reads. SQLite gives its log the same mode.
pub(crate) fn create_private(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    std::fs::OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path).map(drop)
}

/// Makes the names in a file's folder durable.
pub(crate) fn sync_folder(path: &Path) -> std::io::Result<()> {
    match path.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

/// Tells a damaged file from a failing disk.
pub(crate) fn database_error(path: &Path, source: rusqlite::Error) -> OpenError {
    match source.sqlite_error_code() {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
            OpenError::Damaged { path: path.to_owned(), reason: source.to_string() }
        }
        _ => OpenError::Database { path: path.to_owned(), source },
    }
}

#[cfg(test)]
mod tests;
