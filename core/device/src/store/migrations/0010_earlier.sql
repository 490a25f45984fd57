-- Receipts over cases from earlier lives of the server, kept while one names an accepted change that the
-- case's newest receipt does not: a server restored from a backup takes the change on its own word.
CREATE TABLE earlier_receipts (
    case_id BLOB NOT NULL,
    digest  BLOB NOT NULL,
    signed  BLOB NOT NULL,
    PRIMARY KEY (case_id, digest)
) STRICT, WITHOUT ROWID;

-- Memberships that an earlier life of the server gave, until this one says something of them.
CREATE INDEX memberships_earlier ON memberships (case_id) WHERE epoch = 0;

-- 1: the case has left every scope of the device and goes once nothing of it is owed any more.
ALTER TABLE case_facts ADD COLUMN gone INTEGER NOT NULL DEFAULT 0;
CREATE INDEX case_facts_gone ON case_facts (case_id) WHERE gone = 1;
