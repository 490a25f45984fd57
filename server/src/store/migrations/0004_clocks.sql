-- The steps of each case that run or stand, as JSON: what lists reckon due times and lights from.
-- A projection; a case without a row is reckoned from its entries.
CREATE TABLE clocks (
    case_id BLOB PRIMARY KEY NOT NULL,
    steps   TEXT NOT NULL
) STRICT, WITHOUT ROWID;
