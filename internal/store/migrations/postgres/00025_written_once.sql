-- What people rename, and what their clients send twice.

-- +goose Up
-- Counts the renamings, so that each has an audit record of its own.
ALTER TABLE passkeys ADD COLUMN revision bigint NOT NULL DEFAULT 1;

-- The object that a request with an Idempotency-Key made. Grants keep their key themselves.
CREATE TABLE idempotency_keys (
    person_id   uuid NOT NULL REFERENCES people,
    key         text NOT NULL CHECK (key <> ''),
    fingerprint bytea NOT NULL CHECK (octet_length(fingerprint) = 32),
    object_id   uuid NOT NULL,
    used_at     timestamptz NOT NULL,
    PRIMARY KEY (person_id, key)
);
