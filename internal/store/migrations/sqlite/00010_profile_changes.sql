-- Access profiles change, and are retired instead of deleted: grants and entitlements name them.

-- +goose Up
-- A retired profile admits no new grant.
ALTER TABLE profiles ADD COLUMN retired_at TEXT;
-- Counts the changes, so that each has an audit record of its own.
ALTER TABLE profiles ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;
