-- Who waits for access sees how far it has come.

-- +goose Up
-- When the account stood ready, and when its first credential was set.
ALTER TABLE grants ADD COLUMN account_at TEXT;
ALTER TABLE grants ADD COLUMN credential_at TEXT;
