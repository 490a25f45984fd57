-- Which cases have a photo that was made from which camera's file, whether or not that file is delivered:
-- an erasure goes to all of them, for each phone that sealed the file made a photo of its own.
CREATE TABLE originals (
    original BLOB NOT NULL,
    case_id  BLOB NOT NULL,
    PRIMARY KEY (original, case_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX originals_of_case ON originals (case_id);

-- Cases with photos from before this table: the server reads them when it starts next.
CREATE TABLE unread_originals (
    case_id BLOB PRIMARY KEY NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO unread_originals (case_id) SELECT DISTINCT case_id FROM evidence;
