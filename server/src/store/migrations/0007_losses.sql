-- Files that were held, and acknowledged, and are lost or damaged: whoever brought them is asked to send
-- them again.
CREATE TABLE lost_files (
    sha256 BLOB PRIMARY KEY NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO lost_files (sha256)
    SELECT DISTINCT o.sha256 FROM media_owners AS o
    WHERE NOT EXISTS (SELECT 1 FROM media AS m WHERE m.sha256 = o.sha256)
      AND NOT EXISTS (SELECT 1 FROM tombstones AS t WHERE t.digest = o.sha256);
