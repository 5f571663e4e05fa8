-- Version 2: packed runs. Records of one chain, one after another, as one blob in the place of their rows.
CREATE TABLE packs (
  chain     INTEGER NOT NULL REFERENCES chains (key) ON DELETE CASCADE,
  last      INTEGER NOT NULL,               -- the number of its last record
  first     INTEGER NOT NULL,
  hash      BLOB    NOT NULL CHECK (length(hash) = 32),  -- the chain's running hash at the last
  first_row INTEGER NOT NULL,               -- the places of the first and the last in the document's journal
  last_row  INTEGER NOT NULL,
  places    BLOB    NOT NULL,               -- what the rows said besides
  run       BLOB    NOT NULL,
  UNIQUE (chain, last)
) STRICT;
