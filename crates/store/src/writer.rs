//! The one thread that writes. It takes all batches that wait, writes them in one transaction, and answers when that is durable.

use std::path::PathBuf;
use std::sync::mpsc::Receiver;

use rusqlite::Connection;

use crate::store::{connect_writer, empty_log};
use crate::{Batch, CommitError, Fault, FaultPoint, Faults, Written, write};

/// Batches that share a transaction, at most: a bound on how long the first one waits for the last.
const GROUP: usize = 256;

/// Bytes of log after which it is moved into the database file.
const MOVE_LOG_AFTER: usize = 4 << 20;

/// What a transaction adds to the log besides what it carries: some pages that it touches.
const TOUCHED: usize = 4 * 4096;

type Done = Box<dyn FnOnce(Result<Written, CommitError>) + Send>;

/// A batch and whom to tell.
pub(crate) struct Job {
    batch: Batch,
    done: Option<Done>,
}

impl Job {
    pub(crate) fn new(batch: Batch, done: Done) -> Job {
        Job { batch, done: Some(done) }
    }

    fn answer(mut self, outcome: Result<Written, CommitError>) {
        if let Some(done) = self.done.take() {
            done(outcome);
        }
    }
}

/// Whatever becomes of a job, its caller hears of it.
impl Drop for Job {
    fn drop(&mut self) {
        if let Some(done) = self.done.take() {
            done(Err(CommitError::Closed));
        }
    }
}

pub(crate) struct Writer {
    path: PathBuf,
    connection: Option<Connection>,
    jobs: Receiver<Job>,
    faults: Option<Faults>,
    /// Bytes that the log has grown by since it was last moved, roughly.
    log: usize,
}

impl Writer {
    pub(crate) fn new(path: PathBuf, connection: Option<Connection>, jobs: Receiver<Job>, faults: Option<Faults>) -> Writer {
        Writer { path, connection, jobs, faults, log: 0 }
    }

    /// Writes until every sender is gone.
    pub(crate) fn run(mut self) {
        while let Ok(first) = self.jobs.recv() {
            let mut group = vec![first];
            while group.len() < GROUP
                && let Ok(next) = self.jobs.try_recv()
            {
                group.push(next);
            }
            let outcomes = self.write(&group);
            for (job, outcome) in group.into_iter().zip(outcomes) {
                job.answer(outcome);
            }
            self.move_log_now_and_then();
        }
        if let Some(connection) = &self.connection
            && let Err(error) = empty_log(connection)
        {
            tracing::warn!(%error, "the log was not emptied at closing; the next start does it");
        }
    }

    /// One transaction for the whole group. What fails for a reason of its own fails alone; what fails for the disk's fails everybody.
    fn write(&mut self, group: &[Job]) -> Vec<Result<Written, CommitError>> {
        match self.try_write(group) {
            Ok(outcomes) => outcomes,
            Err(error) => {
                tracing::warn!(%error, batches = group.len(), "not saved");
                self.recover(&error);
                group.iter().map(|_| Err(error.clone())).collect()
            }
        }
    }

    fn try_write(&mut self, group: &[Job]) -> Result<Vec<Result<Written, CommitError>>, CommitError> {
        self.reopen()?;
        self.strike(FaultPoint::Begin)?;
        self.connection()?.execute_batch("BEGIN IMMEDIATE")?;
        let mut outcomes = Vec::with_capacity(group.len());
        for job in group {
            self.strike(FaultPoint::Write)?;
            outcomes.push(write_one(self.connection()?, &job.batch)?);
        }
        self.strike(FaultPoint::Commit)?;
        self.connection()?.execute_batch("COMMIT")?;
        self.log += TOUCHED + group.iter().map(|job| job.batch.size()).sum::<usize>();
        self.strike(FaultPoint::Committed)?;
        Ok(outcomes)
    }

    fn connection(&self) -> Result<&Connection, CommitError> {
        self.connection.as_ref().ok_or_else(|| CommitError::Io("the database is closed".into()))
    }

    /// After a failure that was not a lack of room, the connection is not trusted any more.
    fn recover(&mut self, error: &CommitError) {
        let rolled_back = match &self.connection {
            Some(connection) if !connection.is_autocommit() => connection.execute_batch("ROLLBACK").is_ok(),
            _ => true,
        };
        if !rolled_back || !matches!(error, CommitError::Full) {
            self.connection = None;
        }
    }

    fn reopen(&mut self) -> Result<(), CommitError> {
        if self.connection.is_some() {
            return Ok(());
        }
        self.strike(FaultPoint::Reopen)?;
        let connection = connect_writer(&self.path)?;
        empty_log(&connection)?;
        self.connection = Some(connection);
        tracing::info!("the database is open again");
        Ok(())
    }

    fn strike(&mut self, point: FaultPoint) -> Result<(), CommitError> {
        match self.faults.as_mut().and_then(|faults| faults(point)) {
            None => Ok(()),
            Some(Fault::Full) => Err(CommitError::Full),
            Some(Fault::Io) => Err(CommitError::Io(format!("made to fail at {point:?}"))),
        }
    }

    /// Moves the log into the file after the answers, so that nobody waits for it whose words are already safe.
    fn move_log_now_and_then(&mut self) {
        if self.log < MOVE_LOG_AFTER {
            return;
        }
        self.log = 0;
        if let Some(connection) = &self.connection
            && let Err(error) = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))
        {
            tracing::warn!(%error, "the log was not moved into the database; tried again later");
        }
    }
}

/// One batch in its savepoint. The outer error is the disk's and ends the whole transaction.
fn write_one(connection: &Connection, batch: &Batch) -> Result<Result<Written, CommitError>, CommitError> {
    connection.prepare_cached("SAVEPOINT batch")?.execute([])?;
    match write::write(connection, batch) {
        Ok(written) => {
            connection.prepare_cached("RELEASE batch")?.execute([])?;
            Ok(Ok(written))
        }
        Err(error) if error.is_passing() => Err(error),
        Err(error) => {
            connection.execute_batch("ROLLBACK TO batch; RELEASE batch")?;
            Ok(Err(error))
        }
    }
}
