-- Devices that the centre had cleared, or wants cleared: since when, until when they may deliver first,
-- and when one said that it was about to remove everything.
CREATE TABLE wipes (
    key           BLOB PRIMARY KEY,
    asked_at      INTEGER NOT NULL,
    deliver_until INTEGER NOT NULL,
    done_at       INTEGER
) STRICT;
