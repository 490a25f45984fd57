-- Contact cards of this user's reports, sealed with a key from the key store.
CREATE TABLE cards (
    digest  BLOB PRIMARY KEY NOT NULL,
    case_id BLOB NOT NULL,
    sealed  BLOB NOT NULL,
    unsent  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX cards_of_case ON cards (case_id);
CREATE INDEX cards_unsent ON cards (case_id) WHERE unsent = 1;

-- What the server shows of others' contacts: masks, never cards.
CREATE TABLE masked_contacts (
    case_id BLOB PRIMARY KEY NOT NULL,
    digest  BLOB,                           -- NULL: the report that names the card is not here
    masked  BLOB NOT NULL
) STRICT, WITHOUT ROWID;

ALTER TABLE drafts ADD COLUMN contact BLOB; -- NULL: none; else sealed, after the digest of the card
