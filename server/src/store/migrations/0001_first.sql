-- The server's first schema. Ids and hashes are raw bytes; times are Unix milliseconds; what was
-- signed is kept as the bytes that were signed.

CREATE TABLE meta (
    name  TEXT PRIMARY KEY NOT NULL,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- One row per case with an accepted root. `document` is Automerge's save of exactly the rows in
-- `changes`; the other columns are a projection that lists are read from.
CREATE TABLE cases (
    id          BLOB PRIMARY KEY NOT NULL,
    document    BLOB NOT NULL,
    edition     TEXT NOT NULL,
    stage       TEXT NOT NULL,
    class_kind  TEXT,
    class_code  TEXT,
    duty_grid   TEXT,
    unit        TEXT,
    task_number TEXT,
    view        BLOB NOT NULL,
    updated_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX cases_by_stage ON cases (stage, updated_at DESC, id);
CREATE INDEX cases_by_time ON cases (updated_at DESC, id);
CREATE INDEX cases_by_number ON cases (task_number) WHERE task_number IS NOT NULL;

-- Accepted changes; `n` counts from 1 within the case in the order of acceptance.
CREATE TABLE changes (
    hash        BLOB PRIMARY KEY NOT NULL,
    case_id     BLOB NOT NULL,
    n           INTEGER NOT NULL,
    actor       BLOB NOT NULL,
    seq         INTEGER NOT NULL,
    max_op      INTEGER NOT NULL,
    key         BLOB NOT NULL,
    counter     INTEGER NOT NULL,
    instruction INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    signed      BLOB NOT NULL,
    UNIQUE (case_id, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX changes_by_key ON changes (key, counter);

-- Changes that are no part of their case. `sum` tells two signed forms of one change apart;
-- `binding` is false where the named key did not vouch for the change, so that nobody can have
-- another's change refused by sending it first. `word` is when our own receipt of an earlier
-- generation says that it was accepted.
CREATE TABLE fates (
    case_id     BLOB NOT NULL,
    hash        BLOB NOT NULL,
    sum         BLOB NOT NULL,
    fate        TEXT NOT NULL CHECK (fate IN ('set_aside', 'waiting', 'pending')),
    reason      TEXT,
    binding     INTEGER NOT NULL,
    key         BLOB NOT NULL,
    counter     INTEGER NOT NULL,
    replaced_by BLOB,
    sender      BLOB NOT NULL,
    seen_at     INTEGER NOT NULL,
    word        INTEGER,
    signed      BLOB NOT NULL,
    PRIMARY KEY (case_id, hash, sum),
    CHECK ((fate = 'set_aside') = (reason IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX fates_by_sender ON fates (sender, fate);
CREATE INDEX fates_by_key ON fates (key, counter);

CREATE TABLE content (
    case_id BLOB NOT NULL,
    digest  BLOB NOT NULL,
    item    BLOB NOT NULL,
    PRIMARY KEY (case_id, digest)
) STRICT, WITHOUT ROWID;

-- Files that changes name, with the person who names them. Those of set-aside changes may be uploaded
-- but make nobody see a case.
CREATE TABLE evidence (
    case_id BLOB NOT NULL,
    sha256  BLOB NOT NULL,
    change  BLOB NOT NULL,
    user    TEXT NOT NULL,
    thumb   INTEGER NOT NULL,
    PRIMARY KEY (case_id, sha256, change)
) STRICT, WITHOUT ROWID;
CREATE INDEX evidence_by_file ON evidence (sha256, case_id);

CREATE TABLE memberships (
    case_id BLOB NOT NULL,
    scope   TEXT NOT NULL,
    epoch   INTEGER NOT NULL,
    held    INTEGER NOT NULL,
    PRIMARY KEY (case_id, scope)
) STRICT, WITHOUT ROWID;

-- `n` is the number of accepted changes of the case when the row was written, so a position says
-- which changes whoever read so far had been given.
CREATE TABLE feed (
    pos     INTEGER PRIMARY KEY AUTOINCREMENT,
    scope   TEXT NOT NULL,
    case_id BLOB NOT NULL,
    what    TEXT NOT NULL CHECK (what IN ('enter', 'leave', 'change', 'content', 'status', 'receipt', 'notice')),
    ref     BLOB NOT NULL,
    n       INTEGER NOT NULL,
    at      INTEGER NOT NULL
) STRICT;
CREATE INDEX feed_by_scope ON feed (scope, pos);
CREATE INDEX feed_by_case ON feed (case_id, scope, pos);

CREATE TABLE notices (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    notice BLOB NOT NULL
) STRICT;

CREATE TABLE statuses (
    case_id BLOB NOT NULL,
    version INTEGER NOT NULL,
    behind  BLOB,
    may     TEXT NOT NULL,
    signed  BLOB NOT NULL,
    PRIMARY KEY (case_id, version)
) STRICT, WITHOUT ROWID;

-- Matters of other systems that were registered, each once.
CREATE TABLE sources (
    code        TEXT NOT NULL,
    external_id TEXT NOT NULL,
    case_id     BLOB NOT NULL,
    PRIMARY KEY (code, external_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE devices (
    key         BLOB PRIMARY KEY NOT NULL,
    public      BLOB NOT NULL,
    user        TEXT NOT NULL,
    certificate BLOB NOT NULL,
    status      TEXT NOT NULL CHECK (status IN ('good', 'retired', 'compromised')),
    until       INTEGER,
    enrolled_at INTEGER NOT NULL,
    seen_at     INTEGER
) STRICT, WITHOUT ROWID;

-- Every certificate that was ever issued: entries name theirs.
CREATE TABLE certificates (
    digest BLOB PRIMARY KEY NOT NULL,
    key    BLOB NOT NULL,
    signed BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Citizens' keys. Operators may look up who stands behind one; nobody else is told.
CREATE TABLE endorsements (
    key         BLOB PRIMARY KEY NOT NULL,
    case_id     BLOB NOT NULL,
    device      BLOB NOT NULL,
    user        TEXT NOT NULL,
    endorsement BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX endorsements_by_case ON endorsements (case_id);

-- Counters that a key has stated. A statement goes when no unjudged change needs it told apart from
-- the next one.
CREATE TABLE statements (
    key     BLOB NOT NULL,
    counter INTEGER NOT NULL,
    PRIMARY KEY (key, counter)
) STRICT, WITHOUT ROWID;

-- Changes that a statement listed as unsent and that are not judged yet, with the counter from which
-- on they were listed.
CREATE TABLE listed (
    key  BLOB NOT NULL,
    hash BLOB NOT NULL,
    since INTEGER NOT NULL,
    PRIMARY KEY (key, hash)
) STRICT, WITHOUT ROWID;

-- At its `counter` the key had been given the scope's feed up to `position`.
CREATE TABLE given (
    key      BLOB NOT NULL,
    scope    TEXT NOT NULL,
    counter  INTEGER NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (key, scope, counter)
) STRICT, WITHOUT ROWID;

CREATE TABLE codes (
    hash       BLOB PRIMARY KEY NOT NULL,
    grant_json TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    used_by    BLOB,
    used_at    INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE operators (
    token_hash BLOB PRIMARY KEY NOT NULL,
    user       TEXT NOT NULL,
    roles      TEXT NOT NULL,
    units      TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE commands (
    digest  BLOB PRIMARY KEY NOT NULL,
    key     BLOB,
    counter INTEGER NOT NULL,
    outcome BLOB NOT NULL,
    at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX commands_by_key ON commands (key, counter) WHERE key IS NOT NULL;

CREATE TABLE packs (
    digest  BLOB PRIMARY KEY NOT NULL,
    kind    TEXT NOT NULL,
    name    TEXT NOT NULL,
    version INTEGER NOT NULL,
    signed  BLOB NOT NULL,
    body    BLOB NOT NULL,
    UNIQUE (kind, name, version)
) STRICT;

-- Files whose bytes lie durably in the object store.
CREATE TABLE media (
    sha256     BLOB PRIMARY KEY NOT NULL,
    bytes      INTEGER NOT NULL,
    kind       TEXT NOT NULL,
    durable_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE media_owners (
    sha256 BLOB NOT NULL,
    user   TEXT NOT NULL,
    PRIMARY KEY (sha256, user)
) STRICT, WITHOUT ROWID;

CREATE TABLE uploads (
    id         TEXT PRIMARY KEY NOT NULL,
    user       TEXT NOT NULL,
    length     INTEGER,
    received   INTEGER NOT NULL,
    sha256     BLOB,
    metadata   TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    done       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX uploads_by_expiry ON uploads (expires_at);

CREATE TABLE upload_parts (
    upload TEXT NOT NULL,
    start  INTEGER NOT NULL,
    bytes  INTEGER NOT NULL,
    file   TEXT NOT NULL,
    PRIMARY KEY (upload, start)
) STRICT, WITHOUT ROWID;
