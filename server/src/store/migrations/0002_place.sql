-- Binary grid packs: who may have a pack, and its compressed form. Grid packs of the old text form
-- were never released; nothing reads them any more.
DELETE FROM packs WHERE kind = 'grid';
ALTER TABLE packs ADD COLUMN audience TEXT;
ALTER TABLE packs ADD COLUMN transfer_sha256 BLOB;
ALTER TABLE packs ADD COLUMN transfer BLOB;
CREATE UNIQUE INDEX packs_by_transfer ON packs (transfer_sha256)
    WHERE transfer_sha256 IS NOT NULL;

-- Where the server's own grids place a case, beside what its report says of itself. Found once, when
-- the report is accepted; `doubt` says how the report's own grid fails.
CREATE TABLE places (
    case_id   BLOB PRIMARY KEY NOT NULL,
    pack      BLOB NOT NULL,
    unit      TEXT,
    duty_grid TEXT,
    road      TEXT,
    doubt     TEXT CHECK (doubt IN ('differs', 'unknown_pack'))
) STRICT, WITHOUT ROWID;
