-- When services (rules and timers at the centre) have to look at a case again. `at` is null where the
-- last try was refused; `why` says how. Both go with the case's next entry.
CREATE TABLE service_due (
    case_id BLOB PRIMARY KEY NOT NULL,
    at      INTEGER,
    why     TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX service_due_by_time ON service_due (at) WHERE at IS NOT NULL;

INSERT INTO service_due (case_id, at)
    SELECT id, 0 FROM cases
    WHERE stage IN ('reported', 'verified_exists', 'filed', 'suspended', 'check_passed');

-- What each case drew for its spot check. Rows are only ever added: a case draws once. `percent` is
-- the share that was drawn for then, `proof` the signature by `key` from which the number comes.
CREATE TABLE draws (
    case_id BLOB PRIMARY KEY NOT NULL,
    at      INTEGER NOT NULL,
    percent INTEGER NOT NULL,
    key     BLOB NOT NULL,
    proof   BLOB NOT NULL
) STRICT, WITHOUT ROWID;

DELETE FROM meta WHERE name = 'spot_check_secret';
