-- Why a file did not go up when it was last tried, in words; NULL: it was not refused and did not fail.
ALTER TABLE media ADD COLUMN reason TEXT;
