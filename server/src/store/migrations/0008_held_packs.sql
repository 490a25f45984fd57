-- From which counter on a device held which version of the rules, by its own requests: it begins no case
-- under an earlier one after that.
CREATE TABLE held_packs (
    key     BLOB NOT NULL,
    kind    TEXT NOT NULL,
    name    TEXT NOT NULL,
    version INTEGER NOT NULL,
    counter INTEGER NOT NULL,
    PRIMARY KEY (key, kind, name, version)
) STRICT, WITHOUT ROWID;
