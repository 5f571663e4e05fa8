-- Version 4: which documents a document's text names. Derived from the text, rebuilt at will.
CREATE TABLE mentions (
  document INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE,
  named    BLOB    NOT NULL CHECK (length(named) = 32),
  line     TEXT    NOT NULL,                -- the id of the line that names it first
  excerpt  TEXT    NOT NULL,                -- what that line says
  PRIMARY KEY (document, named)
) STRICT, WITHOUT ROWID;
CREATE INDEX mentions_by_named ON mentions (named);

-- The documents that name others, or once did: up to which journal row each was looked at.
CREATE TABLE looked (
  document INTEGER PRIMARY KEY REFERENCES documents (key) ON DELETE CASCADE,
  row      INTEGER NOT NULL
) STRICT;
