-- How the last syncs ended, for whoever looks for a fault. Codes and numbers, no words.
CREATE TABLE syncs (
    n          INTEGER PRIMARY KEY,
    ended_at   INTEGER NOT NULL,
    outcome    TEXT NOT NULL,
    cause      TEXT,                        -- NULL: nothing was in the way
    exchanges  INTEGER NOT NULL,
    bytes_up   INTEGER NOT NULL,
    bytes_down INTEGER NOT NULL
) STRICT;
