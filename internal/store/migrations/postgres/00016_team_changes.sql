-- Teams change.

-- +goose Up
-- Counts the changes, so that each has an audit record of its own.
ALTER TABLE teams ADD COLUMN revision bigint NOT NULL DEFAULT 1;
