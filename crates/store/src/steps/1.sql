-- Version 1. Every blob is opaque here; what it means is said by crates record, access and replica.

-- The catalogue: one line per document in the library.
CREATE TABLE documents (
  key         INTEGER PRIMARY KEY,
  id          BLOB    NOT NULL UNIQUE CHECK (length(id) = 32),
  title       TEXT    NOT NULL,
  created     INTEGER NOT NULL,             -- wall clock, milliseconds
  changed     INTEGER NOT NULL,
  opened      INTEGER,
  trashed     INTEGER,                      -- when, if it is in the trash
  role        INTEGER NOT NULL,
  state       INTEGER NOT NULL,
  people      INTEGER NOT NULL,
  placeholder INTEGER NOT NULL,             -- 1 while the first copy is on its way
  ticket      BLOB,                         -- the invitation that is being followed meanwhile
  applied     INTEGER NOT NULL DEFAULT 0,   -- every journal row up to here has entered a replica at least once
  trying      INTEGER                       -- the row that is being applied alone, because a start found it not yet applied
) STRICT;

CREATE TABLE chains (
  key       INTEGER PRIMARY KEY,
  document  INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE,
  id        BLOB    NOT NULL CHECK (length(id) = 32),
  head      BLOB    NOT NULL,
  signature BLOB    NOT NULL,
  UNIQUE (document, id)
) STRICT;

-- The journal, in order of acceptance. row = document key << 40 | place in the document's journal, so that a document's rows lie
-- together on disk and are read in order without a second index.
CREATE TABLE records (
  row        INTEGER PRIMARY KEY,
  chain      INTEGER NOT NULL REFERENCES chains (key) ON DELETE CASCADE,
  number     INTEGER NOT NULL,
  hash       BLOB    NOT NULL CHECK (length(hash) = 32),
  kind       INTEGER NOT NULL,
  clock      INTEGER NOT NULL,              -- first clock the record fills
  clocks     INTEGER NOT NULL,              -- how many
  surrogates BLOB,                          -- places of surrogates; null: none
  bytes      BLOB    NOT NULL,
  UNIQUE (chain, number)
) STRICT;

-- The newest seal of each chain, and one per 64 KiB of it.
CREATE TABLE seals (
  chain     INTEGER NOT NULL REFERENCES chains (key) ON DELETE CASCADE,
  number    INTEGER NOT NULL,
  at        INTEGER NOT NULL,               -- bytes of the chain up to here
  signature BLOB    NOT NULL,
  PRIMARY KEY (chain, number)
) STRICT, WITHOUT ROWID;

-- Epoch secrets.
CREATE TABLE secrets (
  document INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE,
  epoch    BLOB    NOT NULL,
  secret   BLOB    NOT NULL,
  PRIMARY KEY (document, epoch)
) STRICT, WITHOUT ROWID;

CREATE TABLE snapshots (
  document INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE,
  upto     INTEGER NOT NULL,                -- the last journal row inside
  frontier BLOB    NOT NULL,                -- digest
  yrs      TEXT    NOT NULL,                -- the version that wrote it
  hash     BLOB    NOT NULL,                -- BLAKE3 of the state, uncompressed
  state    BLOB    NOT NULL,                -- zstd
  PRIMARY KEY (document, upto)
) STRICT;

-- The newest receipt of each device.
CREATE TABLE receipts (
  document INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE,
  device   BLOB    NOT NULL,
  heard    INTEGER NOT NULL,
  bytes    BLOB    NOT NULL,
  PRIMARY KEY (document, device)
) STRICT, WITHOUT ROWID;

-- How each device was last reached.
CREATE TABLE peers (
  device BLOB    PRIMARY KEY,
  seen   INTEGER NOT NULL,
  route  BLOB    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE settings (
  name  TEXT PRIMARY KEY,
  value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- What could not be taken in, kept as evidence.
CREATE TABLE quarantine (
  key      INTEGER PRIMARY KEY,
  document INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE,
  chain    BLOB    NOT NULL,
  number   INTEGER NOT NULL,
  at       INTEGER NOT NULL,                -- wall clock, milliseconds
  reason   TEXT    NOT NULL,
  bytes    BLOB    NOT NULL
) STRICT;
CREATE INDEX quarantine_by_document ON quarantine (document);

-- Words of this device that lost their line to somebody who had not seen them; until their person has dealt with them.
CREATE TABLE rescued (
  key      INTEGER PRIMARY KEY,
  document INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE,
  at       INTEGER NOT NULL,                -- wall clock, milliseconds
  line     TEXT    NOT NULL,
  text     TEXT    NOT NULL,
  place    BLOB                             -- where the words stand in the text, if they do
) STRICT;
CREATE INDEX rescued_by_document ON rescued (document);

-- Words to find documents by; rowid = document key. Filled by the engine, rebuilt at will.
CREATE VIRTUAL TABLE search USING fts5 (title, body, tokenize = 'unicode61 remove_diacritics 2');
CREATE TRIGGER search_forgets AFTER DELETE ON documents BEGIN
  DELETE FROM search WHERE rowid = old.key;
END;
