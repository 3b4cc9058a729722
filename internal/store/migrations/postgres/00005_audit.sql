-- The append-only, hash-chained audit log (nothing-forgotten).

-- +goose Up
CREATE TABLE audit_records (
    seq         bigint PRIMARY KEY CHECK (seq > 0),
    at          timestamptz NOT NULL,
    key         text NOT NULL UNIQUE CHECK (key <> ''),
    action      text NOT NULL CHECK (action <> ''),
    actor       uuid,
    person_id   uuid,
    customer_id uuid,
    grant_id    uuid,
    -- text, not jsonb: the very bytes are hashed.
    details     text NOT NULL,
    prev        bytea NOT NULL CHECK (octet_length(prev) = 32),
    hash        bytea NOT NULL CHECK (octet_length(hash) = 32)
);
CREATE INDEX audit_records_of_grant ON audit_records (grant_id, seq) WHERE grant_id IS NOT NULL;

-- One row, the end of the chain. Whoever appends locks it last and until the commit.
CREATE TABLE audit_head (
    id   smallint PRIMARY KEY CHECK (id = 1),
    seq  bigint NOT NULL,
    hash bytea NOT NULL CHECK (octet_length(hash) = 32)
);
-- SHA-256 of "hourglass audit log v1: genesis", which is audit.Genesis.
INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, sha256('hourglass audit log v1: genesis'));

CREATE TRIGGER audit_records_are_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_records
    FOR EACH STATEMENT EXECUTE FUNCTION hourglass_refuse('the audit log is append-only');
CREATE TRIGGER audit_head_is_kept BEFORE INSERT OR DELETE OR TRUNCATE ON audit_head
    FOR EACH STATEMENT EXECUTE FUNCTION hourglass_refuse('the audit log has one head');
CREATE TRIGGER audit_head_moves_by_one BEFORE UPDATE ON audit_head
    FOR EACH ROW WHEN (NEW.seq <> OLD.seq + 1)
    EXECUTE FUNCTION hourglass_refuse('the audit log grows by one record at a time');
