//! The store as its callers hold it: open, commit, read.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use rusqlite::{Connection, OpenFlags};

use crate::lock::Lock;
use crate::writer::{Job, Writer};
use crate::{Batch, CommitError, Faults, OpenError, ReadError, Reader, Written, migrate};

/// The database's name inside the profile.
pub const DATABASE_FILE: &str = "sheaf.db";

/// Readers that are kept between reads. More may read at once; these stay open.
const IDLE_READERS: usize = 3;

/// What a test may change about a store.
#[derive(Default)]
pub struct Options {
    /// A disk that fails on demand.
    pub faults: Option<Faults>,
}

/// The open profile. Clones are the same store; the last one closes it.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    path: PathBuf,
    jobs: Mutex<Option<Sender<Job>>>,
    writer: Mutex<Option<JoinHandle<()>>>,
    readers: Mutex<Vec<Connection>>,
    /// Released when everything else is closed.
    lock: Mutex<Option<Lock>>,
}

impl Store {
    /// Opens the profile in this folder, creating what is missing. Refuses a profile that another process has, and one that a newer
    /// Sheaf has written; neither is changed.
    pub fn open(profile: &Path) -> Result<Store, OpenError> {
        Store::open_with(profile, Options::default())
    }

    /// As [`Store::open`], with a disk that may fail on demand.
    pub fn open_with(profile: &Path, options: Options) -> Result<Store, OpenError> {
        Store::open_steps(profile, options, migrate::STEPS)
    }

    pub(crate) fn open_steps(profile: &Path, options: Options, steps: &[&str]) -> Result<Store, OpenError> {
        create_folder(profile)?;
        let path = profile.join(DATABASE_FILE);
        let lock = Lock::take(profile)?;
        migrate::check(&path, steps.len() as u32)?;
        migrate::create_private(&path)
            .and_then(|()| migrate::sync_folder(&path))
            .map_err(|source| OpenError::File { path: path.clone(), source })?;
        let mut connection = connect_writer(&path).map_err(|source| migrate::database_error(&path, source))?;
        migrate::run(&mut connection, &path, steps)?;
        // A disk without room is no reason not to read. The writer tries again before it writes.
        let emptied = empty_log(&connection).inspect_err(|error| tracing::warn!(%error, "the log could not be emptied")).is_ok();
        let connection = emptied.then_some(connection);
        let (jobs, receiver) = channel();
        let writer = Writer::new(path.clone(), connection, receiver, options.faults);
        let thread = std::thread::Builder::new()
            .name("sheaf-store".into())
            .spawn(move || writer.run())
            .map_err(|source| OpenError::File { path: path.clone(), source })?;
        let inner = Inner {
            path,
            jobs: Mutex::new(Some(jobs)),
            writer: Mutex::new(Some(thread)),
            readers: Mutex::new(Vec::new()),
            lock: Mutex::new(Some(lock)),
        };
        Ok(Store { inner: Arc::new(inner) })
    }

    /// Hands a batch to the writer. [`Pending::wait`] returns when it is durable, or says why it is not.
    pub fn commit(&self, batch: Batch) -> Pending {
        let (sender, receiver) = channel();
        self.commit_then(batch, move |outcome| drop(sender.send(outcome)));
        Pending { receiver }
    }

    /// Hands a batch to the writer and calls `done` on the writer's thread when it is durable or has failed; always exactly once.
    /// `done` must not wait for anything: every other document waits with it.
    pub fn commit_then(&self, batch: Batch, done: impl FnOnce(Result<Written, CommitError>) + Send + 'static) {
        let job = Job::new(batch, Box::new(done));
        // A job that nobody takes answers Closed as it is dropped.
        if let Some(jobs) = &*held(&self.inner.jobs) {
            // A writer that is gone drops the job, and a dropped job answers Closed.
            drop(jobs.send(job));
        }
    }

    /// Reads, on this thread, through a connection that cannot write. One read sees one moment.
    pub fn read<T>(&self, look: impl FnOnce(&Reader<'_>) -> Result<T, ReadError>) -> Result<T, ReadError> {
        let idle = held(&self.inner.readers).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => connect_reader(&self.inner.path)?,
        };
        let outcome = {
            let moment = connection.unchecked_transaction()?;
            look(&Reader::new(&moment))
        };
        let mut readers = held(&self.inner.readers);
        if readers.len() < IDLE_READERS && !matches!(outcome, Err(ReadError::Database(_))) {
            readers.push(connection);
        }
        outcome
    }

    /// Closes the store for everybody who holds it: what was handed over is written and answered, then the profile is let go. Later
    /// commits are answered with [`CommitError::Closed`].
    pub fn close(&self) {
        self.inner.close();
    }

    /// The database file.
    pub fn path(&self) -> &Path {
        &self.inner.path
    }
}

/// A poisoned lock guards nothing that a panic could have left half-done here: a channel's end, a list of idle connections.
fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Inner {
    fn close(&self) {
        // Readers first: the log goes with the last connection, and only the writer's may remove it.
        held(&self.readers).clear();
        held(&self.jobs).take();
        let writer = held(&self.writer).take();
        if let Some(writer) = writer
            && writer.thread().id() != std::thread::current().id()
            && writer.join().is_err()
        {
            tracing::error!("the store's writer panicked");
        }
        held(&self.lock).take();
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.close();
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Store({})", self.inner.path.display())
    }
}

/// A batch on its way to the disk.
#[derive(Debug)]
pub struct Pending {
    receiver: Receiver<Result<Written, CommitError>>,
}

impl Pending {
    /// Waits until the batch is durable or has failed.
    pub fn wait(self) -> Result<Written, CommitError> {
        self.receiver.recv().unwrap_or(Err(CommitError::Closed))
    }
}

fn create_folder(profile: &Path) -> Result<(), OpenError> {
    use std::os::unix::fs::DirBuilderExt;
    let create = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(profile);
    create.map_err(|source| OpenError::File { path: profile.to_owned(), source })
}

/// A connection that writes: everything it commits is on the disk before the commit returns.
pub(crate) fn connect_writer(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // The writer moves the log into the file itself, after it has answered.
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

fn connect_reader(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.set_prepared_statement_cache_capacity(32);
    Ok(connection)
}

/// Moves the whole log into the database file, durably, and empties it. After a failed sync this is what makes trustworthy again what
/// the log seems to hold: the kernel may have marked as clean pages that never reached the disk, and only writing them anew helps.
pub(crate) fn empty_log(connection: &Connection) -> rusqlite::Result<()> {
    let busy: bool = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    if busy {
        let busy = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_BUSY);
        return Err(rusqlite::Error::SqliteFailure(busy, Some("a reader holds the log".into())));
    }
    Ok(())
}
