-- The append-only, hash-chained audit log (nothing-forgotten).

-- +goose Up
CREATE TABLE audit_records (
    seq         INTEGER PRIMARY KEY CHECK (seq > 0),
    at          TEXT NOT NULL,
    key         TEXT NOT NULL UNIQUE CHECK (key <> ''),
    action      TEXT NOT NULL CHECK (action <> ''),
    actor       TEXT,
    person_id   TEXT,
    customer_id TEXT,
    grant_id    TEXT,
    details     TEXT NOT NULL,
    prev        BLOB NOT NULL CHECK (length(prev) = 32),
    hash        BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;
CREATE INDEX audit_records_of_grant ON audit_records (grant_id, seq) WHERE grant_id IS NOT NULL;

-- One row, the end of the chain.
CREATE TABLE audit_head (
    id   INTEGER PRIMARY KEY CHECK (id = 1),
    seq  INTEGER NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;
-- SHA-256 of "hourglass audit log v1: genesis", which is audit.Genesis.
INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, X'9e51d5da409eeef63ae3634dfffdbf6d262f064afe29758740306d889b5f967c');

-- +goose StatementBegin
CREATE TRIGGER audit_records_are_unchanged BEFORE UPDATE ON audit_records
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER audit_records_are_kept BEFORE DELETE ON audit_records
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER audit_head_is_one BEFORE INSERT ON audit_head
BEGIN SELECT RAISE(ABORT, 'the audit log has one head'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER audit_head_is_kept BEFORE DELETE ON audit_head
BEGIN SELECT RAISE(ABORT, 'the audit log has one head'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER audit_head_moves_by_one BEFORE UPDATE ON audit_head
WHEN NEW.seq <> OLD.seq + 1
BEGIN SELECT RAISE(ABORT, 'the audit log grows by one record at a time'); END;
-- +goose StatementEnd
