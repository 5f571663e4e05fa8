-- Version 3: merge reviews. Lines that this device and others changed while they were apart; until their person has dealt with them.
CREATE TABLE reviews (
  key      INTEGER PRIMARY KEY,
  document INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE,
  at       INTEGER NOT NULL,                -- wall clock, milliseconds
  body     BLOB    NOT NULL                 -- the lines, and what each side had
) STRICT;
CREATE INDEX reviews_by_document ON reviews (document);
