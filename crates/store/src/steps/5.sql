-- Version 5: attachments. Which document refers to which file; the files themselves are in the folder blobs/.
-- A row stays as long as its document: undo, history and devices that are offline may bring the reference back.
CREATE TABLE attachments (
  document INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE,
  blob     BLOB    NOT NULL,                -- the BLAKE3 hash of the file
  size     INTEGER NOT NULL,                -- bytes
  name     TEXT    NOT NULL,                -- what the file was called
  number   INTEGER NOT NULL,                -- grows: the newest is fetched first
  offered  INTEGER NOT NULL,                -- 1: this device put it here or got it through this document, and may pass it on through it
  asked    INTEGER NOT NULL,                -- 1: its person asked for it, however large it is
  PRIMARY KEY (document, blob, size)
) STRICT, WITHOUT ROWID;
CREATE INDEX attachments_by_blob ON attachments (blob);
