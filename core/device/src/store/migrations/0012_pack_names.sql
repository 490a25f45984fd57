-- A body may come under more than one kind and name: what a city published under a wrong one comes again
-- under the right one.
CREATE TABLE packs_next (
    digest      BLOB NOT NULL,
    kind        TEXT NOT NULL,
    name        TEXT NOT NULL,
    version     INTEGER NOT NULL,
    header      BLOB,                          -- NULL: taken because a case pins its digest
    active      INTEGER NOT NULL,
    bytes       INTEGER NOT NULL,
    audience    TEXT,                          -- NULL: for everybody
    body        BLOB,                          -- NULL: a grid pack, whose body is a file
    spare_since INTEGER,                       -- since when nothing needs it; NULL: it is needed
    PRIMARY KEY (digest, kind, name)
) STRICT;
INSERT INTO packs_next (digest, kind, name, version, header, active, bytes, audience, body, spare_since)
    SELECT digest, kind, name, version, header, active, bytes, audience, body, spare_since FROM packs;
DROP TABLE packs;
ALTER TABLE packs_next RENAME TO packs;

-- Why a pack is not used, and as what it came: under another kind it may be of use.
CREATE TABLE pack_faults_next (
    digest   BLOB NOT NULL,
    kind     TEXT NOT NULL,
    version  INTEGER NOT NULL,              -- 0: a case pins it
    reason   TEXT,                          -- NULL: it did not come whole
    tries    INTEGER NOT NULL,
    cuts     INTEGER NOT NULL,              -- how often the connection broke while it came
    retry_at INTEGER,                       -- NULL: never by this version of the app
    app      TEXT NOT NULL,
    PRIMARY KEY (digest, kind)
) STRICT, WITHOUT ROWID;
INSERT INTO pack_faults_next (digest, kind, version, tries, cuts, retry_at, app)
    SELECT digest, 'grid', 0, tries, cuts, retry_at, app FROM pack_faults;
DROP TABLE pack_faults;
ALTER TABLE pack_faults_next RENAME TO pack_faults;
