-- What the order and the end of a file's delivery depend on.
ALTER TABLE media ADD COLUMN urgent INTEGER NOT NULL DEFAULT 0;
ALTER TABLE media ADD COLUMN added_at INTEGER NOT NULL DEFAULT 0;  -- 0: before this was noted
ALTER TABLE media ADD COLUMN acknowledged_at INTEGER;              -- NULL: not acknowledged, or before this was noted
ALTER TABLE media ADD COLUMN dropped INTEGER NOT NULL DEFAULT 0;   -- 1: its bytes were let go of, the server has them
ALTER TABLE media ADD COLUMN damaged INTEGER NOT NULL DEFAULT 0;   -- 1: a scrub found other bytes, and nobody else has the right ones
ALTER TABLE media ADD COLUMN handed_until INTEGER;                 -- NULL: no uploader of the platform's has it
DROP INDEX media_unsent;
CREATE INDEX media_unsent ON media (thumbnail DESC, urgent DESC, added_at, sha256) WHERE state <> 3;
CREATE INDEX media_to_drop ON media (acknowledged_at) WHERE state = 3 AND dropped = 0 AND thumbnail = 0;
