-- What instructions erased, for good: neither the texts nor the files come back. A file beside the
-- database repeats these rows, so that a restored older database learns of them.
CREATE TABLE tombstones (
    digest      BLOB NOT NULL,
    case_id     BLOB NOT NULL,
    file        INTEGER NOT NULL,           -- 0: a text
    instruction BLOB NOT NULL,
    pending     INTEGER NOT NULL,           -- 1: bytes may still lie somewhere
    PRIMARY KEY (digest, case_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX tombstones_of_case ON tombstones (case_id);
CREATE INDEX tombstones_pending ON tombstones (digest) WHERE pending = 1;
