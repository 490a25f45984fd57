-- Work that comes so late that an operator has to decide whether it counts.
ALTER TABLE fates ADD COLUMN late INTEGER NOT NULL DEFAULT 0;
CREATE INDEX fates_pending ON fates (seen_at) WHERE fate = 'pending';

-- What operators decided of what waited for them. Rows are only ever added.
CREATE TABLE late_decisions (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    at      INTEGER NOT NULL,
    user    TEXT NOT NULL,
    case_id BLOB NOT NULL,
    change  BLOB NOT NULL,
    taken   INTEGER NOT NULL
) STRICT;

-- A device's last exchange an hour and more before its present ones.
ALTER TABLE devices ADD COLUMN seen_before INTEGER;

-- How much a device writes in a day, citizens' keys included.
CREATE INDEX changes_by_key_time ON changes (key, received_at);
CREATE INDEX endorsements_by_device ON endorsements (device);
