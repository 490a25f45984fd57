-- What the root of each case pins, so that a pack that arrives late is applied to the cases that
-- waited for it, and one that nothing needs goes. Empty: the case has no beginning here. NULL: written
-- by an older version of the app, filled in by the next syncs.
ALTER TABLE cases ADD COLUMN policy BLOB;
ALTER TABLE cases ADD COLUMN catalogue BLOB;
CREATE INDEX cases_by_policy ON cases (policy);
CREATE INDEX cases_by_catalogue ON cases (catalogue);

-- Since when a pack is neither in force nor pinned; NULL: it is.
ALTER TABLE packs ADD COLUMN spare_since INTEGER;
