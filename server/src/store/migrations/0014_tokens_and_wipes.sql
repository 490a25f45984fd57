-- Consoles' tokens that were made by name: who made one when, and since when it is taken back. The
-- server's own first token has no maker.
ALTER TABLE operators ADD COLUMN made_at INTEGER;
ALTER TABLE operators ADD COLUMN made_by TEXT;
ALTER TABLE operators ADD COLUMN revoked_at INTEGER;

-- Devices that the centre had cleared, or wants cleared: since when, until when they may deliver first,
-- and when one said that it was about to remove everything.
CREATE TABLE wipes (
    key           BLOB PRIMARY KEY,
    asked_at      INTEGER NOT NULL,
    deliver_until INTEGER NOT NULL,
    done_at       INTEGER
) STRICT;
