-- A matter of another system becomes one case: by the channel it came through (the source's code
-- where it names none) and its identity there. `sum` tells what was said of it; null for those that
-- were registered before sums were kept.
CREATE TABLE externals (
    channel     TEXT NOT NULL,
    external_id TEXT NOT NULL,
    case_id     BLOB NOT NULL,
    sum         BLOB,
    PRIMARY KEY (channel, external_id)
) STRICT, WITHOUT ROWID;

INSERT INTO externals (channel, external_id, case_id) SELECT code, external_id, case_id FROM sources;
DROP TABLE sources;
