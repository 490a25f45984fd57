-- Blocks of verdicts as the server signed them, for bundles: the proof of what became of a change
-- that no case receipt covers. A block that nothing needs any more is removed.
CREATE TABLE verdict_blocks (
    n      INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,
    signed BLOB NOT NULL
) STRICT;

ALTER TABLE changes ADD COLUMN verdict INTEGER;  -- NULL: no block, or a case receipt in its place
CREATE INDEX changes_by_verdict ON changes (verdict) WHERE verdict IS NOT NULL;
