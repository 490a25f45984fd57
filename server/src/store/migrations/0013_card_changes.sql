-- Which contact a case has since its report named one, or none: one that its channel sent under the
-- same id, or one that arrived after its report had been issued again. The latest row counts; rows are
-- only ever added. `before` is the card whose place it took, which is no longer held.
CREATE TABLE card_changes (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    at      INTEGER NOT NULL,
    user    TEXT NOT NULL,
    case_id BLOB NOT NULL,
    digest  BLOB NOT NULL,
    before  BLOB,
    did     TEXT NOT NULL
) STRICT;
CREATE INDEX card_changes_of_case ON card_changes (case_id, id);
