-- What people rename, and what their clients send twice.

-- +goose Up
-- Counts the renamings, so that each has an audit record of its own.
ALTER TABLE passkeys ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;

-- The object that a request with an Idempotency-Key made. Grants keep their key themselves.
CREATE TABLE idempotency_keys (
    person_id   TEXT NOT NULL REFERENCES people,
    key         TEXT NOT NULL CHECK (key <> ''),
    fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 32),
    object_id   TEXT NOT NULL CHECK (length(object_id) = 36),
    used_at     TEXT NOT NULL,
    PRIMARY KEY (person_id, key)
) STRICT;
