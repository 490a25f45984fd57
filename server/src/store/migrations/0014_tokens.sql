-- Consoles' tokens that were made by name: who made one when, and since when it is taken back. The
-- server's own first token has no maker.
ALTER TABLE operators ADD COLUMN made_at INTEGER;
ALTER TABLE operators ADD COLUMN made_by TEXT;
ALTER TABLE operators ADD COLUMN revoked_at INTEGER;
