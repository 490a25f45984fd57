-- Texts and files that the centre erased: they are neither kept nor sent again.
CREATE TABLE erased (
    digest  BLOB PRIMARY KEY NOT NULL,
    case_id BLOB NOT NULL
) STRICT, WITHOUT ROWID;
