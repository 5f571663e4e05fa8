//! A seam for tests: a disk that fails when it is told to. The product never installs one.

/// Where in the writer's work a fault may strike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultPoint {
    /// A transaction is about to begin.
    Begin,
    /// A batch is about to be written inside it.
    Write,
    /// The transaction is about to be committed.
    Commit,
    /// The commit has reached the disk, but its answer has not been heard.
    Committed,
    /// The database is about to be opened again after a failure.
    Reopen,
}

/// What strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// No room.
    Full,
    /// Any other failure.
    Io,
}

/// Asked at every point; answers with a fault or lets the disk be.
pub type Faults = Box<dyn FnMut(FaultPoint) -> Option<Fault> + Send>;
