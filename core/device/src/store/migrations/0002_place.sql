-- Grid packs lie in files of their own and are mapped; the text form of before was never released
-- and is not usable any more. The next exchange brings the binary one.
DELETE FROM packs WHERE kind = 'grid';

CREATE TABLE packs_next (
    digest   BLOB PRIMARY KEY NOT NULL,
    kind     TEXT NOT NULL,
    name     TEXT NOT NULL,
    version  INTEGER NOT NULL,
    header   BLOB,                          -- NULL: taken because a case pins its digest
    active   INTEGER NOT NULL,
    bytes    INTEGER NOT NULL,
    audience TEXT,                          -- NULL: for everybody
    body     BLOB                           -- NULL: a grid pack, whose body is a file
) STRICT;
INSERT INTO packs_next (digest, kind, name, version, header, active, bytes, body)
    SELECT digest, kind, name, version, header, active, length(body), body FROM packs;
DROP TABLE packs;
ALTER TABLE packs_next RENAME TO packs;

-- Packs that could not be used, so that they are not fetched again and again.
CREATE TABLE pack_faults (
    digest   BLOB PRIMARY KEY NOT NULL,
    tries    INTEGER NOT NULL,
    cuts     INTEGER NOT NULL,              -- how often the connection broke while it came
    retry_at INTEGER,                       -- NULL: never by this version of the app
    app      TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The grid pack that a case's report names; such a pack is kept while the case is here.
ALTER TABLE cases ADD COLUMN grid_pack BLOB;
