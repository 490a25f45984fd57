-- Where cases lie, to find those nearby while a new one is reported.
CREATE TABLE case_points (
    case_id BLOB PRIMARY KEY NOT NULL,
    lon_e7  INTEGER NOT NULL,
    lat_e7  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX case_points_by_place ON case_points (lat_e7, lon_e7);

CREATE TRIGGER case_points_gone AFTER DELETE ON cases
BEGIN
    DELETE FROM case_points WHERE case_id = old.id;
END;
