-- A body may be published under more than one kind, name and version: what was published under a
-- wrong one is published anew under the right one.
CREATE TABLE pack_bodies (
    digest          BLOB PRIMARY KEY NOT NULL,
    body            BLOB NOT NULL,
    transfer_sha256 BLOB,
    transfer        BLOB
) STRICT;
INSERT INTO pack_bodies (digest, body, transfer_sha256, transfer)
    SELECT digest, body, transfer_sha256, transfer FROM packs;
CREATE UNIQUE INDEX pack_bodies_by_transfer ON pack_bodies (transfer_sha256)
    WHERE transfer_sha256 IS NOT NULL;

CREATE TABLE packs_next (
    kind     TEXT NOT NULL,
    name     TEXT NOT NULL,
    version  INTEGER NOT NULL,
    digest   BLOB NOT NULL,
    audience TEXT,
    signed   BLOB NOT NULL,
    PRIMARY KEY (kind, name, version)
) STRICT, WITHOUT ROWID;
INSERT INTO packs_next (kind, name, version, digest, audience, signed)
    SELECT kind, name, version, digest, audience, signed FROM packs;
DROP TABLE packs;
ALTER TABLE packs_next RENAME TO packs;
CREATE INDEX packs_by_digest ON packs (digest);
