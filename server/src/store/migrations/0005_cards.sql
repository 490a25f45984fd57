-- Contact cards, sealed with a key that lies outside this folder. Erasing one removes the row.
CREATE TABLE cards (
    digest  BLOB NOT NULL,
    case_id BLOB NOT NULL,
    sealed  BLOB NOT NULL,
    PRIMARY KEY (digest, case_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX cards_of_case ON cards (case_id);

-- Who read which card when. Rows are only ever added.
CREATE TABLE card_reads (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    at      INTEGER NOT NULL,
    user    TEXT NOT NULL,
    case_id BLOB NOT NULL,
    digest  BLOB NOT NULL
) STRICT;
CREATE INDEX card_reads_of_case ON card_reads (case_id, id);
