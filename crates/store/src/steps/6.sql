-- Version 6: folders. A folder is a document whose lines say what is in it.
ALTER TABLE documents ADD COLUMN kind INTEGER NOT NULL DEFAULT 0;   -- what it is: the engine's number, 0 for a text
ALTER TABLE documents ADD COLUMN folder BLOB;                       -- the id of the folder that it is in, if it is in one
