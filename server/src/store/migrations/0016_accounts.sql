-- Apps whose users may report under their account there: the key with which each signs its tokens, and for
-- which algorithm that is. A name that was removed may be added again, with another key.
CREATE TABLE host_apps (
    name       TEXT PRIMARY KEY NOT NULL,
    algorithm  TEXT NOT NULL,
    public_key BLOB NOT NULL,
    added_at   INTEGER NOT NULL,
    added_by   TEXT NOT NULL,
    removed_at INTEGER
) STRICT, WITHOUT ROWID;

-- Under which account a citizen's device reports, and since when. What came before stays anonymous.
CREATE TABLE accounts (
    key   BLOB PRIMARY KEY NOT NULL,
    iss   TEXT NOT NULL,
    sub   TEXT NOT NULL,
    since INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Who read when under which account a case was reported. Rows are only ever added.
CREATE TABLE account_reads (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    at      INTEGER NOT NULL,
    user    TEXT NOT NULL,
    case_id BLOB NOT NULL
) STRICT;
CREATE INDEX account_reads_of_case ON account_reads (case_id, id);
