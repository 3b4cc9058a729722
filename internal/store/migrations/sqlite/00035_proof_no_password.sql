-- In a federated domain there is no password to scramble.

-- +goose Up
ALTER TABLE grants ADD COLUMN proof_no_password INTEGER NOT NULL DEFAULT 0;
