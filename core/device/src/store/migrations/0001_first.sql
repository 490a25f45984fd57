-- Everything that a device keeps. The change log (changes) is the truth; cases and case_tags are a
-- projection of it that lists are read from and that can be made again at any time.

-- Small single values: consent, install epoch, enrolment, clock offset, last sync.
CREATE TABLE meta (
    name  TEXT PRIMARY KEY NOT NULL,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- The keys that sign here, with the counter of the last thing each has signed.
CREATE TABLE keys (
    key         BLOB PRIMARY KEY NOT NULL,
    case_id     BLOB,                       -- NULL: the device's own key
    counter     INTEGER NOT NULL,
    endorsement BLOB                        -- NULL: the device's own key
) STRICT, WITHOUT ROWID;

CREATE TABLE changes (
    n           INTEGER PRIMARY KEY,        -- causal: what a change was made upon has a smaller one
    case_id     BLOB NOT NULL,
    hash        BLOB NOT NULL UNIQUE,
    key         BLOB NOT NULL,
    counter     INTEGER NOT NULL,
    signature   BLOB NOT NULL,
    bytes       BLOB NOT NULL,              -- empty once erased
    own         INTEGER NOT NULL,
    state       INTEGER NOT NULL,           -- 0 unsent, 1 accepted, 2 set aside, 3 erased
    held        INTEGER NOT NULL,           -- the server's word without receipt: 1 waiting, 2 pending
    intent      INTEGER,                    -- NULL: a root, or somebody else's
    received_at INTEGER,                    -- NULL: not accepted yet
    reason      TEXT,                       -- NULL: not set aside
    decided_at  INTEGER,                    -- NULL: no verdict yet
    replaced_by BLOB                        -- NULL: nothing was written in its place
) STRICT;
CREATE INDEX changes_of_case ON changes (case_id, n);
CREATE INDEX changes_unsent ON changes (n) WHERE state = 0;
CREATE INDEX changes_set_aside ON changes (n) WHERE state = 2;

-- What the user wanted to say, whatever becomes of the change that says it.
CREATE TABLE intents (
    n        INTEGER PRIMARY KEY,
    case_id  BLOB NOT NULL,
    kind     TEXT NOT NULL,
    answers  BLOB,                          -- NULL: the kind answers nothing
    payload  BLOB NOT NULL,
    attempts INTEGER NOT NULL
) STRICT;

CREATE TABLE content (
    digest  BLOB PRIMARY KEY NOT NULL,
    case_id BLOB NOT NULL,
    salt    BLOB NOT NULL,
    text    TEXT NOT NULL,
    unsent  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX content_unsent ON content (case_id) WHERE unsent = 1;

-- Files that this device must see acknowledged.
CREATE TABLE media (
    sha256    BLOB PRIMARY KEY NOT NULL,
    case_id   BLOB NOT NULL,
    bytes     INTEGER NOT NULL,
    thumbnail INTEGER NOT NULL,
    state     INTEGER NOT NULL,             -- 0 queued, 1 partial, 2 uploaded, 3 acknowledged, 4 refused
    upload    TEXT,                         -- NULL: no upload was begun
    sent      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX media_unsent ON media (thumbnail DESC, sha256) WHERE state <> 3;

-- Files under a tombstone that are still to be removed from the disk.
CREATE TABLE doomed_files (
    sha256 BLOB PRIMARY KEY NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE drafts (
    id         BLOB PRIMARY KEY NOT NULL,
    input      TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE draft_photos (
    n          INTEGER PRIMARY KEY,
    draft      BLOB NOT NULL REFERENCES drafts (id) ON DELETE CASCADE,
    record     BLOB NOT NULL,
    sha256     BLOB NOT NULL,
    thumb_bytes INTEGER NOT NULL,
    UNIQUE (draft, sha256)
) STRICT;

CREATE TABLE commands (
    digest      BLOB PRIMARY KEY NOT NULL,
    case_id     BLOB NOT NULL,
    kind        TEXT NOT NULL,
    record      BLOB NOT NULL,
    content     BLOB,                       -- NULL: the command names no text
    state       INTEGER NOT NULL,           -- 0 unsent, 1 done, 2 stale, 3 denied
    instruction BLOB,                       -- NULL: it became none
    why         TEXT,                       -- NULL: not denied
    saved_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX commands_by_time ON commands (saved_at);

CREATE TABLE cursors (
    scope      TEXT PRIMARY KEY NOT NULL,
    generation INTEGER NOT NULL,
    position   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE memberships (
    case_id BLOB NOT NULL,
    scope   TEXT NOT NULL,
    epoch   INTEGER NOT NULL,
    PRIMARY KEY (case_id, scope)
) STRICT, WITHOUT ROWID;

-- What is kept of a case beside its changes; most cases have no row.
CREATE TABLE case_facts (
    case_id BLOB PRIMARY KEY NOT NULL,
    epoch   BLOB,                           -- NULL: this device writes in its install epoch
    receipt BLOB,                           -- NULL: the server gave none
    reoffer INTEGER NOT NULL,               -- 1: offer all of it to a restored server
    refused INTEGER NOT NULL                -- 1: something of it came damaged and was not taken
) STRICT, WITHOUT ROWID;
CREATE INDEX case_facts_reoffer ON case_facts (case_id) WHERE reoffer = 1;

CREATE TABLE statuses (
    case_id    BLOB PRIMARY KEY NOT NULL,
    generation INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    signed     BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE notices (
    n      INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,
    notice BLOB NOT NULL
) STRICT;

CREATE TABLE certificates (
    digest BLOB PRIMARY KEY NOT NULL,
    key    BLOB NOT NULL,
    signed BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX certificates_of_key ON certificates (key);

CREATE TABLE packs (
    digest  BLOB PRIMARY KEY NOT NULL,
    kind    TEXT NOT NULL,
    name    TEXT NOT NULL,
    version INTEGER NOT NULL,
    header  BLOB,                           -- NULL: taken because a case pins its digest
    active  INTEGER NOT NULL,
    body    BLOB NOT NULL
) STRICT;

-- Packs that cases name by digest, held or not.
CREATE TABLE pins (
    digest BLOB PRIMARY KEY NOT NULL,
    kind   TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The projection.
CREATE TABLE cases (
    n            INTEGER PRIMARY KEY,
    id           BLOB NOT NULL UNIQUE,
    live         INTEGER NOT NULL,          -- 0: nothing of it counts (its beginning was set aside)
    stage        TEXT NOT NULL,
    public_stage INTEGER,                   -- NULL: the centre told none
    class_kind   INTEGER,                   -- NULL, as the next: the report is not here
    class_code   TEXT,
    unit_grid    TEXT,                      -- NULL: outside every grid
    duty_grid    TEXT,                      -- NULL: outside every duty grid
    task_number  TEXT,                      -- NULL: not filed
    summary      TEXT,                      -- NULL: no description, or erased
    photos       INTEGER NOT NULL,
    unsent       INTEGER NOT NULL,
    mine         INTEGER NOT NULL,
    question     TEXT,                      -- NULL: nothing is asked
    updated_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX cases_by_time ON cases (updated_at, id) WHERE live = 1;
CREATE INDEX cases_by_stage ON cases (stage, updated_at, id) WHERE live = 1;
CREATE INDEX cases_by_duty ON cases (duty_grid, updated_at, id) WHERE live = 1;
CREATE INDEX cases_mine ON cases (updated_at, id) WHERE live = 1 AND mine = 1;

-- unit:U every unit ever named; ask:user:P and ask:unit:U whose answer is awaited.
CREATE TABLE case_tags (
    case_id    BLOB NOT NULL,
    tag        TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (case_id, tag)
) STRICT, WITHOUT ROWID;
CREATE INDEX case_tags_by_tag ON case_tags (tag, updated_at, case_id);
