-- Whoever sends something has their certificates looked up, and whoever begins an upload has the
-- begun ones counted: not among everybody's.
CREATE INDEX certificates_by_key ON certificates (key, digest);
CREATE INDEX uploads_by_user ON uploads (user, done);
